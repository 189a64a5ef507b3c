//! The GitHub App that makes tokens for VMs.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_github::{Access, AppId, AppKey, InstallationId, Permission, RepositoryName, Scope, api_url};
use clawlets_upstream::BaseUrl;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{check::Check, secret_file::SecretFile};

/// What tokens may do when nothing is said.
const READING: [&str; 3] = ["contents", "issues", "pull_requests"];

/// The GitHub App that makes tokens for VMs.
#[derive(Debug, Clone)]
pub struct GithubApp {
    /// Where GitHub's API is.
    pub api: BaseUrl,
    /// The App.
    pub app: AppId,
    /// Its installation.
    pub installation: InstallationId,
    /// The file with its private key.
    pub private_key: SecretFile,
    /// What tokens are good for.
    pub scope: Scope,
}

/// The table as it is written.
#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GithubTable {
    /// The App's id. Required when the table is there, as are the next three keys.
    pub(super) app_id: Option<u64>,
    /// The id of its installation.
    pub(super) installation_id: Option<u64>,
    /// The file that holds the App's private key in PEM; nobody but its owner and group may read it.
    pub(super) private_key_file: Option<PathBuf>,
    /// The repositories that a token is good for, without their owner: 1 to 500.
    #[serde(default)]
    pub(super) repositories: Vec<String>,
    /// What a token may do, as `contents = "read"`: `read`, `write` or `admin`. Default: reading `contents`, `issues` and
    /// `pull_requests`.
    #[serde(default)]
    pub(super) permissions: BTreeMap<String, String>,
    /// The base URL of GitHub's API; empty is GitHub's own.
    pub(super) endpoint: Option<String>,
}

impl Check<'_> {
    /// The App; `None` without one, or when something is wrong with it.
    pub(super) fn github(&mut self, table: GithubTable) -> Option<GithubApp> {
        // A variable that stands in every environment of GitHub's own must not ask for an App.
        let endpoint_alone = GithubTable { endpoint: table.endpoint.clone(), ..GithubTable::default() };
        let is_absent = table.endpoint.is_none() || self.overrides.variable_for("github.endpoint").is_some();
        if is_absent && table == endpoint_alone {
            return None;
        }
        let app = self.id("github.app_id", table.app_id, AppId::new);
        let installation = self.id("github.installation_id", table.installation_id, InstallationId::new);
        let private_key = match table.private_key_file {
            Some(path) => Some(self.app_key(&path)),
            None => self.missing("github.private_key_file", "the path of a file that holds the App's key"),
        };
        let api = api_url(table.endpoint.as_deref().unwrap_or_default());
        let api = api.map_err(|error| self.fault("github.endpoint", error.to_string())).ok();
        let repositories: Vec<_> =
            table.repositories.iter().filter_map(|name| self.repository(name)).collect();
        let permissions = if table.permissions.is_empty() {
            let name = |name| Permission::parse(name).expect("a fixed name of a permission is one");
            READING.map(|known| (name(known), Access::Read)).into()
        } else {
            table
                .permissions
                .iter()
                .filter_map(|(name, access)| self.permission(name, access))
                .collect::<Vec<_>>()
        };
        // What was left out for its form was reported already.
        let is_whole =
            repositories.len() == table.repositories.len() && permissions.len() >= table.permissions.len();
        let scope = match Scope::new(repositories, permissions) {
            Ok(scope) => Some(scope),
            Err(_) if !is_whole => None,
            Err(error) => {
                self.fault("github.repositories", error.to_string());
                None
            }
        };
        Some(GithubApp {
            api: api?,
            app: app?,
            installation: installation?,
            private_key: private_key?,
            scope: scope?,
        })
    }

    fn id<T>(&mut self, path: &str, number: Option<u64>, new: impl Fn(u64) -> Option<T>) -> Option<T> {
        const EXPECTED: &str = "a number above 0, as GitHub shows it in the App's settings";
        match number.map(new) {
            Some(None) => {
                self.fault(path, format!("0 is nobody's id: expected {EXPECTED}"));
                None
            }
            Some(id) => id,
            None => self.missing(path, EXPECTED),
        }
    }

    fn app_key(&mut self, path: &std::path::Path) -> SecretFile {
        let file = self.secret_file("github.private_key_file", path);
        if let Ok(text) = file.read()
            && let Err(error) = AppKey::from_pem(&text)
        {
            self.fault("github.private_key_file", format!("{}: {error}", file.path().display()));
        }
        file
    }

    fn repository(&mut self, name: &str) -> Option<RepositoryName> {
        RepositoryName::parse(name).map_err(|error| self.fault("github.repositories", error.to_string())).ok()
    }

    fn permission(&mut self, name: &str, access: &str) -> Option<(Permission, Access)> {
        let parsed = Permission::parse(name).and_then(|name| Ok((name, access.parse()?)));
        parsed.map_err(|error| self.fault(&format!("github.permissions.{name}"), error.to_string())).ok()
    }
}
