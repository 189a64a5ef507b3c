//! Reading one request from a connection.

use std::io::{self, BufRead, BufReader, Read};

use serde_json::Value;

/// What the stand-in was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Method and path: `GET /v1/jobs`.
    pub route: String,
    /// What stands behind the question mark; empty when there is none.
    pub query: String,
    /// The body; null when there is none.
    pub body: Value,
}

impl Asked {
    /// Reads one request. What is no HTTP request is an error.
    pub(crate) fn read(connection: impl Read) -> io::Result<Self> {
        let mut reader = BufReader::new(connection);
        let mut first = String::new();
        reader.read_line(&mut first)?;
        let mut words = first.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (route, query) = (format!("{method} {path}"), query.to_owned());
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
        Ok(Self { route, query, body })
    }
}
