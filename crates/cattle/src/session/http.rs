//! Plain HTTP calls with every default that matters spelled out.

use std::time::Duration;

use serde::Deserialize;
use ureq::{Agent, Body, http::Response, unversioned::transport::TcpConnector};

use super::{SessionError, literal::LiteralAddress};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an idle connection is kept. Shorter than what servers allow, so that a reused one is rarely dead.
const IDLE: Duration = Duration::from_secs(10);
/// The longest fault that is quoted, in characters.
const QUOTED: usize = 300;

/// What is read or written at once. Each connection fills its buffers with zeros before it sends a byte, which an emulated
/// processor is slow at.
const BUFFER: usize = 8 * 1024;

/// How long a call may take unless it says otherwise.
const CALL: Duration = Duration::from_secs(15);

/// An agent for the orchestrator and the metadata service, which have addresses and no names: plain TCP, no proxy, no
/// redirects, every call bounded.
#[must_use]
pub fn agent() -> Agent {
    let config = Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("clawlets-cattle/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(CALL))
        .max_idle_age(IDLE)
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .build();
    Agent::with_parts(config, TcpConnector::default(), LiteralAddress)
}

/// A whole answer: its status, and its body up to a limit.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Reads an answer. One that breaks off is as good as none.
    pub(super) fn read(
        action: &'static str,
        answer: Result<Response<Body>, ureq::Error>,
        limit: u64,
    ) -> Result<Self, SessionError> {
        let mut answer = answer.map_err(|error| SessionError::unreachable(action, error))?;
        let status = answer.status().as_u16();
        match answer.body_mut().with_config().limit(limit).read_to_vec() {
            Ok(body) => Ok(Self { status, body }),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(SessionError::Malformed { action }),
            Err(error) => Err(SessionError::unreachable(action, error)),
        }
    }

    /// The body of a good answer.
    pub(super) fn good(self, action: &'static str) -> Result<Vec<u8>, SessionError> {
        match self.status {
            200..=299 => Ok(self.body),
            401 | 403 | 410 => Err(SessionError::Over { action, status: self.status }),
            408 | 429 | 500..=599 => Err(SessionError::Unavailable { action, status: self.status }),
            status => Err(SessionError::Refused { action, status, message: fault_message(&self.body) }),
        }
    }
}

#[derive(Deserialize)]
struct Fault {
    error: FaultDetail,
}

#[derive(Deserialize)]
struct FaultDetail {
    message: String,
}

/// The message of a fault `{"error":{"message": …}}`, which orchestrators and models' endpoints both write; else the
/// beginning of the text itself. In one line, 300 characters at most.
#[must_use]
pub fn fault_message(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Fault>(body) {
        Ok(fault) => fault.error.message,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let line: String =
        text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTED).collect();
    if line.is_empty() { "no reason given".to_owned() } else { line }
}
