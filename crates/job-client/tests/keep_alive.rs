//! The client and its connection: kept between calls, and made anew where that is safe.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use clawlets_job_client::{Client, ClientError, JobFilter};
use clawlets_model::{JobKind, socket::EnqueueRequest};
use serde_json::json;

/// What a server does on each of its connections.
#[derive(Clone, Copy)]
enum Habit {
    /// Answers for as long as it is asked.
    Stays,
    /// Answers this often, and closes the connection without having said so.
    LeavesAfter(usize),
    /// Answers this often, then reads one more request and closes the connection instead of answering.
    SwallowsAfter(usize),
}

/// A server that counts connections and remembers what it was asked.
struct Server {
    folder: tempfile::TempDir,
    connections: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server with a habit on its first connection and another on all that follow.
    fn start(first: Habit, later: Habit) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("s")).unwrap();
        let server = Self { folder, connections: Arc::default(), asked: Arc::default() };
        let (connections, asked) = (Arc::clone(&server.connections), Arc::clone(&server.asked));
        // It ends with the process; each test of this file is short.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let habit = if connections.fetch_add(1, Ordering::SeqCst) == 0 { first } else { later };
                let asked = Arc::clone(&asked);
                thread::spawn(move || serve(&stream, habit, &asked));
            }
        });
        server
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: &UnixStream, habit: Habit, asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    for answered in 0.. {
        if matches!(habit, Habit::LeavesAfter(limit) if answered == limit) {
            return;
        }
        let Some(line) = read_request(&mut reader) else { return };
        asked.lock().unwrap().push(line.clone());
        if matches!(habit, Habit::SwallowsAfter(limit) if answered == limit) {
            return;
        }
        let body = if line.starts_with("POST") {
            json!({ "protocolVersion": 1, "jobId": "01JD0000000000000000000000", "deduped": false })
        } else {
            json!({ "protocolVersion": 1, "jobs": [], "nextCursor": null })
        };
        let body = body.to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        if (&mut &*stream).write_all(format!("{head}{body}").as_bytes()).is_err() {
            return;
        }
    }
}

/// The first line of a request, whose body is read and forgotten.
fn read_request(reader: &mut impl BufRead) -> Option<String> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(first.split(" HTTP").next().unwrap_or_default().to_owned())
}

fn enqueue(key: Option<&str>) -> EnqueueRequest {
    EnqueueRequest {
        protocol_version: 1,
        requester: None,
        idempotency_key: key.map(str::to_owned),
        kind: JobKind::CattleReap,
        payload: json!({}),
        run_at: None,
        priority: None,
        max_attempts: None,
        when_full: None,
    }
}

#[tokio::test]
async fn calls_one_after_the_other_share_a_connection() {
    let server = Server::start(Habit::Stays, Habit::Stays);
    let client = Client::new(server.socket());
    for _ in 0..5 {
        client.jobs(&JobFilter::default()).await.unwrap();
        client.clone().enqueue(&enqueue(Some("k"))).await.unwrap();
    }
    assert_eq!((server.connections(), server.asked().len()), (1, 10));
}

#[tokio::test]
async fn calls_at_the_same_time_have_a_connection_each() {
    let server = Server::start(Habit::Stays, Habit::Stays);
    let client = Client::new(server.socket());
    let filter = JobFilter::default();
    let (one, other) = tokio::join!(client.jobs(&filter), client.jobs(&filter));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_made_anew() {
    for habit in [Habit::LeavesAfter(1), Habit::SwallowsAfter(1)] {
        let server = Server::start(habit, Habit::Stays);
        let client = Client::new(server.socket());
        for _ in 0..3 {
            client.jobs(&JobFilter::default()).await.unwrap();
        }
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn an_enqueue_with_a_key_is_sent_again_when_nobody_knows_whether_it_was_read() {
    let server = Server::start(Habit::SwallowsAfter(1), Habit::Stays);
    let client = Client::new(server.socket());
    client.jobs(&JobFilter::default()).await.unwrap();
    client.enqueue(&enqueue(Some("k"))).await.unwrap();
    assert_eq!(server.asked().iter().filter(|line| line.starts_with("POST")).count(), 2);
}

#[tokio::test]
async fn an_enqueue_without_a_key_is_sent_once_and_on_a_new_connection() {
    let server = Server::start(Habit::SwallowsAfter(1), Habit::Stays);
    let client = Client::new(server.socket());
    client.jobs(&JobFilter::default()).await.unwrap();
    client.enqueue(&enqueue(None)).await.unwrap();
    assert_eq!(server.connections(), 2);
    assert_eq!(server.asked().iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn a_request_that_a_new_connection_swallows_is_lost_and_not_sent_again() {
    let server = Server::start(Habit::SwallowsAfter(0), Habit::Stays);
    let client = Client::new(server.socket());
    let error = client.enqueue(&enqueue(Some("k"))).await.unwrap_err();
    assert!(matches!(error, ClientError::Lost { .. }), "{error}");
    assert_eq!(server.asked().len(), 1);
}
