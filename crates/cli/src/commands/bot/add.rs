//! `clawlets bot add`.

use clap::Args;
use clawlets_fleet::{JsonPath, edit::FleetText};
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, FaultCode, Printer};
use serde_json::json;

use super::ports;
use crate::fleet_file::{EditFlags, bots, of_change};

/// Add a bot behind all others.
///
/// Its gateway gets a port of its own, which stays when other bots come and go.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// The name of the new bot.
    #[arg(long, value_name = "BOT")]
    bot: BotId,
    #[command(flatten)]
    edit: EditFlags,
}

impl Add {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let bot = self.bot.as_str();
        let edited = self.edit.edit(printer, |text| add(text, bot)).await?;
        Ok(edited
            .report(printer, &format!("Bot {bot} is added; its gateway listens on port {}.", edited.outcome)))
    }
}

/// Adds a bot. Its port.
fn add(text: &mut FleetText, bot: &str) -> Result<u16, Fault> {
    if bots(text).iter().any(|other| other == bot) {
        return Err(Fault::new(FaultCode::BotExists, format!("bot {bot} exists already"))
            .hint(format!("'clawlets config get fleet.bots.{bot}' shows it")));
    }
    let port = ports::free(text)
        .ok_or_else(|| Fault::new(FaultCode::FleetRefused, "there is no port left for another bot"))?;
    let order = JsonPath::of(["fleet", "botOrder"]);
    let listed = text
        .get(&order)
        .is_some_and(|order| order.as_array().is_some_and(|order| order.iter().any(|other| other == bot)));
    let changed = text
        .set(&JsonPath::of(["fleet", "bots", bot]), &json!({ "profile": { "gatewayPort": port } }))
        .and_then(|()| if listed { Ok(()) } else { text.push(&order, &bot.into()) });
    changed.map_err(|error| of_change(&error))?;
    Ok(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bot_has_a_port_of_its_own() {
        let mut text = FleetText::parse(
            r#"{ "fleet": { "botOrder": ["a", "b"], "bots": { "a": {}, "b": { "profile": { "gatewayPort": 18835 } } } } }"#,
        )
        .unwrap();
        // The first two are too near to that of b; a's follows from its name.
        assert_eq!(add(&mut text, "c").unwrap(), 19_029);
        assert_eq!(add(&mut text, "d").unwrap(), 19_149);
        assert_eq!(text.get(&JsonPath::of(["fleet", "botOrder"])), Some(json!(["a", "b", "c", "d"])));
        assert_eq!(add(&mut text, "a").unwrap_err().code(), FaultCode::BotExists);
    }
}
