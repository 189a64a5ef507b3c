//! A folder served over HTTP on loopback, as a static site serves it: with marks, and a count of what was sent.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use clawlets_release::value::Sha256Digest;

/// A running site. Dropping it ends it.
pub(crate) struct Site {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    sent: Arc<AtomicUsize>,
}

impl Site {
    /// Serves a folder on a free port.
    pub(crate) fn of(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let site =
            Self { address: listener.local_addr().unwrap(), is_over: Arc::default(), sent: Arc::default() };
        let (folder, is_over, sent) = (folder.to_owned(), Arc::clone(&site.is_over), Arc::clone(&site.sent));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (folder, sent) = (folder.clone(), Arc::clone(&sent));
                thread::spawn(move || stream.map(|stream| serve(&stream, &folder, &sent)));
            }
        });
        site
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many bytes it has sent, headers included.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers requests on a connection until it ends.
fn serve(stream: &TcpStream, folder: &Path, sent: &AtomicUsize) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request).ok()? == 0 {
            return None;
        }
        let mut known = None;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("if-none-match") {
                known = Some(value.trim().to_owned());
            }
        }
        let answer = answer(&place(folder, request.split(' ').nth(1)?)?, known.as_deref());
        let is_head = request.starts_with("HEAD ");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let bytes = if is_head { &answer[..end] } else { &answer };
        sent.fetch_add(bytes.len(), Ordering::SeqCst);
        let mut stream = stream;
        stream.write_all(bytes).ok()?;
    }
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
