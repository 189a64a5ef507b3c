//! The settings of one orchestrator, checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};

use clawlets_jobs::Budget;
use clawlets_model::{
    BotId, EnvVarName, Labels, ModelName, OrchestratorId, PersonaName, Ttl, ssh_key::SshPublicKey,
};
use clawlets_upstream::BaseUrl;
use url::Url;

use super::{EgressRule, github::GithubApp, provider::Provider, secret_file::SecretFile};

/// What the daemon is told by its administrator.
#[derive(Debug, Clone)]
pub struct Config {
    /// The stable name: the value of the label `orchestrator` on every VM.
    pub id: OrchestratorId,
    /// Where programs on this host reach the daemon.
    pub socket: PathBuf,
    /// The unix group that may open the socket; none leaves the group alone.
    pub socket_group: Option<String>,
    /// The SQLite file. Logs, artifacts and snapshots live in folders beside it.
    pub store: PathBuf,
    /// The folder of persona folders.
    pub personas: PathBuf,
    /// The model of an agent task that neither names one nor has a persona that does.
    pub agent_model_primary: Option<ModelName>,
    /// Where VMs come from.
    pub provider: Provider,
    /// What VMs are like.
    pub cattle: Cattle,
    /// Where VMs outside of this machine reach the daemon.
    pub tailnet: Tailnet,
    /// Where the models of a provider are reached, by provider, if not at its usual address.
    pub models: BTreeMap<String, Url>,
    /// The command line that runs agent tasks in a VM; empty: the built-in `chat` runner.
    pub runner: Vec<String>,
    /// Where guests may go; empty: nowhere.
    pub egress: Vec<EgressRule>,
    /// The GitHub App that makes tokens for VMs, if there is one.
    pub github: Option<GithubApp>,
    /// The secrets that VMs may be given, by the variable that holds them.
    pub secrets: BTreeMap<EnvVarName, SecretFile>,
    /// What each bot may do. A bot that is not named here may spawn nothing.
    pub bots: BTreeMap<BotId, BotPolicy>,
    /// Unix users that count as a bot, beside `bot-<id>`.
    pub uids: BTreeMap<u32, BotId>,
    /// How long things are kept.
    pub retention: Retention,
    /// How the reaper works.
    pub reaping: Reaping,
}

/// What VMs are like and how long they may live.
#[derive(Debug, Clone)]
pub struct Cattle {
    /// The image's name or id.
    pub image: String,
    /// The server type's name.
    pub server_type: String,
    /// The location's name.
    pub location: String,
    /// Server types to try after `server_type`.
    pub fallback_server_types: Vec<String>,
    /// Locations to try after `location`.
    pub fallback_locations: Vec<String>,
    /// Whether VMs get a firewall that lets nobody in.
    pub firewall: bool,
    /// How much may be spent in a month.
    pub budget: Budget,
    /// How many VMs may exist at once, those of other orchestrators in the project included.
    pub max_instances: u32,
    /// The TTL of a spawn that names none; without one, such a spawn is refused.
    pub default_ttl: Option<Ttl>,
    /// The longest TTL that anybody may ask for.
    pub max_ttl: Ttl,
    /// How long a VM may take from the create call until it redeems its token.
    pub boot_timeout: Duration,
    /// How long a guest may stay silent before the provider is asked about its VM.
    pub silence: Duration,
    /// How long a guest may stay silent while its VM runs before its job is given up as lost.
    pub lost_after: Duration,
    /// Whether a VM goes away when its work is reported, unless the spawn says otherwise.
    pub auto_shutdown: bool,
    /// Who may log into VMs.
    pub admin_keys: Vec<SshPublicKey>,
    /// Labels for every VM; ours win over them.
    pub labels: Labels,
}

/// Where VMs outside of this machine reach the daemon.
#[derive(Debug, Clone)]
pub struct Tailnet {
    /// The address to listen on.
    pub listen: Listen,
    /// How VMs join the tailnet; none: they cannot.
    pub join: Option<Join>,
}

/// How VMs join the tailnet.
#[derive(Debug, Clone)]
pub enum Join {
    /// All with the same key.
    AuthKey(SecretFile),
    /// Each with a key of its own, made by an OAuth client.
    OauthClient {
        /// The base URL of the tailnet's API.
        api: BaseUrl,
        /// The file with the client's id and secret.
        client: SecretFile,
    },
}

/// The address to listen on for VMs outside of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// This machine's address on the tailnet, with this port.
    Auto(u16),
    /// This address; never a wildcard.
    Address(SocketAddr),
}

/// What one bot may do.
#[derive(Debug, Clone)]
pub struct BotPolicy {
    /// Whether it may spawn at all.
    pub allow: bool,
    /// How many of its spawns may be unfinished at once.
    pub max_active: u32,
    /// The longest TTL that it may ask for.
    pub max_ttl: Ttl,
    /// The personas that it may use; empty: all.
    pub personas: BTreeSet<PersonaName>,
    /// The variables that its agent tasks are given, beside the key of their model.
    pub secret_env: BTreeSet<EnvVarName>,
}

/// How long things are kept after a job's end.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Jobs with their history, results and artifacts.
    pub jobs: Duration,
    /// Logs.
    pub logs: Duration,
}

/// How the reaper works.
#[derive(Debug, Clone, Copy)]
pub struct Reaping {
    /// The time between two looks at the provider.
    pub interval: Duration,
    /// How old a VM of ours must be before it is deleted for having no job.
    pub unowned_grace: Duration,
    /// How long a VM of another orchestrator must have been expired before it is deleted.
    pub foreign_grace: Duration,
}
