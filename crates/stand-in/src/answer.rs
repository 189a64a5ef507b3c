//! What the stand-in answers.

use clawlets_model::socket::ApiErrorCode;
use serde_json::{Value, json};

/// One answer, as the bytes that go over the connection before it is closed.
#[derive(Debug, Clone)]
pub struct Answer(Vec<u8>);

impl Answer {
    /// Success with a JSON document.
    #[must_use]
    pub fn json(document: &Value) -> Self {
        Self::body(200, "application/json", document.to_string().as_bytes())
    }

    /// Success with bytes.
    #[must_use]
    pub fn bytes(content: &[u8]) -> Self {
        Self::body(200, "application/octet-stream", content)
    }

    /// The error that the orchestrator gives for a kind of fault.
    #[must_use]
    pub fn refusal(code: ApiErrorCode, message: &str) -> Self {
        let document = json!({ "protocolVersion": 1, "error": { "code": code, "message": message } });
        Self::body(code.http_status(), "application/json", document.to_string().as_bytes())
    }

    /// Lines of JSON.
    #[must_use]
    pub fn lines(documents: &[Value]) -> Self {
        let text: String = documents.iter().map(|document| format!("{document}\n")).collect();
        Self::body(200, "application/x-ndjson", text.as_bytes())
    }

    /// A stream of server-sent events that is complete.
    #[must_use]
    pub fn events(text: &str) -> Self {
        Self::stream(text, "0\r\n\r\n")
    }

    /// A stream of server-sent events that breaks off behind `text`.
    #[must_use]
    pub fn broken_events(text: &str) -> Self {
        Self::stream(text, "")
    }

    /// Bytes as they are, whether they are HTTP or not.
    #[must_use]
    pub fn raw(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    fn stream(text: &str, end: &str) -> Self {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        Self(format!("{head}{:x}\r\n{text}\r\n{end}", text.len()).into_bytes())
    }

    fn body(status: u16, content_type: &str, body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        Self([head.as_bytes(), body].concat())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
