//! One request: a deadline for all of it, a limit, and no way to where this host does not go.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use clawlets_release::trust::FetchFailure;
use ureq::{
    Agent,
    http::{Response, StatusCode, header},
};
use url::Url;

use super::Authorities;

/// How often an answer may lead elsewhere.
const MOST_REDIRECTS: usize = 5;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where.
    pub url: &'a Url,
    /// How many bytes it may have.
    pub limit: usize,
    /// The mark of what is known already, which then need not be sent again.
    pub known: Option<&'a str>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is what is known already.
    Unchanged,
    /// There is no such thing.
    Missing,
    /// These bytes.
    Bytes {
        /// All of them.
        bytes: Vec<u8>,
        /// The mark by which they may be asked for again.
        mark: Option<String>,
    },
}

/// Asks mirrors. It reads no proxy and nothing else from the environment.
#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
    deadline: Duration,
}

impl Http {
    /// A client that gives each request so long, redirects included, and asks servers that these vouch for.
    #[must_use]
    pub fn new(deadline: Duration, authorities: Authorities) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .tls_config(authorities.into_config())
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .accept_encoding("identity")
            .user_agent(concat!("clawlets-host/", env!("CARGO_PKG_VERSION")))
            .max_response_header_size(16 << 10)
            .build();
        Self { agent: config.new_agent(), deadline }
    }

    /// Asks once, and follows to other places of the same or a better kind.
    ///
    /// # Errors
    /// [`FetchFailure`] when nothing useful came in time and within its limit.
    pub fn get(&self, request: &Request<'_>) -> Result<Answer, FetchFailure> {
        let end = Instant::now() + self.deadline;
        let mut url = request.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(FetchFailure::TooSlow);
            }
            let mut call = self.agent.get(url.as_str()).config().timeout_global(Some(left)).build();
            if let Some(known) = request.known {
                call = call.header(header::IF_NONE_MATCH, known);
            }
            let answer = call.call().map_err(|error| failure(&error))?;
            let status = answer.status();
            match status {
                StatusCode::NOT_MODIFIED if request.known.is_some() => return Ok(Answer::Unchanged),
                StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Answer::Missing),
                StatusCode::OK => return bytes(answer, request.limit),
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => url = elsewhere(&url, &answer)?,
                _ => return Err(FetchFailure::Status(status.as_u16())),
            }
        }
        Err(FetchFailure::Redirect)
    }
}

/// Where an answer leads: never from HTTPS to less, and never away from HTTP.
fn elsewhere<T>(from: &Url, answer: &Response<T>) -> Result<Url, FetchFailure> {
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let url = location.and_then(|location| from.join(location).ok()).ok_or(FetchFailure::Redirect)?;
    match (from.scheme(), url.scheme()) {
        ("https" | "http", "https") | ("http", "http") => Ok(url),
        _ => Err(FetchFailure::Redirect),
    }
}

fn bytes(answer: Response<ureq::Body>, limit: usize) -> Result<Answer, FetchFailure> {
    let mark = answer.headers().get(header::ETAG).and_then(|mark| mark.to_str().ok()).map(str::to_owned);
    let mut bytes = Vec::new();
    // One byte more than allowed tells too much from just enough.
    let mut reader = answer.into_body().into_reader().take(limit as u64 + 1);
    reader.read_to_end(&mut bytes).map_err(|error| failure(&ureq::Error::from(error)))?;
    if bytes.len() > limit {
        return Err(FetchFailure::TooLarge { limit });
    }
    Ok(Answer::Bytes { bytes, mark })
}

fn failure(error: &ureq::Error) -> FetchFailure {
    if matches!(error, ureq::Error::Timeout(_)) { FetchFailure::TooSlow } else { FetchFailure::Unreachable }
}
