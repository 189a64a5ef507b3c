//! A task: what one disposable VM does, once.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ArtifactName, EnvVarName,
    document::{self, DocumentError},
    duration::{format_seconds, parse_duration},
    limits,
};

/// `task.json` as people write it. [`Task::parse`] checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(title = "Clawlets task", rename = "Task")]
pub struct TaskDocument {
    /// Always 1.
    pub schema_version: u32,
    /// Names the task in labels, lists and logs. Any text that is not blank.
    pub task_id: String,
    /// What kind of work this is.
    #[serde(rename = "type")]
    pub kind: TaskKind,
    /// `agent`: what the agent is asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `command`: the program and its arguments; no shell is involved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argv: Option<Vec<String>>,
    /// `command`: public variables for the program.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<EnvVarName, String>,
    /// `command`: what the program reads on standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Small files that are put into the workspace before the work begins; 1 MiB together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// How long the work may take, such as `30s`. What is left of the TTL when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// Globs under the workspace; regular files that match are brought back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<String>,
    /// Accepted and emptied: results always return through the orchestrator.
    #[serde(default)]
    pub callback_url: String,
}

/// The kinds of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TaskKind {
    /// An agent acts on `message`.
    #[serde(rename = "agent", alias = "clawdbot.gateway.agent")]
    Agent,
    /// A program runs.
    #[serde(rename = "command")]
    Command,
}

/// One small file for the workspace, as text or as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its path under the workspace.
    pub name: ArtifactName,
    /// Its content as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its content as standard base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// A checked task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    document: TaskDocument,
    work: Work,
    inputs: Vec<(ArtifactName, Vec<u8>)>,
    timeout: Option<Duration>,
}

/// What the VM does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// An agent acts on a message.
    Agent {
        /// What it is asked to do.
        message: String,
    },
    /// A program runs.
    Command {
        /// The program and its arguments, at least one.
        argv: Vec<String>,
        /// Public variables.
        env: BTreeMap<EnvVarName, String>,
        /// Standard input; empty when none was given.
        stdin: String,
    },
}

impl Task {
    /// Reads and checks a task document.
    ///
    /// # Errors
    /// [`DocumentError`] with the path of the fault: syntax, unknown keys, a blank `taskId`, a missing or foreign
    /// field for the kind, a bad input or timeout, or more than 128 KiB.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > limits::TASK_DOCUMENT {
            let message = format!("the task is {} bytes, {} at most", bytes.len(), limits::TASK_DOCUMENT);
            return Err(DocumentError::at("", message));
        }
        Self::check(document::from_json(bytes)?)
    }

    /// Checks a task that is part of a larger document.
    ///
    /// # Errors
    /// As [`Task::parse`].
    pub fn from_value(value: &serde_json::Value) -> Result<Self, DocumentError> {
        Self::parse(value.to_string().as_bytes())
    }

    fn check(mut document: TaskDocument) -> Result<Self, DocumentError> {
        if document.schema_version != 1 {
            let message = format!("{} is not supported, expected 1", document.schema_version);
            return Err(DocumentError::at("schemaVersion", message));
        }
        if document.task_id.trim().is_empty() || document.task_id.len() > 256 {
            return Err(DocumentError::at("taskId", "expected 1 to 256 characters that are not all blank"));
        }
        document.callback_url = String::new();
        let work = work(&document)?;
        let inputs = inputs(&document.inputs)?;
        let timeout = match &document.timeout {
            Some(text) => {
                Some(parse_duration(text).map_err(|error| DocumentError::at("timeout", error.to_string()))?)
            }
            None => None,
        };
        if document.artifacts.len() > limits::ARTIFACT_COUNT {
            let message = format!("{} globs, {} at most", document.artifacts.len(), limits::ARTIFACT_COUNT);
            return Err(DocumentError::at("artifacts", message));
        }
        for (at, glob) in document.artifacts.iter().enumerate() {
            if glob.is_empty() || glob.starts_with('/') || glob.split('/').any(|part| part == "..") {
                let message = format!("{glob:?} is not a glob under the workspace");
                return Err(DocumentError::at(&format!("artifacts[{at}]"), message));
            }
        }
        Ok(Self { document, work, inputs, timeout })
    }

    /// The task's own name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.document.task_id
    }

    /// What to do.
    #[must_use]
    pub const fn work(&self) -> &Work {
        &self.work
    }

    /// Files for the workspace.
    #[must_use]
    pub fn inputs(&self) -> &[(ArtifactName, Vec<u8>)] {
        &self.inputs
    }

    /// The most time that the work may take, if the task sets one.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Globs of the files to bring back.
    #[must_use]
    pub fn artifacts(&self) -> &[String] {
        &self.document.artifacts
    }

    /// The document as it travels: normalised, with `callbackUrl` emptied.
    #[must_use]
    pub const fn document(&self) -> &TaskDocument {
        &self.document
    }

    /// The document as bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.document).expect("a task document has only text keys")
    }

    /// One line for lists: the kind and the beginning of what is asked.
    #[must_use]
    pub fn summary(&self) -> String {
        let text = match &self.work {
            Work::Agent { message } => format!("agent: {message}"),
            Work::Command { argv, .. } => format!("command: {}", argv.join(" ")),
        };
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect()
    }

    /// The timeout as people write it, or `none`.
    #[must_use]
    pub fn timeout_text(&self) -> String {
        self.timeout.map_or_else(|| "none".to_owned(), |timeout| format_seconds(timeout.as_secs()))
    }
}

