//! A run as GitHub describes it, and as it is answered.

use clawlets_github::WorkflowRun;
use clawlets_model::control::RunView;

pub(super) fn view(run: &WorkflowRun) -> RunView {
    RunView {
        id: run.id,
        status: run.status.clone().unwrap_or_else(|| "queued".to_owned()),
        conclusion: run.conclusion.clone(),
        url: run.html_url.clone(),
    }
}
