//! A model server on loopback: one OpenAI-style endpoint that gives a scripted answer, so that an agent task can be
//! run without any account.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// The most that one request may hold, in bytes.
const REQUEST: u64 = 1 << 20;

/// A running server. Dropping it ends it.
pub struct ModelServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
}

impl ModelServer {
    /// Serves on a free port of loopback. Requests that do not carry `key` are refused with 401; others are answered
    /// with `answer`.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub fn start(key: &str, answer: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let server =
            Self { address: listener.local_addr()?, requests: Arc::default(), stopped: Arc::default() };
        let (requests, stopped) = (Arc::clone(&server.requests), Arc::clone(&server.stopped));
        let (key, answer) = (key.to_owned(), answer.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                if let Ok(body) = serve(stream, &key, &answer) {
                    requests.lock().unwrap_or_else(PoisonError::into_inner).push(body);
                }
            }
        });
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bodies of the requests that were answered, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request and gives its body back, if it was a good one.
fn serve(stream: TcpStream, key: &str, answer: &str) -> io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream.take(REQUEST));
    let (mut length, mut authorized) = (0, false);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => authorized = value.trim() == format!("Bearer {key}"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let (status, json) = if !request.starts_with("POST /v1/chat/completions ") {
        ("404 Not Found", r#"{"error":{"message":"no such path"}}"#.to_owned())
    } else if !authorized {
        ("401 Unauthorized", r#"{"error":{"message":"wrong key"}}"#.to_owned())
    } else {
        let content = format!("{answer:?}");
        (
            "200 OK",
            format!(
                r#"{{"id":"1","object":"chat.completion","choices":[{{"index":0,"finish_reason":"stop","message":{{"role":"assistant","content":{content}}}}}]}}"#
            ),
        )
    };
    write!(
        writer,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{json}",
        json.len()
    )?;
    if status.starts_with("200") { Ok(body) } else { Err(io::ErrorKind::InvalidInput.into()) }
}
