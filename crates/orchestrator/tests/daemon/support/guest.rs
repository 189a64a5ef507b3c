//! A scripted guest.

use std::{io::Write, os::unix::net::UnixStream};

use clawlets_model::proxy_header;
use serde_json::{Value, json};

use super::{
    daemon::Site,
    http::{Connection, Response},
    provider::Birth,
    wait::until,
};

/// What a VM would do, step by step.
pub(crate) struct Guest {
    connection: Connection,
    token: String,
    session: String,
}

impl Guest {
    /// The guest in this VM, behind its relay.
    pub(crate) fn of(site: &Site, birth: &Birth) -> Self {
        Self::behind(site, birth.server_id, birth.boot.token.expose())
    }

    /// Somebody behind the relay of a server, with a token of whatever origin.
    pub(crate) fn behind(site: &Site, server_id: u64, token: &str) -> Self {
        let mut stream = UnixStream::connect(site.relay()).unwrap();
        stream.write_all(&proxy_header::encode(server_id)).unwrap();
        Self { connection: Connection::new(stream), token: token.to_owned(), session: String::new() }
    }

    /// Presents the token with a nonce, and again when it is told to come back later.
    pub(crate) fn redeem(&mut self, nonce: u8) -> Response {
        until("the token is judged", || {
            let answer = self.redeem_once(nonce);
            (answer.status != 503).then_some(answer)
        })
    }

    /// Presents the token with a nonce.
    pub(crate) fn redeem_once(&mut self, nonce: u8) -> Response {
        let (bearer, nonce) = (format!("Bearer {}", self.token), hex::encode([nonce; 16]));
        let headers = [("Authorization", bearer.as_str()), ("Clawlets-Boot-Nonce", nonce.as_str())];
        let answer = self.connection.call("GET", "/v1/cattle/env", &headers, b"");
        if answer.status == 200 {
            self.session = answer.json()["session"].as_str().unwrap().to_owned();
        }
        answer
    }

    /// A guest that has redeemed its token and says that its task runs.
    pub(crate) fn at_work(site: &Site, birth: &Birth) -> Self {
        let mut guest = Self::of(site, birth);
        guest.redeem(1).ok();
        guest.beat("running").ok();
        guest
    }

    /// A further connection of the same session.
    pub(crate) fn again(&self, site: &Site, server_id: u64) -> Self {
        let mut again = Self::behind(site, server_id, &self.token);
        again.session.clone_from(&self.session);
        again
    }

    pub(crate) fn call(&mut self, method: &str, path: &str, more: &[(&str, &str)], body: &[u8]) -> Response {
        let bearer = format!("Bearer {}", self.session);
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(more);
        self.connection.call(method, path, &headers, body)
    }

    /// A call with these headers and no others.
    pub(crate) fn with_headers(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        self.connection.call(method, path, headers, b"")
    }

    pub(crate) fn work(&mut self) -> Response {
        self.call("GET", "/v1/cattle/work", &[], b"")
    }

    pub(crate) fn beat(&mut self, phase: &str) -> Response {
        self.call("POST", "/v1/cattle/heartbeat", &[], json!({ "phase": phase }).to_string().as_bytes())
    }

    /// Sends lines of output, numbered from `first`.
    pub(crate) fn say(&mut self, first: u64, lines: &[&str]) -> Response {
        let record = |(at, line): (usize, &&str)| {
            let seq = first + at as u64;
            json!({ "seq": seq, "t": jiff::Timestamp::now(), "stream": "stdout", "data": line }).to_string()
                + "\n"
        };
        let batch: String = lines.iter().enumerate().map(record).collect();
        self.call("POST", "/v1/cattle/logs", &[], batch.as_bytes())
    }

    pub(crate) fn leave(&mut self, name: &str, content: &[u8], sha256: &str) -> Response {
        self.call("PUT", &format!("/v1/cattle/artifacts/{name}"), &[("Clawlets-Sha256", sha256)], content)
    }

    pub(crate) fn report(&mut self, result: &Value) -> Response {
        self.call("POST", "/v1/cattle/result", &[], result.to_string().as_bytes())
    }
}