fn work(document: &TaskDocument) -> Result<Work, DocumentError> {
    let no_nul = |text: &str| !text.contains('\0');
    match document.kind {
        TaskKind::Agent => {
            if document.argv.is_some() || !document.env.is_empty() || document.stdin.is_some() {
                return Err(DocumentError::at(
                    "type",
                    "an agent task takes a message, not argv, env or stdin",
                ));
            }
            match &document.message {
                Some(message) if !message.trim().is_empty() => Ok(Work::Agent { message: message.clone() }),
                Some(_) | None => Err(DocumentError::at("message", "an agent task needs a message")),
            }
        }
        TaskKind::Command => {
            if document.message.is_some() {
                return Err(DocumentError::at("message", "a command task takes argv, not a message"));
            }
            let argv = document.argv.clone().unwrap_or_default();
            if argv.first().is_none_or(String::is_empty) || !argv.iter().all(|word| no_nul(word)) {
                return Err(DocumentError::at(
                    "argv",
                    "a command task needs a program, without NUL characters",
                ));
            }
            if let Some((name, _)) = document.env.iter().find(|(_, value)| !no_nul(value)) {
                return Err(DocumentError::at(&format!("env.{name}"), "a value cannot hold a NUL character"));
            }
            let stdin = document.stdin.clone().unwrap_or_default();
            Ok(Work::Command { argv, env: document.env.clone(), stdin })
        }
    }
}

fn inputs(inputs: &[Input]) -> Result<Vec<(ArtifactName, Vec<u8>)>, DocumentError> {
    let mut files: BTreeMap<&ArtifactName, Vec<u8>> = BTreeMap::new();
    let mut total = 0;
    for (at, input) in inputs.iter().enumerate() {
        let path = format!("inputs[{at}]");
        let content = match (&input.text, &input.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(base64)) => STANDARD
                .decode(base64)
                .map_err(|error| DocumentError::at(&format!("{path}.base64"), error.to_string()))?,
            (Some(_), Some(_)) | (None, None) => {
                return Err(DocumentError::at(&path, "expected exactly one of text and base64"));
            }
        };
        total += content.len();
        if files.insert(&input.name, content).is_some() {
            return Err(DocumentError::at(&format!("{path}.name"), format!("{} is given twice", input.name)));
        }
    }
    if total > limits::TASK_INPUTS {
        let message = format!("the inputs are {total} bytes together, {} at most", limits::TASK_INPUTS);
        return Err(DocumentError::at("inputs", message));
    }
    Ok(files.into_iter().map(|(name, content)| (name.clone(), content)).collect())
}
