//! `GET /_local/servers/{id}/console`: what a guest wrote to its serial port.

use std::{fs, io, path::Path as FilePath};

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde_json::json;

use super::{envelope::found, params::Params, problem::Problem, shared::Shared};
use crate::cloud::Failure;

/// How much one answer holds, in bytes.
const MOST: usize = 64 * 1024;

/// What the server's guest wrote from byte `from` on, 64 KiB at most, and where the next look begins. Only the newest
/// output is kept; when older output was dropped since the last look, the answer begins with the oldest that is left.
pub(super) async fn console(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    params: Params,
) -> Result<Response, Problem> {
    let from = match params.one("from").filter(|text| !text.is_empty()).map(str::parse::<usize>) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => return Err(Failure::field("from", "must be a number of bytes").into()),
    };
    shared.cloud.project().server(id)?;
    let log = shared.cloud.console_log(id);
    let kept = tokio::task::spawn_blocking(move || read(&log)).await.unwrap_or_default();
    let from = if from > kept.len() { 0 } else { from };
    let part = &kept[from..kept.len().min(from + MOST)];
    let part = &part[..whole_characters(part)];
    let text = String::from_utf8_lossy(part);
    Ok(found(&json!({ "console": { "from": from, "next": from + part.len(), "text": text } })))
}

/// The newest output: the log that was set aside, and the one that is being written.
fn read(log: &FilePath) -> Vec<u8> {
    let mut kept = Vec::new();
    for path in [log.with_added_extension("1"), log.to_owned()] {
        match fs::read(&path) {
            Ok(bytes) => kept.extend(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(path = %path.display(), %error, "failed to read a console"),
        }
    }
    kept
}

/// The length without a character of which only the beginning is there. What is no text at all stays.
fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    let begins = |at: &usize| bytes[*at] >= 0xc0;
    match (tail..bytes.len()).rev().find(begins) {
        Some(at) if std::str::from_utf8(&bytes[at..]).is_err_and(|error| error.error_len().is_none()) => at,
        Some(_) | None => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_never_cut() {
        for (bytes, whole) in [
            (&b"abc"[..], 3),
            (b"", 0),
            ("aé".as_bytes(), 3),
            (b"a\xc3", 1),
            (b"a\xe2\x82", 1),
            (b"\xf0\x9f\x98", 0),
            (b"a\xff", 2),
        ] {
            assert_eq!(whole_characters(bytes), whole, "{bytes:?}");
        }
    }
}
