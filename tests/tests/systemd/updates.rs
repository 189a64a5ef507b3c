//! Releases on a real systemd with the real Nix: a timer finds one, a service applies it from inside its sandbox, a switch
//! restarts that service, and a bad release is taken back with its secrets.

use std::time::Duration;

use clawlets_tests::eventually_within;
use serde_json::Value;

use crate::{empty_provider::EmptyProvider, host::Host};

const PATIENCE: Duration = Duration::from_secs(90);
const TEST: &str = "a_timer_finds_a_release_and_a_service_proves_it_or_takes_it_back";

/// Everything that is not the host's: whoever publishes, and the site with releases and packages.
const DESK: &str = include_str!("desk.sh");

#[test]
fn a_timer_finds_a_release_and_a_service_proves_it_or_takes_it_back() {
    let provider = EmptyProvider::start();
    let Some(host) = Host::boot(TEST, &provider) else { return };
    if !host.root("command -v nix-store && systemctl cat nix-daemon.socket").ok() {
        return clawlets_tests::skip(TEST, "the Debian has no nix: run scripts/systemd-root");
    }
    host.root(&format!("cat > /root/desk.sh <<'END_OF_FILE'\n{DESK}\nEND_OF_FILE\n")).succeeds();
    desk(&host, "set-up").succeeds();

    secrets_are_opened_before_there_is_any_release(&host);
    let first = publish(&host, 1, "fine");
    the_timer_finds_it_and_it_is_applied(&host, &first);
    a_bad_one_is_taken_back_with_its_secrets(&host, &first);
    a_secret_that_cannot_be_opened_takes_the_release_back(&host, &first);
    let last = publish(&host, 4, "fine");
    host.root("systemctl start clawlets-update-fetch.service").succeeds();
    is_at(&host, &last, 4);
    let verified = host.root("clawlets-host update verify-state");
    assert!(verified.ok(), "{}", verified.talk());
}

fn desk(host: &Host, words: &str) -> clawlets_tests::Run {
    host.root(&format!("sh /root/desk.sh {words}"))
}

/// Publishes a release; the path of its system, which is in the cache and nowhere else.
fn publish(host: &Host, number: u32, health: &str) -> String {
    desk(host, &format!("publish {number} {health}")).succeeds().lines().last().unwrap().to_owned()
}

fn status(host: &Host) -> Value {
    host.root("clawlets-host update status --json").json()
}

/// The host comes to run this system, with its secrets, and boots it by default.
fn is_at(host: &Host, system: &str, number: u32) {
    eventually_within(PATIENCE, "the release is applied", || {
        let status = status(host);
        assert!(status["result"] != "rolled-back" && status["result"] != "backing-off", "{status}");
        // An updater that was started again looks once more when it is through.
        let is_through = status["result"] == "applied" || status["result"] == "up-to-date";
        (is_through && status["current"] == system).then_some(())
    });
    let looks = host.root(
        "readlink /run/current-system; cat /var/lib/boot-default; readlink -f /nix/var/nix/profiles/system",
    );
    assert_eq!(looks.succeeds(), format!("{system}\n").repeat(3));
    assert_eq!(host.root("cat /run/clawlets/secrets/token").succeeds(), format!("made up {number}"));
}

fn secrets_are_opened_before_there_is_any_release(host: &Host) {
    host.root("systemctl start clawlets-secrets").succeeds();
    let looks = host.root(
        "cat /run/clawlets/secrets/token; echo; stat -c '%a %U' /run/clawlets/secrets/token; \
         stat -f -c %T /run/clawlets/secrets/; stat -c '%a' /run/clawlets/secrets/ /var/lib/clawlets/secrets",
    );
    assert_eq!(looks.succeeds(), "made up 0\n400 bot-maren\ntmpfs\n711\n755\n");
    assert!(!host.of("nobody", "cat /run/clawlets/secrets/token").ok());
}

fn the_timer_finds_it_and_it_is_applied(host: &Host, system: &str) {
    assert!(!host.root(&format!("test -e {system}")).ok(), "it is to come from the cache");
    // The shipped timer, with a first time that a test can wait for.
    host.root(
        "mkdir -p /run/systemd/system/clawlets-update-fetch.timer.d && \
         printf '[Timer]\\nOnBootSec=\\nOnActiveSec=1s\\nRandomizedDelaySec=0\\n' \
           > /run/systemd/system/clawlets-update-fetch.timer.d/soon.conf && \
         systemctl daemon-reload && systemctl start clawlets-update-fetch.timer",
    )
    .succeeds();
    is_at(host, system, 1);
    // The switch wrote where the updater's sandbox lets nobody write, and restarted the updater, which did not switch again.
    assert_eq!(host.root("cat /etc/switched").succeeds(), "test 1\nboot 1\n");
    let restarts = "journalctl -u clawlets-update-apply.service -o cat --no-pager | grep -c '^Starting '";
    let starts: u32 = host.root(restarts).succeeds().trim().parse().unwrap();
    assert!(starts >= 2, "the updater was started {starts} times");
    let results =
        host.root("systemctl show -P Result clawlets-update-fetch.service clawlets-update-apply.service");
    assert_eq!(results.succeeds().split_whitespace().collect::<Vec<_>>(), ["success", "success"]);
}

fn a_bad_one_is_taken_back_with_its_secrets(host: &Host, good: &str) {
    let bad = publish(host, 2, "sick");
    host.root("systemctl start clawlets-update-fetch.service").succeeds();
    assert_eq!(left(host, 2)["check"]["what"], "command grep");
    assert!(host.root("cat /etc/switched").succeeds().contains("test 2"), "it was tried");
    assert_ne!(bad, good);
    is_back_at(host, good);
}

/// Waits until an attempt at this release has ended, and gives the reason.
fn left(host: &Host, number: u32) -> Value {
    eventually_within(PATIENCE, "the release is left", || {
        let status = status(host);
        let attempt = &status["lastAttempt"];
        let is_over = ["rolled-back", "backing-off"].contains(&status["result"].as_str()?);
        let is_it = attempt["order"]["releaseId"] == number;
        (is_over && is_it).then(|| attempt["ended"]["failure"].clone())
    })
}

/// The system of the first release runs with its own secrets.
fn is_back_at(host: &Host, good: &str) {
    assert_eq!(status(host)["current"], good);
    assert_eq!(host.root("cat /run/clawlets/secrets/token").succeeds(), "made up 1");
    assert_eq!(host.root("cat /var/lib/boot-default").succeeds().trim(), good);
}

fn a_secret_that_cannot_be_opened_takes_the_release_back(host: &Host, good: &str) {
    desk(host, "publish 3 fine --for-somebody-else").succeeds();
    host.root("systemctl start clawlets-update-fetch.service").succeeds();
    assert!(!left(host, 3)["switch"].is_null(), "its switch says so");
    is_back_at(host, good);
    let log = host.root("journalctl -u clawlets-secrets.service -o cat --no-pager").out();
    assert!(log.contains("clawlets::secrets::closed"), "{log}");
}
