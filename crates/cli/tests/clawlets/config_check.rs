//! `clawlets config validate`, `show`, `schema` and `migrate`.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Stdio,
};

use clawlets_stand_in::Ran;
use serde_json::{Value, json};

use crate::bench::{clawlets_in, command_in, snapshot};

const VALID: &str = "{\n  \"schemaVersion\": 13,\n  \"hosts\": {\n    \"web-1\": {}\n  }\n}\n";

/// A project with this configuration, under this name.
fn project(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join(name), text);
    folder
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn validate(folder: &Path, arguments: &[&str]) -> Ran {
    clawlets_in(folder, &[&["config", "validate"], arguments].concat())
}

/// The paths, codes, lines and columns of the errors.
fn errors(ran: &Ran) -> Vec<(String, String, u64, u64)> {
    let document = ran.json();
    let text = |problem: &Value, key: &str| problem[key].as_str().unwrap().to_owned();
    let place = |problem: &Value, key: &str| problem[key].as_u64().unwrap();
    let errors = document["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|problem| {
            assert!(!text(problem, "message").is_empty());
            (text(problem, "path"), text(problem, "code"), place(problem, "line"), place(problem, "column"))
        })
        .collect()
}

#[test]
fn a_valid_configuration_is_found_from_within_the_project() {
    let folder = project("fleet/clawlets.json", VALID);
    let deep = folder.path().join("secrets/hosts");
    fs::create_dir_all(&deep).unwrap();
    let ran = validate(&deep, &["--json"]);
    assert_eq!((ran.code, &ran.json()["ok"]), (Some(0), &json!(true)), "{ran}");
    assert_eq!(ran.json()["schemaVersion"], 13);
    let ran = validate(folder.path(), &["--dir", "secrets"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran}");
}

#[test]
fn every_error_is_listed_with_its_place() {
    let text = "{\n  \"schemaVersion\": 13,\n  \"defaultHost\": \"web-2\",\n  \"hosts\": {\n    \"web-1\": { \"enabel\": true,\n      \"tailnet\": { \"mode\": \"wireguard\" } },\n    \"H1\": {}\n  }\n}\n";
    let folder = project("fleet/clawlets.json", text);
    let ran = validate(folder.path(), &["--json"]);
    assert_eq!((ran.code, &ran.json()["ok"]), (Some(6), &json!(false)), "{ran}");
    let code = |kind: &str| format!("clawlets::config::{kind}");
    assert_eq!(
        errors(&ran),
        [
            ("defaultHost".to_owned(), code("unknown_reference"), 3, 18),
            ("hosts.web-1.enabel".to_owned(), code("unknown_key"), 5, 16),
            ("hosts.web-1.tailnet.mode".to_owned(), code("invalid_value"), 6, 28),
            ("hosts.H1".to_owned(), code("invalid_value"), 7, 5),
        ]
    );
    snapshot!(validate(folder.path(), &[]));
}

#[test]
fn a_file_that_is_no_json_is_refused_at_its_place() {
    for (text, line, column) in
        [("", 1, 1), ("{\n  // note\n}", 2, 3), ("{\n  \"a\": 1,\n}", 2, 9), ("nonsense", 1, 1), ("[]", 1, 1)]
    {
        let folder = project("any.json", text);
        let ran = validate(folder.path(), &["--file", "any.json", "--json"]);
        let found: Vec<_> = errors(&ran).into_iter().map(|(_, _, line, column)| (line, column)).collect();
        assert_eq!((ran.code, found), (Some(6), vec![(line, column)]), "{text:?}: {ran}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bytes.json"), b"{\"a\": \"\xff\"}").unwrap();
    let ran = validate(folder.path(), &["--file", "bytes.json", "--json"]);
    assert_eq!((ran.code, errors(&ran)[0].3), (Some(6), 8), "{ran}");
}

#[test]
fn what_strict_refuses_is_a_warning_otherwise() {
    let secret = format!("hunter2-{}", std::process::id());
    let text = json!({
        "schemaVersion": 13, "hosts": { "web-1": { "enable": true } },
        "fleet": { "botOrder": ["a"], "bots": { "a": { "openclaw": { "gateway": { "auth": { "token": secret } } } } } }
    });
    let folder = project("fleet/clawlets.json", &text.to_string());
    let lenient = validate(folder.path(), &["--json"]);
    assert_eq!(
        (lenient.code, lenient.json()["warnings"].as_array().unwrap().len()),
        (Some(0), 2),
        "{lenient}"
    );
    let strict = validate(folder.path(), &["--strict", "--json"]);
    assert_eq!(strict.code, Some(6), "{strict}");
    assert_eq!(errors(&strict)[0].1, "clawlets::config::inline_secret");
    for ran in
        [lenient, strict, validate(folder.path(), &[]), clawlets_in(folder.path(), &["config", "show"])]
    {
        assert!(!ran.out.contains(&secret) && !ran.talk.contains(&secret), "{ran}");
    }
}

#[test]
fn a_fragment_may_be_piped_in() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], text: &str| {
        let mut command =
            command_in(folder.path(), &[&["config", "validate", "--file", "-"], arguments].concat());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        Ran::from(child.wait_with_output().unwrap())
    };
    let fragment = r#"{ "schemaVersion": 12, "cattle": { "enabled": true, "hetzner": { "image": "x" } } }"#;
    assert_eq!(run(&["--fragment"], fragment).code, Some(0));
    assert_eq!(run(&[], fragment).code, Some(6));
    assert_eq!(
        run(&["--fragment"], r#"{ "schemaVersion": 13, "cattle": { "enabled": true } }"#).code,
        Some(6)
    );
}

