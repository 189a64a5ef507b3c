//! Callers that ask as fast as they are answered, each on a connection of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use super::{Asked, TOKEN};

/// Callers at the same time.
pub(super) const CALLERS: usize = 16;

/// What came of it.
pub(super) struct Load {
    /// Requests a second.
    pub(super) rate: f64,
    /// How long each took.
    pub(super) times: Vec<Duration>,
}

impl Load {
    /// So many requests, over all callers.
    pub(super) fn run(address: &str, asked: Asked, requests: usize) -> Self {
        let each = requests.div_ceil(CALLERS);
        let begun = Instant::now();
        let times = thread::scope(|scope| {
            let callers: Vec<_> =
                (0..CALLERS).map(|_| scope.spawn(|| caller(address, asked, each))).collect();
            callers.into_iter().flat_map(|caller| caller.join().expect("a caller is answered")).collect()
        });
        Self { rate: (each * CALLERS) as f64 / begun.elapsed().as_secs_f64(), times }
    }
}

fn caller(address: &str, asked: Asked, requests: usize) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a connection has options");
    let mut reader = BufReader::new(stream.try_clone().expect("a connection can be shared"));
    let body = asked.body();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).expect("the server reads");
        answer(&mut reader, asked);
        times.push(begun.elapsed());
    }
    times
}

fn answer(reader: &mut impl BufRead, asked: Asked) {
    let mut line = String::new();
    reader.read_line(&mut line).expect("the server answers");
    assert_eq!(line.split(' ').nth(1), Some(asked.status()), "{line}");
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).expect("an answer has a head");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length is a number");
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).expect("an answer has a body");
}
