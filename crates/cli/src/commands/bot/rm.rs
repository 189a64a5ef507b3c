//! `clawlets bot rm`.

use clap::Args;
use clap_complete::ArgValueCandidates;
use clawlets_fleet::{
    JsonPath,
    edit::{EditError, FleetText},
};
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, Printer};

use crate::fleet_file::{EditFlags, bot_candidates, bots, known_bot, of_change};

/// Take a bot out of the configuration.
///
/// The ports of the other bots stay. Its workspace in the project, and its secrets, stay.
#[derive(Debug, Args)]
pub(super) struct Rm {
    /// The bot.
    #[arg(long, value_name = "BOT", add = ArgValueCandidates::new(bot_candidates))]
    bot: BotId,
    #[command(flatten)]
    edit: EditFlags,
}

impl Rm {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let bot = self.bot.as_str();
        let change = self.edit.edit(printer, |text| {
            known_bot(bots(text).iter().map(String::as_str), &self.bot)?;
            remove(text, bot).map_err(|error| of_change(&error))
        });
        Ok(change.await?.report(printer, &format!("Bot {bot} is no longer in the configuration.")))
    }
}

fn remove(text: &mut FleetText, bot: &str) -> Result<(), EditError> {
    text.remove(&JsonPath::of(["fleet", "bots", bot]))?;
    let order = JsonPath::of(["fleet", "botOrder"]);
    let places = text.get(&order).and_then(|order| {
        let order = order.as_array()?;
        Some(
            order.iter().enumerate().filter(|(_, other)| *other == bot).map(|(at, _)| at).collect::<Vec<_>>(),
        )
    });
    places.unwrap_or_default().iter().rev().try_for_each(|at| text.remove(&order.child(&at.to_string())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_others_stay_as_they_are() {
        let mut text = FleetText::parse(
            r#"{ "fleet": { "botOrder": ["a", "b", "c"], "bots": { "a": {}, "b": {}, "c": { "profile": { "gatewayPort": 20000 } } } } }"#,
        )
        .unwrap();
        remove(&mut text, "b").unwrap();
        assert_eq!(
            text.get(&JsonPath::of(["fleet"])),
            Some(json!({
                "botOrder": ["a", "c"],
                "bots": { "a": {}, "c": { "profile": { "gatewayPort": 20_000 } } },
            }))
        );
    }
}
