//! Fields that may be absent or null.

use serde::{Deserialize, Deserializer};

/// The value, or its default when the field is null; with `#[serde(default)]` also when it is absent.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
