//! The shared memory of a host.

use std::process::Command;

use clawlets_tests::Run;
use serde_json::{Value, json};

use crate::{
    bots::{two_bots, unit_file},
    desk::{Desk, declaration, system, texts},
    empty_provider::EmptyProvider,
    host::Host,
};

const SERVER: &str = "fs-0123456789abcdef0.efs.eu-central-1.amazonaws.com";

fn remote() -> Value {
    let mut fleet = declaration(&json!({}));
    fleet["memory"] = json!({ "backend": "efs", "mountPoint": "/srv/hive-mind", "server": SERVER });
    fleet
}

#[test]
fn a_memory_on_the_host_has_its_group_its_rules_and_its_seed() {
    let test = "a_memory_on_the_host_has_its_group_its_rules_and_its_seed";
    let mut fleet = two_bots();
    fleet["memory"] = json!({ "protected": ["project.md", "rules/"] });
    let Some(desk) = Desk::declaring(test, &fleet) else { return };
    let files = desk.config("web-1", "environment.etc");
    let policy = files["clawlets/memory.toml"]["text"].as_str().unwrap();
    for line in [
        "root = \"/memory\"",
        "mounted = false",
        "group = \"clf-memory\"",
        "operators = \"clf-operators\"",
        "protected = [\"project.md\",\"rules/\"]",
    ] {
        assert!(policy.lines().any(|found| found == line), "{policy}");
    }
    assert!(files["clawlets/memory"]["source"].as_str().unwrap().ends_with("/memory"));
    assert_eq!(files["clawlets/memory-tunnel.conf"], Value::Null);
    assert_eq!(desk.config("web-1", "systemd.mounts"), json!([]));
    let users = desk.config("web-1", "users.users");
    for user in ["bot-maren", "bot-jonas", "admin"] {
        let groups = &users[user]["extraGroups"];
        assert!(texts(groups).contains(&"clf-memory"), "{user}: {groups}");
    }
    let bot = desk.config("web-1", "systemd.services.clawlets-bot-maren");
    assert!(texts(&bot["serviceConfig"]["ReadWritePaths"]).contains(&"-/memory"));
    assert!(texts(&bot["after"]).contains(&"clawlets-memory-init.service"));
}

#[test]
fn a_memory_on_a_server_is_reached_through_tls_and_hangs_nobody() {
    let test = "a_memory_on_a_server_is_reached_through_tls_and_hangs_nobody";
    let Some(desk) = Desk::declaring(test, &remote()) else { return };
    let mounts = desk.config("web-1", "systemd.mounts");
    let mount = &mounts[0];
    assert_eq!((&mount["what"], &mount["where"]), (&json!("127.0.0.1:/"), &json!("/srv/hive-mind")));
    let options: Vec<_> = mount["options"].as_str().unwrap().split(',').collect();
    for option in ["vers=4.1", "port=20490", "soft", "timeo=100", "retrans=2", "nosuid", "nodev", "noexec"] {
        assert!(options.contains(&option), "{option} is not in {options:?}");
    }
    assert_eq!(mount["mountConfig"]["TimeoutSec"], "45s");
    assert_eq!(texts(&mount["requires"]), ["clawlets-memory-tunnel.service"]);
    let files = desk.config("web-1", "environment.etc");
    let tunnel = files["clawlets/memory-tunnel.conf"]["text"].as_str().unwrap();
    for line in [&format!("connect = {SERVER}:2049"), "verifyChain = yes", &format!("checkHost = {SERVER}")] {
        assert!(tunnel.lines().any(|found| found == line), "{tunnel}");
    }
    assert!(files["clawlets/memory.toml"]["text"].as_str().unwrap().contains("mounted = true\n"));
    let unit = desk.config("web-1", "systemd.services.clawlets-memory-tunnel");
    let start = texts(&unit["serviceConfig"]["ExecStart"]).join("|");
    assert!(
        start.starts_with("|/") && start.ends_with("/bin/stunnel /etc/clawlets/memory-tunnel.conf"),
        "{start}"
    );
    let begin = desk.config("web-1", "systemd.services.clawlets-memory-init");
    // It asks for a mount that failed anew, which systemd by itself does not.
    assert_eq!(texts(&begin["wants"]), ["srv-hive\\x2dmind.mount"]);
    assert_eq!(texts(&begin["after"]), ["srv-hive\\x2dmind.mount"]);
    assert_eq!(begin["serviceConfig"]["Restart"], "on-failure");
    let escaped =
        Run::of(Command::new("systemd-escape").args(["--path", "--suffix=mount", "/srv/hive-mind"]));
    assert_eq!(escaped.out().trim(), "srv-hive\\x2dmind.mount", "what systemd makes of the place");
    desk.eval(&system("web-1"));
}

