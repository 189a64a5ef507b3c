//! A small HTTP server, for what stands in.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

/// The most that one request may hold, in bytes.
const REQUEST: u64 = 8 << 20;

/// What somebody asks. The method says nothing here: every call has one.
pub(crate) struct Request {
    pub(crate) path: String,
    /// Null where the body is no JSON.
    pub(crate) body: Value,
}

/// What is answered.
pub(crate) enum Answer {
    Json(u16, Value),
    /// Events of a stream, each a line of data.
    Events(Vec<String>),
}

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// Serves on a free port of loopback.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self { address: listener.local_addr().unwrap(), is_over: Arc::default() };
        let (is_over, answer) = (Arc::clone(&server.is_over), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), answer) = (stream, Arc::clone(&answer)) else { continue };
                // Whoever went away needs no answer.
                thread::spawn(move || serve(stream, &*answer));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Request) -> Answer) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream.take(REQUEST));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let request = Request { path, body: serde_json::from_slice(&body).unwrap_or_default() };
    let (status, kind, text) = match answer(&request) {
        Answer::Json(status, value) => (status, "application/json", value.to_string()),
        Answer::Events(events) => {
            (200, "text/event-stream", events.iter().map(|event| format!("data: {event}\n\n")).collect())
        }
    };
    write!(
        writer,
        "HTTP/1.1 {status} .\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}
