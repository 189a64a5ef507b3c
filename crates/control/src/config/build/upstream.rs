//! The workflow that deploys.

use clawlets_github::{AppId, GitRef, Github, InstallationId, Repository, WorkflowFile, api_url};
use clawlets_upstream::{BaseUrl, client_config};

use super::Build;
use crate::{
    config::document::GithubTable,
    late::Late,
    registry::Registry,
    upstream::{Access, Workflow},
};

impl Build<'_> {
    pub(super) fn workflow(&mut self, table: GithubTable, registry: &Registry) -> Option<Workflow> {
        let declared = &registry.control;
        let repo = table.repo.clone().or_else(|| declared.repo.as_ref().map(ToString::to_string));
        let repository = match repo {
            Some(repo) => self.ok("github.repo", Repository::parse(&repo)),
            None => {
                self.fault(
                    "github.repo",
                    "is missing: expected owner/name, here, in GITHUB_REPO or in control.repo",
                );
                None
            }
        };
        let file = table.workflow.clone().unwrap_or_else(|| declared.workflow.to_string());
        let file = self.ok("github.workflow", WorkflowFile::parse(&file));
        let git_ref = table.git_ref.clone().unwrap_or_else(|| declared.git_ref.to_string());
        let git_ref = self.ok("github.ref", GitRef::parse(&git_ref));
        let api = self.ok("github.api_url", api_url(table.api_url.as_deref().unwrap_or_default()));
        let access = self.access(table);
        Some(Workflow {
            github: github(api?),
            repository: repository?,
            file: file?,
            git_ref: git_ref?,
            access: access?,
        })
    }

    fn access(&mut self, table: GithubTable) -> Option<Access> {
        let key = self.source("GITHUB_APP_PEM", table.private_key_file);
        match (table.app_id, table.installation_id, key) {
            (Some(app), Some(installation), Some(key)) => {
                let app = self.ok("github.app_id", AppId::new(app).ok_or("0 is nobody's id"))?;
                let installation = InstallationId::new(installation).ok_or("0 is nobody's id");
                let installation = self.ok("github.installation_id", installation)?;
                Some(Access::App { app, installation, key })
            }
            // A key alone is of no App.
            (None, None, _) => {
                let token = self.source("GITHUB_TOKEN", table.token_file);
                if token.is_none() {
                    self.fault(
                        "github.token_file",
                        "is missing: expected a token, also in GITHUB_TOKEN, or an App",
                    );
                }
                token.map(Access::Token)
            }
            _ => {
                self.fault("github.app_id", "an App needs app_id, installation_id and private_key_file");
                None
            }
        }
    }
}

fn github(api: BaseUrl) -> Late<Github> {
    Late::new(move || -> Result<Github, String> {
        let tls = client_config(api.reach()).map_err(|error| error.to_string())?;
        Github::new(api.clone(), tls).map_err(|error| error.to_string())
    })
}
