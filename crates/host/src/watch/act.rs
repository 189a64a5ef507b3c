//! Starting a bot anew.

use clawlets_model::BotId;

use super::look::{output, unit_of};
use crate::{Interrupt, config::Config};

/// Starts a bot's service anew, and waits for nothing: it may drain for minutes. Whether systemd took the order.
pub(super) fn restart(
    config: &Config,
    bot: &BotId,
    may_go_on: impl Fn() -> Result<(), Interrupt> + Copy,
) -> bool {
    let run = |words: &[&str]| {
        let words = words.iter().map(|&word| word.to_owned());
        let argv: Vec<_> =
            config.health.systemctl.iter().cloned().chain(words).chain([unit_of(config, bot)]).collect();
        output(&argv, config.watch.deadline.duration(), may_go_on).is_some()
    };
    // A service that failed too often is refused a start until that is forgotten. One that did not fail has nothing to
    // forget, and says so.
    run(&["reset-failed", "--"]);
    run(&["restart", "--no-block", "--"])
}
