//! Guests on the tailnet instead of behind relays. A script stands in for the program `tailscale`.

use std::{fs, net::TcpStream, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::support::{Connection, Daemon, Provider, Site, finished, spawn_request, until};

/// A site whose daemon listens for guests on loopback, which stands in for the tailnet.
fn site(provider: &Provider) -> Site {
    let site =
        Site::new(provider, "[tailnet]\nlisten = \"127.0.0.1\"\nport = 0\nauth_key_file = \"tailnet-key\"\n");
    site.secret("tailnet-key", "tskey-0123456789");
    with_whois(&site);
    site
}

/// Makes the site one at a provider elsewhere, with a `tailscale` whose answers [`callers_are`] sets.
pub(crate) fn with_whois(site: &Site) {
    site.configure(&site.config().replace("kind = \"local\"", "kind = \"hetzner\""));
    fs::create_dir(site.path("bin")).unwrap();
    let script = format!("#!/bin/sh\nexec /bin/cat {}\n", site.path("whois.json").display());
    fs::write(site.path("bin/tailscale"), script).unwrap();
    fs::set_permissions(site.path("bin/tailscale"), fs::Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn start(site: &Site) -> Daemon {
    let path = site.path("bin");
    site.start_with(&[("PATH", path.to_str().unwrap())])
}

/// What the tailnet says of whoever calls next.
pub(crate) fn callers_are(site: &Site, name: &str, tag: &str) {
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
    let console = daemon.get(&format!("/v1/cattle/{job}/console"));
    assert_eq!(
        console.code(),
        "unconfigured",
        "nobody keeps the consoles of VMs elsewhere: {}",
        console.text()
    );
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
    daemon.wait_for_end(&job);
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

#[test]
fn nobody_reaches_a_vm_from_outside() {
    let provider = Provider::start();
    let site = site(&provider);
    let daemon = start(&site);
    for number in 0..2 {
        daemon.enqueue(&spawn_request(json!({})));
        assert_eq!(provider.birth(number).body["firewalls"], json!([{ "firewall": 500 }]));
    }
    let firewalls = provider.firewalls();
    assert_eq!(firewalls.len(), 1, "made once");
    assert_eq!((&firewalls[0]["name"], &firewalls[0]["rules"]), (&json!("clawlets-cattle"), &json!([])));
    assert_eq!(firewalls[0]["labels"], json!({ "cattle": "true", "managed-by": "clawlets" }));
}

#[test]
fn a_firewall_that_was_opened_is_found_and_closed_and_one_can_do_without() {
    let provider = Provider::start();
    let inbound = json!({ "direction": "in", "protocol": "tcp", "port": "22", "source_ips": ["0.0.0.0/0"], "destination_ips": [] });
    let labels = json!({ "cattle": "true", "managed-by": "clawlets" });
    provider.add_firewall(json!({ "id": 77, "name": "clawlets-cattle", "labels": labels, "rules": [inbound], "applied_to": [] }));
    let site = site(&provider);
    let daemon = start(&site);
    daemon.enqueue(&spawn_request(json!({})));
    assert_eq!(provider.birth(0).body["firewalls"], json!([{ "firewall": 77 }]));
    assert_eq!((provider.firewalls().len(), &provider.firewalls()[0]["rules"]), (1, &json!([])));
    daemon.stop();
    site.configure(&format!("{}\n[cattle]\nfirewall = false\n", site.config()));
    let daemon = start(&site);
    daemon.enqueue(&spawn_request(json!({})));
    assert_eq!(provider.birth(1).body["firewalls"], json!([]));
}
