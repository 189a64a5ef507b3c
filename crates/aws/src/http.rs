//! Sends one request and reads one answer: no retries, no redirects, bounded in time and size.

use std::{error::Error, path::Path, time::Duration};

use clawlets_model::Secret;
use clawlets_upstream::{Reach, client_config};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{Client, Request, Response, header::HeaderMap, redirect};
use sha2::{Digest, Sha256};
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt,
    time::{Instant, timeout},
};

use crate::{AwsError, Limits, SetupError};

/// An answer that was read as a whole. It may hold a secret.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Secret<Vec<u8>>,
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When it was sent, by the clock of who sent it.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        DateTimeParser::new().parse_timestamp(self.header("date")?).ok()
    }
}

/// Where the body of a success goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sink<'a> {
    /// Into memory, up to the limit for answers.
    Memory,
    /// Into a file that is made anew for every try.
    File {
        path: &'a Path,
        /// How many bytes it may have.
        limit: u64,
    },
}

/// What came of a success whose body went elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct Landed {
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
}

/// A connection pool.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    limits: Limits,
}

impl Http {
    pub(crate) fn new(reach: Reach, limits: Limits) -> Result<Self, SetupError> {
        let client = Client::builder()
            .tls_backend_preconfigured(client_config(reach).map_err(SetupError::Tls)?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("clawlets/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { client, limits })
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends a request once. The answer must be complete within `patience`. What landed in a file is told beside the
    /// answer, whose body is empty then.
    pub(crate) async fn send(
        &self,
        tried: &str,
        request: Request,
        sink: Sink<'_>,
        patience: Duration,
    ) -> Result<(Reply, Option<Landed>), AwsError> {
        match timeout(patience, self.exchange(tried, request, sink)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(AwsError::Timeout { tried: tried.to_owned(), after: patience }),
        }
    }

    async fn exchange(
        &self,
        tried: &str,
        request: Request,
        sink: Sink<'_>,
    ) -> Result<(Reply, Option<Landed>), AwsError> {
        let mut response = self.client.execute(request).await.map_err(|error| failed(tried, error))?;
        let mut reply = Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: Secret::new(Vec::new()),
        };
        match sink {
            Sink::File { path, limit } if reply.is_success() => {
                let landed = self.land(tried, &mut response, path, limit).await?;
                Ok((reply, Some(landed)))
            }
            Sink::Memory | Sink::File { .. } => {
                reply.body = Secret::new(self.body(tried, &mut response, reply.is_success()).await?);
                Ok((reply, None))
            }
        }
    }

    async fn body(
        &self,
        tried: &str,
        response: &mut Response,
        is_success: bool,
    ) -> Result<Vec<u8>, AwsError> {
        let limit = self.limits.answer;
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                    // What an error means is known from its status; only a success needs its body.
                    let too_large = AwsError::TooLarge { tried: tried.to_owned(), limit: limit as u64 };
                    return if is_success { Err(too_large) } else { Ok(Vec::new()) };
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(_) if !is_success => return Ok(Vec::new()),
                Err(error) => return Err(failed(tried, error)),
            }
        }
    }

    async fn land(
        &self,
        tried: &str,
        response: &mut Response,
        path: &Path,
        limit: u64,
    ) -> Result<Landed, AwsError> {
        let of_file = |source| AwsError::File { tried: tried.to_owned(), path: path.to_owned(), source };
        let mut file: File = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .await
            .map_err(of_file)?;
        let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
        loop {
            let begun = Instant::now();
            let chunk = match timeout(self.limits.stall, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(failed(tried, error)),
                Err(_elapsed) => {
                    return Err(AwsError::Timeout { tried: tried.to_owned(), after: begun.elapsed() });
                }
            };
            bytes += chunk.len() as u64;
            if bytes > limit {
                return Err(AwsError::TooLarge { tried: tried.to_owned(), limit });
            }
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(of_file)?;
        }
        file.flush().await.map_err(of_file)?;
        file.sync_all().await.map_err(of_file)?;
        Ok(Landed { bytes, sha256: hash.finalize().into() })
    }
}

/// What a failed exchange means. The URL is left out: it says nothing that `tried` does not say better.
fn failed(tried: &str, error: reqwest::Error) -> AwsError {
    let tried = tried.to_owned();
    let is_connect = error.is_connect();
    let source: Box<dyn Error + Send + Sync> = Box::new(error.without_url());
    if is_connect { AwsError::Unreachable { tried, source } } else { AwsError::Transport { tried, source } }
}
