//! A small HTTP/1.1 server whose every answer, and every silence, is scripted.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// It answers.
    Answer(u16, Vec<u8>),
    /// It closes the connection without a word.
    Drop,
    /// It announces more than it sends, then closes.
    BreakOff(Vec<u8>),
    /// It never answers.
    Hang,
    /// It becomes a tunnel to this address, as a proxy does.
    Tunnel(SocketAddr),
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::Answer(status, body.as_bytes().to_vec())
    }
}

/// A server on a port of its own. It ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    closed: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let closed = Arc::new(AtomicBool::new(false));
        let script = Arc::new(script);
        let over = Arc::clone(&closed);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (script, over) = (Arc::clone(&script), Arc::clone(&over));
                thread::spawn(move || serve(&stream.unwrap(), script.as_ref(), &over));
            }
        });
        Self { address, closed }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections and answers no more requests.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // The listener looks at the flag when it is woken by a connection.
        drop(TcpStream::connect(self.address));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

fn serve(stream: &TcpStream, script: &(dyn Fn(&Request) -> Reply + Send + Sync), over: &AtomicBool) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let done = match script(&request) {
            Reply::Answer(status, body) => answer(stream, status, body.len(), &body),
            Reply::Drop => return,
            Reply::BreakOff(body) => return drop(answer(stream, 200, body.len() + 100, &body)),
            Reply::Hang => {
                // Until the client gives up.
                let _ = reader.read(&mut [0]);
                return;
            }
            Reply::Tunnel(to) => return tunnel(stream, to),
        };
        if done.is_err() {
            return;
        }
    }
}

fn answer(mut stream: &TcpStream, status: u16, length: usize, body: &[u8]) -> std::io::Result<()> {
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(&[head.as_bytes(), body].concat())
}

fn tunnel(mut client: &TcpStream, to: SocketAddr) {
    let target = TcpStream::connect(to).unwrap();
    client.write_all(b"HTTP/1.1 200 X\r\n\r\n").unwrap();
    let (mut up, mut down) = (client.try_clone().unwrap(), target.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut up, &mut down));
    let _ = std::io::copy(&mut &target, &mut client);
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let line = line(reader)?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let line = self::line(reader)?;
        match line.split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut request = Request { method, path, headers, body: Vec::new() };
    let length = request.header("content-length").parse().unwrap_or(0);
    reader.take(length).read_to_end(&mut request.body).ok()?;
    (request.body.len() as u64 == length).then_some(request)
}

fn line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
}
