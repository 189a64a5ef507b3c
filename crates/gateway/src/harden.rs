//! What would make a bot's gateway safe.

use clawlets_fleet::Fleet;
use clawlets_model::BotId;

use crate::{
    advice::{Advice, Remedy, Weight, look_over},
    render::{GatewayError, assemble},
};

/// Everything in a bot's settings that should be another way, with what makes it right: first what contradicts what must
/// hold, which is filled in once it is taken away, then the rest of the advice.
///
/// A bot that the fleet does not have needs nothing.
#[must_use]
pub fn harden(fleet: &Fleet, bot: &BotId) -> Vec<Advice> {
    let Some(declared) = fleet.shared.bots.get(bot) else { return Vec::new() };
    let (_, errors) = assemble(fleet, bot);
    let contradictions = errors.into_iter().filter_map(|error| match error {
        GatewayError::Contradiction { path, expected, reason } => Some(Advice {
            path,
            message: format!("must be {expected}, which is filled in: {reason}").into(),
            remedy: Remedy::Remove,
            weight: Weight::Refused,
        }),
        GatewayError::UnknownBot(_) | GatewayError::PortTaken { .. } | GatewayError::Twice { .. } => None,
    });
    let advice = look_over(&serde_json::Value::Object(declared.openclaw.clone()));
    contradictions.chain(advice).collect()
}
