//! The runtime API of AWS Lambda on loopback, as far as one event needs it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{Asked, TOKEN};

/// How long a function takes from the start of its process to the answer to the event that waits for it.
pub(super) fn first_answer(mut command: Command) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    let (told, answered) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let told = told.clone();
            thread::spawn(move || serve(&stream, &told));
        }
    });
    command
        .env("AWS_LAMBDA_RUNTIME_API", &address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().expect("the function starts");
    let answer: Result<(Instant, String), _> = answered.recv_timeout(Duration::from_secs(30));
    let _ = child.kill();
    let _ = child.wait();
    let (at, answer) = answer.expect("the function answers");
    assert!(answer.contains(r#""statusCode":200"#), "{answer}");
    at - begun
}

/// Serves one connection: the event once, and then nothing more.
fn serve(mut stream: &TcpStream, told: &mpsc::Sender<(Instant, String)>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (mut first, mut line, mut length) = (String::new(), String::new(), 0_u64);
        if reader.read_line(&mut first).ok()? == 0 {
            return None;
        }
        while reader.read_line(&mut line).ok()? > 2 {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.to_ascii_lowercase().starts_with("transfer-encoding:") {
                length = u64::MAX;
            }
            line.clear();
        }
        if first.starts_with("GET ") {
            let event = event();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: one\r\nlambda-runtime-deadline-ms: 32503680000000\r\n\
                 lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:0:function:control\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{event}",
                event.len()
            )
            .ok()?;
            continue;
        }
        let answer = if length == u64::MAX { chunks(&mut reader)? } else { whole(&mut reader, length)? };
        let _ = told.send((Instant::now(), answer));
        write!(stream, "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").ok()?;
        // There is one event.
        return None;
    }
}

fn whole(reader: &mut impl BufRead, length: u64) -> Option<String> {
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).ok()?;
    Some(body)
}

fn chunks(reader: &mut impl BufRead) -> Option<String> {
    let mut body = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let length = u64::from_str_radix(line.trim(), 16).ok()?;
        reader.by_ref().take(length).read_to_string(&mut body).ok()?;
        reader.read_line(&mut line).ok()?;
        if length == 0 {
            return Some(body);
        }
    }
}

fn event() -> String {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
        "headers": { "authorization": format!("Bearer {TOKEN}"), "content-type": "application/json" },
        "requestContext": {
            "accountId": "anonymous", "apiId": "a", "domainName": "a.lambda-url.eu-central-1.on.aws", "domainPrefix": "a",
            "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "21/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_255_200_000_u64,
            "http": { "method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench" },
        },
        "body": Asked::Status.body(), "isBase64Encoded": false,
    })
    .to_string()
}
