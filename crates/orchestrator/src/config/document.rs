//! The file as it is written. Every key is optional here, so that a missing one is reported beside the other faults.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_model::{BotId, EnvVarName, LabelKey, LabelValue, ModelName, OrchestratorId, PersonaName, Ttl};
use serde::Deserialize;

use super::{duration_text::DurationText, egress_rule::EgressRule, provider::ProviderKind};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) id: Option<OrchestratorId>,
    pub(super) socket: Option<PathBuf>,
    pub(super) socket_group: Option<String>,
    pub(super) store: Option<PathBuf>,
    pub(super) personas: Option<PathBuf>,
    pub(super) agent_model_primary: Option<ModelName>,
    #[serde(default)]
    pub(super) provider: ProviderTable,
    #[serde(default)]
    pub(super) cattle: CattleTable,
    #[serde(default)]
    pub(super) tailnet: TailnetTable,
    #[serde(default)]
    pub(super) models: BTreeMap<String, ModelTable>,
    #[serde(default)]
    pub(super) runner: RunnerTable,
    #[serde(default)]
    pub(super) egress: EgressTable,
    #[serde(default)]
    pub(super) secrets: BTreeMap<EnvVarName, SecretTable>,
    #[serde(default)]
    pub(super) bots: BTreeMap<BotId, BotTable>,
    #[serde(default)]
    pub(super) identity: IdentityTable,
    #[serde(default)]
    pub(super) retention: RetentionTable,
    #[serde(default)]
    pub(super) reaper: ReaperTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderTable {
    pub(super) kind: Option<ProviderKind>,
    pub(super) endpoint: Option<String>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) connection_file: Option<PathBuf>,
    pub(super) relays: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CattleTable {
    pub(super) image: Option<String>,
    pub(super) server_type: Option<String>,
    pub(super) location: Option<String>,
    pub(super) max_instances: Option<u32>,
    pub(super) default_ttl: Option<Ttl>,
    pub(super) max_ttl: Option<Ttl>,
    pub(super) boot_timeout: Option<DurationText>,
    pub(super) silence: Option<DurationText>,
    pub(super) lost_after: Option<DurationText>,
    pub(super) auto_shutdown: Option<bool>,
    #[serde(default)]
    pub(super) admin_keys: Vec<String>,
    #[serde(default)]
    pub(super) labels: BTreeMap<LabelKey, LabelValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TailnetTable {
    pub(super) listen: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) auth_key_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelTable {
    pub(super) base_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunnerTable {
    #[serde(default)]
    pub(super) command: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EgressTable {
    #[serde(default)]
    pub(super) allow: Vec<EgressRule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretTable {
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BotTable {
    pub(super) allow: Option<bool>,
    pub(super) max_active: Option<u32>,
    pub(super) max_ttl: Option<Ttl>,
    #[serde(default)]
    pub(super) personas: Vec<PersonaName>,
    #[serde(default)]
    pub(super) secret_env: Vec<EnvVarName>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityTable {
    #[serde(default)]
    pub(super) uids: BTreeMap<String, BotId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionTable {
    pub(super) jobs: Option<DurationText>,
    pub(super) logs: Option<DurationText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReaperTable {
    pub(super) interval: Option<DurationText>,
    pub(super) unowned_grace: Option<DurationText>,
    pub(super) foreign_grace: Option<DurationText>,
}
