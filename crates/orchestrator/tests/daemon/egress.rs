//! The way out for guests.

use std::{
    io::{Read, Write},
    net::TcpListener,
    os::unix::net::UnixStream,
};

use clawlets_model::proxy_header;
use serde_json::json;

use crate::support::{Connection, Guest, Provider, Site, finished, spawn_request};

/// A server that answers every connection once, with what it was asked.
fn echo_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).unwrap_or(0);
            let body = String::from_utf8_lossy(&request[..length]).into_owned();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    port
}

fn way_out(site: &Site, server_id: u64) -> Connection {
    let mut stream = UnixStream::connect(site.path("store/relays/egress.sock")).unwrap();
    stream.write_all(&proxy_header::encode(server_id)).unwrap();
    Connection::new(stream)
}

#[test]
fn a_guest_at_work_reaches_what_is_on_the_list_and_nothing_else() {
    let port = echo_server();
    let closed = echo_server();
    let provider = Provider::start();
    let site = Site::new(&provider, &format!("[cattle.egress]\nallow = [\"127.0.0.1:{port}\"]\n"));
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let get = |url: &str| {
        way_out(&site, birth.server_id).call("GET", url, &[("Proxy-Authorization", "Basic x")], b"")
    };
    let url = format!("http://127.0.0.1:{port}/v1/x?y=1");
    assert_eq!(get(&url).status, 403, "its task has not begun");

    let mut guest = Guest::at_work(&site, &birth);
    let answer = get(&url).ok().text();
    assert!(
        answer.starts_with("GET /v1/x?y=1 HTTP/1.1") && !answer.contains("proxy-authorization"),
        "{answer}"
    );
    for (url, status) in [
        (format!("http://127.0.0.1:{closed}/"), 403),
        (format!("http://localhost:{port}/"), 403),
        ("http://169.254.169.254/".to_owned(), 403),
        ("/etc/passwd".to_owned(), 400),
    ] {
        assert_eq!(get(&url).status, status, "{url}");
    }
    let mut tunnel = way_out(&site, birth.server_id);
    tunnel.send("CONNECT", &format!("127.0.0.1:{port}"), &[], b"");
    assert_eq!(tunnel.head(), 200);
    tunnel.raw(b"anything at all");
    assert_eq!(tunnel.response().unwrap().text(), "anything at all");
    let mut refused = way_out(&site, birth.server_id);
    refused.send("CONNECT", &format!("127.0.0.1:{closed}"), &[], b"");
    assert_eq!(refused.head(), 403);

    guest.report(&finished()).ok();
    daemon.wait_for(&job, "status", "done");
    assert_eq!(get(&url).status, 403, "its task is over");
    let log = site.log_text();
    assert!(log.contains("\"message\":\"egress\"") && log.contains(&format!("\"port\":{closed}")), "{log}");
}

#[test]
fn without_a_list_there_is_no_way_out() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let _daemon = site.start();
    assert!(!site.path("store/relays/egress.sock").exists());
}
