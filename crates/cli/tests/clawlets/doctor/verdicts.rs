//! `clawlets doctor`.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clawlets_stand_in::Ran;
use serde_json::Value;

use crate::bench::{clawlets_in, command_in};

/// A fresh project.
fn project() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["project", "init", "--dir", "fleet-repo"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let root = folder.path().join("fleet-repo");
    (folder, root)
}

fn doctor(root: &Path, arguments: &[&str]) -> Ran {
    clawlets_in(root, &[&["doctor"], arguments].concat())
}

/// The verdict of one check in a document, by its id.
fn verdict(document: &Value, id: &str) -> String {
    let checks = document["checks"].as_array().unwrap();
    let found =
        checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id} in {document:#}"));
    found["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_fresh_project_is_well() {
    let (_folder, root) = project();
    let ran = doctor(&root, &["--scope", "repo", "--strict"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = doctor(&root, &["--scope", "repo", "--json"]).json();
    assert_eq!((&document["schemaVersion"], &document["ok"]), (&1.into(), &true.into()));
    let checks = document["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["scope"] == "repo"), "a narrow scope runs no other check");
}

#[test]
fn a_program_is_told_what_strict_makes_of_a_warning() {
    let (_folder, root) = project();
    let mut git = std::process::Command::new("git");
    assert!(
        git.arg("-C").arg(&root).args(["config", "--unset", "core.hooksPath"]).status().unwrap().success()
    );
    for (words, code, ok) in [
        (&["--scope", "repo", "--json"][..], 0, true),
        (&["--scope", "repo", "--json", "--strict"], 6, false),
    ] {
        let ran = doctor(&root, words);
        assert_eq!((ran.code, &ran.json()["ok"]), (Some(code), &ok.into()), "{ran}");
    }
}

#[test]
fn what_can_be_mended_without_a_risk_is() {
    let (_folder, root) = project();
    fs::write(root.join(".gitignore"), "").unwrap();
    fs::create_dir_all(root.join(".clawlets")).unwrap();
    fs::set_permissions(root.join(".clawlets"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(root.join("fleet/clawlets.schema.json"), "{}").unwrap();
    let ran = doctor(&root, &["--scope", "repo"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::doctor::refused"), "{ran}");
    for id in ["repo.ignored", "repo.runtime-mode", "repo.config-schema"] {
        assert!(ran.out.contains(id), "{id}: {ran}");
    }
    let mended = doctor(&root, &["--scope", "repo", "--fix"]);
    assert_eq!(mended.code, Some(0), "{mended}");
    assert_eq!(fs::read_to_string(root.join(".gitignore")).unwrap(), "/.clawlets/\n");
    assert_eq!(fs::metadata(root.join(".clawlets")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(doctor(&root, &["--scope", "repo", "--strict"]).code, Some(0));
}

#[test]
fn a_faulty_declaration_is_one_error_and_not_a_dozen() {
    let (_folder, root) = project();
    fs::write(root.join("fleet/clawlets.json"), r#"{"schemaVersion": 13, "hots": {}}"#).unwrap();
    let ran = doctor(&root, &["--scope", "all", "--json"]);
    assert_eq!(ran.code, Some(6), "{ran}");
    let document = ran.json();
    assert_eq!(verdict(&document, "repo.config"), "problem");
    assert_eq!(document["tally"]["errors"], 1, "{document:#}");
}

#[test]
fn a_host_that_is_to_come_to_life_needs_what_it_needs() {
    let (folder, root) = project();
    let key = folder.path().join("id.pub");
    fs::write(&key, "not a key\n").unwrap();
    let text = fs::read_to_string(root.join("fleet/clawlets.json")).unwrap();
    let text = text.replace("\"enable\": false", "\"enable\": true");
    let text = text.replace("\"sshPubkeyFile\": \"\"", &format!("\"sshPubkeyFile\": \"{}\"", key.display()));
    fs::write(root.join("fleet/clawlets.json"), text).unwrap();
    let ran = |token: &str| {
        let mut command = command_in(&root, &["doctor", "--scope", "bootstrap", "--json"]);
        Ran::of(command.env("HCLOUD_TOKEN", token))
    };
    let document = ran("").json();
    for id in ["bootstrap.provider-token", "bootstrap.admin-cidr", "bootstrap.ssh-key"] {
        assert_eq!(verdict(&document, id), "problem", "{id}");
    }
    let made_up = "a-token-that-nobody-issued";
    let told = ran(made_up);
    assert_eq!(verdict(&told.json(), "bootstrap.provider-token"), "pass");
    assert!(!told.out.contains(made_up) && !told.talk.contains(made_up), "{told}");
}

#[test]
fn a_report_for_strangers_names_nothing_of_yours() {
    let (_folder, root) = project();
    let text = fs::read_to_string(root.join("fleet/clawlets.json")).unwrap();
    let text = text.replace("web-1", "hidden-name").replace("\"enable\": false", "\"enable\": true");
    fs::write(root.join("fleet/clawlets.json"), text).unwrap();
    let ran = doctor(&root, &["--report"]);
    assert!(ran.out.contains("| bootstrap.admin-cidr | error | 1 |"), "{ran}");
    assert!(!ran.out.contains("hidden-name") && !ran.out.contains(root.to_str().unwrap()), "{ran}");
}

#[test]
fn outside_of_a_project_there_is_nothing_to_examine() {
    let folder = tempfile::tempdir().unwrap();
    let ran = doctor(folder.path(), &[]);
    assert_eq!(ran.code, Some(3), "{ran}");
}
