//! Reading an answer's body: whole, or piece by piece, always bounded in size and time.

use std::{path::PathBuf, time::Duration};

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use tokio::time::timeout;

use crate::{ClientError, kept::Loan};

/// The longest line of a streamed answer: a log record whose every character is escaped, with room to spare.
const LINE: usize = 1024 * 1024;

/// The body of one answer.
pub(crate) struct Body {
    socket: PathBuf,
    incoming: Incoming,
    /// The connection, until the end was read.
    loan: Option<Loan>,
    /// The longest silence between two pieces.
    silence: Duration,
    pending: Vec<u8>,
}

impl Body {
    pub(crate) const fn new(socket: PathBuf, incoming: Incoming, loan: Loan, silence: Duration) -> Self {
        Self { socket, incoming, loan: Some(loan), silence, pending: Vec::new() }
    }

    /// Sets the longest silence between two pieces.
    pub(crate) const fn allow_silence(&mut self, silence: Duration) {
        self.silence = silence;
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, ClientError> {
        loop {
            let frame = timeout(self.silence, self.incoming.frame()).await;
            match frame
                .map_err(|_| ClientError::Silent { path: self.socket.clone(), within: self.silence })?
            {
                None => {
                    if let Some(loan) = self.loan.take() {
                        loan.give_back();
                    }
                    return Ok(None);
                }
                Some(Err(source)) => {
                    return Err(ClientError::Lost { path: self.socket.clone(), source: Some(source) });
                }
                // Trailers say nothing here.
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => return Ok(Some(piece)),
                    Err(_trailers) => {}
                },
            }
        }
    }

    /// Everything, if it is not more than `most` bytes.
    pub(crate) async fn whole(mut self, most: usize) -> Result<Vec<u8>, ClientError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece().await? {
            if bytes.len() + piece.len() > most {
                return Err(self.protocol(format!("it is larger than {most} bytes")));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// The next line, without its end; `None` at the end. What stands behind the last line's end is a line too.
    pub(crate) async fn line(&mut self) -> Result<Option<String>, ClientError> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.pending[searched..].iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=searched + end).collect();
                return self.text(&line).map(Some);
            }
            searched = self.pending.len();
            if searched > LINE {
                return Err(self.protocol(format!("it has a line of more than {LINE} bytes")));
            }
            match self.piece().await? {
                Some(piece) => self.pending.extend_from_slice(&piece),
                None if self.pending.is_empty() => return Ok(None),
                None => {
                    let line = std::mem::take(&mut self.pending);
                    return self.text(&line).map(Some);
                }
            }
        }
    }

    pub(crate) fn protocol(&self, what: impl Into<String>) -> ClientError {
        ClientError::Protocol { path: self.socket.clone(), what: what.into() }
    }

    fn text(&self, line: &[u8]) -> Result<String, ClientError> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        String::from_utf8(line.to_vec()).map_err(|_| self.protocol("it is not UTF-8 text"))
    }
}
