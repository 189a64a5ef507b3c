//! Starting a workflow, and finding the run that it started.

use std::fmt;

use clawlets_model::Secret;
use jiff::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::{Github, GithubError, Repository, github::Call};

/// The longest name of a workflow's file, or of a branch or tag, in bytes.
const MAX_NAME: usize = 200;

/// The file name of a workflow, such as `fleet-deploy.yml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkflowFile(String);

/// A branch or tag, such as `main`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GitRef(String);

/// A text that names no workflow, or no branch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidWorkflow {
    /// It is no file name of a workflow.
    #[error("{0:?} is no workflow: expected a file name such as fleet-deploy.yml")]
    File(String),
    /// It is no branch or tag.
    #[error("{0:?} is no branch or tag: expected a name such as main")]
    Ref(String),
}

macro_rules! text {
    ($name:ident, $fault:ident, $rule:expr) => {
        impl $name {
            /// Reads one.
            ///
            /// # Errors
            /// [`InvalidWorkflow`].
            pub fn parse(text: &str) -> Result<Self, InvalidWorkflow> {
                let rule: fn(&str) -> bool = $rule;
                let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/');
                let fits = (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(plain);
                if fits && !text.starts_with(['.', '-', '/']) && !text.contains("..") && rule(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidWorkflow::$fault(text.chars().take(MAX_NAME).collect()))
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidWorkflow;
            fn try_from(text: String) -> Result<Self, InvalidWorkflow> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

text!(WorkflowFile, File, |text| !text.contains('/') && (text.ends_with(".yml") || text.ends_with(".yaml")));
text!(GitRef, Ref, |text| !text.ends_with('/'));

/// A run of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WorkflowRun {
    /// Its number.
    pub id: u64,
    /// The name that the workflow gave this run; empty where it gave none.
    #[serde(default)]
    pub display_title: String,
    /// Where it stands, in GitHub's words: `queued`, `in_progress`, `completed` and others.
    #[serde(default)]
    pub status: Option<String>,
    /// How it ended, in GitHub's words: `success`, `failure`, `cancelled` and others.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// Where people look at it.
    #[serde(default)]
    pub html_url: String,
    /// When it came to be.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<WorkflowRun>,
}

impl Github {
    /// Starts a workflow with these inputs. GitHub does not say which run comes of it.
    ///
    /// # Errors
    /// [`GithubError`]. After a [`GithubError::Transport`] it may have been started all the same.
    pub async fn dispatch(
        &self,
        repository: &Repository,
        workflow: &WorkflowFile,
        git_ref: &GitRef,
        inputs: Map<String, Value>,
        token: &Secret<String>,
        now: Timestamp,
    ) -> Result<(), GithubError> {
        let path = ["repos", repository.owner(), repository.name().as_str(), "actions", "workflows"];
        let path: Vec<&str> = path.into_iter().chain([workflow.as_str(), "dispatches"]).collect();
        let body = json!({ "ref": git_ref.as_str(), "inputs": inputs });
        let call = Call::new("start the workflow", Method::POST, &path, token).with_body(body);
        self.send(&call, now).await.map(drop)
    }

    /// The runs of a workflow that were started last, the newest first: 30 at most.
    ///
    /// # Errors
    /// [`GithubError`].
    pub async fn recent_runs(
        &self,
        repository: &Repository,
        workflow: &WorkflowFile,
        token: &Secret<String>,
        now: Timestamp,
    ) -> Result<Vec<WorkflowRun>, GithubError> {
        let path = ["repos", repository.owner(), repository.name().as_str(), "actions", "workflows"];
        let path: Vec<&str> = path.into_iter().chain([workflow.as_str(), "runs"]).collect();
        let call = Call::new("list the runs of the workflow", Method::GET, &path, token);
        Ok(self.send(&call, now).await?.json::<Runs>()?.workflow_runs)
    }

    /// One run.
    ///
    /// # Errors
    /// [`GithubError`].
    pub async fn run(
        &self,
        repository: &Repository,
        id: u64,
        token: &Secret<String>,
        now: Timestamp,
    ) -> Result<WorkflowRun, GithubError> {
        let id = id.to_string();
        let path = ["repos", repository.owner(), repository.name().as_str(), "actions", "runs", &id];
        let call = Call::new("look at a run of the workflow", Method::GET, &path, token);
        self.send(&call, now).await?.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_and_a_branch_are_names_that_fit_a_path() {
        for text in ["fleet-deploy.yml", "a.yaml"] {
            assert_eq!(WorkflowFile::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "deploy", "../x.yml", "a/b.yml", ".yml", "a b.yml", "x.yml?y"] {
            assert!(WorkflowFile::parse(text).is_err(), "{text}");
        }
        for text in ["main", "release/1.2", "v1.0.0"] {
            assert_eq!(GitRef::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "-x", "a..b", "a b", "main/", "ma\u{131}n"] {
            assert!(GitRef::parse(text).is_err(), "{text}");
        }
    }
}