#[test]
fn the_vectors_hold_through_the_program() {
    let folder = match std::env::var_os("CLAWLETS_VECTORS") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/vectors"),
    };
    let cases: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(folder.join("config-v12.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let folder = project("f.json", &case["input"]["document"].to_string());
        let ran = validate(folder.path(), &["--file", "f.json", "--json"]);
        let (ok, paths): (_, Vec<_>) =
            (ran.json()["ok"] == true, errors(&ran).into_iter().map(|e| e.0).collect());
        let expected = case["expect"]["ok"] == true;
        let has_path =
            case["expect"]["path"].as_str().is_none_or(|path| paths.iter().any(|found| found == path));
        if ok != expected || !has_path || ran.code != Some(if expected { 0 } else { 6 }) {
            wrong.push(format!("{}: {paths:?}, expected {}", case["id"], case["expect"]));
        }
    }
    assert!(wrong.is_empty() && !cases.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_no_verb_would_edit_is_not_called_valid() {
    let folder = project("fleet/real.json", VALID);
    symlink("real.json", folder.path().join("fleet/clawlets.json")).unwrap();
    for words in [&["config", "validate"][..], &["host", "list"]] {
        let ran = clawlets_in(folder.path(), words);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::fleet::not_a_file"), "{ran}");
    }
    let ran = clawlets_in(folder.path(), &["doctor", "--scope", "repo"]);
    assert!(ran.code == Some(6) && ran.out.contains("repo.config"), "{ran}");
    assert_eq!(validate(folder.path(), &["--file", "fleet/clawlets.json"]).code, Some(0));
}

#[test]
fn a_file_that_does_not_end_is_not_read_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let ran = validate(folder.path(), &["--file", "/dev/zero"]);
    assert_eq!(ran.fault(), "clawlets::fleet::not_a_file", "{ran}");
}

#[test]
fn without_a_file_or_a_project_the_fault_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let ran = validate(folder.path(), &[]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(3), "clawlets::project::unknown"), "{ran}");
    let ran = validate(folder.path(), &["--file", "none.json"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    let ran = validate(folder.path(), &["--file", "a", "--dir", "b"]);
    assert_eq!(ran.code, Some(2), "{ran}");
}

#[test]
fn what_is_shown_holds_every_default() {
    let folder = project("fleet/clawlets.json", VALID);
    let ran = clawlets_in(folder.path(), &["config", "show"]);
    for line in [
        "schemaVersion = 13",
        "hosts.web-1.enable = false",
        "hosts.web-1.aws.bootstrapPrefix = \"bootstrap/web-1\"",
        "cattle.hetzner.labels.managed-by = \"clawlets\"",
        "fleet.bots = {}",
    ] {
        assert!(ran.out.lines().any(|shown| shown == line), "{line}: {ran}");
    }
    let shown = clawlets_in(folder.path(), &["config", "show", "--json"]);
    let again = project("again.json", &shown.out);
    assert_eq!(validate(again.path(), &["--file", "again.json"]).code, Some(0));
    let invalid = project("fleet/clawlets.json", "{ \"schemaVersion\": 13 }");
    let ran = clawlets_in(invalid.path(), &["config", "show"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::fleet::invalid"), "{ran}");
}

#[test]
fn the_schema_is_one_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["config", "schema"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(ran.json()["properties"]["schemaVersion"]["const"], 13);
    assert_eq!(ran.json()["required"], json!(["schemaVersion", "hosts"]));
}

/// A project of the earlier tool, complete.
fn earlier_project() -> tempfile::TempDir {
    let text = "{\n  \"schemaVersion\": 8,\n  \"fleet\": {\n    \"guildId\": \"123\",\n    \"modelSecrets\": {\n      \"zai\": \"z_ai_api_key\"\n    },\n    \"botOrder\": [\n      \"maren\"\n    ],\n    \"bots\": {\n      \"maren\": {\n        \"profile\": {\n          \"discordTokenSecret\": \"discord_token_maren\"\n        }\n      }\n    }\n  },\n  \"hosts\": {\n    \"alpha\": {\n      \"agentModelPrimary\": \"zai/glm-4.7\"\n    }\n  }\n}\n";
    let folder = project("fleet/clawdlets.json", text);
    write(&folder.path().join(".clawdlets/env"), "HCLOUD_TOKEN=\n");
    write(&folder.path().join("secrets/hosts/alpha/age_key.yaml"), "age_key: x\n");
    write(&folder.path().join("secrets/hosts/alpha/tailscale_authkey.yaml"), "tailscale_authkey: x\n");
    folder
}

/// Every file below a folder with its content.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let content = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_owned(), content));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_project_of_the_earlier_tool_is_migrated_as_a_whole() {
    let folder = earlier_project();
    let before = files(folder.path());
    let dry = clawlets_in(folder.path(), &["config", "migrate", "--dry-run"]);
    snapshot!(dry);
    assert_eq!(files(folder.path()), before, "a dry run changes nothing");

    let ran = clawlets_in(folder.path(), &["config", "migrate", "--json"]);
    assert_eq!((ran.code, &ran.json()["changed"]), (Some(0), &json!(true)), "{ran}");
    let names: Vec<_> =
        files(folder.path()).into_iter().map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(
        names,
        [
            ".clawlets/env",
            "fleet/clawlets.json",
            "secrets/hosts/alpha/tailscale_auth_key.yaml",
            "secrets/keys/hosts/alpha.agekey.yaml",
        ]
    );
    let valid = validate(folder.path(), &["--json"]);
    assert_eq!((valid.code, &valid.json()["schemaVersion"]), (Some(0), &json!(13)), "{valid}");
    assert_eq!(valid.json()["warnings"], json!([]));

    let again = clawlets_in(folder.path(), &["config", "migrate", "--json"]);
    assert_eq!((again.code, &again.json()["changed"]), (Some(0), &json!(false)), "{again}");
}

#[test]
fn a_token_in_the_settings_is_not_shown_by_a_migration() {
    let secret = format!("tok{}", fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim());
    clawlets_stand_in::never_said(&secret);
    let text = json!({
        "schemaVersion": 12, "hosts": { "h1": {} },
        "fleet": {
            "botOrder": ["a"],
            "bots": { "a": { "clawdbot": { "gateway": { "auth": { "token": secret } } } } }
        }
    });
    let folder = project("fleet/clawlets.json", &serde_json::to_string_pretty(&text).unwrap());
    for form in [&["config", "migrate", "--dry-run"][..], &["config", "migrate", "--json"]] {
        let ran = clawlets_in(folder.path(), form);
        assert!(ran.code == Some(0) && !ran.to_string().contains(&secret), "{ran}");
    }
    assert!(fs::read_to_string(folder.path().join("fleet/clawlets.json")).unwrap().contains(&secret));
}

#[test]
fn a_migration_that_was_interrupted_anywhere_goes_on() {
    let whole = earlier_project();
    clawlets_in(whole.path(), &["config", "migrate"]);
    let expected = files(whole.path());
    let renames = [
        ("fleet/clawdlets.json", "fleet/clawlets.json"),
        (".clawdlets", ".clawlets"),
        ("secrets/hosts/alpha/age_key.yaml", "secrets/keys/hosts/alpha.agekey.yaml"),
        ("secrets/hosts/alpha/tailscale_authkey.yaml", "secrets/hosts/alpha/tailscale_auth_key.yaml"),
    ];
    for done in 0..=renames.len() {
        let folder = earlier_project();
        for (from, to) in &renames[..done] {
            let to = folder.path().join(to);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::rename(folder.path().join(from), to).unwrap();
        }
        // Every step in between leaves a project that is read.
        assert_eq!(validate(folder.path(), &[]).code, Some(0), "after {done} steps");
        let ran = clawlets_in(folder.path(), &["config", "migrate"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert_eq!(files(folder.path()), expected, "after {done} steps");
    }
}

#[test]
fn a_migration_overwrites_nothing() {
    let folder = earlier_project();
    write(&folder.path().join("fleet/clawlets.json"), VALID);
    let before = files(folder.path());
    let ran = clawlets_in(folder.path(), &["config", "migrate"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::fleet::refused"), "{ran}");
    assert_eq!(files(folder.path()), before);

    let folder = earlier_project();
    write(&folder.path().join(".clawlets/env"), "mine\n");
    let ran = clawlets_in(folder.path(), &["config", "migrate"]);
    assert!(ran.code == Some(0) && ran.talk.contains(".clawdlets stays"), "{ran}");
    assert_eq!(fs::read_to_string(folder.path().join(".clawlets/env")).unwrap(), "mine\n");
}

#[test]
fn a_configuration_with_errors_is_not_migrated() {
    let folder = project(
        "fleet/clawdlets.json",
        "{\n  \"schemaVersion\": 12,\n  \"colour\": 1,\n  \"hosts\": { \"h\": {} }\n}",
    );
    let before = files(folder.path());
    let ran = clawlets_in(folder.path(), &["config", "migrate"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::fleet::invalid"), "{ran}");
    assert!(ran.talk.contains("line 3") && ran.talk.contains("colour"), "{ran}");
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_symbolic_link_is_not_migrated() {
    let folder = project("elsewhere.json", VALID);
    fs::create_dir(folder.path().join("fleet")).unwrap();
    symlink("../elsewhere.json", folder.path().join("fleet/clawlets.json")).unwrap();
    let ran = clawlets_in(folder.path(), &["config", "migrate"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::fleet::not_a_file"), "{ran}");
}

#[test]
fn a_disk_that_cannot_be_written_leaves_all_as_it_was() {
    let folder = earlier_project();
    let before = files(folder.path());
    let fleet = folder.path().join("fleet");
    let ran = if nix::unistd::geteuid().is_root() {
        // Rights do not bind root: a disk that is mounted for reading only does.
        let script = "mount --bind . . && mount -o remount,bind,ro . && cd . && exec \"$0\" config migrate --dir \"$PWD\"";
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_clawlets")]);
        Ran::of(command.current_dir(folder.path()).env("HOME", folder.path()))
    } else {
        fs::set_permissions(&fleet, Permissions::from_mode(0o555)).unwrap();
        let ran = clawlets_in(folder.path(), &["config", "migrate"]);
        fs::set_permissions(&fleet, Permissions::from_mode(0o755)).unwrap();
        ran
    };
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    assert_eq!(files(folder.path()), before);
}
