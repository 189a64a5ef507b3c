//! The guests of all VMs: most do their work, some never call, some vanish, and of some the token was stolen.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    os::unix::net::UnixStream,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use clawlets_model::proxy_header;
use serde_json::{Value, json};

use super::chance::Chance;
use crate::support::{Birth, Provider, Site, finished};

/// The pause before a guest asks again.
const PAUSE: Duration = Duration::from_millis(40);

/// For each token that was redeemed: with which nonces, and for which sessions.
pub(super) type Redeemed = BTreeMap<String, BTreeSet<(String, String)>>;

/// The guests of all VMs that come to be.
pub(super) struct Guests {
    nature: JoinHandle<()>,
    redeemed: Arc<Mutex<Redeemed>>,
}

/// What becomes of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It works and reports.
    Works,
    /// It never calls.
    Silent,
    /// It works and then is gone without a word.
    Vanishes,
    /// It works, and somebody else who has its token presents that too.
    Robbed,
}

impl Guests {
    /// From now on every new VM has a guest, until `stop`.
    pub(super) fn begin(
        seed: u64,
        site: &Arc<Site>,
        provider: &Arc<Provider>,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        let redeemed: Arc<Mutex<Redeemed>> = Arc::default();
        let (site, provider, stop, known) =
            (Arc::clone(site), Arc::clone(provider), Arc::clone(stop), Arc::clone(&redeemed));
        let nature = thread::spawn(move || {
            let mut living = Vec::new();
            while !stop.load(Ordering::SeqCst) {
                while living.len() < provider.births() {
                    let guest = Guest {
                        birth: provider.birth(living.len()),
                        chance: Chance::new(seed, &format!("guest {}", living.len())),
                        site: Arc::clone(&site),
                        provider: Arc::clone(&provider),
                        stop: Arc::clone(&stop),
                        redeemed: Arc::clone(&known),
                    };
                    living.push(thread::spawn(move || guest.live()));
                }
                thread::sleep(PAUSE);
            }
            for guest in living {
                guest.join().unwrap();
            }
        });
        Self { nature, redeemed }
    }

    /// Waits for all of them, and says which tokens were redeemed.
    pub(super) fn end(self) -> Redeemed {
        self.nature.join().unwrap();
        self.redeemed.lock().unwrap().clone()
    }
}

struct Guest {
    birth: Birth,
    chance: Chance,
    site: Arc<Site>,
    provider: Arc<Provider>,
    stop: Arc<AtomicBool>,
    redeemed: Arc<Mutex<Redeemed>>,
}

impl Guest {
    /// Its life; `None` when it ended early.
    fn live(&self) -> Option<()> {
        let fate = match self.chance.below(10) {
            0 => Fate::Silent,
            1 => Fate::Vanishes,
            2 => Fate::Robbed,
            _ => Fate::Works,
        };
        if fate == Fate::Silent {
            return None;
        }
        let session = self.redeem("ab")?;
        if fate == Fate::Robbed {
            self.redeem("cd");
        }
        self.until_heard(&session, "/v1/cattle/heartbeat", &json!({ "phase": "running" }))?;
        thread::sleep(self.chance.between(Duration::ZERO, Duration::from_millis(400)));
        if fate == Fate::Vanishes {
            self.provider.set_status_if_there(self.birth.server_id, "off");
            return None;
        }
        self.until_heard(&session, "/v1/cattle/result", &finished())
    }

    /// Presents the token until it is judged; the session if it is accepted.
    fn redeem(&self, nonce: &str) -> Option<String> {
        let (token, nonce) = (self.birth.boot.token.expose().clone(), nonce.repeat(16));
        let headers = [("Authorization", format!("Bearer {token}")), ("Clawlets-Boot-Nonce", nonce.clone())];
        let answer = self.until_judged("GET", "/v1/cattle/env", &headers, &Value::Null)?;
        let session = answer["session"].as_str()?.to_owned();
        self.redeemed.lock().unwrap().entry(token).or_default().insert((nonce, session.clone()));
        Some(session)
    }

    /// Says something until it is heard; `None` when nobody wants to hear it.
    fn until_heard(&self, session: &str, path: &str, body: &Value) -> Option<()> {
        let headers = [("Authorization", format!("Bearer {session}"))];
        self.until_judged("POST", path, &headers, body).map(drop)
    }

    fn until_judged(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &Value,
    ) -> Option<Value> {
        while !self.stop.load(Ordering::SeqCst) && self.provider.has(self.birth.server_id) {
            if let Ok(mut stream) = UnixStream::connect(self.site.relay())
                && stream.write_all(&proxy_header::encode(self.birth.server_id)).is_ok()
            {
                match ask(stream, method, path, headers, body) {
                    Some((200, answer)) => return Some(answer),
                    Some((503, _)) | None => {}
                    Some(_) => return None,
                }
            }
            thread::sleep(PAUSE);
        }
        None
    }
}

/// One call on a connection of its own. `None` when the other side died over it.
pub(super) fn ask(
    mut stream: UnixStream,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &Value,
) -> Option<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
    request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    // An answer that was cut off is none.
    Some((status, serde_json::from_str(body).ok()?))
}
