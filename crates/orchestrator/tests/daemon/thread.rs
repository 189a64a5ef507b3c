//! The whole way of one job.

use serde_json::json;

use crate::support::{Daemon, Guest, Provider, Site, agent_request, finished, spawn_request, until};

fn sha256(content: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(content))
}

#[test]
fn a_task_runs_in_a_vm_and_its_result_comes_back() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));

    let birth = provider.birth(0);
    assert_eq!(birth.boot.base_url, "http://10.0.2.2:18337");
    assert_eq!(birth.boot.remaining, 600);
    assert!(birth.name.starts_with("cattle-rex-") && birth.name.ends_with("-1"), "{}", birth.name);
    let relay = &provider.relays()[0];
    assert_eq!(relay["port"], 18337);
    assert_eq!(relay["selector"], "managed-by=clawlets,cattle=true,orchestrator=test-1");
    assert_eq!(relay["path"], site.relay().to_str().unwrap());

    let mut guest = Guest::of(&site, &birth);
    let env = guest.redeem(1).ok();
    assert_eq!(env.headers["cache-control"], "no-store");
    assert_eq!(env.json()["env"], json!({}));
    let work = guest.work().ok();
    let names: Vec<String> = tar::Archive::new(&work.body[..])
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["order.json", "task.json", "persona/SOUL.md", "persona/config.json"]);
    daemon.wait_for(&job, "phase", "ready");
    guest.beat("running").ok();
    daemon.wait_for(&job, "phase", "running");
    assert_eq!(guest.say(0, &["hi", "there"]).ok().json()["next"], 2);
    guest.beat("reporting").ok();
    guest.leave("out/a.txt", b"content", &sha256(b"content")).ok();
    guest.report(&finished()).ok();

    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("done"), &json!("finished")));
    provider.wait_until_empty();
    let result = daemon.get(&format!("/v1/jobs/{job}/result")).ok().json();
    assert_eq!((&result["exitCode"], &result["output"]), (&json!(0), &json!("hi")));
    assert_eq!(result["artifacts"][0]["name"], "out/a.txt");
    let artifact = daemon.get(&format!("/v1/jobs/{job}/artifacts/out/a.txt")).ok();
    assert_eq!(artifact.body, b"content");
    let logs = daemon.get(&format!("/v1/jobs/{job}/logs")).ok().text();
    assert_eq!(logs.lines().count(), 2, "{logs}");
    let events = daemon.events(&job);
    for event in
        ["enqueued", "claimed", "reserved", "creating", "created", "redeemed", "started", "ended", "gone"]
    {
        assert!(events.iter().any(|known| known == event), "{event} is missing in {events:?}");
    }
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn an_agent_task_gets_the_key_of_its_model_and_where_to_find_it() {
    let provider = Provider::start();
    let more = "[models.zai]\nbase_url = \"http://127.0.0.1:9/v1/\"\n[cattle.egress]\nallow = [\"127.0.0.1:9\"]\n[runner]\ncommand = [\"/opt/agent\", \"--once\"]\n";
    let site = Site::new(&provider, more);
    let daemon = site.start();
    daemon.enqueue(&agent_request(json!({})));
    let mut guest = Guest::of(&site, &provider.birth(0));
    let env = guest.redeem(1).ok().json();
    assert_eq!(env["env"], json!({ "ZAI_API_KEY": "sk-zai-0123456789" }));
    let work = guest.work().ok();
    let mut archive = tar::Archive::new(&work.body[..]);
    let order: serde_json::Value =
        serde_json::from_reader(archive.entries().unwrap().next().unwrap().unwrap()).unwrap();
    assert_eq!(order["model"], "zai/glm-4.7");
    assert_eq!(order["modelBaseUrl"], "http://127.0.0.1:9/v1");
    assert_eq!(order["egressProxy"], "http://10.0.2.2:18338");
    assert_eq!(order["runner"], json!(["/opt/agent", "--once"]));
    assert!(provider.relays().iter().any(|relay| relay["port"] == 18338));
}

#[test]
fn many_jobs_run_at_the_same_time() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let jobs: Vec<String> = (0..8).map(|_| daemon.enqueue(&spawn_request(json!({})))).collect();
    let births: Vec<_> = (0..8).map(|n| provider.birth(n)).collect();
    let mut guests: Vec<_> = births.iter().map(|birth| Guest::at_work(&site, birth)).collect();
    for guest in guests.iter_mut().rev() {
        guest.report(&finished()).ok();
    }
    for job in &jobs {
        daemon.wait_for(job, "vm", "gone");
    }
    provider.wait_until_empty();
    assert_eq!(leaks(&daemon), 0);
}

#[test]
fn a_follower_sees_the_log_grow_and_its_end() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut follower = daemon.connect();
    follower.send("GET", &format!("/v1/jobs/{}/logs?follow=1", &job[..12]), &[], b"");
    assert_eq!(follower.head(), 200);
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    guest.say(0, &["one"]).ok();
    let mut seen = String::new();
    until("the first line is seen", || {
        seen += &String::from_utf8(follower.chunk().unwrap()).unwrap();
        seen.contains("\"one\"").then_some(())
    });
    guest.say(1, &["two"]).ok();
    guest.report(&finished()).ok();
    while let Some(chunk) = follower.chunk() {
        seen += &String::from_utf8(chunk).unwrap();
    }
    assert!(seen.contains("id: 1\ndata: ") && seen.ends_with("event: end\ndata: {}\n\n"), "{seen}");
}

fn leaks(daemon: &Daemon) -> usize {
    daemon.get("/v1/cattle/leaks").ok().json()["cattle"].as_array().unwrap().len()
}

#[test]
fn a_large_persona_travels_whole_and_as_it_was_when_it_was_enqueued() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let skill = site.path("personas/rex/skills/sweep/SKILL.md");
    std::fs::create_dir_all(skill.parent().unwrap()).unwrap();
    std::fs::write(&skill, "sweep ".repeat(20_000)).unwrap();
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    std::fs::write(&skill, "something else").unwrap();
    daemon.kill();
    let daemon = site.start();
    let mut guest = Guest::of(&site, &provider.birth(0));
    guest.redeem(1).ok();
    let work = guest.work().ok();
    let mut archive = tar::Archive::new(&work.body[..]);
    let sizes: Vec<(String, u64)> = archive
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.path().unwrap().to_str().unwrap().to_owned(), entry.size()))
        .collect();
    assert!(sizes.contains(&("persona/skills/sweep/SKILL.md".to_owned(), 120_000)), "{sizes:?}");
    guest.report(&finished()).ok();
    daemon.wait_for_end(&job);
}
