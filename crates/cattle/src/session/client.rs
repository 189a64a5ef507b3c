//! The calls of a session.

use std::{fs::File, sync::Arc, time::Duration};

use clawlets_model::{
    ArtifactName, Secret,
    guest::{GuestOrders, GuestPhase, Heartbeat, LogGap, SHA256_HEADER, TaskResult},
};
use serde::de::DeserializeOwned;
use ureq::{Agent, RequestBuilder, SendBody, typestate::WithBody};

use super::{BaseUrl, SessionError, http::Answer};

/// How long a heartbeat may take: the next one must be in time.
const BEAT: Duration = Duration::from_secs(4);
/// How long one artifact may take.
const UPLOAD: Duration = Duration::from_secs(180);
const JSON: &str = "application/json";
/// The longest small answer, in bytes.
const SMALL: u64 = 64 * 1024;
/// The longest work archive, in bytes: persona, inputs and task, the inputs also within the task, and the archive's own
/// headers.
const WORK_LIMIT: u64 = 4 * 1024 * 1024;

/// A session with the orchestrator. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    agent: Agent,
    base: BaseUrl,
    bearer: Secret<String>,
}

/// How the orchestrator took a batch of log records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchAnswer {
    /// It has them.
    Taken(GuestOrders),
    /// It wants to go on from another record.
    GoOnFrom(u64),
}

impl Client {
    /// A session that goes on with the connections of its agent.
    pub(super) fn new(agent: Agent, base: BaseUrl, session: &Secret<String>) -> Self {
        Self(Arc::new(Inner { agent, base, bearer: Secret::from(format!("Bearer {}", session.expose())) }))
    }

    /// The work archive.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn work(&self) -> Result<Vec<u8>, SessionError> {
        let action = "fetch the work";
        let url = self.0.base.join("/v1/cattle/work");
        let answer = self.0.agent.get(url).header("Authorization", self.0.bearer.expose()).call();
        Answer::read(action, answer, WORK_LIMIT)?.good(action)
    }

    /// Says that the machine lives and what it does.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn heartbeat(&self, phase: GuestPhase) -> Result<GuestOrders, SessionError> {
        let action = "send a heartbeat";
        let url = self.0.base.join("/v1/cattle/heartbeat");
        let body = serde_json::to_vec(&Heartbeat { phase }).expect("a heartbeat is one word");
        let answer = self.send(
            action,
            self.0.agent.post(url).config().timeout_global(Some(BEAT)).build(),
            JSON,
            &body,
        )?;
        parsed(action, &answer.good(action)?)
    }

    /// Sends log records as lines of JSON, within `at_most` where that is not the usual time.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn logs(&self, batch: &[u8], at_most: Option<Duration>) -> Result<BatchAnswer, SessionError> {
        let action = "send logs";
        let mut request = self.0.agent.post(self.0.base.join("/v1/cattle/logs"));
        if at_most.is_some() {
            request = request.config().timeout_global(at_most).build();
        }
        let answer = self.send(action, request, "application/x-ndjson", batch)?;
        if answer.status == 409 {
            return Ok(BatchAnswer::GoOnFrom(parsed::<LogGap>(action, &answer.body)?.expected));
        }
        Ok(BatchAnswer::Taken(parsed(action, &answer.good(action)?)?))
    }

    /// Sends one artifact: `size` bytes of a file from its beginning, whose sha256 is `sha256` in hex.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn artifact(
        &self,
        name: &ArtifactName,
        file: &File,
        size: u64,
        sha256: &str,
    ) -> Result<(), SessionError> {
        let action = "send an artifact";
        let url = self.0.base.join(&format!("/v1/cattle/artifacts/{name}"));
        let mut body = std::io::Read::take(file, size);
        let answer = self
            .0
            .agent
            .put(url)
            .config()
            .timeout_global(Some(UPLOAD))
            .build()
            .header("Authorization", self.0.bearer.expose())
            .header("Content-Type", "application/octet-stream")
            .header("Content-Length", size.to_string())
            .header(SHA256_HEADER, sha256)
            .send(SendBody::from_reader(&mut body));
        Answer::read(action, answer, SMALL)?.good(action).map(drop)
    }

    /// Says how the task ended. A good answer ends the session.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn result(&self, result: &TaskResult) -> Result<(), SessionError> {
        let action = "report the result";
        let body = serde_json::to_vec(result).expect("a result has only text keys");
        let request = self.0.agent.post(self.0.base.join("/v1/cattle/result"));
        let answer = self.send(action, request, JSON, &body)?;
        answer.good(action).map(drop)
    }

    fn send(
        &self,
        action: &'static str,
        request: RequestBuilder<WithBody>,
        content_type: &str,
        body: &[u8],
    ) -> Result<Answer, SessionError> {
        let authorization = self.0.bearer.expose();
        let answer =
            request.header("Authorization", authorization).header("Content-Type", content_type).send(body);
        Answer::read(action, answer, SMALL)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.0.base)
    }
}

fn parsed<T: DeserializeOwned>(action: &'static str, body: &[u8]) -> Result<T, SessionError> {
    serde_json::from_slice(body).map_err(|_| SessionError::Malformed { action })
}