#[test]
fn a_memory_on_a_server_without_a_name_is_refused() {
    let test = "a_memory_on_a_server_without_a_name_is_refused";
    let mut fleet = declaration(&json!({}));
    fleet["memory"] = json!({ "backend": "nfs" });
    let Some(desk) = Desk::declaring(test, &fleet) else { return };
    let said = desk.refusal(&system("web-1"));
    assert!(said.contains("memory.server is empty, and memory.backend is nfs"), "{said}");
}

/// In the place of a bot's gateway: works with the memory as a bot does, under its umask.
const PROBE: &str = r#"#!/bin/bash
exec 2>&1
say() { echo "$1 $("${@:2}" > /dev/null 2>&1; echo $?)"; }
umask
say append clf memory append daily/2026-11-21_jonas.md '- a note'
say read clf memory read daily/2026-11-21_jonas.md
say swap-link ln -s /etc /memory/etc
say link clf memory read etc/passwd
say seeded clf memory read index.md
say protected clf memory write project.md x
stat -c '%n %a %U %G' /memory/daily /memory/daily/2026-11-21_jonas.md
clf memory log daily/2026-11-21_jonas.md --json | grep -o '"name": "bot-jonas"' | head -1
echo done
exec sleep infinity
"#;

#[test]
fn a_bot_in_its_sandbox_shares_the_memory_that_the_host_made() {
    let test = "a_bot_in_its_sandbox_shares_the_memory_that_the_host_made";
    let mut fleet = two_bots();
    fleet["memory"] = json!({ "protected": ["project.md"] });
    let Some(desk) = Desk::declaring(test, &fleet) else { return };
    let provider = EmptyProvider::start();
    let Some(host) = Host::boot(test, &provider) else { return };
    let put = |path: &str, text: &str| {
        host.root(&format!("cat > {path} <<'END_OF_FILE'\n{text}\nEND_OF_FILE\n")).succeeds();
    };
    let mut service = desk.config("web-1", "systemd.services.clawlets-bot-jonas");
    service["serviceConfig"]["ExecStart"] = json!("/opt/probe");
    put("/etc/systemd/system/clawlets-bot-jonas.service", &unit_file(&service));
    put("/etc/tmpfiles.d/clawlets.conf", &texts(&desk.config("web-1", "systemd.tmpfiles.rules")).join("\n"));
    host.root(
        "mkdir -p /etc/clawlets/memory; groupadd -f clf-memory; useradd --system -G clf-memory bot-jonas",
    )
    .succeeds();
    let policy = desk.config("web-1", "environment.etc.\"clawlets/memory.toml\".text");
    put("/etc/clawlets/memory.toml", policy.as_str().unwrap());
    put("/etc/clawlets/memory/index.md", "# Index");
    put("/opt/probe", PROBE);
    host.root("chmod 755 /opt/probe; systemd-tmpfiles --create; systemctl daemon-reload").succeeds();
    host.root("systemctl start clawlets-memory-init").succeeds();
    host.root("systemctl start clawlets-bot-jonas").succeeds();
    let said = clawlets_tests::eventually("the probe has ended", || {
        let said = host.root("journalctl -u clawlets-bot-jonas --no-pager -o cat").out();
        said.contains("\ndone\n").then_some(said)
    });
    for line in [
        "0077",
        "append 0",
        "read 0",
        "swap-link 0",
        "link 6",
        "seeded 0",
        "protected 6",
        "/memory/daily 2770 root clf-memory",
        "/memory/daily/2026-11-21_jonas.md 660 bot-jonas clf-memory",
        "\"name\": \"bot-jonas\"",
    ] {
        assert!(said.lines().any(|found| found == line), "{line} is not in\n{said}");
    }
}
