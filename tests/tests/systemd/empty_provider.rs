//! A provider that has no room for anything: it lists the servers that it is told of, and deletes them.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

type Servers = Arc<Mutex<BTreeMap<u64, Value>>>;

/// A running provider on loopback. Dropping it ends it.
pub(crate) struct EmptyProvider {
    address: SocketAddr,
    servers: Servers,
    stopped: Arc<AtomicBool>,
}

impl EmptyProvider {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let provider = Self {
            address: listener.local_addr().unwrap(),
            servers: Servers::default(),
            stopped: Arc::default(),
        };
        let (servers, stopped) = (Arc::clone(&provider.servers), Arc::clone(&provider.stopped));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let servers = Arc::clone(&servers);
                thread::spawn(move || answer(stream, &servers));
            }
        });
        provider
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// A VM of an orchestrator that expires so many seconds from now.
    pub(crate) fn add(&self, id: u64, name: &str, orchestrator: &str, expires_in: i64) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let expires_at = now.saturating_add_signed(expires_in).to_string();
        let labels = json!({
            "managed-by": "clawlets", "cattle": "true", "orchestrator": orchestrator, "expires-at": expires_at,
        });
        let server = json!({
            "id": id, "name": name, "status": "running", "created": "2026-01-01T00:00:00Z", "labels": labels,
            "server_type": { "name": "cx23" }, "location": { "name": "nbg1" }, "image": null,
            "public_net": { "ipv4": null }, "locked": false, "protection": { "delete": false },
        });
        self.servers.lock().unwrap().insert(id, server);
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let servers = self.servers.lock().unwrap();
        servers.values().map(|server| server["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for EmptyProvider {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers the one request of a connection.
fn answer(stream: TcpStream, servers: &Servers) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    let mut words = request.split_whitespace();
    let (method, path) = (words.next()?, words.next()?);
    let path = path.split('?').next()?.trim_start_matches("/v1/");
    let action = json!({
        "id": 1, "command": "act", "status": "success", "progress": 100, "started": "2026-01-01T00:00:00Z",
        "finished": "2026-01-01T00:00:01Z", "resources": [], "error": null,
    });
    let mut servers = servers.lock().unwrap();
    let id = path.strip_prefix("servers/").and_then(|id| id.parse::<u64>().ok());
    let (status, body) = match (method, path, id) {
        ("GET", "servers", _) => (200, json!({ "servers": servers.values().collect::<Vec<_>>() })),
        ("GET", "actions", _) => (200, json!({ "actions": [action] })),
        ("DELETE", _, Some(id)) if servers.remove(&id).is_some() => (200, json!({ "action": action })),
        ("POST", "/_local/relays", _) => (201, json!({})),
        ("POST", "servers", _) => {
            (412, json!({ "error": { "code": "resource_unavailable", "message": "no room", "details": {} } }))
        }
        _ => (404, json!({ "error": { "code": "not_found", "message": "not found", "details": {} } })),
    };
    drop(servers);
    let body = body.to_string();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n");
    writer.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).ok()
}
