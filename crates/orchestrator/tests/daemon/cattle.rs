//! Canceling, destroying, extending, keeping, reaping.

use serde_json::{Value, json};

use crate::support::{Guest, Provider, Site, finished, spawn_request, until};

const FULL: &str = "[cattle]\nmax_instances = 1\n";

#[test]
fn a_job_can_be_canceled_in_every_phase() {
    let provider = Provider::start();
    let site = Site::new(&provider, FULL);
    let daemon = site.start();
    let cancel = |job: &str| daemon.post(&format!("/v1/jobs/{job}/cancel"), &json!({}));

    let booting = daemon.enqueue(&spawn_request(json!({})));
    provider.birth(0);
    daemon.wait_for(&booting, "phase", "booting");
    let waiting = daemon.enqueue(&spawn_request(json!({ "whenFull": "queue" })));
    assert_eq!(daemon.wait_for(&waiting, "position", 1)["phase"], "reserving");
    assert_eq!(cancel(&waiting).ok().json()["job"]["status"], "canceled", "it waited in line");
    cancel(&booting).ok();
    assert_eq!(daemon.wait_for_end(&booting)["status"], "canceled");

    let running = daemon.enqueue(&spawn_request(json!({ "whenFull": "queue" })));
    let mut guest = Guest::at_work(&site, &provider.birth(1));
    cancel(&running).ok();
    cancel(&running).ok();
    assert_eq!(guest.beat("running").ok().json()["cancel"], true);
    guest.report(&json!({ "status": "canceled", "reason": "canceled", "durationMs": 1 })).ok();
    assert_eq!(daemon.wait_for_end(&running)["status"], "canceled");
    assert_eq!(cancel(&running).status, 409);

    let silent = daemon.enqueue(&spawn_request(json!({ "whenFull": "queue" })));
    Guest::at_work(&site, &provider.birth(2));
    cancel(&silent).ok();
    assert_eq!(daemon.wait_for_end(&silent)["reason"], "canceled", "its guest never answered");
    provider.wait_until_empty();
}

#[test]
fn a_full_project_refuses_or_lets_wait_in_line() {
    let provider = Provider::start();
    let site = Site::new(&provider, FULL);
    let daemon = site.start();
    let first = daemon.enqueue(&spawn_request(json!({})));
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    let refused = daemon.post("/v1/jobs/enqueue", &spawn_request(json!({})));
    assert_eq!((refused.status, refused.code().as_str()), (429, "capacity"), "{}", refused.text());
    assert_eq!(refused.message(), "maxInstances reached (1/1)");
    let second = daemon.enqueue(&spawn_request(json!({ "whenFull": "queue" })));
    daemon.wait_for(&second, "position", 1);
    assert_eq!(provider.births(), 1);
    guest.report(&finished()).ok();
    daemon.wait_for_end(&first);
    Guest::at_work(&site, &provider.birth(1)).report(&finished()).ok();
    daemon.wait_for_end(&second);
}

#[test]
fn an_operator_sees_extends_and_destroys_vms() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[cattle]\nmax_ttl = \"1h\"\nlabels = { team = \"blue\" }\n");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    let listed = daemon.get("/v1/cattle").ok().json()["cattle"][0].clone();
    assert_eq!((&listed["jobId"], &listed["requester"]), (&json!(job), &json!("operator")));
    assert!(listed["remainingSeconds"].as_i64().unwrap() > 500, "{listed}");
    assert_eq!(listed["costEur"], 0.007, "an hour that has begun, with its address");

    let ttl = |ttl: &str| json!({ "protocolVersion": 1, "ttl": ttl });
    assert_eq!(daemon.post(&format!("/v1/cattle/{}/extend", birth.name), &ttl("2h")).status, 400);
    daemon.post(&format!("/v1/cattle/{}/extend", birth.name), &ttl("50m")).ok();
    assert!(guest.beat("running").ok().json()["remaining"].as_u64().unwrap() > 2_900);
    let labels = &provider.servers()[0]["labels"];
    assert_eq!((&labels["team"], &labels["job-id"]), (&json!("blue"), &json!(job)));
    let expires: i64 = labels["expires-at"].as_str().unwrap().parse().unwrap();
    assert!(expires > jiff::Timestamp::now().as_second() + 2_900);

    let console = |from: u64| daemon.get(&format!("/v1/cattle/{job}/console?from={from}")).ok().json();
    assert_eq!((&console(0)["text"], &console(0)["next"]), (&json!("Linux boots\n"), &json!(12)));
    assert_eq!(console(12)["text"], "");

    let destroyed = daemon.delete(&format!("/v1/cattle/{}", birth.server_id)).ok().json();
    assert_eq!(destroyed["serverId"], birth.server_id);
    let ended = daemon.wait_for_end(&job);
    assert_eq!(ended["status"], "canceled");
    provider.wait_until_empty();
    assert_eq!(daemon.delete(&format!("/v1/cattle/{}", birth.server_id)).status, 409);
    assert_eq!(daemon.delete("/v1/cattle/nothing").status, 404);
}

