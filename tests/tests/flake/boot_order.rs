//! In which order the units of a host start, as systemd itself computes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::Command,
};

use clawlets_tests::{Run, skip, workspace_root};
use serde_json::{Value, json};

use crate::{
    bootstrap::at_aws,
    desk::{Desk, texts},
};

#[test]
fn a_host_at_aws_boots_in_order_and_without_a_cycle() {
    let test = "a_host_at_aws_boots_in_order_and_without_a_cycle";
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return skip(test, "systemd-analyze is missing");
    }
    let mut fleet = at_aws();
    fleet["memory"] = json!({ "backend": "efs", "server": "fs-0.efs.eu-west-1.amazonaws.com" });
    fleet["fleet"]["bots"]["maren"]["profile"]["github"] = json!({
        "appId": 4711, "installationId": 815, "privateKeySecret": "github-app-pem", "org": "acme",
        "repos": ["site"], "sync": { "enable": true },
    });
    let Some(desk) = Desk::declaring(test, &fleet) else { return };
    let boot = Boot::of(&desk.config("aws-1", "systemd"), &desk.path("units"));
    let said = boot.verdict(&desk.path("units"));
    assert!(said.is_empty(), "{said}");

    // What brings the secrets comes before whatever needs them, and nothing starts by itself that would find none.
    assert!(boot.starts("clawlets-bootstrap.service") && !boot.starts("clawlets-secrets.service"));
    for service in ["clawlets-repo-seed", "clawlets-memory-init", "clawlets-bot-maren", "clawlets-bot-jonas"]
    {
        let service = format!("{service}.service");
        assert!(boot.starts(&service), "{service}");
        assert!(boot.comes_after(&service, "clawlets-bootstrap.service"), "{service}");
    }
    assert!(boot.comes_after("clawlets-bot-maren.service", "memory.mount"));
    assert!(boot.comes_after("memory.mount", "clawlets-memory-tunnel.service"));
    assert!(boot.comes_after("clawlets-github-sync.service", "clawlets-bootstrap.service"));
    // A token lives for an hour, and the boot makes the first one. A look that waited for a boot would come too late.
    assert!(!boot.starts("clawlets-github-token.service"));
    assert!(!boot.comes_after("clawlets-github-token.service", "clawlets-bootstrap.service"));
    let timer = desk.config("aws-1", "systemd.timers.clawlets-github-token");
    assert_eq!(timer["timerConfig"], json!({ "OnBootSec": ["", "10min"] }));

    // A cycle would be seen.
    fs::write(desk.path("units/memory.mount.d/cycle.conf"), "[Unit]\nAfter=clawlets-bot-maren.service\n")
        .unwrap();
    let said = boot.verdict(&desk.path("units"));
    assert!(said.contains("ordering cycle"), "{said}");
}

/// The units of a host, and what each comes after.
struct Boot {
    after: BTreeMap<String, BTreeSet<String>>,
    /// What the boot starts.
    wanted: BTreeSet<String>,
}

impl Boot {
    /// Writes the units of a configuration to a folder, as NixOS does: those that ship with what is set on top, and others
    /// as they are declared.
    fn of(systemd: &Value, folder: &Path) -> Self {
        let mut boot = Self { after: BTreeMap::new(), wanted: BTreeSet::new() };
        fs::create_dir_all(folder.join("multi-user.target.wants")).unwrap();
        fs::create_dir_all(folder.join("timers.target.wants")).unwrap();
        for entry in fs::read_dir(workspace_root().join("systemd")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.ends_with(".md") || name.ends_with(".conf") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let harmless = |line: &str| match line.strip_prefix("ExecStart=/") {
                Some(_) => "ExecStart=/bin/true".to_owned(),
                None => line.to_owned(),
            };
            let text: Vec<_> = text.lines().map(harmless).collect();
            text.iter().for_each(|line| boot.note(&name, line));
            fs::write(folder.join(name), text.join("\n")).unwrap();
        }
        for (kind, units) in [("service", &systemd["services"]), ("timer", &systemd["timers"])] {
            for (name, unit) in units.as_object().unwrap() {
                boot.add(folder, &format!("{name}.{kind}"), unit, "[Service]\nExecStart=/bin/true\n");
            }
        }
        for mount in systemd["mounts"].as_array().unwrap() {
            let place = mount["where"].as_str().unwrap();
            let text = format!("[Mount]\nWhat=127.0.0.1:/\nWhere={place}\nType=nfs4\n");
            boot.add(folder, &format!("{}.mount", place.trim_start_matches('/')), mount, &text);
        }
        boot
    }

    fn add(&mut self, folder: &Path, name: &str, unit: &Value, otherwise: &str) {
        let mut text = "[Unit]\n".to_owned();
        for (key, of) in
            [("After", "after"), ("Before", "before"), ("Wants", "wants"), ("Requires", "requires")]
        {
            for other in texts(&unit[of]) {
                writeln!(text, "{key}={other}").unwrap();
            }
        }
        text.lines().for_each(|line| self.note(name, line));
        if folder.join(name).exists() {
            let more = folder.join(format!("{name}.d"));
            fs::create_dir_all(&more).unwrap();
            fs::write(more.join("overrides.conf"), text).unwrap();
        } else {
            fs::write(folder.join(name), text + otherwise).unwrap();
        }
        for target in texts(&unit["wantedBy"]) {
            symlink(folder.join(name), folder.join(format!("{target}.wants")).join(name)).unwrap();
            self.wanted.insert(name.to_owned());
        }
    }

    fn note(&mut self, unit: &str, line: &str) {
        let mut note = |unit: &str, other: &str| {
            self.after.entry(unit.to_owned()).or_default().insert(other.to_owned());
        };
        if let Some(others) = line.strip_prefix("After=") {
            others.split_whitespace().for_each(|other| note(unit, other));
        }
        if let Some(others) = line.strip_prefix("Before=") {
            others.split_whitespace().for_each(|other| note(other, unit));
        }
    }

    /// Whether the boot itself starts a unit.
    fn starts(&self, unit: &str) -> bool {
        self.wanted.contains(unit)
    }

    /// Whether a unit waits for another one, directly or through others.
    fn comes_after(&self, unit: &str, other: &str) -> bool {
        let (mut seen, mut next) = (BTreeSet::new(), vec![unit]);
        while let Some(unit) = next.pop() {
            let before = self.after.get(unit).into_iter().flatten().map(String::as_str);
            next.extend(before.filter(|unit| seen.insert(*unit)));
        }
        seen.contains(other)
    }

    /// What systemd says of all that the boot starts, where it is about these units: those of this machine are not ours.
    fn verdict(&self, folder: &Path) -> String {
        let mut command = Command::new("systemd-analyze");
        command.args(["verify", "--man=no", "--recursive-errors=yes", "multi-user.target", "timers.target"]);
        let path = format!("{}:/usr/lib/systemd/system", folder.display());
        let run = Run::of(command.env("SYSTEMD_UNIT_PATH", path).env("SYSTEMD_LOG_LEVEL", "warning"));
        let is_ours = |line: &&str| {
            line.contains("cycle") || self.after.keys().any(|unit| line.contains(unit.as_str()))
        };
        run.talk().lines().filter(is_ours).collect::<Vec<_>>().join("\n")
    }
}
