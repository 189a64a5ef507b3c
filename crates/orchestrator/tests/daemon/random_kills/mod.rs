//! The real daemon, killed without warning at moments drawn by chance, over and over, while jobs are enqueued, guests
//! work and the provider has its faults. Then the books are read.
//!
//! `CLAWLETS_SEED` replays a run's draws: when the daemon is killed, what the provider does wrong, what each guest does.
//! `CLAWLETS_MATRIX=full` makes the run ten times as long.

mod chance;
mod client;
mod guests;
mod verdict;

use std::{
    io::Write as _,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use chance::Chance;
use client::Client;
use guests::Guests;

use crate::support::{Mishap, Provider, Site};

/// How many jobs a usual run has, and how often its daemon is killed.
const JOBS: usize = 28;
const KILLS: usize = 18;
/// How long a usual run may take until everything is over.
const PATIENCE: Duration = Duration::from_secs(180);

const CONFIG: &str = r#"
[cattle]
max_instances = 6
boot_timeout = "3s"
silence = "5s"
lost_after = "8s"

[reaper]
interval = "1s"
unowned_grace = "2s"
"#;

#[test]
fn a_daemon_that_is_killed_at_random_loses_no_job_doubles_no_vm_and_leaves_none() {
    let told = std::env::var("CLAWLETS_SEED").ok().map(|text| text.parse::<u64>().unwrap());
    let is_whole = std::env::var_os("CLAWLETS_MATRIX").is_some_and(|size| size == "full");
    let factor = if is_whole { 10 } else { 1 };
    let seed = told.unwrap_or_else(|| u64::from(std::process::id()) << 20);
    say(&format!("random kills: CLAWLETS_SEED={seed}"));

    let provider = Arc::new(Provider::start());
    let site = Arc::new(Site::new(&provider, CONFIG));
    let stop = Arc::new(AtomicBool::new(false));
    let guests = Guests::begin(seed, &site, &provider, &stop);
    let chance = Chance::new(seed, "deaths");
    let (jobs, kills) = (JOBS * factor, KILLS * factor);
    let mut client = Client::new(seed, jobs);
    let begun = Instant::now();
    for _ in 0..kills {
        trouble(&chance, &provider);
        let daemon = site.start();
        let life = chance.between(Duration::from_millis(20), Duration::from_millis(900));
        client.act_for(life, &site);
        daemon.kill();
        client.wait(chance.between(Duration::ZERO, Duration::from_millis(150)));
    }
    // The last one lives on.
    let daemon = site.start();
    let deadline = begun + PATIENCE * u32::try_from(factor).unwrap();
    let settled = client.settle(&daemon, &provider, deadline);
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let redeemed = guests.end();
    let complaints = verdict::of(&daemon, &provider, &client, &redeemed);
    say(&format!(
        "random kills: {jobs} jobs, {kills} kills, {} VMs, {} tokens redeemed, {:.1} s, {} complaints",
        provider.births(),
        redeemed.len(),
        begun.elapsed().as_secs_f64(),
        complaints.len()
    ));
    assert!(settled, "something is left to do (CLAWLETS_SEED={seed}): {}", client.unsettled(&daemon));
    assert!(complaints.is_empty(), "CLAWLETS_SEED={seed}:\n{}", complaints.join("\n"));
}

/// What the provider does wrong in the next life of the daemon.
fn trouble(chance: &Chance, provider: &Provider) {
    for _ in 0..chance.below(3) {
        match chance.below(8) {
            0 => provider.on_create(Mishap::LostAnswer),
            1 => provider.on_create(Mishap::Hangs),
            2 => provider.on_create(Mishap::Refused(503, "unavailable")),
            3 => provider.on_create(Mishap::Refused(412, "resource_unavailable")),
            4 => provider.on_create(Mishap::Fails("server_error")),
            5 => provider.on_delete(Mishap::Refused(423, "locked")),
            6 => provider.on_delete(Mishap::Refused(409, "conflict")),
            _ => provider.on_delete(Mishap::Refused(503, "unavailable")),
        }
    }
}

/// Past the test runner, which keeps what a passing test prints.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
