//! HTTP by hand, so that every way of breaking it is possible.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, percent-encoded.
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// Method and path, without the query.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// All values of one parameter.
    pub(crate) fn query(&self, name: &str) -> Vec<String> {
        let url = url::Url::parse(&format!("http://localhost{}", self.target)).unwrap();
        url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What is sent back.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A whole answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// Nothing, while the connection stays open.
    Silence,
    /// Nothing, and the connection is closed.
    Close,
    /// Nothing, and the connection is reset.
    Reset,
    /// The start of an answer, then the connection is closed.
    Torn { body: Vec<u8> },
    /// An answer that never ends.
    Endless { status: u16 },
}

impl Act {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self::Answer { status, headers, body: body.to_string().into_bytes() }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::json(status, &serde_json::json!({"error": {"code": code, "message": "words", "details": {}}}))
    }

    pub(crate) fn with_header(self, name: &'static str, value: &impl ToString) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name, value.to_string()));
                Self::Answer { status, headers, body }
            }
            Self::Silence | Self::Close | Self::Reset | Self::Torn { .. } | Self::Endless { .. } => {
                panic!("only an answer has headers")
            }
        }
    }

    /// Plays it; `false` when the connection is of no more use.
    pub(crate) async fn play(self, stream: &mut TcpStream) -> bool {
        match self {
            Self::Answer { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str("\r\n");
                stream.write_all(&[head.as_bytes(), &body].concat()).await.is_ok()
            }
            Self::Silence => {
                // Until the client hangs up.
                let _ = stream.read(&mut [0; 1]).await;
                false
            }
            Self::Close => false,
            Self::Reset => {
                let _ = stream.set_zero_linger();
                false
            }
            Self::Torn { body } => {
                let head = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", body.len() + 100);
                let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
                false
            }
            Self::Endless { status } => {
                let head = format!("HTTP/1.1 {status} X\r\ntransfer-encoding: chunked\r\n\r\n");
                let mut sent = stream.write_all(head.as_bytes()).await.is_ok();
                while sent {
                    sent = stream.write_all(b"10\r\n[[[[[[[[[[[[[[[[\r\n").await.is_ok();
                    tokio::task::yield_now().await;
                }
                false
            }
        }
    }
}

/// Reads the next request of a connection; `None` at its end.
pub(crate) async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        let read = tokio::time::timeout(Duration::from_secs(60), stream.read_buf(&mut bytes)).await;
        if !matches!(read, Ok(Ok(1..))) {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    while bytes.len() < end + length.unwrap_or(0) {
        stream.read_buf(&mut bytes).await.ok().filter(|read| *read > 0)?;
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    Some(Seen { method, target, body: bytes[end..].to_vec(), head })
}
