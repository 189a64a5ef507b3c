//! `fleet`: the bots, and what they share.

use clawlets_model::BotId;
use indexmap::IndexMap;

use super::{Backups, Bot, SecretEnv, SecretFiles};
use crate::{
    form::section,
    rules,
    value::{GuildId, Line},
};

section! {
    /// The bots, and what they share.
    Shared checked by rules::shared {
        /// Discord settings that every bot inherits, also one that is added later.
        discord: Discord = "discord" or Discord::default();
        /// Environment variables of all bots, and the secret that each one holds.
        secret_env: SecretEnv = "secretEnv" or SecretEnv::new();
        /// Files on every host that hold secrets.
        secret_files: SecretFiles = "secretFiles" or SecretFiles::new();
        /// SSH public keys that may log in on every host, one line each.
        ssh_authorized_keys: Vec<Line> = "sshAuthorizedKeys" or Vec::new();
        /// Lines for `known_hosts` on every host.
        ssh_known_hosts: Vec<Line> = "sshKnownHosts" or Vec::new();
        /// The order in which bots are listed. It names every bot once.
        bot_order: Vec<BotId> = "botOrder" or Vec::new();
        /// The bots by their id.
        bots: IndexMap<BotId, Bot> = "bots" or IndexMap::new();
        /// Copies of what bots know.
        backups: Backups = "backups" or Backups::default();
    }
}

section! {
    /// Discord settings that every bot inherits.
    Discord {
        /// The id of the fleet's Discord server. Empty: each bot names its own.
        guild_id: Option<GuildId> = "guildId" or None;
    }
}