#[test]
fn a_vm_that_is_kept_for_inspection_stays_until_it_is_destroyed() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({ "payload": { "autoShutdown": false } })));
    Guest::at_work(&site, &provider.birth(0)).report(&finished()).ok();
    let ended = daemon.wait_for(&job, "status", "done");
    assert_eq!(ended["vm"], "live");
    daemon.post("/v1/cattle/reap", &json!({ "protocolVersion": 1 })).ok();
    assert_eq!(provider.servers().len(), 1, "the reaper leaves it");
    daemon.delete(&format!("/v1/cattle/{job}")).ok();
    daemon.wait_for_end(&job);
    assert_eq!(daemon.job(&job)["status"], "done");
}

#[test]
fn the_reaper_takes_what_must_not_exist_and_nothing_else() {
    let provider = Provider::start();
    let now = jiff::Timestamp::now().as_second();
    let labels = |orchestrator: &str, expires_at: &str| {
        json!({
            "managed-by": "clawlets", "cattle": "true", "orchestrator": orchestrator,
            "job-id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "attempt": "1", "expires-at": expires_at,
        })
    };
    let (past, long_past, future) =
        ((now - 60).to_string(), (now - 3_600).to_string(), (now + 3_600).to_string());
    let old = "2026-01-01T00:00:00Z";
    let fresh = jiff::Timestamp::now().to_string();
    for (id, name, labels, created) in [
        (1, "ours-expired", labels("test-1", &past), old),
        (2, "ours-malformed", labels("test-1", "soon"), old),
        (3, "ours-unowned", labels("test-1", &future), old),
        (4, "ours-too-young-to-judge", labels("test-1", &future), fresh.as_str()),
        (5, "theirs-live", labels("other", &future), old),
        (6, "theirs-just-expired", labels("other", &past), old),
        (7, "theirs-long-expired", labels("other", &long_past), old),
    ] {
        provider.add_server(id, name, &labels, created);
    }
    // The sweep at the start deletes at once; so the dry run has its own daemon and provider state.
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let names = |servers: Vec<Value>| -> Vec<String> {
        servers.iter().map(|server| server["name"].as_str().unwrap().to_owned()).collect()
    };
    let kept = ["ours-too-young-to-judge", "theirs-live", "theirs-just-expired"];
    until("the sweep at the start is over", || (provider.servers().len() == kept.len()).then_some(()));
    assert_eq!(names(provider.servers()), kept);
    let leaks = daemon.get("/v1/cattle/leaks").ok().json();
    assert_eq!(leaks["cattle"][0]["name"], "ours-too-young-to-judge");

    provider.add_server(8, "ours-expired-2", &labels("test-1", &past), old);
    let dry = daemon.post("/v1/cattle/reap", &json!({ "protocolVersion": 1, "dryRun": true })).ok().json();
    assert_eq!(dry["reaped"], json!([{ "serverId": 8, "name": "ours-expired-2", "why": "expired" }]));
    assert_eq!(provider.servers().len(), 4);
    let reap = json!({ "protocolVersion": 1, "kind": "cattle.reap", "payload": { "dryRun": false } });
    let job = daemon.enqueue(&reap);
    let ended = daemon.wait_for(&job, "status", "done");
    assert_eq!(ended["message"], "deleted 1 VMs: ours-expired-2 (expired)");
    assert_eq!(names(provider.servers()), kept);

    assert_eq!(daemon.delete("/v1/cattle/theirs-live").status, 403);
    daemon.delete("/v1/cattle/ours-too-young-to-judge").ok();
    assert_eq!(provider.servers().len(), 2);
}

#[test]
fn metrics_are_text_that_prometheus_reads() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    Guest::at_work(&site, &provider.birth(0)).report(&finished()).ok();
    daemon.wait_for_end(&job);
    let text = daemon.get("/metrics").ok().text();
    for expected in ["clf_jobs{status=\"done\"} 1", "clf_servers 0", "clf_servers_created_total 1"] {
        assert!(text.contains(expected), "{expected} is missing in:\n{text}");
    }
}
