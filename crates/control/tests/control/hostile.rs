//! What nobody should send.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{both, request};

#[test]
fn what_is_malformed_is_refused_with_400_and_starts_nothing() {
    both(|world| {
        let long = "x".repeat(1024 * 1024);
        let deploy = |target: Value| json!({ "action": "deploy", "target": target }).to_string();
        let image =
            |image: &str| json!({ "action": "deploy", "target": "web-1", "ami_override": image }).to_string();
        let bodies = [
            (String::new(), "malformed"),
            ("null".to_owned(), "malformed"),
            ("\"status\"".to_owned(), "malformed"),
            ("[\"status\"]".to_owned(), "malformed"),
            ("{".to_owned(), "malformed"),
            ("{}".to_owned(), "malformed"),
            ("{\"action\":null}".to_owned(), "malformed"),
            ("{\"action\":7}".to_owned(), "malformed"),
            ("{\"action\":\"status\",\"x\":1}".to_owned(), "malformed"),
            ("{\"action\":\"status\",\"action\":\"deploy\"}".to_owned(), "malformed"),
            ("\u{feff}{\"action\":\"status\"}".to_owned(), "malformed"),
            ("{\"action\":\"status\"}{}".to_owned(), "malformed"),
            (format!("{{\"action\":{}", "[".repeat(8000)), "malformed"),
            ("{\"action\":\"destroy\"}".to_owned(), "unknown_action"),
            ("{\"action\":\"deploy\"}".to_owned(), "unknown_target"),
            (deploy(json!({ "a": 1 })), "malformed"),
            (deploy(json!(["web-1"])), "malformed"),
            (deploy(json!("")), "unknown_target"),
            (deploy(json!("web-4")), "unknown_target"),
            (deploy(json!("ALL")), "unknown_target"),
            (deploy(json!("Web-1")), "unknown_target"),
            (deploy(json!("web-1\n")), "unknown_target"),
            (deploy(json!("web-1; rm -rf /")), "unknown_target"),
            (deploy(json!("$(reboot)")), "unknown_target"),
            (deploy(json!("../web-1")), "unknown_target"),
            (deploy(json!("w\u{435}b-1")), "unknown_target"),
            (deploy(json!("\u{ff57}eb-1")), "unknown_target"),
            (deploy(json!("web\u{2010}1")), "unknown_target"),
            (image("ami-xyz"), "bad_image"),
            (image("AMI-0123456789abcdef0"), "bad_image"),
            (image("ami-0123456789abcdef0 "), "bad_image"),
            (image("ami-0123456789abcdef01234"), "bad_image"),
            (deploy(json!(long)), "malformed"),
            (json!({ "action": long }).to_string(), "malformed"),
            (json!({ "action": "status", "caller": long }).to_string(), "malformed"),
        ];
        let count = bodies.len();
        for (body, code) in bodies {
            let reply = world.post("human", body.as_bytes());
            let shown: String = body.chars().take(80).collect();
            assert_eq!((reply.status, reply.code()), (400, code), "{shown}: {reply:?}");
            assert!(reply.body["error"].as_str().is_some_and(|words| words.len() <= 300), "{shown}");
        }
        for bytes in [&b"\xff\xfe"[..], b"{\"action\":\"\xffstatus\"}", &[0; 64]] {
            assert_eq!(world.post("human", bytes).status, 400, "{bytes:?}");
        }
        assert_eq!(world.github.dispatches(), []);
        assert_eq!(world.decisions().len(), count + 3);
        assert!(world.decisions().iter().all(|line| line.contains(" deny ")));
    });
}

#[test]
fn a_body_that_never_ends_is_not_read_to_its_end() {
    let world = crate::support::World::start(crate::support::Kind::Http, "");
    let bearer = format!("Bearer {}", world.token("human"));
    let headers = [("authorization", bearer.as_str()), ("transfer-encoding", "chunked")];
    // The length is a lie then, and the chunks go on beyond what any request has.
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    let body = chunk.repeat(64);
    let address = world.url().to_owned();
    let reply = request_chunked(&address, &headers, body.as_bytes());
    assert_eq!(reply, 400);
    assert_eq!(request(&address, "GET", "/healthz", &[], b"").status, 200);
}

fn request_chunked(base: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn whoever_sends_slowly_is_sent_away() {
    let world = crate::support::World::start(crate::support::Kind::Http, "");
    let address = world.url().trim_start_matches("http://").to_owned();
    let bearer = world.token("human");
    let half_a_body = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\ncontent-length: 19\r\n\r\n{{"
    );
    let begun = [
        ("half a head", "POST / HTTP/1.1\r\nhost: x\r\n", ""),
        ("half a body", half_a_body.as_str(), "400 Bad Request"),
        ("nothing more", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", "200 OK"),
    ];
    let connections = begun.map(|(_, bytes, _)| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(50))).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        stream
    });
    for ((name, _, expected), mut stream) in begun.into_iter().zip(connections) {
        let mut answer = String::new();
        // It ends, and not because of us.
        let ended = stream.read_to_string(&mut answer).map_err(|error| error.kind());
        assert!(matches!(ended, Ok(_) | Err(ErrorKind::ConnectionReset)), "{name}: {ended:?}");
        assert!(answer.contains(expected), "{name}: {answer}");
        assert!(
            expected != "400 Bad Request" || answer.contains("\"code\":\"malformed\""),
            "{name}: {answer}"
        );
    }
}

#[test]
fn a_head_that_is_too_large_is_not_read() {
    let world = crate::support::World::start(crate::support::Kind::Http, "");
    let long = "x".repeat(100_000);
    let reply = request(world.url(), "GET", "/healthz", &[("x-long", &long)], b"");
    assert_eq!(reply.status, 431);
}
