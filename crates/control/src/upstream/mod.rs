//! GitHub, which carries deploys out.

mod access;
mod runs;

use std::{fmt, future::Future, time::Duration};

use clawlets_github::{GitRef, Github, GithubError, Repository, WorkflowFile};
use clawlets_model::control::{ControlErrorCode, RunView};
use jiff::Timestamp;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{
    late::{Late, NotMade},
    refusal::Refusal,
};

pub use access::{Access, NoAccess};

/// How long GitHub may take for a dispatch.
const DISPATCH: Duration = Duration::from_millis(4500);
/// How long it may take to say what runs.
const LOOK: Duration = Duration::from_millis(2500);

/// The workflow that deploys, and the way to it.
pub struct Workflow {
    /// GitHub's API.
    pub github: Late<Github>,
    /// The repository that it stands in.
    pub repository: Repository,
    /// Its file.
    pub file: WorkflowFile,
    /// The branch or tag that it is started on.
    pub git_ref: GitRef,
    /// What opens the API.
    pub access: Access,
}

/// What a deploy is at GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// A host of the registry, or `all`.
    pub target: String,
    /// The image that was named; empty for none.
    pub image: String,
    /// What names the deploy.
    pub request_id: String,
}

/// Why GitHub did not do what was asked.
#[derive(Debug, Error)]
pub enum UpstreamError {
    /// It answered with a fault.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// It did not answer in time.
    #[error("GitHub did not answer in time")]
    Silent,
    /// There is nothing to sign in with.
    #[error(transparent)]
    Access(#[from] NoAccess),
    /// The client cannot be set up.
    #[error(transparent)]
    Setup(#[from] NotMade),
}

impl Workflow {
    /// Asks for a deploy.
    ///
    /// # Errors
    /// [`UpstreamError`]; [`UpstreamError::may_have_happened`] says whether it may have begun all the same.
    pub async fn dispatch(&self, inputs: &Inputs, now: Timestamp) -> Result<(), UpstreamError> {
        let github = self.github.get()?;
        let text = |text: &str| Value::String(text.to_owned());
        let map = Map::from_iter([
            ("target".to_owned(), text(&inputs.target)),
            ("ami_override".to_owned(), text(&inputs.image)),
            ("request_id".to_owned(), text(&inputs.request_id)),
        ]);
        let token = within(LOOK, self.access.token(github, &self.repository, now)).await?;
        let call = github.dispatch(&self.repository, &self.file, &self.git_ref, map, &token, now);
        within(DISPATCH, async { Ok(call.await?) }).await
    }

    /// The run whose name holds this request's.
    ///
    /// # Errors
    /// [`UpstreamError`].
    pub async fn find(&self, request_id: &str, now: Timestamp) -> Result<Option<RunView>, UpstreamError> {
        let github = self.github.get()?;
        let look = async {
            let token = self.access.token(github, &self.repository, now).await?;
            Ok(github.recent_runs(&self.repository, &self.file, &token, now).await?)
        };
        let runs = within(LOOK, look).await?;
        Ok(runs.iter().find(|run| run.display_title.contains(request_id)).map(runs::view))
    }

    /// The run of this number.
    ///
    /// # Errors
    /// [`UpstreamError`].
    pub async fn look(&self, run: u64, now: Timestamp) -> Result<RunView, UpstreamError> {
        let github = self.github.get()?;
        let look = async {
            let token = self.access.token(github, &self.repository, now).await?;
            Ok(github.run(&self.repository, run, &token, now).await?)
        };
        within(LOOK, look).await.map(|run| runs::view(&run))
    }
}

async fn within<T>(
    span: Duration,
    call: impl Future<Output = Result<T, UpstreamError>>,
) -> Result<T, UpstreamError> {
    tokio::time::timeout(span, call).await.unwrap_or(Err(UpstreamError::Silent))
}

impl UpstreamError {
    /// Whether what was asked may have been done all the same: no answer came, or none of GitHub's own.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Silent | Self::Github(GithubError::Malformed { .. }) => true,
            Self::Github(GithubError::Transport { source, .. }) => !source.is_connect(),
            Self::Github(GithubError::Unavailable { status, .. }) => *status == 504,
            Self::Github(_) | Self::Access(_) | Self::Setup(_) => false,
        }
    }

    /// What the caller is told: the status, and no token.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let upstream = |words: String| Refusal::new(ControlErrorCode::Upstream, words);
        let status = |status: u16| upstream(format!("GitHub answered with status {status}"));
        match self {
            Self::Silent => Refusal::new(ControlErrorCode::UpstreamTimeout, "GitHub did not answer in time"),
            Self::Access(error) => upstream(error.to_string()),
            Self::Setup(_) => upstream("the client of GitHub cannot be set up".to_owned()),
            Self::Github(error) => of_github(error, status),
        }
    }
}

impl fmt::Debug for Workflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflow").field("repository", &self.repository).finish_non_exhaustive()
    }
}

fn of_github(error: &GithubError, status: impl Fn(u16) -> Refusal) -> Refusal {
    let upstream = |words: &str| Refusal::new(ControlErrorCode::Upstream, words);
    match error {
        GithubError::Transport { source, .. } if source.is_timeout() && !source.is_connect() => {
            Refusal::new(ControlErrorCode::UpstreamTimeout, "GitHub did not answer in time")
        }
        GithubError::Transport { .. } => upstream("GitHub cannot be reached"),
        GithubError::Unauthorized { .. } => status(401),
        GithubError::Forbidden { .. } => status(403),
        GithubError::NotFound { .. } => status(404),
        GithubError::Refused { .. } => status(422),
        GithubError::Limited { retry_after, .. } => match retry_after {
            Some(span) => status(429).after(*span),
            None => status(429),
        },
        GithubError::Unavailable { status: code, .. } | GithubError::Unexpected { status: code, .. } => {
            status(*code)
        }
        GithubError::Malformed { .. } => upstream("the answer of GitHub is not understood"),
        GithubError::Key { .. } | GithubError::TooBroad { .. } | GithubError::Expired { .. } => {
            upstream("GitHub gave no token that can be used")
        }
    }
}
