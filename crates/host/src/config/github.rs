//! The tables `[github]`: which App the host and its bots act as, and what is synced.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clawlets_model::BotId;
use clawlets_release::value::Period;
use serde::Deserialize;

/// Access to GitHub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GithubSettings {
    /// The base URL of GitHub's API; empty is GitHub's own. `GITHUB_API_URL` wins over it.
    pub endpoint: String,
    /// The host's own access.
    pub host: AppAccess,
    /// Where programs of an earlier system look for the host's own token: a link that is made there. None if empty.
    pub alias: PathBuf,
    /// The access of each bot that has one.
    pub bots: BTreeMap<BotId, AppAccess>,
    /// What is synced into the shared memory.
    pub sync: SyncSettings,
}

impl Default for GithubSettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            host: AppAccess::default(),
            alias: "/run/clawd/github-app.env".into(),
            bots: BTreeMap::new(),
            sync: SyncSettings::default(),
        }
    }
}

impl GithubSettings {
    /// The file with the host's own token.
    #[must_use]
    pub fn host_file(&self) -> PathBuf {
        self.host.env_file.clone().unwrap_or_else(|| "/run/clawlets/github.env".into())
    }

    /// The file with a bot's token.
    #[must_use]
    pub fn bot_file(&self, bot: &BotId) -> PathBuf {
        let usual = || Path::new("/run/clawlets/github").join(format!("{bot}.env"));
        self.bots.get(bot).and_then(|access| access.env_file.clone()).unwrap_or_else(usual)
    }
}

/// A GitHub App, and what tokens of it are good for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppAccess {
    /// The App's id; 0 for no access.
    pub app_id: u64,
    /// The id of its installation.
    pub installation_id: u64,
    /// The file with its private key, in PEM.
    pub private_key_file: PathBuf,
    /// The repositories that a token is good for, with or without their owner, who is the installation's.
    pub repositories: Vec<String>,
    /// What a token may do; if empty, reading contents, issues and pull requests.
    pub permissions: BTreeMap<String, String>,
    /// The file that the token is written to.
    pub env_file: Option<PathBuf>,
    /// The group that may read it. For a bot, if empty, its own group.
    pub group: String,
    /// How long a token must still be good to be left as it is.
    pub margin: Period,
}

impl Default for AppAccess {
    fn default() -> Self {
        Self {
            app_id: 0,
            installation_id: 0,
            private_key_file: "/run/clawlets/secrets/github-app-pem".into(),
            repositories: Vec::new(),
            permissions: BTreeMap::new(),
            env_file: None,
            group: String::new(),
            margin: super::document::period("20m"),
        }
    }
}

/// What is synced into the shared memory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SyncSettings {
    /// An organisation, all of whose repositories are synced.
    pub org: String,
    /// Repositories as `owner/name`, or `name` where the organisation is given. If there are any, only these are synced.
    pub repositories: Vec<String>,
    /// The folder of what was read before.
    pub state: PathBuf,
    /// The file with the token.
    pub token_file: PathBuf,
    /// How many calls of the limit are left to others.
    pub reserve: u64,
    /// How long a run may take.
    pub deadline: Period,
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            org: String::new(),
            repositories: Vec::new(),
            state: "/var/lib/clawlets/github-sync".into(),
            token_file: "/run/clawlets/github.env".into(),
            reserve: 200,
            deadline: super::document::period("10m"),
        }
    }
}
