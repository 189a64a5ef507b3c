//! The GitHub App of an orchestrator's configuration.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use clawlets_github::{Access, AppId, InstallationId, Permission, RepositoryName};
use clawlets_printer::Fault;
use serde::Serialize;

use crate::project;

/// The flags; all of them or none but the permissions.
#[derive(Debug, Args)]
pub(super) struct GithubAppFlags {
    /// The id of the GitHub App that makes tokens for `cattle spawn --with-github-token`.
    #[arg(long, value_name = "ID", value_parser = app_id)]
    #[arg(requires_all = ["github_installation_id", "github_key_file", "github_repo"])]
    github_app_id: Option<AppId>,
    /// The id of its installation.
    #[arg(long, value_name = "ID", requires = "github_app_id", value_parser = installation_id)]
    github_installation_id: Option<InstallationId>,
    /// The file that holds the App's private key in PEM.
    #[arg(long, value_name = "FILE", requires = "github_app_id")]
    github_key_file: Option<PathBuf>,
    /// A repository that tokens are good for, without its owner; may be given several times.
    #[arg(long, value_name = "NAME", requires = "github_app_id", value_parser = RepositoryName::parse)]
    github_repo: Vec<RepositoryName>,
    /// What tokens may do, such as `contents=write`; may be given several times. Else reading contents, issues and pull
    /// requests.
    #[arg(long, value_name = "NAME=ACCESS", requires = "github_app_id", value_parser = permission)]
    github_permission: Vec<(Permission, Access)>,
}

/// The table `[github]`.
#[derive(Debug, Serialize)]
pub(super) struct GithubApp {
    pub(super) app_id: AppId,
    pub(super) installation_id: InstallationId,
    pub(super) private_key_file: PathBuf,
    pub(super) repositories: Vec<RepositoryName>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) permissions: BTreeMap<Permission, Access>,
}

impl GithubAppFlags {
    /// The table, if the flags ask for one.
    pub(super) fn table(self) -> Result<Option<GithubApp>, Fault> {
        let (Some(app_id), Some(installation_id), Some(file)) =
            (self.github_app_id, self.github_installation_id, self.github_key_file)
        else {
            return Ok(None);
        };
        Ok(Some(GithubApp {
            app_id,
            installation_id,
            // The configuration may lie in another folder.
            private_key_file: project::here()?.join(file),
            repositories: self.github_repo,
            permissions: self.github_permission.into_iter().collect(),
        }))
    }
}

fn number<T: TryFrom<u64, Error = &'static str>>(text: &str) -> Result<T, String> {
    let number: u64 = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    T::try_from(number).map_err(str::to_owned)
}

fn app_id(text: &str) -> Result<AppId, String> {
    number(text)
}

fn installation_id(text: &str) -> Result<InstallationId, String> {
    number(text)
}

fn permission(text: &str) -> Result<(Permission, Access), String> {
    let (name, access) = text.split_once('=').ok_or("expected NAME=ACCESS, such as contents=read")?;
    let parsed = Permission::parse(name).and_then(|name| Ok((name, access.parse()?)));
    parsed.map_err(|error| error.to_string())
}
