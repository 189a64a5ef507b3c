//! How much is asked of the provider, and of the daemon by many at once.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Guest, Provider, Site, finished, spawn_request, until};

#[test]
fn a_whole_life_takes_three_requests_beside_polling() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    until("the provider was looked at", || {
        let seen = provider.requests();
        ["GET /v1/servers", "GET /v1/pricing"]
            .iter()
            .all(|one| seen.iter().any(|seen| seen == one))
            .then_some(())
    });
    let before = provider.requests().len();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    Guest::at_work(&site, &birth).report(&finished()).ok();
    daemon.wait_for_end(&job);
    let is_poll = |one: &&String| *one == "GET /v1/actions" || *one == "POST /_local/relays";
    let asked: Vec<String> =
        provider.requests()[before..].iter().filter(|one| !is_poll(one)).cloned().collect();
    let server = format!("/v1/servers/{}", birth.server_id);
    assert_eq!(asked, ["POST /v1/servers".to_owned(), format!("DELETE {server}"), format!("GET {server}")]);
}

#[test]
fn a_thousand_enqueues_at_once_never_exceed_a_bots_quota() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[cattle]\nmax_instances = 100\n[bots.maren]\nmax_active = 7\n");
    let daemon = Arc::new(site.start());
    let job = daemon.enqueue(&spawn_request(json!({ "requester": "maren" })));
    daemon.wait_for(&job, "phase", "booting");
    let threads: Vec<_> = (0..50)
        .map(|_| {
            let daemon = Arc::clone(&daemon);
            std::thread::spawn(move || {
                let mut accepted = 0;
                for _ in 0..20 {
                    let answer =
                        daemon.post("/v1/jobs/enqueue", &spawn_request(json!({ "requester": "maren" })));
                    match answer.status {
                        200 => accepted += 1,
                        429 => assert_eq!(answer.message(), "maxActive of maren reached (7/7)"),
                        other => panic!("{other}: {}", answer.text()),
                    }
                }
                accepted
            })
        })
        .collect();
    let accepted: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(accepted, 6, "one of seven was there before");
    until("all of them boot", || (provider.births() == 7).then_some(()));
    assert_eq!(provider.servers().len(), 7);
}

#[test]
fn those_who_wait_in_line_take_turns() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[cattle]\nmax_instances = 1\n[bots.maren]\n[bots.otto]\n");
    let daemon = site.start();
    let waits = |bot: &str| spawn_request(json!({ "requester": bot, "whenFull": "queue" }));
    let first = daemon.enqueue(&waits("maren"));
    daemon.wait_for(&first, "phase", "booting");
    let queue = ["maren", "maren", "otto"].map(|bot| daemon.enqueue(&waits(bot)));
    for (at, job) in queue.iter().enumerate() {
        assert_eq!(daemon.wait_for(job, "position", at + 1)["phase"], "reserving");
    }
    let mut order = Vec::new();
    for number in 0..4 {
        let birth = provider.birth(number);
        order.push(birth.body["labels"]["requester"].as_str().unwrap().to_owned());
        Guest::at_work(&site, &birth).report(&finished()).ok();
    }
    assert_eq!(order, ["maren", "otto", "maren", "maren"]);
    for job in &queue {
        daemon.wait_for(job, "vm", "gone");
    }
}
