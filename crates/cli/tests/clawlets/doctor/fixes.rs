//! Every check can fail, and says then what mends it.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::TcpListener,
    process::Command,
    thread,
};

use clawlets_stand_in::{Ran, StandIn};
use serde_json::{Value, json};

use super::Place;
use crate::template::fault;

/// A token of a form that everybody knows, made up on the spot.
fn token() -> String {
    let number = fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().replace('-', "");
    format!("ghp_{}abcd", number.trim())
}

/// A repository that went wrong in every way.
fn bad_repository(rows: &mut Vec<Value>) {
    let place = Place::equipped();
    place.write(".gitignore", "");
    place.write(".clawlets/env", "HCLOUD_TOKEN\n");
    Command::new("chmod").args(["-R", "go+rx"]).arg(place.path(".clawlets")).status().unwrap();
    place.write("fleet/clawlets.schema.json", "{}");
    fs::remove_file(place.path("repos.tsv")).unwrap();
    place.git(&["config", "--unset", "core.hooksPath"]);
    place.write("notes.md", &format!("Use {}\n", token()));
    place.write("secrets/hosts/web-1/plain.yaml", "plain: text\n");
    place.write("home/id_ed25519", "key");
    place.git(&["add", "--force", "notes.md", "secrets", "home"]);
    place.program("nix-instantiate", "echo 'error: syntax error, unexpected end of file' >&2; exit 1");
    place.declare(|fleet| fleet["cattle"]["hetzner"] = json!({ "labels": { "persona": "mine" } }));
    rows.extend(place.rows("all"));

    let place = Place::equipped();
    fs::rename(place.path("fleet/clawlets.json"), place.path("fleet/clawdlets.json")).unwrap();
    rows.extend(place.rows("repo"));
    let place = Place::equipped();
    place.declare(|fleet| fleet["hots"] = json!({}));
    for scope in ["repo", "bootstrap", "updates", "cattle", "control"] {
        rows.extend(place.rows(scope));
    }
}

/// Hosts that nobody could bring to life.
fn bad_hosts(rows: &mut Vec<Value>) {
    let place = Place::bare();
    place.program("nix", "echo \"error: flake 'x' does not provide attribute 'packages'\" >&2; exit 1");
    let key = place.public_key();
    let with = |cidr: &str, flag: bool| json!({ "adminCidr": cidr, "adminCidrAllowWorldOpen": flag, "sshPubkeyFile": key });
    place.declare(|fleet| {
        fleet["hosts"] = json!({
            "web-1": { "enable": true },
            "web-2": { "enable": true, "provisioning": with("0.0.0.0/0", true) },
            "web-3": { "enable": true, "provisioning": with("192.168.1.0/24", true), "provider": "aws" },
            "web-4": { "enable": true, "provisioning": with("198.51.100.7/32", false), "sshExposure": { "mode": "public" } },
            "web-5": { "enable": true, "provisioning": with("", false), "sshExposure": { "mode": "tailnet" } },
        });
    });
    rows.extend(place.rows("bootstrap"));
}

/// Bots whose gateways would not start, or should not.
fn bad_gateways(rows: &mut Vec<Value>) {
    let place = Place::equipped();
    place.declare(|fleet| {
        fleet["fleet"]["botOrder"] = json!(["maren", "lola"]);
        fleet["fleet"]["bots"] = json!({
            "maren": { "openclaw": { "noSuchSetting": true } },
            "lola": { "openclaw": { "channels": { "discord": { "enabled": true, "groupPolicy": "open" } } } },
        });
    });
    rows.extend(place.rows("bootstrap"));
}

/// Secrets that went wrong in every way.
fn bad_secrets(rows: &mut Vec<Value>) {
    let place = Place::equipped();
    place.describe();
    place.declare(|fleet| {
        let host = fleet["hosts"]["web-1"].clone();
        fleet["hosts"]["web-2"] = host;
        fleet["fleet"]["secretEnv"] = json!({ "A_GATEWAY_TOKEN": "shared", "LEAK": "admin_password_hash" });
    });
    place.run(&["secrets", "init"]);
    let rules = fs::read_to_string(place.path("secrets/.sops.yaml")).unwrap();
    let mut readers: Vec<&str> =
        rules.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.starts_with("age1")).collect();
    readers.sort_unstable();
    readers.dedup();
    let seal = |host: &str, name: &str, value: &str| {
        let plain = place.home().join("plain.yaml");
        fs::write(&plain, format!("{name}: {value}\n")).unwrap();
        let out = place.path(&format!("secrets/hosts/{host}/{name}.yaml"));
        let _ = fs::remove_file(&out);
        let mut command = place.command(&["secrets", "encrypt"]);
        command.arg(&plain).arg("--out").arg(&out);
        for reader in &readers {
            command.args(["--recipient", reader]);
        }
        let ran = Ran::of(&mut command);
        assert_eq!(ran.code, Some(0), "{ran}");
    };
    seal("web-1", "tailscale_auth_key", "CHANGE_ME");
    seal("web-1", "nobody_asked", "a value that is one");
    seal("web-2", "shared", "another value than on the first");
    let damaged = place.path("secrets/hosts/web-2/admin_password_hash.yaml");
    let text = fs::read_to_string(&damaged).unwrap();
    fs::write(damaged, text.replacen("data:", "data:A", 1)).unwrap();
    rows.extend(place.rows("bootstrap"));
    fs::remove_dir_all(place.path(".clawlets/keys")).unwrap();
    rows.extend(place.rows("bootstrap"));
    place.write("secrets/.sops.yaml", "creation_rules: 7\n");
    rows.extend(place.rows("bootstrap"));
}

