//! The configuration for a host of the fleet: what is declared, in the places where a host keeps things.

use std::path::{Path, PathBuf};

use clawlets_fleet::{BotCattle, CattleProvider, Fleet, Host, TailnetMode};
use clawlets_model::{HostName, OrchestratorId, SecretName, ssh_key::SshPublicKey};
use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::project::Layout;

use super::{
    app_of_bots::app_of_bots,
    document::{Bot, Cattle, Config, Provider, SecretAt, Tailnet},
};
use crate::commands::cattle::github_app::GithubApp;

/// Where a host keeps decrypted secrets, in memory.
pub(super) const SECRETS: &str = "/run/clawlets/secrets";
/// What the local cloud of a host writes for its clients.
const CONNECTION: &str = "/var/lib/clawlets/local.json";
const CLOUD_TOKEN: &str = "hcloud_token";
const TAILNET_CLIENT: &str = "tailscale_oauth_client";
const TAILNET_KEY: &str = "tailscale_auth_key";

/// The host that a configuration is for.
#[derive(Clone, Copy)]
pub(super) struct ForHost<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) name: &'a HostName,
    pub(super) host: &'a Host,
    /// Which secrets the project has for it.
    pub(super) layout: &'a Layout,
    /// Where the host keeps them.
    pub(super) secrets: &'a Path,
}

impl ForHost<'_> {
    /// The configuration; a GitHub App that is named wins over that of the bots.
    ///
    /// # Errors
    /// A fault when the fleet has no disposable VMs, or a key that may log into them is none.
    pub(super) fn config(
        self,
        id: Option<OrchestratorId>,
        github: Option<GithubApp>,
    ) -> Result<Config, Fault> {
        let cattle = &self.fleet.cattle;
        if !cattle.enabled {
            return Err(Fault::new(FaultCode::CattleOff, "the fleet has no disposable VMs")
                .hint("'clawlets config set cattle.enabled true' switches them on"));
        }
        let own = || OrchestratorId::parse(self.name.as_str()).expect("a host's name is a valid id");
        let secrets = cattle.secret_env.iter();
        let bots = &self.fleet.shared.bots;
        Ok(Config {
            id: id.unwrap_or_else(own),
            socket: "/run/clf/orchestrator.sock".into(),
            socket_group: "clf-bots",
            store: "/var/lib/clf/orchestrator/state.sqlite".into(),
            personas: "/etc/clf/cattle-personas".into(),
            agent_model_primary: self.host.agent_model_primary.as_ref().map(ToString::to_string),
            provider: self.provider(),
            tailnet: self.tailnet(),
            github: github.or_else(|| app_of_bots(self.fleet, self.secrets)),
            secrets: secrets
                .map(|(variable, secret)| (variable.clone(), SecretAt::new(self.file(secret.as_str()))))
                .collect(),
            bots: bots.iter().map(|(id, declared)| (id.clone(), bot(&declared.clf.cattle))).collect(),
            cattle: Cattle::declared(cattle, self.admin_keys()?),
        })
    }

    /// Whether VMs of a cloud are to call a host that is in no tailnet, where none of them can.
    pub(super) fn is_out_of_reach(self) -> bool {
        match (self.fleet.cattle.provider, self.host.tailnet.mode) {
            (CattleProvider::Hetzner, TailnetMode::None) => true,
            (CattleProvider::Hetzner, TailnetMode::Tailscale) | (CattleProvider::Local, _) => false,
        }
    }

    fn file(self, secret: &str) -> PathBuf {
        self.secrets.join(secret)
    }

    fn provider(self) -> Provider {
        let hetzner = &self.fleet.cattle.hetzner;
        let kind = self.fleet.cattle.provider.as_str();
        match self.fleet.cattle.provider {
            CattleProvider::Hetzner => Provider {
                kind,
                endpoint: hetzner.endpoint.as_ref().map(ToString::to_string),
                token_file: Some(self.file(CLOUD_TOKEN)),
                connection_file: None,
            },
            CattleProvider::Local => {
                Provider { kind, endpoint: None, token_file: None, connection_file: Some(CONNECTION.into()) }
            }
        }
    }

    /// A key for each VM, made by a client, unless the project holds only a key for all of them.
    fn tailnet(self) -> Option<Tailnet> {
        match self.fleet.cattle.provider {
            CattleProvider::Hetzner if self.has(TAILNET_KEY) && !self.has(TAILNET_CLIENT) => {
                Some(Tailnet { oauth_client_file: None, auth_key_file: Some(self.file(TAILNET_KEY)) })
            }
            CattleProvider::Hetzner => {
                Some(Tailnet { oauth_client_file: Some(self.file(TAILNET_CLIENT)), auth_key_file: None })
            }
            CattleProvider::Local => None,
        }
    }

    fn has(self, secret: &str) -> bool {
        let secret = SecretName::parse(secret).expect("the names in this file follow the grammar");
        self.layout.secret(self.name, &secret).is_file()
    }

    /// Who may log into hosts may log into VMs.
    fn admin_keys(self) -> Result<Vec<String>, Fault> {
        let lines = self.fleet.shared.ssh_authorized_keys.iter().enumerate();
        let key = |(at, line): (usize, &clawlets_fleet::Line)| match SshPublicKey::from_line(line.as_str()) {
            Some(_) => Ok(line.to_string()),
            None => Err(Fault::new(
                FaultCode::FleetInvalid,
                format!("fleet.sshAuthorizedKeys.{at} is not an SSH public key, and VMs would refuse it"),
            )
            .hint("put the line of an id_*.pub file there")),
        };
        lines.map(key).collect()
    }
}

fn bot(cattle: &BotCattle) -> Bot {
    Bot {
        allow: cattle.allow,
        max_active: cattle.max_active.get(),
        max_ttl: cattle.max_ttl.to_string(),
        personas: cattle.personas.iter().map(ToString::to_string).collect(),
        secret_env: cattle.secret_env.clone(),
    }
}
