//! A server that does what it is told, one request after the other.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

/// What is done with one request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// These bytes are the answer.
    Say(Vec<u8>),
    /// These bytes begin the answer, and then nothing comes until the client goes away.
    Hang(Vec<u8>),
}

impl Act {
    pub(crate) fn answer(status: u16, body: &str) -> Self {
        Self::with(status, "", body)
    }

    pub(crate) fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Say(
            format!(
                "HTTP/1.1 {status} .\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .into_bytes(),
        )
    }
}

/// It repeats the last act when there are no more.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    stop: mpsc::Sender<()>,
}

impl Server {
    pub(crate) fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let (stop, stopped) = mpsc::channel();
        let server = Self { address: listener.local_addr().unwrap(), requests: Arc::default(), stop };
        let requests = Arc::clone(&server.requests);
        let mut acts: VecDeque<Act> = acts.into_iter().collect();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.try_recv().is_ok() {
                    return;
                }
                let act = if acts.len() > 1 { acts.pop_front().unwrap() } else { acts[0].clone() };
                let _ = serve(stream, &act, &requests);
            }
        });
        server
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, act: &Act, requests: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap_or(0);
        }
        head.push_str(&line);
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    requests.lock().unwrap().push(head);
    match act {
        Act::Say(bytes) => stream.write_all(bytes),
        Act::Hang(bytes) => {
            stream.write_all(bytes)?;
            // Ends when the client goes away.
            reader.read_exact(&mut [0])
        }
    }
}
