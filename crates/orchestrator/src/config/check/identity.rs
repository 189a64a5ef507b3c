//! Who is who: `[identity]` and the socket's group.

use std::{collections::BTreeMap, os::unix::fs::MetadataExt, path::Path};

use clawlets_model::{BotId, Requester};
use nix::unistd::Group;

use super::Check;
use crate::config::document::IdentityTable;

impl Check<'_> {
    pub(super) fn group(&mut self, name: Option<String>) -> Option<String> {
        let name = name.unwrap_or_else(|| "clf-bots".to_owned());
        if name.is_empty() {
            return None;
        }
        let fault = match Group::from_name(&name) {
            Ok(Some(_)) => None,
            Ok(None) => Some(format!("there is no group {name:?}; \"\" leaves the group alone")),
            Err(error) => Some(format!("failed to look up the group {name:?}: {error}")),
        };
        if let Some(fault) = fault {
            self.fault("socket_group", fault);
        }
        Some(name)
    }

    /// A file that somebody else can write must not decide who is who.
    pub(super) fn uids(&mut self, table: IdentityTable, file: &Path) -> BTreeMap<u32, BotId> {
        let mut uids = BTreeMap::new();
        for (text, bot) in table.uids {
            let path = format!("identity.uids.{text}");
            if Requester::from(&bot) == Requester::operator() {
                self.fault(&path, "names a reserved bot: it stands for the operators");
            }
            match text.parse::<u32>() {
                Ok(uid) => {
                    uids.insert(uid, bot);
                }
                Err(_) => self.fault(&path, "is not a user id: expected a number"),
            }
        }
        if uids.is_empty() {
            return uids;
        }
        let own = rustix::process::geteuid().as_raw();
        let is_trusted = std::fs::metadata(file).is_ok_and(|metadata| {
            (metadata.uid() == 0 || metadata.uid() == own) && metadata.mode() & 0o022 == 0
        });
        if !is_trusted {
            self.fault("identity.uids", "is accepted only in a file that belongs to root or to the daemon's own user, and that nobody else can write");
        }
        uids
    }
}
