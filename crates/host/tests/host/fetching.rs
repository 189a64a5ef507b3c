//! Mirrors that are slow, endless, or lead elsewhere.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use clawlets_host::mirrors::{Answer, Authorities, Http, Request};
use clawlets_release::trust::FetchFailure;
use url::Url;

/// A server that answers one connection, as `answer` does.
fn serve(answer: impl FnOnce(&mut dyn Write) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let _ = stream.read(&mut request);
        answer(&mut stream);
    });
    address
}

fn get(address: SocketAddr) -> Result<Answer, FetchFailure> {
    let url = Url::parse(&format!("http://{address}/latest.json")).unwrap();
    Http::new(Duration::from_secs(2), Authorities::default()).get(&Request {
        url: &url,
        limit: 64,
        known: Some("\"a\""),
    })
}

#[test]
fn an_answer_is_read_up_to_its_limit() {
    for (length, expected) in [
        (64, Ok(Answer::Bytes { bytes: vec![b'x'; 64], mark: Some("\"b\"".to_owned()) })),
        (65, Err(FetchFailure::TooLarge { limit: 64 })),
    ] {
        let address = serve(move |out| {
            let head = format!("HTTP/1.1 200 OK\r\nETag: \"b\"\r\nContent-Length: {length}\r\n\r\n");
            let _ = out.write_all(head.as_bytes()).and_then(|()| out.write_all(&vec![b'x'; length]));
        });
        assert_eq!(get(address), expected);
    }
}

#[test]
fn an_endless_answer_ends_at_its_limit() {
    let address = serve(|out| {
        let _ = out.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while out.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(get(address), Err(FetchFailure::TooLarge { limit: 64 }));
}

#[test]
fn an_answer_that_drips_ends_at_its_deadline() {
    let address = serve(|out| {
        let _ = out.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) && out.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(500));
        }
    });
    assert_eq!(get(address), Err(FetchFailure::TooSlow));
}

#[test]
fn statuses_and_places_that_lead_elsewhere_are_told_apart() {
    for (head, expected) in [
        ("304 Not Modified\r\n", Ok(Answer::Unchanged)),
        ("404 Not Found\r\nContent-Length: 0\r\n", Ok(Answer::Missing)),
        ("500 Oops\r\nContent-Length: 0\r\n", Err(FetchFailure::Status(500))),
        ("302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n", Err(FetchFailure::Redirect)),
        ("302 Found\r\nLocation: ftp://example.org/\r\nContent-Length: 0\r\n", Err(FetchFailure::Redirect)),
        ("302 Found\r\nContent-Length: 0\r\n", Err(FetchFailure::Redirect)),
    ] {
        let address = serve(move |out| {
            let _ = out.write_all(format!("HTTP/1.1 {head}\r\n").as_bytes());
        });
        assert_eq!(get(address), expected, "{head}");
    }
}

#[test]
fn a_place_that_leads_on_for_ever_is_left() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().take(6) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let head =
                "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(head.as_bytes());
        }
    });
    assert_eq!(get(address), Err(FetchFailure::Redirect));
}
