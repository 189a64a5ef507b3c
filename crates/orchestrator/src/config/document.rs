//! The file as it is written. Every key is optional here, so that a missing one is reported beside the other faults.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_model::{BotId, EnvVarName, LabelKey, LabelValue, ModelName, OrchestratorId, PersonaName, Ttl};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    EgressRule, duration_text::DurationText, euros::Euros, github::GithubTable, provider::ProviderKind,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// The stable name of this orchestrator: the value of the label `orchestrator` on its VMs. Required.
    pub(super) id: Option<OrchestratorId>,
    /// The unix socket for programs on this host; ignored under socket activation. Default
    /// `/run/clf/orchestrator.sock`.
    pub(super) socket: Option<PathBuf>,
    /// The unix group that may open the socket; empty leaves the group alone. Default `clf-bots`.
    pub(super) socket_group: Option<String>,
    /// The SQLite file. Logs, artifacts and snapshots lie in folders beside it. Default
    /// `/var/lib/clf/orchestrator/state.sqlite`.
    pub(super) store: Option<PathBuf>,
    /// The folder of persona folders. Default `/etc/clf/cattle-personas`.
    pub(super) personas: Option<PathBuf>,
    /// The model of an agent task that names none and whose persona names none.
    pub(super) agent_model_primary: Option<ModelName>,
    /// Where VMs come from.
    #[serde(default)]
    pub(super) provider: ProviderTable,
    /// What VMs are like and how long they may live.
    #[serde(default)]
    pub(super) cattle: CattleTable,
    /// Where VMs outside of this machine reach the daemon.
    #[serde(default)]
    pub(super) tailnet: TailnetTable,
    /// Where the models of a provider are reached, by the provider's name, if not at its usual address.
    #[serde(default)]
    pub(super) models: BTreeMap<String, ModelTable>,
    /// What runs agent tasks.
    #[serde(default)]
    pub(super) runner: RunnerTable,
    /// The GitHub App that makes tokens for spawns that ask for one (`withGithubToken`). Each VM gets a token of its own,
    /// for the repositories and permissions named here, as `GITHUB_TOKEN`; it is revoked when its job ends.
    #[serde(default)]
    pub(super) github: GithubTable,
    /// The secrets that VMs may be given, by the variable that holds them.
    #[serde(default)]
    pub(super) secrets: BTreeMap<EnvVarName, SecretTable>,
    /// What each bot may do, by its id. A bot that is not named here may spawn nothing.
    #[serde(default)]
    pub(super) bots: BTreeMap<BotId, BotTable>,
    /// Who is who beside the unix users `bot-<id>`.
    #[serde(default)]
    pub(super) identity: IdentityTable,
    /// How long things are kept.
    #[serde(default)]
    pub(super) retention: RetentionTable,
    /// How the reaper works.
    #[serde(default)]
    pub(super) reaper: ReaperTable,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderTable {
    /// `hetzner` or `local`. Required.
    pub(super) kind: Option<ProviderKind>,
    /// The base URL of the API; empty is the vendor's.
    pub(super) endpoint: Option<String>,
    /// The file that holds the API token.
    pub(super) token_file: Option<PathBuf>,
    /// The `local.json` of a local cloud, in place of `endpoint` and `token_file`.
    pub(super) connection_file: Option<PathBuf>,
    /// The folder of the sockets that a local cloud's relays lead to. Default: `relays` beside the store.
    pub(super) relays: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CattleTable {
    /// The image of VMs, by name or id. Default `clawlets-cattle`.
    pub(super) image: Option<String>,
    /// The server type. Default `cx23`.
    pub(super) server_type: Option<String>,
    /// The location. Default `nbg1`.
    pub(super) location: Option<String>,
    /// Server types to try when the provider has no room for `server_type`, in this order, before another location is
    /// tried. A spawn that names its type has none.
    #[serde(default)]
    pub(super) fallback_server_types: Vec<String>,
    /// Locations to try, in this order, when no type is to be had in `location`. A spawn that names its location has
    /// none.
    #[serde(default)]
    pub(super) fallback_locations: Vec<String>,
    /// How many VMs may exist at once, those of other orchestrators in the project included, 1 to 10000.
    /// Default 10.
    pub(super) max_instances: Option<u32>,
    /// The TTL of a spawn that names none; without one such a spawn is refused.
    pub(super) default_ttl: Option<Ttl>,
    /// The longest TTL that anybody may ask for. Default `7d`.
    pub(super) max_ttl: Option<Ttl>,
    /// How long a VM may take from the create call until it redeems its token, 15 minutes at most. Default
    /// `120s`.
    pub(super) boot_timeout: Option<DurationText>,
    /// How long a guest may stay silent before the provider is asked about its VM, 5 s at least. Default
    /// `20s`.
    pub(super) silence: Option<DurationText>,
    /// How long a guest may stay silent while its VM runs before its job is given up as lost. Default `5m`.
    pub(super) lost_after: Option<DurationText>,
    /// Whether a VM goes away when its work is reported, unless the spawn says otherwise. Default true.
    pub(super) auto_shutdown: Option<bool>,
    /// Whether VMs get a firewall that lets nobody in; it is made once in the provider's project. Default true at
    /// `hetzner`, false at `local`.
    pub(super) firewall: Option<bool>,
    /// How much may be spent.
    #[serde(default)]
    pub(super) budget: BudgetTable,
    /// SSH public keys of those who may log into VMs.
    #[serde(default)]
    pub(super) admin_keys: Vec<String>,
    /// Labels for every VM; the daemon's own win over them.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub(super) labels: BTreeMap<LabelKey, LabelValue>,
    /// Where guests may go.
    #[serde(default)]
    pub(super) egress: EgressTable,
}

/// How much may be spent or reserved in one calendar month, UTC, in euros before tax. A VM is reserved for its whole TTL,
/// in hours, at the dearest place where it may come to be, its IPv4 address included; what it really used replaces that
/// when it is gone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetTable {
    /// By everybody together; 0 is no cap. Default 0.
    pub(super) monthly_eur: Option<Euros>,
    /// By each bot, and by the operators together; 0 is no cap. Default 0.
    pub(super) per_requester_monthly_eur: Option<Euros>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TailnetTable {
    /// The address to listen on, never a wildcard; `auto` is this machine's address on the tailnet. Default
    /// `auto`.
    pub(super) listen: Option<String>,
    /// The port. Default 18337.
    pub(super) port: Option<u16>,
    /// The file that holds an OAuth client's id and secret, with white space between them. With it each VM gets a key
    /// of its own, which is good for one ephemeral device with `tag:cattle` and for ten minutes, and its device is
    /// removed when it is gone. The client needs the scopes `auth_keys` and `devices:core`, and the tag `tag:cattle`.
    pub(super) oauth_client_file: Option<PathBuf>,
    /// The base URL of the tailnet's API. Default `https://api.tailscale.com/api/v2`.
    pub(super) api: Option<String>,
    /// The file that holds the key with which all VMs join the tailnet, in place of `oauth_client_file`.
    pub(super) auth_key_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelTable {
    /// The OpenAI-style base URL.
    pub(super) base_url: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunnerTable {
    /// The command line in the VM; empty: the built-in `chat` runner.
    #[serde(default)]
    pub(super) command: Vec<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EgressTable {
    /// Destinations as `host` (port 443) or `host:port`; empty: nowhere.
    #[serde(default)]
    pub(super) allow: Vec<EgressRule>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretTable {
    /// The file that holds the secret; nobody but its owner and group may read it. Required.
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BotTable {
    /// Whether it may spawn at all. Default true.
    pub(super) allow: Option<bool>,
    /// How many of its spawns may be unfinished at once. Default 2.
    pub(super) max_active: Option<u32>,
    /// The longest TTL that it may ask for. Default: the one of `[cattle]`.
    pub(super) max_ttl: Option<Ttl>,
    /// The personas that it may use; empty: all.
    #[serde(default)]
    pub(super) personas: Vec<PersonaName>,
    /// The variables of `[secrets]` that its agent tasks are given, beside the key of their model.
    #[serde(default)]
    pub(super) secret_env: Vec<EnvVarName>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityTable {
    /// Unix user ids that count as a bot, as `"1001" = "maren"`. Accepted only in a file that nobody but
    /// root or the daemon's user can write.
    #[serde(default)]
    pub(super) uids: BTreeMap<String, BotId>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionTable {
    /// Jobs with their history, results and artifacts, after they ended. Default `30d`.
    pub(super) jobs: Option<DurationText>,
    /// Logs, after their job ended. Default `30d`.
    pub(super) logs: Option<DurationText>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReaperTable {
    /// The time between two looks at the provider, 60 s at most. Default `60s`.
    pub(super) interval: Option<DurationText>,
    /// How old a VM of ours must be before it is deleted for having no job. Default `120s`.
    pub(super) unowned_grace: Option<DurationText>,
    /// How long a VM of another orchestrator must have been expired before it is deleted. Default `10m`.
    pub(super) foreign_grace: Option<DurationText>,
}
