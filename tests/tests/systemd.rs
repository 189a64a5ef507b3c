//! The units on a real systemd, in a container: who may use the socket, what starts what, what survives what.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "systemd/cgroup.rs"]
mod cgroup;
#[path = "systemd/empty_provider.rs"]
mod empty_provider;
#[path = "systemd/host.rs"]
mod host;
#[path = "systemd/updates.rs"]
mod updates;

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use clawlets_tests::{eventually, eventually_within, skip};
use empty_provider::EmptyProvider;
use host::Host;
use serde_json::{Value, json};

const TEST: &str = "the_units_work_on_a_real_systemd";
/// How many jobs are enqueued while the service restarts.
const LOAD: usize = 200;

/// A spawn that is not due for a day, so that it needs no VM.
fn tomorrow(key: &str) -> Value {
    json!({
        "protocolVersion": 1, "kind": "cattle.spawn", "idempotencyKey": key, "runAt": later(),
        "payload": {
            "persona": "rex", "ttl": "10m",
            "task": { "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["true"] },
        },
    })
}

fn later() -> String {
    let output = Command::new("date").args(["-u", "-d", "1 day", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_units_work_on_a_real_systemd() {
    let provider = EmptyProvider::start();
    let Some(host) = Host::boot(TEST, &provider) else { return };
    the_socket_starts_the_service(&host);
    only_bots_and_operators_get_in(&host);
    each_sees_what_is_theirs(&host);
    metrics_are_read_by_prometheus_own_parser(&host);
    a_restart_under_load_loses_nothing(&host);
    a_killed_daemon_comes_back_by_itself(&host);
    a_dead_daemons_expired_vm_is_swept_by_the_timer(&host, &provider);
    a_wrong_configuration_is_not_tried_again_and_again(&host);
}

fn the_socket_starts_the_service(host: &Host) {
    host.root("systemctl start clf-orchestrator.socket").succeeds();
    assert_eq!(host.root("systemctl is-active clf-orchestrator.service").out().trim(), "inactive");
    host.bot("clf jobs list").succeeds();
    // It answers a moment before systemd has read that it is ready.
    eventually("the service is active", || {
        (host.root("systemctl is-active clf-orchestrator.service").out().trim() == "active").then_some(())
    });
}

fn only_bots_and_operators_get_in(host: &Host) {
    let looks = host.root(
        "stat -c '%a %U %G' /run/clf /run/clf/orchestrator.sock /var/lib/clf/orchestrator; \
         stat -c %U /proc/$(systemctl show -P MainPID clf-orchestrator.service)",
    );
    let expected =
        "755 root root\n660 root clf-bots\n700 clf-orchestrator clf-orchestrator\nclf-orchestrator\n";
    assert_eq!(looks.succeeds(), expected);
    let stranger = host.of("nobody", "clf jobs list");
    assert_eq!(stranger.code(), 6, "{}", stranger.talk());
    assert!(host.bot("cat /var/lib/clf/orchestrator/state.sqlite /etc/clf/token").code() != 0);
}

fn each_sees_what_is_theirs(host: &Host) {
    let (status, theirs) = host.call("POST", "/v1/jobs/enqueue", &tomorrow("operators"));
    assert_eq!(status, 200, "{theirs}");
    let spawn = "clf jobs enqueue cattle.spawn --persona rex --task-file /etc/clf/task.json --ttl 10m --json";
    let own = host.bot(spawn).json()["jobId"].as_str().unwrap().to_owned();
    let ids = |user: &str| -> BTreeSet<String> {
        let jobs = host.of(user, "clf jobs list --json").json()["jobs"].take();
        jobs.as_array().unwrap().iter().map(|job| job["jobId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("bot-maren"), BTreeSet::from([own.clone()]));
    assert_eq!(ids("ops"), BTreeSet::from([own.clone(), theirs["jobId"].as_str().unwrap().to_owned()]));
    assert!(host.of("ops", "clawlets cattle list --json").ok());
    assert!(!host.bot("clawlets cattle list --json").ok(), "a bot lists no VMs");
    host.bot(&format!("clf jobs cancel {own}")).succeeds();
}

fn metrics_are_read_by_prometheus_own_parser(host: &Host) {
    let (status, text) = host.exchange("GET", "/metrics", "").unwrap();
    assert_eq!(status, 200, "{text}");
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    let venv = std::env::var_os("CLAWLETS_VENV").map_or_else(|| cache.join("clawlets/venv"), PathBuf::from);
    let program = "import sys\n\
        from prometheus_client.parser import text_string_to_metric_families as read\n\
        for family in read(sys.stdin.read()):\n    \
            print(family.name, family.type, len(family.samples))\n";
    let mut python = match Command::new(venv.join("bin/python"))
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    {
        Ok(python) => python,
        Err(error) => return skip(TEST, &format!("prometheus' parser is missing: {error}")),
    };
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    for family in ["clf_jobs gauge", "clf_servers gauge"] {
        assert!(said.contains(family), "{family} is not among\n{said}");
    }
}

fn a_restart_under_load_loses_nothing(host: &Host) {
    let listed = |host: &Host| -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        let mut path = "/v1/jobs?limit=100".to_owned();
        loop {
            let (status, page) = host.call("GET", &path, &Value::Null);
            assert_eq!(status, 200, "{page}");
            ids.extend(
                page["jobs"].as_array().unwrap().iter().map(|job| job["jobId"].as_str().unwrap().to_owned()),
            );
            match page["nextCursor"].as_str() {
                Some(cursor) => path = format!("/v1/jobs?limit=100&cursor={cursor}"),
                None => return ids,
            }
        }
    };
    let before = listed(host);
    let accepted: BTreeSet<String> = thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|caller| {
                scope.spawn(move || {
                    let mut accepted = Vec::new();
                    for number in 0..LOAD / 8 {
                        let request = tomorrow(&format!("load-{caller}-{number}"));
                        // Whoever gets no answer asks again, with the same key.
                        accepted.push(eventually("the job is accepted", || {
                            let (status, answer) =
                                host.try_call("POST", "/v1/jobs/enqueue", &request).ok()?;
                            (status == 200).then(|| answer["jobId"].as_str().unwrap().to_owned())
                        }));
                    }
                    accepted
                })
            })
            .collect();
        for _ in 0..3 {
            host.root("systemctl restart clf-orchestrator.service").succeeds();
        }
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    assert_eq!(accepted.len(), LOAD, "each was accepted once");
    let after = listed(host);
    let new: BTreeSet<String> = after.difference(&before).cloned().collect();
    assert_eq!(new, accepted, "what was accepted is what is there");
    let log = host.root("journalctl -u clf-orchestrator.service --no-pager -o cat").out();
    assert_eq!(
        log.matches("the orchestrator stopped; its VMs go on").count(),
        3,
        "each stop was in order:\n{log}"
    );
}

fn a_killed_daemon_comes_back_by_itself(host: &Host) {
    let pid = || host.root("systemctl show -P MainPID clf-orchestrator.service").out().trim().to_owned();
    let first = pid();
    host.root("systemctl kill -s KILL clf-orchestrator.service").succeeds();
    eventually("another daemon runs", || {
        let next = pid();
        (next != "0" && next != first).then_some(())
    });
    host.bot("clf jobs list").succeeds();
}

fn a_dead_daemons_expired_vm_is_swept_by_the_timer(host: &Host, provider: &EmptyProvider) {
    host.root("systemctl stop clf-orchestrator.socket clf-orchestrator.service").succeeds();
    provider.add(7, "cattle-expired", "container-1", -60);
    provider.add(8, "cattle-live", "container-1", 3_600);
    // The shipped timer, with a first time that a test can wait for.
    host.root(
        "mkdir -p /run/systemd/system/clf-sweep.timer.d && \
         printf '[Timer]\\nOnBootSec=\\nOnActiveSec=1s\\nRandomizedDelaySec=0\\n' \
           > /run/systemd/system/clf-sweep.timer.d/soon.conf && \
         systemctl daemon-reload && systemctl start clf-sweep.timer",
    )
    .succeeds();
    eventually_within(Duration::from_secs(60), "the timer sweeps", || {
        (provider.names() == ["cattle-live"]).then_some(())
    });
    let result = || host.root("systemctl show -P Result -P ActiveState clf-sweep.service").out();
    eventually("the sweep ends well", || result().contains("inactive").then_some(()));
    assert!(result().contains("success"), "{}", result());
    assert_eq!(host.root("systemctl is-active clf-orchestrator.service").out().trim(), "inactive");
}

fn a_wrong_configuration_is_not_tried_again_and_again(host: &Host) {
    host.root("echo nonsense = 1 >> /etc/clf/orchestrator.toml; systemctl start clf-orchestrator.service");
    let shown = host
        .root("systemctl show -p ExecMainStatus -p NRestarts -p ActiveState clf-orchestrator.service")
        .out();
    let shown: BTreeSet<&str> = shown.lines().collect();
    assert_eq!(shown, BTreeSet::from(["ActiveState=failed", "ExecMainStatus=78", "NRestarts=0"]));
}
