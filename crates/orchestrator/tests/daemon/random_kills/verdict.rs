//! Reading the books when everything is over: what the daemon says, what the provider says, what guests were given.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{client::Client, guests::Redeemed};
use crate::support::{Daemon, Provider};

/// The VMs that may exist at once.
const CAP: usize = 6;

/// Everything that is not as it must be.
pub(super) fn of(daemon: &Daemon, provider: &Provider, client: &Client, redeemed: &Redeemed) -> Vec<String> {
    let mut complaints = provider.breaches();
    if provider.most_at_once() > CAP {
        complaints.push(format!("{} VMs existed at once, {CAP} may", provider.most_at_once()));
    }
    for server in provider.servers() {
        complaints.push(format!("a VM is left at the provider: {server}"));
    }
    let left = daemon.get("/v1/cattle").ok().json();
    if left["cattle"].as_array().is_none_or(|left| !left.is_empty()) {
        complaints.push(format!("the daemon has VMs that the provider has not: {left}"));
    }
    // What the provider was asked for, by job.
    let mut made: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for number in 0..provider.births() {
        let birth = provider.birth(number);
        let job = birth.body["labels"]["job-id"].as_str().unwrap_or_default().to_owned();
        made.entry(job).or_default().push(birth.server_id);
    }
    let mut seen = std::collections::BTreeSet::new();
    for job in &client.jobs {
        if !seen.insert(job) {
            complaints.push(format!("two requests became the same job {job}"));
        }
        let events = daemon.get(&format!("/v1/jobs/{job}/events")).ok().json();
        let events = events["events"].as_array().cloned().unwrap_or_default();
        let made = made.remove(job).unwrap_or_default();
        complaints
            .extend(of_job(&daemon.job(job), &events, &made).map(|complaint| format!("{job}: {complaint}")));
    }
    complaints.extend(made.into_keys().map(|job| format!("a VM was made for {job}, which nobody enqueued")));
    for (token, uses) in redeemed {
        if uses.len() > 1 {
            let ends: String = token.chars().take(6).collect();
            complaints.push(format!("the token {ends}… was redeemed {} times", uses.len()));
        }
    }
    complaints
}

/// What is wrong with one job, its history, and the VMs that were made for it.
fn of_job(job: &Value, events: &[Value], made: &[u64]) -> impl Iterator<Item = String> {
    let count = |word: &str| events.iter().filter(|event| event["event"] == word).count();
    let attempts = job["attempt"].as_u64().unwrap_or_default();
    let known: Vec<u64> = events
        .iter()
        .filter(|event| event["event"] == "created")
        .filter_map(|event| event["detail"].as_str()?.strip_prefix("server ")?.parse().ok())
        .collect();
    [
        (count("ended") != 1).then(|| format!("it ended {} times", count("ended"))),
        (count("redeemed") > 1).then(|| "its token was redeemed twice".to_owned()),
        (count("creating") as u64 != attempts)
            .then(|| format!("{attempts} attempts, {} intents", count("creating"))),
        (made.len() as u64 > attempts).then(|| format!("{} VMs in {attempts} attempts", made.len())),
        // A VM that was made and never heard of would be one that nobody looks for.
        (known.iter().any(|id| !made.contains(id)))
            .then(|| format!("it knows {known:?}, made were {made:?}")),
        (attempts > 0 && job["vm"] != "gone").then(|| format!("its VM is {}", job["vm"])),
    ]
    .into_iter()
    .flatten()
}
