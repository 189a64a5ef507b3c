//! A duration as it stands in the file: `90s`, `2h`.

use std::time::Duration;

use clawlets_model::duration::{InvalidDuration, parse_duration};
use serde::Deserialize;

/// A duration that was written as text.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", rename = "Duration")]
pub(super) struct DurationText(pub(super) Duration);

impl TryFrom<String> for DurationText {
    type Error = InvalidDuration;
    fn try_from(text: String) -> Result<Self, InvalidDuration> {
        parse_duration(&text).map(Self)
    }
}
