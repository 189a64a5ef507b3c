//! The declaration as a whole.

use clawlets_model::HostName;
use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::{
    form::{Form, entry},
    rules,
    section::{Aws, Cattle, Control, Host, Memory, Shared},
    value::{Line, StorePrefix},
    version::SchemaVersion,
};

entry! {
    /// The declaration of a fleet: `fleet/clawlets.json`.
    Fleet {
        /// The JSON Schema of this file, for editors.
        schema: Option<Line> = "$schema" or None;
        /// The version of this file's form.
        schema_version: SchemaVersion = "schemaVersion" or SchemaVersion::CURRENT;
        /// The host that commands mean when they are not told one.
        default_host: Option<HostName> = "defaultHost" or None;
        /// The flake that hosts are built from. Empty: the project's own.
        base_flake: String = "baseFlake" or String::new();
        /// The bots, and what they share.
        shared: Shared = "fleet" or Shared::default();
        /// Disposable VMs.
        cattle: Cattle = "cattle" or Cattle::default();
        /// The long-running machines by their name.
        hosts: IndexMap<HostName, Host> = "hosts" or IndexMap::new();
        /// What all hosts at AWS share.
        aws: Aws = "aws" or Aws::default();
        /// What bots remember together.
        memory: Memory = "memory" or Memory::default();
        /// The program that takes deploy requests from chats.
        control: Control = "control" or Control::default();
    }
}

/// How much of a declaration a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of it.
    Whole,
    /// Some sections; the others are elsewhere.
    Fragment,
}

impl Fleet {
    /// The declaration with every default filled in, with its keys in the order of the reference. Reading it gives the
    /// same fleet.
    #[must_use]
    pub fn effective(&self) -> Json {
        let mut document = Form::to_json(self);
        if self.schema.is_none()
            && let Some(document) = document.as_object_mut()
        {
            document.shift_remove("$schema");
        }
        document
    }

    /// As [`Fleet::effective`], for people: a token or key that stands in the settings of a gateway is shown as
    /// `<redacted>`.
    #[must_use]
    pub fn printable(&self) -> Json {
        let mut document = self.effective();
        let bots = document.pointer_mut("/fleet/bots").and_then(Json::as_object_mut);
        for bot in bots.into_iter().flat_map(|bots| bots.values_mut()) {
            rules::redact(&mut bot["openclaw"]);
            let entries = bot.pointer_mut("/profile/skills/entries").and_then(Json::as_object_mut);
            entries.into_iter().flat_map(|entries| entries.values_mut()).for_each(rules::redact);
        }
        document
    }

    /// The host that is meant when none is named: `defaultHost`, or else the only one.
    #[must_use]
    pub fn implied_host(&self) -> Option<&HostName> {
        let mut hosts = self.hosts.keys();
        match (&self.default_host, hosts.next(), hosts.next()) {
            (Some(host), ..) => Some(host),
            (None, only, None) => only,
            (None, _, Some(_)) => None,
        }
    }

    /// What the objects of a host at AWS begin with: what its declaration says, or `bootstrap/HOST`.
    #[must_use]
    pub fn bootstrap_prefix(&self, host: &HostName) -> String {
        let declared = self.hosts.get(host).and_then(|host| host.aws.bootstrap_prefix.as_ref());
        declared.map_or_else(|| format!("bootstrap/{host}"), ToString::to_string)
    }

    /// Fills in defaults that follow from the name of a host.
    pub(crate) fn fill_in(&mut self) {
        for (name, host) in &mut self.hosts {
            let prefix = || StorePrefix::parse(&format!("bootstrap/{name}"));
            let prefix = || prefix().expect("a host's name may stand in a prefix");
            host.aws.bootstrap_prefix.get_or_insert_with(prefix);
        }
    }
}
