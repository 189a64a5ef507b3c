//! The configuration of an orchestrator, as `clf-orchestrator` reads it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clawlets_fleet::{Cattle as Declared, CattleHetzner};
use clawlets_model::{BotId, EnvVarName, MicroEuros, OrchestratorId};
use serde::{Serialize, Serializer};

use crate::commands::cattle::github_app::GithubApp;

/// The whole file. Tables come behind the single keys, and `[cattle]` last.
#[derive(Debug, Serialize)]
pub(super) struct Config {
    pub(super) id: OrchestratorId,
    pub(super) socket: PathBuf,
    pub(super) socket_group: &'static str,
    pub(super) store: PathBuf,
    pub(super) personas: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_model_primary: Option<String>,
    pub(super) provider: Provider,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tailnet: Option<Tailnet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) github: Option<GithubApp>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) secrets: BTreeMap<EnvVarName, SecretAt>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) bots: BTreeMap<BotId, Bot>,
    pub(super) cattle: Cattle,
}

/// Where VMs come from. A provider has a token, or a document that names its address and token.
#[derive(Debug, Serialize)]
pub(super) struct Provider {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) connection_file: Option<PathBuf>,
}

/// How VMs join the tailnet: one of the two files.
#[derive(Debug, Serialize)]
pub(super) struct Tailnet {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) oauth_client_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auth_key_file: Option<PathBuf>,
}

/// The file that a secret lies in.
#[derive(Debug, Serialize)]
pub(super) struct SecretAt {
    file: PathBuf,
}

/// What one bot may do.
#[derive(Debug, Serialize)]
pub(super) struct Bot {
    pub(super) allow: bool,
    pub(super) max_active: u32,
    pub(super) max_ttl: String,
    pub(super) personas: Vec<String>,
    pub(super) secret_env: Vec<EnvVarName>,
}

/// What VMs are like. What is left out has the daemon's default.
#[derive(Debug, Serialize)]
pub(super) struct Cattle {
    pub(super) max_instances: u32,
    pub(super) default_ttl: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fallback_server_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fallback_locations: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_shutdown: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    admin_keys: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<Budget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    egress: Option<Egress>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct Budget {
    #[serde(serialize_with = "euros")]
    monthly_eur: MicroEuros,
    #[serde(serialize_with = "euros")]
    per_requester_monthly_eur: MicroEuros,
}

#[derive(Debug, Serialize)]
struct Egress {
    allow: Vec<String>,
}

impl SecretAt {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

impl Cattle {
    /// What a machine of one's own starts with.
    pub(super) fn modest() -> Self {
        Self {
            max_instances: 10,
            default_ttl: "30m".to_owned(),
            image: None,
            server_type: None,
            location: None,
            fallback_server_types: Vec::new(),
            fallback_locations: Vec::new(),
            auto_shutdown: None,
            admin_keys: Vec::new(),
            budget: None,
            egress: None,
            labels: BTreeMap::new(),
        }
    }

    /// What a fleet declares, with those who may log into VMs.
    pub(super) fn declared(cattle: &Declared, admin_keys: Vec<String>) -> Self {
        let CattleHetzner {
            image,
            server_type,
            fallback_server_types,
            location,
            fallback_locations,
            max_instances,
            default_ttl,
            labels,
            endpoint: _,
        } = &cattle.hetzner;
        let texts = |lines: &[clawlets_fleet::Line]| lines.iter().map(ToString::to_string).collect();
        Self {
            max_instances: max_instances.get(),
            default_ttl: default_ttl.to_string(),
            image: image.as_ref().map(ToString::to_string),
            server_type: Some(server_type.to_string()),
            location: Some(location.to_string()),
            fallback_server_types: texts(fallback_server_types),
            fallback_locations: texts(fallback_locations),
            auto_shutdown: Some(cattle.defaults.auto_shutdown),
            admin_keys,
            budget: Some(Budget {
                monthly_eur: cattle.budget.monthly_eur,
                per_requester_monthly_eur: cattle.budget.per_requester_monthly_eur,
            }),
            egress: Some(Egress { allow: cattle.egress.allow.iter().map(ToString::to_string).collect() }),
            labels: labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        }
    }
}

/// As text, which keeps every digit that a number with a fraction might lose.
fn euros<S: Serializer>(amount: &MicroEuros, serializer: S) -> Result<S::Ok, S::Error> {
    let text = amount.to_string();
    serializer.serialize_str(text.trim_end_matches('0').trim_end_matches('.'))
}
