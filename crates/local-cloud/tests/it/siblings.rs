//! Copies of one guest share nothing that must be theirs alone, with the guest program of the product.

use std::{
    collections::{BTreeMap, HashSet},
    convert::Infallible,
    path::Path,
    sync::{Arc, Mutex},
};

use clawlets_model::{Secret, boot::Boot, guest::NONCE_HEADER, rehearsal};
use futures_util::future::join_all;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{io::AsyncReadExt, net::UnixListener};

use crate::support::{Emulator, TestCloud, eventually, guest_program_is_missing, real_qemu_is_missing};

/// How many are compared; the variable asks for more, which takes a while.
const SAMPLE: usize = 9;
const VARIABLE: &str = "CLAWLETS_TEST_CLONES";
/// How many run at a time.
const AT_A_TIME: usize = 3;

/// Says everything about the guest that must be its own.
const TASK: &str = "\
    echo machine-id=$(cat /etc/machine-id); echo host=$(cat /proc/sys/kernel/hostname); \
    echo boot-id=$(cat /proc/sys/kernel/random/boot_id); \
    echo random=$(head -c 64 /dev/urandom | od -An -v -tx1 | tr -d ' \\n')";
/// What a guest has said, by the words of the task, and its nonce.
type Words = BTreeMap<String, String>;

/// An orchestrator that gives every guest the same task, and keeps what each says.
#[derive(Clone, Default)]
struct Orchestrator(Arc<Mutex<BTreeMap<u64, Words>>>);

impl Orchestrator {
    fn serve(&self, socket: &Path) {
        let (orchestrator, listener) = (self.clone(), UnixListener::bind(socket).unwrap());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let orchestrator = orchestrator.clone();
                tokio::spawn(async move {
                    let Some(server) = caller(&mut stream).await else { return };
                    let service = service_fn(|request| orchestrator.answer(server, request));
                    // A guest that is deleted breaks its connection.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
    }

    async fn answer(
        &self,
        server: u64,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = request.uri().path().to_owned();
        let nonce = request.headers().get(NONCE_HEADER).map(|nonce| nonce.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        self.note(server, nonce, &String::from_utf8_lossy(&body));
        let answer = match path.as_str() {
            "/v1/cattle/work" => Bytes::from(work()),
            "/v1/cattle/logs" => {
                let next = String::from_utf8_lossy(&body).matches("\"seq\"").count();
                Bytes::from(json!({ "next": next, "remaining": 600, "cancel": false }).to_string())
            }
            _ => Bytes::from_static(rehearsal::ANSWER.as_bytes()),
        };
        Ok(Response::new(Full::new(answer)))
    }

    fn note(&self, server: u64, nonce: Option<String>, body: &str) {
        let mut guests = self.0.lock().unwrap();
        let words = guests.entry(server).or_default();
        if let Some(nonce) = nonce {
            assert!(words.insert("nonce".to_owned(), nonce).is_none(), "{server} redeemed twice");
        }
        for name in ["machine-id", "host", "boot-id", "random"] {
            if let Some((_, rest)) = body.split_once(&format!("\"{name}=")) {
                let value = rest.split('"').next().unwrap_or_default();
                words.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn said(&self, server: u64) -> Option<Words> {
        self.0.lock().unwrap().get(&server).filter(|words| words.len() == 5).cloned()
    }
}

/// The server that a relay names before the guest's first byte.
async fn caller(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<u64> {
    let mut bytes = vec![0; 16];
    stream.read_exact(&mut bytes).await.ok()?;
    let length = usize::from(u16::from_be_bytes([bytes[14], bytes[15]]));
    bytes.resize(16 + length, 0);
    stream.read_exact(&mut bytes[16..]).await.ok()?;
    match clawlets_model::proxy_header::decode(&bytes).unwrap() {
        clawlets_model::proxy_header::Decoded::Complete { header, .. } => Some(header.server_id),
        clawlets_model::proxy_header::Decoded::Incomplete { .. } => None,
    }
}

fn work() -> Vec<u8> {
    let order = json!({
        "jobId": "00000000000000000000000000", "persona": "twin", "autoShutdown": false,
    });
    let task = json!({
        "schemaVersion": 1, "taskId": "twin", "type": "command", "argv": ["/bin/sh", "-c", TASK],
    });
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in [
        ("order.json", order.to_string()),
        ("task.json", task.to_string()),
        ("persona/SOUL.md", "You are one of many.\n".to_owned()),
        ("persona/config.json", json!({ "schemaVersion": 1 }).to_string()),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn user_data() -> String {
    let boot = Boot {
        base_url: "http://10.0.2.2:18337".to_owned(),
        token: Secret::from("t".repeat(43)),
        remaining: 600,
        tailnet_key: None,
        admin_keys: Vec::new(),
        env: BTreeMap::new(),
    };
    boot.to_user_data().unwrap().expose().clone()
}

/// Makes a copy, waits until it has said everything, and deletes it.
async fn live(cloud: &TestCloud, orchestrator: &Orchestrator, number: usize) -> (u64, String, Words) {
    let name = format!("twin-{number}");
    let ordered = cloud.api.order(&name, json!({ "user_data": user_data() })).await.expect(201);
    let server = ordered.body["server"]["id"].as_u64().unwrap();
    let words = eventually("the guest has said everything", async || orchestrator.said(server)).await;
    let origin = cloud.origin(server).await;
    cloud.api.delete(&format!("/servers/{server}")).await.expect(200);
    eventually("the guest is gone", async || (!cloud.guest_dir(server).exists()).then_some(())).await;
    (server, origin, words)
}

#[tokio::test]
async fn copies_share_no_nonce_machine_id_boot_id_or_random_bytes() {
    let test = "copies_share_no_nonce_machine_id_boot_id_or_random_bytes";
    if real_qemu_is_missing(test) || guest_program_is_missing(test) {
        return;
    }
    let count = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(SAMPLE);
    let cloud = TestCloud::start(Emulator::Cattle).await;
    let orchestrator = Orchestrator::default();
    let socket = cloud.folder().join("orchestrator.sock");
    orchestrator.serve(&socket);
    let relay = json!({ "selector": "", "port": 18337, "path": socket });
    cloud.api.post("/_local/relays", relay).await.expect(201);
    cloud.has_pool(1).await;

    let mut seen: HashSet<String> = HashSet::new();
    let mut origins: BTreeMap<String, usize> = BTreeMap::new();
    for first in (0..count).step_by(AT_A_TIME) {
        let turn = (first..count.min(first + AT_A_TIME)).map(|number| live(&cloud, &orchestrator, number));
        for (at, (server, origin, words)) in join_all(turn).await.into_iter().enumerate() {
            assert_eq!(words["host"], format!("twin-{}", first + at));
            for (name, length) in [("nonce", 32), ("machine-id", 32), ("boot-id", 36), ("random", 128)] {
                let value = &words[name];
                assert_eq!(value.len(), length, "{name} of {server}: {value}");
                assert!(seen.insert(value.clone()), "{server} shares its {name}: {value}");
            }
            *origins.entry(origin).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 4 * count);
    assert_eq!(origins.get("cold"), None, "{origins:?}");
    assert!(origins.contains_key("pool") && origins.contains_key("clone"), "{origins:?}");
}
