//! `fleet.bots.BOT.clf`: what a bot may ask of the orchestrator.

use std::num::NonZeroU32;

use clawlets_model::{EnvVarName, PersonaName, Ttl};

use super::fixed;
use crate::form::section;

section! {
    /// What a bot may ask of the orchestrator.
    Clf {
        /// Disposable VMs.
        cattle: BotCattle = "cattle" or BotCattle::default();
    }
}

section! {
    /// How a bot may use disposable VMs.
    BotCattle {
        /// Whether it may use them at all.
        allow: bool = "allow" or true;
        /// How many of its VMs may live at the same time.
        max_active: NonZeroU32 = "maxActive" or NonZeroU32::MIN.saturating_add(1);
        /// How long one of its VMs may live.
        max_ttl: Ttl = "maxTtl" or fixed(Ttl::parse("2h"));
        /// The personas that it may spawn. Empty: all of them.
        personas: Vec<PersonaName> = "personas" or Vec::new();
        /// Which variables of `cattle.secretEnv` its VMs are given.
        secret_env: Vec<EnvVarName> = "secretEnv" or Vec::new();
    }
}
