//! A job's log as it grows.

use std::time::Duration;

use clawlets_model::guest::LogRecord;
use http::Method;

use crate::{
    Client, ClientError, LogRange, Reference, body::Body, calls::path_of, client::QUICK, patience::Patience,
    sse::Decoder,
};

/// The longest silence on a stream: the orchestrator sends a comment more often than that.
const SILENCE: Duration = Duration::from_secs(60);

/// The records of a job's log until the log is complete. After a lost connection it goes on behind the last record;
/// none comes twice.
#[derive(Debug)]
pub struct Follow<'a> {
    client: &'a Client,
    job: Reference,
    range: LogRange,
    stream: Option<Stream>,
    patience: Patience,
    ended: bool,
}

struct Stream {
    body: Body,
    decoder: Decoder,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stream")
    }
}

impl Client {
    /// Follows a job's log. Nothing is asked before the first [`Follow::next`].
    #[must_use]
    pub const fn follow(&self, job: Reference, range: LogRange) -> Follow<'_> {
        Follow { client: self, job, range, stream: None, patience: Patience::new(), ended: false }
    }
}

impl Follow<'_> {
    /// The next record; `None` when the log is complete.
    ///
    /// # Errors
    /// [`ClientError`] when the orchestrator refuses, or has been away for half a minute.
    pub async fn next(&mut self) -> Result<Option<LogRecord>, ClientError> {
        while !self.ended {
            match self.step().await {
                Ok(Some(record)) => return Ok(Some(record)),
                Ok(None) => {}
                Err(fault) => {
                    self.stream = None;
                    self.patience.bear(fault).await?;
                }
            }
        }
        Ok(None)
    }

    /// The number of the first record that has not been seen: where another reader would go on.
    #[must_use]
    pub const fn next_seq(&self) -> Option<u64> {
        self.range.from
    }

    /// Reads one line, after it has opened the stream where it must.
    async fn step(&mut self) -> Result<Option<LogRecord>, ClientError> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(open(self.client, &self.job, self.range).await?),
        };
        let Some(line) = stream.body.line().await? else {
            return Err(ClientError::Lost { path: self.client.socket().to_owned(), source: None });
        };
        // Also a sign of life, of which silent tasks show no other.
        self.patience.restore();
        let Some(event) = stream.decoder.line(&line) else { return Ok(None) };
        match event.name.as_str() {
            "end" => {
                self.ended = true;
                Ok(None)
            }
            "message" => {
                let record: LogRecord = serde_json::from_str(&event.data)
                    .map_err(|error| stream.body.protocol(error.to_string()))?;
                let is_old = self.range.from.is_some_and(|from| record.seq < from);
                if !is_old {
                    self.range = LogRange { from: Some(record.seq + 1), since: None };
                }
                Ok((!is_old).then_some(record))
            }
            // Events of a newer orchestrator.
            _ => Ok(None),
        }
    }
}

async fn open(client: &Client, job: &Reference, range: LogRange) -> Result<Stream, ClientError> {
    let path = path_of(job, &format!("/logs{}", range.to_query(Some("1"))));
    let mut body = client.send(Method::GET, &path, QUICK).await?;
    body.allow_silence(SILENCE);
    Ok(Stream { body, decoder: Decoder::default() })
}
