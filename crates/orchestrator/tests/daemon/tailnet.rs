//! Guests on the tailnet instead of behind relays. A script stands in for the program `tailscale`.

use std::{fs, net::TcpStream, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::support::{Connection, Daemon, Provider, Site, finished, spawn_request, until};

/// A site whose daemon listens for guests on loopback, which stands in for the tailnet.
fn site(provider: &Provider) -> Site {
    let site =
        Site::new(provider, "[tailnet]\nlisten = \"127.0.0.1\"\nport = 0\nauth_key_file = \"tailnet-key\"\n");
    site.secret("tailnet-key", "tskey-0123456789");
    site.configure(&site.config().replace("kind = \"local\"", "kind = \"hetzner\""));
    fs::create_dir(site.path("bin")).unwrap();
    let script = format!("#!/bin/sh\nexec /bin/cat {}\n", site.path("whois.json").display());
    fs::write(site.path("bin/tailscale"), script).unwrap();
    fs::set_permissions(site.path("bin/tailscale"), fs::Permissions::from_mode(0o755)).unwrap();
    site
}

fn start(site: &Site) -> Daemon {
    let path = site.path("bin");
    site.start_with(&[("PATH", path.to_str().unwrap())])
}

/// What the tailnet says of whoever calls next.
fn callers_are(site: &Site, name: &str, tag: &str) {
    let whois = json!({ "Node": { "Name": format!("{name}.tail1.ts.net."), "Tags": [tag] } });
    fs::write(site.path("whois.json"), whois.to_string()).unwrap();
}

#[test]
fn only_the_node_of_the_jobs_vm_redeems_its_token() {
    let provider = Provider::start();
    let site = site(&provider);
    let daemon = start(&site);
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    daemon.wait_for(&job, "phase", "booting");
    assert_eq!(birth.boot.tailnet_key.as_ref().unwrap().expose(), "tskey-0123456789");
    assert!(provider.relays().is_empty());
    let address = birth.boot.base_url.strip_prefix("http://").unwrap().to_owned();
    let bearer = format!("Bearer {}", birth.boot.token.expose());
    let redeem = || {
        let mut connection = Connection::over_tcp(TcpStream::connect(&address).unwrap());
        let headers = [("Authorization", bearer.as_str()), ("Clawlets-Boot-Nonce", &"ab".repeat(16))];
        connection.call("GET", "/v1/cattle/env", &headers, b"")
    };
    callers_are(&site, "laptop", "tag:cattle");
    assert_eq!(redeem().status, 401, "another node");
    callers_are(&site, &birth.name, "tag:server");
    assert_eq!(redeem().status, 401, "not tagged as cattle");
    assert_eq!(daemon.events(&job).iter().filter(|event| *event == "incident").count(), 2);
    callers_are(&site, &birth.name, "tag:cattle");
    let session = redeem().ok().json()["session"].as_str().unwrap().to_owned();
    let mut connection = Connection::over_tcp(TcpStream::connect(&address).unwrap());
    let bearer = format!("Bearer {session}");
    let body = finished().to_string();
    connection.call("POST", "/v1/cattle/result", &[("Authorization", &bearer)], body.as_bytes()).ok();
    daemon.wait_for(&job, "vm", "gone");
}

#[test]
fn a_tailnet_that_says_nothing_lets_nobody_in() {
    let provider = Provider::start();
    let site = site(&provider);
    let daemon = start(&site);
    daemon.enqueue(&spawn_request(json!({})));
    let address = provider.birth(0).boot.base_url.strip_prefix("http://").unwrap().to_owned();
    let mut connection = Connection::over_tcp(TcpStream::connect(&address).unwrap());
    connection.send("GET", "/v1/cattle/env", &[], b"");
    let answer = until("the guest is turned away", || Some(connection.response()));
    assert!(answer.is_none_or(|answer| answer.status == 401));
}
