//! Variables that win over the file, or stand in for it.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_model::Secret;

use super::Document;

/// A variable and the key whose place it takes.
#[derive(Debug, Clone, Copy)]
pub struct Override {
    /// The variable.
    pub variable: &'static str,
    /// The key. For one that names a file, the variable may hold the secret itself.
    pub key: &'static str,
    put: fn(&mut Document, &str),
}

/// The variables that are set, as they were handed over. Secrets are asked for by name.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, Secret<String>>);

macro_rules! overrides {
    ($($variable:literal, $key:literal, $put:expr;)+) => {
        /// Every variable that takes the place of a key.
        pub const OVERRIDES: &[Override] = &[$(Override { variable: $variable, key: $key, put: $put }),+];
    };
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn path(value: &str) -> Option<PathBuf> {
    Some(PathBuf::from(value))
}

fn list(value: &str) -> Vec<String> {
    value.split([',', ' ']).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

overrides! {
    "CLAWLETS_FLEET", "registry", |document, value| document.registry = path(value);
    "CONTROL_API_TOKENS_FILE", "tokens_file", |document, value| document.tokens_file = path(value);
    "CONTROL_AUDIT_LOG", "audit_log", |document, value| document.audit_log = path(value);
    "CONTROL_STATE_FILE", "state.file", |document, value| document.state.file = path(value);
    "CONTROL_STATE_TABLE", "state.table", |document, value| document.state.table = text(value);
    "GITHUB_REPO", "github.repo", |document, value| document.github.repo = text(value);
    "GITHUB_WORKFLOW", "github.workflow", |document, value| document.github.workflow = text(value);
    "GITHUB_REF", "github.ref", |document, value| document.github.git_ref = text(value);
    "GITHUB_API_URL", "github.api_url", |document, value| document.github.api_url = text(value);
    "GITHUB_APP_ID", "github.app_id", |document, value| document.github.app_id = value.parse().ok();
    "GITHUB_APP_INSTALLATION_ID", "github.installation_id",
        |document, value| document.github.installation_id = value.parse().ok();
    "GITHUB_APP_PEM_FILE", "github.private_key_file",
        |document, value| document.github.private_key_file = path(value);
    "AWS_REGION", "aws.region", |document, value| document.aws.region = text(value);
    "AWS_ENDPOINT_URL", "aws.endpoint", |document, value| document.aws.endpoint = text(value);
    "HCLOUD_ENDPOINT", "hetzner.endpoint", |document, value| document.hetzner.endpoint = text(value);
    "DISCORD_PUBLIC_KEY", "discord.public_key", |document, value| document.discord.public_key = text(value);
    "DISCORD_USERS", "discord.users", |document, value| document.discord.users = list(value);
    "DISCORD_API_URL", "discord.api_url", |document, value| document.discord.api_url = text(value);
    "TELEGRAM_USERS", "telegram.users", |document, value| document.telegram.users = list(value);
    "TELEGRAM_API_ROOT", "telegram.api_root", |document, value| document.telegram.api_root = text(value);
}

impl Variables {
    /// These. Empty ones count as not set.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let set = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
        Self(set.map(|(name, value)| (name, Secret::from(value))).collect())
    }

    /// The value of one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret<String>> {
        self.0.get(name)
    }

    /// The value of one that is no secret.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.expose().clone())
    }

    /// These, and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: Secret<String>) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Puts the variables over a document.
    pub fn apply(&self, document: &mut Document) {
        for known in OVERRIDES {
            if let Some(value) = self.get(known.variable) {
                (known.put)(document, value.expose().trim());
            }
        }
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
