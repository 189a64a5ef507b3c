//! A folder served over HTTP on loopback, as a static site serves it: with marks, and a count of what was sent. Where a
//! test says so it serves something else.

use std::{
    collections::HashMap,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use clawlets_release::value::Sha256Digest;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::hostile::Answer;

/// A running site. Dropping it ends it.
pub(crate) struct Site {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    is_over: AtomicBool,
    sent: AtomicUsize,
    /// What is answered for the end of a path instead of the file.
    instead: Mutex<HashMap<String, Answer>>,
}

impl Site {
    /// Serves a folder on a free port.
    pub(crate) fn of(folder: &Path) -> Self {
        Self::begin(folder, None)
    }

    /// The same over TLS.
    pub(crate) fn over_tls(folder: &Path, tls: Arc<ServerConfig>) -> Self {
        Self::begin(folder, Some(tls))
    }

    fn begin(folder: &Path, tls: Option<Arc<ServerConfig>>) -> Self {
        fs::create_dir_all(folder).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            is_over: AtomicBool::default(),
            sent: AtomicUsize::default(),
            instead: Mutex::default(),
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        let site = Self { address: listener.local_addr().unwrap(), scheme, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                thread::spawn(move || {
                    let stream = stream.ok()?;
                    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
                    stream.set_write_timeout(Some(Duration::from_secs(10))).ok()?;
                    match tls {
                        Some(tls) => shared.serve(StreamOwned::new(ServerConnection::new(tls).ok()?, stream)),
                        None => shared.serve(stream),
                    }
                });
            }
        });
        site
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Answers something else than the file, for every path that ends so.
    pub(crate) fn answers(&self, end_of_path: &str, answer: Answer) {
        self.shared.instead.lock().unwrap().insert(end_of_path.to_owned(), answer);
    }

    /// How many bytes it has sent, headers included.
    pub(crate) fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Answers requests on a connection until it ends.
    fn serve(&self, mut stream: impl Read + Write) -> Option<()> {
        loop {
            let request = head(&mut stream)?;
            let path = request.split(' ').nth(1)?;
            let instead = {
                let instead = self.instead.lock().unwrap();
                instead.iter().find(|(end, _)| path.ends_with(*end)).map(|(_, answer)| answer.clone())
            };
            if let Some(answer) = instead {
                return answer.give(&mut stream, &self.is_over);
            }
            let known = request.lines().filter_map(|line| line.split_once(':'));
            let known = known.filter(|(name, _)| name.eq_ignore_ascii_case("if-none-match"));
            let known = known.map(|(_, value)| value.trim()).next();
            let answer = answer(&place(&self.folder, path)?, known);
            let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
            let bytes = if request.starts_with("HEAD ") { &answer[..end] } else { &answer };
            self.sent.fetch_add(bytes.len(), Ordering::SeqCst);
            stream.write_all(bytes).ok()?;
            stream.flush().ok()?;
        }
    }
}

/// The head of a request, which nobody here sends together with another.
fn head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut chunk).ok().filter(|length| *length > 0)?;
        head.extend(&chunk[..length]);
    }
    String::from_utf8(head).ok()
}

fn place(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = path.split('?').next()?.trim_start_matches('/');
    (!path.contains("..")).then(|| folder.join(path))
}

fn answer(path: &Path, known: Option<&str>) -> Vec<u8> {
    let Ok(bytes) = fs::read(path) else {
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
    };
    let mark = format!("\"{}\"", Sha256Digest::of(&bytes));
    if known == Some(&mark) {
        return format!("HTTP/1.1 304 Not Modified\r\nETag: {mark}\r\n\r\n").into_bytes();
    }
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: {mark}\r\n\r\n", bytes.len());
    [head.into_bytes(), bytes].concat()
}
