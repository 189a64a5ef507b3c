//! A folder served over HTTP on loopback, and how many bytes that took in both directions.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use clawlets_release::value::Sha256Digest;

/// A running site. Dropping it ends it.
pub(super) struct Site {
    address: SocketAddr,
    bytes: Arc<AtomicU64>,
    requests: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

impl Site {
    pub(super) fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("it listens");
        let site = Self { address, bytes: Arc::default(), requests: Arc::default(), is_over: Arc::default() };
        let (bytes, requests, is_over) =
            (Arc::clone(&site.bytes), Arc::clone(&site.requests), Arc::clone(&site.is_over));
        let folder = folder.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (folder, bytes, requests) = (folder.clone(), Arc::clone(&bytes), Arc::clone(&requests));
                thread::spawn(move || while serve(&stream, &folder, &bytes, &requests).is_some() {});
            }
        });
        site
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes of requests and answers so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request of a connection; none when it has ended.
fn serve(stream: &TcpStream, folder: &Path, bytes: &AtomicU64, requests: &AtomicU64) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut request, mut known) = (String::new(), None);
    let mut read = reader.read_line(&mut request).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        read += reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("if-none-match") {
            known = Some(value.trim().to_owned());
        }
    }
    let path: PathBuf = request.split(' ').nth(1)?.split('/').filter(|part| *part != "..").collect();
    let answer = answer(&folder.join(path), known.as_deref());
    bytes.fetch_add((read + answer.len()) as u64, Ordering::SeqCst);
    requests.fetch_add(1, Ordering::SeqCst);
    let mut stream = stream;
    stream.write_all(&answer).ok()
}

fn answer(path: &Path, known: Option<&str>) -> Vec<u8> {
    let Ok(content) = fs::read(path) else {
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
    };
    let mark = format!("\"{}\"", &Sha256Digest::of(&content).to_string()[..16]);
    if known == Some(&mark) {
        return format!("HTTP/1.1 304 Not Modified\r\nETag: {mark}\r\n\r\n").into_bytes();
    }
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: {mark}\r\n\r\n", content.len());
    [head.into_bytes(), content].concat()
}
