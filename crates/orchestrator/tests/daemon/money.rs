//! Budgets.

use serde_json::json;

use crate::support::{Guest, Provider, Site, finished, spawn_request};

/// A `cx23` with its address costs 0.007 an hour, so ten minutes are 0.007 at most and two hours 0.014.
fn budget(monthly: &str, per_requester: &str) -> String {
    format!(
        "[cattle]\nmax_instances = 100\n[cattle.budget]\nmonthly_eur = {monthly}\nper_requester_monthly_eur = {per_requester}\n[bots.maren]\nmax_active = 50\n[bots.otto]\nmax_active = 50\n"
    )
}

#[test]
fn a_budget_refuses_with_the_sum_and_settles_what_was_used() {
    let provider = Provider::start();
    let site = Site::new(&provider, &budget("0.02", "0"));
    let daemon = site.start();
    let two_hours = || spawn_request(json!({ "payload": { "ttl": "2h" } }));
    let first = daemon.enqueue(&two_hours());
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    let refused = daemon.post("/v1/jobs/enqueue", &two_hours());
    assert_eq!((refused.status, refused.code().as_str()), (429, "capacity"));
    let expected = "monthly budget: 0.02 of 0.02 EUR spent or reserved, this VM needs up to 0.02 EUR";
    assert_eq!(refused.message(), expected);
    let waits = spawn_request(json!({ "whenFull": "queue", "payload": { "ttl": "2h" } }));
    assert_eq!(daemon.post("/v1/jobs/enqueue", &waits).message(), expected, "nobody waits for another month");

    let extension = json!({ "protocolVersion": 1, "ttl": "5h" });
    let refused = daemon.post(&format!("/v1/cattle/{first}/extend"), &extension);
    assert_eq!((refused.status, refused.code().as_str()), (429, "capacity"));
    let expires: i64 = provider.servers()[0]["labels"]["expires-at"].as_str().unwrap().parse().unwrap();
    assert!(expires < jiff::Timestamp::now().as_second() + 7_300, "the labels are as they were");

    guest.report(&finished()).ok();
    daemon.wait_for_end(&first);
    // One hour was used of two, so that another ten minutes fit.
    let second = daemon.enqueue(&spawn_request(json!({})));
    Guest::at_work(&site, &provider.birth(1)).report(&finished()).ok();
    assert_eq!(daemon.wait_for_end(&second)["status"], "done");
}

#[test]
fn every_requester_has_a_purse_of_its_own() {
    let provider = Provider::start();
    let site = Site::new(&provider, &budget("0", "0.01"));
    let daemon = site.start();
    let on_behalf_of = |bot: &str| spawn_request(json!({ "requester": bot }));
    let first = daemon.enqueue(&on_behalf_of("maren"));
    daemon.wait_for(&first, "phase", "booting");
    let refused = daemon.post("/v1/jobs/enqueue", &on_behalf_of("maren"));
    let expected =
        "monthly budget of maren: 0.01 of 0.01 EUR spent or reserved, this VM needs up to 0.01 EUR";
    assert_eq!(refused.message(), expected);
    let others = daemon.enqueue(&on_behalf_of("otto"));
    daemon.wait_for(&others, "phase", "booting");
}

#[test]
fn a_vm_without_a_price_is_not_made_under_a_budget() {
    let provider = Provider::start();
    let site = Site::new(&provider, &budget("10", "0"));
    let daemon = site.start();
    let unknown = json!({ "maxAttempts": 1, "payload": { "serverType": "cx99" } });
    let job = daemon.enqueue(&spawn_request(unknown));
    let ended = daemon.wait_for(&job, "status", "failed");
    let expected = "there is a budget, and the provider does not say what cx99 in nbg1 costs";
    assert_eq!(ended["message"], expected);
    assert_eq!(provider.births(), 0);
}
