//! Through the egress proxy to where it must not lead.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use clawlets_tests::{World, skip};
use serde_json::{Value, json};

use super::{
    attacker,
    verdicts::{Defence, Verdicts},
};

const ON_THE_LIST: &str = "proxy: what is not on the list is refused";
const RESOLVED: &str = "proxy: a name never leads back to this machine";
const PARSED: &str = "proxy: one reading of a request, or none";
const NAMES: &[&str] = &["rebound-name", "rebound-name-page"];

const DEFENCES: &[Defence<'_>] = &[
    ("proxy: what is on the list is reached", &["allowed-destination"]),
    (
        ON_THE_LIST,
        &[
            "tunnel-to-the-cloud-api",
            "tunnel-to-another-port",
            "page-of-another-port",
            "tunnel-by-name",
            "tunnel-by-hex",
            "tunnel-by-number",
            "tunnel-by-short-form",
            "tunnel-by-ipv6",
            "tunnel-by-mapped-address",
            "tunnel-by-longer-name",
            "metadata-tunnel",
            "metadata-page",
            "private-network-10",
            "private-network-172",
            "private-network-192",
            "tailnet",
            "any-address",
            "second-request",
        ],
    ),
    (RESOLVED, NAMES),
    (
        PARSED,
        &[
            "tunnel-with-a-user",
            "tunnel-with-a-password",
            "tunnel-with-a-path",
            "tunnel-with-a-hash",
            "tunnel-without-a-port",
            "relative-page",
            "other-scheme",
            "socket-scheme",
            "injected-line",
            "two-lengths",
            "smuggled-request",
            "endless-header",
        ],
    ),
    ("shim: a network with nothing but the relays", &["around-the-proxy"]),
    (
        "proxy: every destination is logged",
        &["denied-destination-is-logged", "allowed-destination-is-logged", "nothing-arrived-elsewhere"],
    ),
];

#[test]
fn a_task_reaches_what_is_allowed_and_cannot_talk_the_proxy_into_anything_else() {
    let (allowed, requests) = page_server();
    let denied = TcpListener::bind("127.0.0.1:0").unwrap();
    let denied_port = denied.local_addr().unwrap().port();
    let arrived = count_connections(denied);
    let rebound = name_of_loopback();
    if rebound.is_none() {
        skip("cattle::attacks::egress (rebound names)", "/etc/hosts has no further name of loopback");
    }
    let mut world = World::start();
    // The name is allowed; that whoever answers for it points it at this machine is the attack.
    let name = rebound.as_deref().unwrap_or("name.invalid");
    world.configure(&format!(
        "[cattle.egress]\nallow = [\"127.0.0.1:{allowed}\", \"{name}:{denied_port}\"]\n"
    ));
    world.orchestrate();
    let status = world.clawlets(&["local", "status", "--json"]).json();
    let endpoint = status["endpoint"].as_str().unwrap();
    let cloud_port = endpoint.trim_end_matches("/v1").rsplit(':').next().unwrap();
    let script = include_str!("egress.sh")
        .replace("ALLOWED", &allowed.to_string())
        .replace("DENIED", &denied_port.to_string())
        .replace("CLOUD_PORT", cloud_port)
        .replace("HOST_ADDRESS", "10.0.2.2")
        .replace("REBOUND", name);
    let id = world.spawn(&attacker::task(&script, &json!({})), "10m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    let logs = world.logs(&id);
    assert_eq!(job["status"], "done", "{job:#}\n{logs}");

    let mut verdicts = Verdicts::read(&logs);
    let log = world.orchestrator_log();
    for (name, port, allowed) in [
        ("allowed-destination-is-logged", allowed, true),
        ("denied-destination-is-logged", denied_port, false),
    ] {
        let is_logged = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).any(|line| {
            line["message"] == "egress"
                && line["server_id"] == job["serverId"]
                && line["job_id"] == id.as_str()
                && line["host"] == "127.0.0.1"
                && line["port"] == port
                && line["allowed"] == allowed
        });
        let detail = format!("with VM and job, allowed: {allowed}");
        verdicts.add(name, if is_logged { "defeated" } else { "SUCCEEDED" }, &detail);
    }
    let requests = requests.lock().unwrap();
    let is_smuggled = requests.iter().any(|request| request.contains("GET /smuggled"));
    let outcome = if is_smuggled { "SUCCEEDED" } else { "defeated" };
    verdicts.add("smuggled-request", outcome, "seen from the destination");
    let count = arrived.load(Ordering::SeqCst);
    let outcome = if count == 0 { "defeated" } else { "SUCCEEDED" };
    verdicts.add("nothing-arrived-elsewhere", outcome, &format!("{count} connections"));
    verdicts.all_defeated("A task against the egress proxy", DEFENCES);
    // Whatever the guest said, the destination is told the host that was asked for.
    assert!(requests[0].to_ascii_lowercase().contains(&format!("host: 127.0.0.1:{allowed}")), "{requests:?}");
    drop(requests);
    world.until_no_vm_remains();
}

/// A server that answers everything with 200, and what it was asked.
fn page_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            // Whatever comes, also behind what looks like the end of the request.
            let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
            let (mut request, mut bytes) = (Vec::new(), [0; 4096]);
            while let Ok(length @ 1..) = stream.read(&mut bytes) {
                request.extend(&bytes[..length]);
            }
            seen.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\npage\n");
        }
    });
    (port, requests)
}

/// Counts the connections that a listener gets.
fn count_connections(listener: TcpListener) -> Arc<AtomicUsize> {
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    count
}

/// A name that stands for loopback on this machine and is not `localhost`.
fn name_of_loopback() -> Option<String> {
    let hosts = fs::read_to_string("/etc/hosts").ok()?;
    let names = hosts
        .lines()
        .filter(|line| line.starts_with("127."))
        .flat_map(|line| line.split_whitespace().skip(1));
    names.map(str::to_owned).find(|name| name != "localhost")
}
