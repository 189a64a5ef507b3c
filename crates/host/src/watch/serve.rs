//! The status over HTTP, read-only: `GET /status`. It holds no secret, and is served on loopback and the tailnet alone.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// The longest head of a request, in bytes.
const HEAD: usize = 4 << 10;
/// How long a request may take to arrive, and its answer to leave.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many readers are served at once; more are sent away.
const READERS: usize = 16;
/// How long to wait when no connection can be taken.
const REST: Duration = Duration::from_millis(100);

/// Serves the status that was published last. It ends with the process.
#[derive(Debug, Default)]
pub struct Server {
    shared: Arc<Shared>,
    addresses: Vec<SocketAddr>,
}

#[derive(Debug, Default)]
struct Shared {
    document: Mutex<Option<Arc<[u8]>>>,
    readers: AtomicUsize,
}

impl Server {
    /// A server that listens nowhere yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What readers get from now on.
    pub fn publish(&self, document: &[u8]) {
        let mut place = self.shared.document.lock().unwrap_or_else(PoisonError::into_inner);
        *place = Some(document.into());
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Listens at an address too, and gives the one that it got.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn listen(&mut self, address: SocketAddr) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || take_readers(&listener, &shared));
        self.addresses.push(address);
        Ok(address)
    }
}

fn take_readers(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        // No file is free, most likely: those that are served end soon.
        let Ok(stream) = stream else {
            thread::sleep(REST);
            continue;
        };
        if shared.readers.fetch_add(1, Ordering::SeqCst) >= READERS {
            shared.readers.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A reader that went away needs no answer.
            let _ = serve(stream, &shared);
            shared.readers.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    let head = head(&mut stream, end)?;
    let document = shared.document.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let answer = answer(&head, document.as_deref());
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&answer)
}

/// The head of a request, or as much of it as came in time and may be as long.
fn head(stream: &mut TcpStream, end: Instant) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut piece = [0; 512];
    while head.len() < HEAD && !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut piece)? {
            0 => break,
            read => head.extend_from_slice(&piece[..read]),
        }
    }
    Ok(head)
}

/// The answer to a request with this head.
fn answer(head: &[u8], document: Option<&[u8]>) -> Vec<u8> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let is_whole = matches!(request.parse(head), Ok(httparse::Status::Complete(_)));
    let (method, path) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    let error = |code: &str| format!("{{\"error\":{{\"code\":\"{code}\"}}}}\n").into_bytes();
    let (status, body) = match (is_whole, method, path.split('?').next().unwrap_or_default(), document) {
        (false, ..) => ("400 Bad Request", error("malformed")),
        (true, "GET" | "HEAD", "/status", Some(document)) => ("200 OK", document.to_vec()),
        (true, "GET" | "HEAD", "/status", None) => ("503 Service Unavailable", error("not_seen_yet")),
        (true, "GET" | "HEAD", ..) => ("404 Not Found", error("not_found")),
        (true, ..) => ("405 Method Not Allowed", error("read_only")),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let body = if method == "HEAD" { Vec::new() } else { body };
    [head.into_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn status_line(head: &str, document: Option<&[u8]>) -> String {
        let answer = String::from_utf8(answer(head.as_bytes(), document)).unwrap();
        answer.lines().next().unwrap().to_owned()
    }

    #[test]
    fn the_status_can_be_read_and_nothing_else() {
        let document = Some(&b"{}"[..]);
        for (head, document, expected) in [
            ("GET /status HTTP/1.1\r\nHost: x\r\n\r\n", document, "HTTP/1.1 200 OK"),
            ("GET /status?x=1 HTTP/1.1\r\n\r\n", document, "HTTP/1.1 200 OK"),
            ("HEAD /status HTTP/1.1\r\n\r\n", document, "HTTP/1.1 200 OK"),
            ("GET /status HTTP/1.1\r\n\r\n", None, "HTTP/1.1 503 Service Unavailable"),
            ("GET /etc/passwd HTTP/1.1\r\n\r\n", document, "HTTP/1.1 404 Not Found"),
            ("POST /status HTTP/1.1\r\n\r\n", document, "HTTP/1.1 405 Method Not Allowed"),
            ("GET /status HTTP/1.1\r\n", document, "HTTP/1.1 400 Bad Request"),
            ("hello", document, "HTTP/1.1 400 Bad Request"),
        ] {
            assert_eq!(status_line(head, document), expected, "{head}");
        }
    }

    #[test]
    fn a_head_has_no_body() {
        let answer = answer(b"HEAD /status HTTP/1.1\r\n\r\n", Some(b"{\"a\":1}"));
        assert!(answer.ends_with(b"\r\n\r\n"));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_answered_with_whole_http(head in prop::collection::vec(any::<u8>(), 0..600)) {
            let answer = answer(&head, Some(b"{}"));
            let mut headers = [httparse::EMPTY_HEADER; 16];
            prop_assert!(httparse::Response::new(&mut headers).parse(&answer).unwrap().is_complete());
        }
    }
}