/// Hosts that would update themselves badly.
fn bad_updates(rows: &mut Vec<Value>) {
    let place = Place::bare();
    place.describe();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    place.declare(|fleet| {
        let mut other = fleet["hosts"]["web-1"].clone();
        fleet["hosts"]["web-1"]["selfUpdate"] = json!({
            "enable": true, "publicKeys": ["bm8ga2V5"], "baseUrls": [format!("http://{closed}/x")],
            "previousPublicKeys": ["b3RoZXI="], "previousPublicKeysValidUntil": "2020-01-01T00:00:00Z",
        });
        other["selfUpdate"] = json!({
            "enable": true, "allowUnsigned": true, "allowRollback": true, "baseUrls": ["http://updates.invalid/x"],
        });
        fleet["hosts"]["web-2"] = other;
    });
    rows.extend(place.rows("updates"));
}

/// A cloud without any image. It ends with the process.
fn empty_cloud() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 4096]);
            let body = json!({ "images": [], "meta": { "pagination": {
                "page": 1, "per_page": 50, "previous_page": null, "next_page": null, "last_page": 1, "total_entries": 0
            } } })
            .to_string();
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length";
            let _ = connection.write_all(format!("{head}: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    });
    format!("http://{address}/v1")
}

/// VMs that nobody could have.
fn bad_vms(rows: &mut Vec<Value>) {
    let place = Place::bare();
    place.describe();
    place.declare(|fleet| {
        fleet["cattle"] = json!({ "enabled": true, "provider": "hetzner", "hetzner": { "image": "gone", "endpoint": empty_cloud() } });
        fleet["fleet"]["botOrder"] = json!(["maren"]);
        fleet["fleet"]["bots"] =
            json!({ "maren": { "clf": { "cattle": { "maxActive": 99, "personas": ["ghost"] } } } });
    });
    let orchestrator = StandIn::start();
    let mut command = place.command(&["doctor", "--scope", "cattle", "--json"]);
    command.env("CLF_SOCKET", orchestrator.socket());
    let rows_of = |ran: Ran| ran.json()["checks"].as_array().unwrap().clone();
    rows.extend(rows_of(Ran::of(&mut command)));
    rows.extend(rows_of(Ran::of(command.env("HCLOUD_TOKEN", token()))));
    fs::remove_dir_all(place.path("cattle/personas")).unwrap();
    place.declare(|fleet| {
        fleet["cattle"] = json!({ "enabled": true, "provider": "local" });
        fleet["fleet"]["bots"]["maren"] = json!({});
    });
    rows.extend(place.rows("cattle"));
}

/// Something at the place of a control API that is none. It ends with the process.
fn no_control_api() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    format!("http://{address}/")
}

/// A control API that nobody could ask.
fn bad_control(rows: &mut Vec<Value>) {
    let place = Place::equipped();
    let workflow = place.path(".github/workflows/fleet-deploy.yml");
    let _ = fs::remove_file(workflow);
    place.declare(|fleet| fleet["control"] = json!({ "repo": "fleet" }));
    place.write("home/audit.jsonl", "not a line\n");
    let mut command = place.command(&["doctor", "--scope", "control", "--json"]);
    let ran = Ran::of(command.env("CONTROL_AUDIT_LOG", place.path("home/audit.jsonl")));
    rows.extend(ran.json()["checks"].as_array().unwrap().clone());
    place.declare(|fleet| fleet["control"] = json!({ "url": no_control_api() }));
    rows.extend(place.rows("control"));
}

/// A command with something in the place of each word that stands for something.
fn filled_in(fix: &str) -> Vec<String> {
    let recipient = clawlets_secrets::AgeIdentity::generate().recipient().to_string();
    let fill = |word: &str| match word {
        "ADDRESS/32" => "198.51.100.7/32".to_owned(),
        "NAME" => "max".to_owned(),
        "RECIPIENT" => recipient.clone(),
        "''" => String::new(),
        word => word.to_owned(),
    };
    fix.split_whitespace().map(fill).collect()
}

#[test]
fn every_check_can_fail_and_names_a_command_that_exists() {
    let mut rows = Vec::new();
    for bad in [bad_repository, bad_hosts, bad_gateways, bad_secrets, bad_updates, bad_vms, bad_control] {
        bad(&mut rows);
    }
    let failed: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row["verdict"] == "problem")
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    let all: BTreeSet<&str> = clawlets_doctor::CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(all.difference(&failed).collect::<Vec<_>>(), Vec::<&&str>::new(), "they never fail");

    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| row["verdict"] == "problem") {
        let (fix, by) = (row["fix"].as_str().unwrap(), row["fixBy"].as_str().unwrap());
        assert!(!row["cause"].as_str().unwrap().is_empty() && !fix.is_empty(), "{row}");
        if by == "command" && fix.starts_with("clawlets ") {
            wrong.extend(fault(&filled_in(fix), false).map(|fault| format!("{}: {fix}: {fault}", row["id"])));
        } else if by == "command" {
            let program = fix.split(' ').next().unwrap();
            let known = ["git", "chmod", "sudo", "curl", "journalctl", "nix", "nix-instantiate"];
            assert!(known.contains(&program), "{row}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
