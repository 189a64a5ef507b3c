//! A watch that stays, and whoever reads its status.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use clawlets_model::host_status::{Health, HostStatus};
use clawlets_tests::{Run, eventually};
use rustix::process::{Pid, Signal, kill_process};

use crate::site::{CUT_OFF, Host, Staying, maren};

fn address(host: &Host) -> SocketAddr {
    eventually("it says where the status is served", || {
        let log = host.text("log");
        let rest = log.split_once("http://")?.1;
        rest.split_once("/status")?.0.parse().ok()
    })
}

/// What a request is answered with: head and body.
fn ask(address: SocketAddr, head: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn status(address: SocketAddr) -> Option<HostStatus> {
    let (head, body) = ask(address, "GET /status HTTP/1.1\r\nHost: web-1\r\n\r\n");
    head.starts_with("HTTP/1.1 200 ").then(|| serde_json::from_str(&body).unwrap())
}

#[test]
fn readers_get_what_was_seen_last_and_can_do_nothing_else() {
    let host = Host::new();
    let _watch = host.stays();
    let address = address(&host);
    assert!(address.ip().is_loopback());
    let seen = eventually("the first look", || status(address));
    assert_eq!(seen.health, Health::Healthy);
    assert!(ask(address, "POST /status HTTP/1.1\r\n\r\n").0.starts_with("HTTP/1.1 405 "));
    assert!(ask(address, "GET /../host.toml HTTP/1.1\r\n\r\n").0.starts_with("HTTP/1.1 404 "));

    // A reader that never says what it wants keeps nobody waiting.
    let _idle: Vec<_> = (0..4).map(|_| TcpStream::connect(address).unwrap()).collect();
    host.write("health", CUT_OFF);
    let seen =
        eventually("the next look", || status(address).filter(|seen| seen.health == Health::Unhealthy));
    assert_eq!(maren(&seen).findings, ["its chat discord is cut off"]);
    assert!(host.text("log").contains("maren is unhealthy: its chat discord is cut off."));
}

#[test]
fn an_address_that_cannot_be_had_is_said_once_and_loopback_is_served_all_the_same() {
    let host = Host::new();
    let config = host.text("host.toml");
    // An address of the tailnet that this machine does not have.
    host.write("tailnet.json", r#"{"Self": {"TailscaleIPs": ["100.127.255.254"]}}"#);
    let tailscale = format!("tailscale = ['cat', '{}']", host.path("tailnet.json").display());
    host.write("host.toml", &config.replace("tailscale = ['false']", &tailscale));
    let _watch = host.stays();
    let address = address(&host);
    let first = eventually("the first look", || status(address)).as_of;
    eventually("looks after that", || {
        status(address).filter(|seen| seen.as_of > first + Duration::from_secs(3))
    });
    let complaint = "failed to serve the status at 100.127.255.254";
    assert_eq!(host.text("log").matches(complaint).count(), 1, "{}", host.text("log"));
}

#[test]
fn it_ends_at_once_when_it_is_told_to_also_while_it_asks() {
    let host = Host::new();
    host.write("first", "echo asked > ${0%/*}/asked; sleep 600");
    let mut watch = host.stays();
    eventually("a gateway is being asked", || (!host.text("asked").is_empty()).then_some(()));
    kill_process(Pid::from_child(&watch.0), Signal::TERM).unwrap();
    let ended = eventually("it ends", || watch.0.try_wait().unwrap());
    assert_eq!(ended.code(), Some(0), "{}", host.text("log"));
    assert_eq!(host.restarts(), 0);
}

#[test]
fn there_is_one_watch_at_a_time() {
    let host = Host::new();
    let watch: Staying = host.stays();
    address(&host);
    let second = Run::of(&mut host.command(&["--once"]));
    assert_eq!(second.code(), 4);
    assert!(second.talk().contains("another watch is kept on this host"), "{}", second.talk());
    drop(watch);
    host.once().succeeds();
}

#[test]
fn a_document_has_an_end() {
    let host = Host::new();
    let run = Run::of(&mut host.command(&["--json"]));
    assert_eq!(run.code(), 2, "{}", run.talk());
    assert!(run.talk().contains("--once"), "{}", run.talk());
}
