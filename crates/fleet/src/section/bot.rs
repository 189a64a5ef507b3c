//! `fleet.bots.BOT`: one bot.

use super::{Clf, Profile};
use crate::{
    form::{Settings, section},
    rules,
};

section! {
    /// One bot.
    Bot checked by rules::bot {
        /// What it may use on its host.
        profile: Profile = "profile" or Profile::default();
        /// The settings of its OpenClaw gateway, passed on as they are. Secrets are referred to as `${VARIABLE}`.
        openclaw: Settings = "openclaw" or Settings::new();
        /// What it may ask of the orchestrator.
        clf: Clf = "clf" or Clf::default();
    }
}
