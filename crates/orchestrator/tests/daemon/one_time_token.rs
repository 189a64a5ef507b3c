//! The one-time token and the session that it is redeemed for.

use std::{fs, io::Write, os::unix::net::UnixStream};

use serde_json::json;

use crate::support::{Connection, Guest, Provider, Site, agent_request, spawn_request, until};

#[test]
fn an_answer_that_was_lost_is_given_again_to_the_same_nonce() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&agent_request(json!({})));
    let birth = provider.birth(0);
    let first = Guest::of(&site, &birth).redeem(7).ok().json();
    let again = Guest::of(&site, &birth).redeem(7).ok().json();
    assert_eq!((&first["session"], &first["env"]), (&again["session"], &again["env"]));
    assert_eq!(daemon.events(&job).iter().filter(|event| *event == "redeemed").count(), 1);
}

#[test]
fn a_token_that_is_used_twice_is_an_incident_and_its_vm_is_destroyed() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    assert_eq!(Guest::of(&site, &birth).redeem(2).status, 401);
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("failed"), &json!("incident")));
    provider.wait_until_empty();
    assert!(daemon.events(&job).iter().any(|event| event == "incident"));
    assert_eq!(guest.beat("running").status, 410, "the session is over");
}

#[test]
fn a_token_from_another_vm_spends_nothing_and_is_remembered() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let mut thief = Guest::behind(&site, birth.server_id + 1, birth.boot.token.expose());
    let answer = thief.redeem(2);
    assert_eq!((answer.status, answer.headers["cache-control"].as_str()), (401, "no-store"));
    assert!(daemon.events(&job).iter().any(|event| event == "incident"));
    Guest::of(&site, &birth).redeem(1).ok();
}

#[test]
fn a_session_is_worth_nothing_behind_another_relay() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    assert_eq!(guest.again(&site, birth.server_id + 1).beat("running").status, 401);
    assert!(daemon.events(&job).iter().any(|event| event == "incident"));
    guest.beat("running").ok();
}

#[test]
fn wrong_guesses_are_limited_for_each_guest_alone() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let mut guesser = Guest::behind(&site, 1, &"ab".repeat(32));
    let statuses: Vec<u16> = (0..30).map(|_| guesser.redeem(1).status).collect();
    assert_eq!((&statuses[..20], &statuses[20..]), (&[401; 20][..], &[429; 10][..]));
    Guest::of(&site, &birth).redeem(1).ok();
}

#[test]
fn a_secret_that_cannot_be_read_spends_no_token() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&agent_request(json!({})));
    let birth = provider.birth(0);
    daemon.wait_for(&job, "phase", "booting");
    fs::remove_file(site.path("zai")).unwrap();
    assert_eq!(Guest::of(&site, &birth).redeem_once(1).status, 503);
    site.secret("zai", "sk-zai-rotated-1");
    let env = Guest::of(&site, &birth).redeem(2).ok().json();
    assert_eq!(env["env"]["ZAI_API_KEY"], "sk-zai-rotated-1");
}

#[test]
fn a_malformed_presentation_spends_nothing() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let bearer = format!("Bearer {}", birth.boot.token.expose());
    for (headers, status) in [
        (vec![("Authorization", bearer.as_str())], 400),
        (vec![("Authorization", bearer.as_str()), ("Clawlets-Boot-Nonce", "short")], 400),
        (vec![("Authorization", "Basic abc")], 401),
    ] {
        let mut raw = Guest::of(&site, &birth);
        assert_eq!(raw.with_headers("GET", "/v1/cattle/env", &headers).status, status, "{headers:?}");
    }
    Guest::of(&site, &birth).redeem(1).ok();
}

#[test]
fn a_connection_without_a_relays_header_is_dropped() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let _daemon = site.start();
    let mut stream = UnixStream::connect(site.relay()).unwrap();
    stream.write_all(b"GET /v1/cattle/env HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(Connection::new(stream).response().is_none());
}

#[test]
fn nothing_that_opens_a_door_is_on_the_disk() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    daemon.enqueue(&agent_request(json!({})));
    let birth = provider.birth(0);
    let session = Guest::of(&site, &birth).redeem(1).ok().json()["session"].as_str().unwrap().to_owned();
    daemon.kill();
    let token = birth.boot.token.expose().clone();
    for secret in [session.as_str(), token.as_str(), "sk-zai-0123456789"] {
        for file in
            until("the store has files", || Some(files_below(&site.path("store"))).filter(|f| !f.is_empty()))
        {
            let content = fs::read(&file).unwrap_or_default();
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
        assert!(!site.log_text().contains(secret), "the log holds a secret");
    }
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}
