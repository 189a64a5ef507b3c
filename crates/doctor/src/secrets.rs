//! The secrets of the project, looked at once for all checks.

use std::path::Path;

use clawlets_fleet::Fleet;
use clawlets_model::{HostName, SecretName};
use clawlets_secrets::{
    AgeIdentity,
    plan::{Finding, Holder, Plan, verify},
    project::{Layout, Vault},
};

use crate::machine::Trouble;

/// What is needed, what is there, and what is wrong with it.
pub(crate) struct Secrets {
    pub(crate) plan: Plan,
    /// Why the operator's keys cannot be used, if they cannot.
    pub(crate) keys: Result<(), Trouble>,
    /// What was found, or why nothing could be looked at.
    pub(crate) looked: Result<Looked, String>,
}

pub(crate) struct Looked {
    pub(crate) vault: Vault,
    pub(crate) findings: Vec<Finding>,
    /// Whether there is any encrypted file.
    pub(crate) has_files: bool,
}

impl Secrets {
    pub(crate) fn look(root: &Path, fleet: &Fleet, keys: Result<Vec<AgeIdentity>, Trouble>) -> Self {
        let plan = Plan::of(fleet);
        let (identities, keys) = match keys {
            Ok(identities) => (identities, Ok(())),
            Err(trouble) => (Vec::new(), Err(trouble)),
        };
        let looked = Vault::open(Layout::new(root), identities)
            .map_err(|error| with_causes(&error))
            .and_then(|vault| {
                let findings = verify(&vault, &plan).map_err(|error| with_causes(&error))?;
                let has_files = !vault.files().map_err(|error| with_causes(&error))?.is_empty();
                Ok(Looked { vault, findings, has_files })
            });
        Self { plan, keys, looked }
    }

    /// Whether a secret of a host is for the orchestrator and nobody else.
    pub(crate) fn is_orchestrators(&self, host: &HostName, secret: &SecretName) -> bool {
        let wanted = self.plan.wanted(host);
        let wanted = wanted.iter().find(|wanted| wanted.secret == *secret);
        wanted.is_some_and(|wanted| wanted.holders.iter().all(|holder| *holder == Holder::Orchestrator))
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}
