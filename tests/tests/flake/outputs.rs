//! What the flake gives, and that its parts agree with the programs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_tests::{Run, workspace_root};
use serde_json::{Value, json};

use crate::desk::{Desk, declaration, system};

fn nix_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nix_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "nix") {
            found.push(path);
        }
    }
}

#[test]
fn every_file_of_nix_parses() {
    let Some(desk) = Desk::fresh("every_file_of_nix_parses") else { return };
    let mut files = vec![workspace_root().join("flake.nix")];
    nix_files(&workspace_root().join("nix"), &mut files);
    nix_files(&workspace_root().join("template"), &mut files);
    assert!(files.len() > 20, "{files:?}");
    Run::of(desk.instantiate().arg("--parse").args(&files)).succeeds();
}

#[test]
fn a_fresh_project_is_a_system_and_so_is_each_host_that_it_adds() {
    let test = "a_fresh_project_is_a_system_and_so_is_each_host_that_it_adds";
    let Some(desk) = Desk::fresh(test) else { return };
    desk.eval(&system("web-1"));
    for words in [&["--host", "db-1"][..], &["--host", "aws-1", "--provider", "aws"]] {
        let line = [&["host", "add", "--dir", "project"], words].concat();
        desk.clawlets(&line).succeeds();
    }
    for checked in desk.flake_checks() {
        assert!(checked.ok(), "{}", checked.talk());
    }
    for host in ["web-1", "db-1", "aws-1"] {
        let path = desk.eval(&system(host));
        assert!(path.as_str().unwrap().ends_with(&format!("-nixos-system-{host}.drv")), "{path}");
        assert_eq!(desk.config(host, "networking.hostName"), host);
    }
    let prefix = desk.config("aws-1", "environment.etc.\"clawlets/bootstrap-prefix\".text");
    assert_eq!(prefix, "bootstrap/aws-1\n");
}

#[test]
fn a_host_can_be_found_under_the_name_that_it_is_given_in_the_flake() {
    let test = "a_host_can_be_found_under_the_name_that_it_is_given_in_the_flake";
    let Some(desk) = Desk::declaring(test, &declaration(&json!({ "flakeHost": "gateway" }))) else { return };
    assert_eq!(desk.eval(&system("gateway")), desk.eval(&system("web-1")));
}

#[test]
fn each_host_is_a_disk_of_its_providers_kind_and_so_is_a_cattle_vm() {
    let test = "each_host_is_a_disk_of_its_providers_kind_and_so_is_a_cattle_vm";
    let Some(desk) = Desk::fresh(test) else { return };
    let line = ["host", "add", "--dir", "project", "--host", "aws-1", "--provider", "aws"];
    desk.clawlets(&line).succeeds();
    let output = |name: &str| desk.eval(&format!("packages.x86_64-linux.\"{name}\".drvPath"));
    let cattle = output("clawlets-cattle-image");
    for (name, image) in [
        ("web-1-image", "raw-web-1"),
        ("aws-1-image", "amazon-aws-1"),
        ("clawlets-cattle-image", "raw-clawlets-cattle"),
    ] {
        let path = output(name);
        assert!(path.as_str().unwrap().ends_with(&format!("-nixos-image-{image}.drv")), "{name}: {path}");
    }
    for alias in ["clawdlets-cattle-image", "cattle-x86_64-linux-hcloud-image"] {
        assert_eq!(output(alias), cattle, "{alias}");
    }
}

#[test]
fn a_module_of_the_project_counts_and_a_misspelt_option_is_refused() {
    let test = "a_module_of_the_project_counts_and_a_misspelt_option_is_refused";
    let Some(desk) = Desk::declaring(test, &declaration(&json!({}))) else { return };
    let flake = fs::read_to_string(desk.path("project/flake.nix")).unwrap();
    let with = |module: &str| {
        let text = flake.replace("modules = [ ];", &format!("modules = [ {module} ];"));
        assert_ne!(text, flake);
        desk.write("project/flake.nix", &text);
    };
    with("{ clawlets.admin = \"olga\"; time.timeZone = \"Europe/Berlin\"; }");
    assert_eq!(desk.config("web-1", "time.timeZone"), "Europe/Berlin");
    assert_eq!(desk.config("web-1", "users.users.olga.isNormalUser"), true);
    with("{ services.opensh.enable = true; }");
    let said = desk.refusal("nixosConfigurations.web-1.config.services.openssh.enable");
    assert!(said.contains("services.opensh"), "{said}");
}

#[test]
fn a_declaration_of_an_earlier_version_is_refused_with_the_way_out() {
    let test = "a_declaration_of_an_earlier_version_is_refused_with_the_way_out";
    let earlier = json!({ "schemaVersion": 12, "hosts": { "web-1": {} } });
    let Some(desk) = Desk::declaring(test, &earlier) else { return };
    let said = desk.refusal(&system("web-1"));
    assert!(said.contains("clawlets config migrate"), "{said}");
}

/// Every value of `ours` that `theirs` has otherwise.
fn differences(ours: &Value, theirs: &Value, path: &str, found: &mut Vec<String>) {
    match ours.as_object() {
        Some(object) if !object.is_empty() => {
            for (key, value) in object {
                differences(value, &theirs[key], &format!("{path}.{key}"), found);
            }
        }
        Some(_) | None if ours != theirs => found.push(format!("{path}: {ours} and {theirs}")),
        Some(_) | None => {}
    }
}

#[test]
fn the_defaults_of_the_modules_are_those_of_the_program() {
    let Some(desk) = Desk::fresh("the_defaults_of_the_modules_are_those_of_the_program") else { return };
    let bare = json!({
        "schemaVersion": 13, "fleet": { "botOrder": ["maren"], "bots": { "maren": {} } }, "hosts": { "web-1": {} },
    });
    desk.declare(&bare);
    let effective = desk.clawlets(&["config", "show", "--dir", "project", "--json"]).json();
    let file = workspace_root().join("nix/defaults.nix");
    let mut defaults = Run::of(desk.instantiate().args(["--eval", "--strict", "--json"]).arg(file)).json();
    // They follow from names.
    defaults["declaration"]["fleet"]["bots"] = json!({ "maren": defaults["bot"].clone() });
    defaults["host"]["aws"]["bootstrapPrefix"] = json!("bootstrap/web-1");
    let mut found = Vec::new();
    differences(&defaults["declaration"], &effective, "", &mut found);
    differences(&defaults["host"], &effective["hosts"]["web-1"], "hosts.web-1", &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_programs_are_packages_of_what_cargo_reads_and_of_nothing_else() {
    let test = "the_programs_are_packages_of_what_cargo_reads_and_of_nothing_else";
    let Some(desk) = Desk::fresh(test) else { return };
    // The project's flake is in the way of the workspace's own outputs; one line gives them.
    let outputs =
        "{ outputs = inputs: { inherit (inputs.clawlets) packages devShells; }; inputs.clawlets = { }; }";
    desk.write(
        "project/flake.nix",
        &outputs.replace("inputs.clawlets = { };", "inputs.clawlets.url = \"path:../clawlets\";"),
    );
    for name in [
        "clawlets",
        "clf",
        "clf-orchestrator",
        "clf-units",
        "clawlets-host",
        "clawlets-host-units",
        "clawlets-cattle",
        "default",
    ] {
        desk.eval(&format!("packages.x86_64-linux.{name}.drvPath"));
    }
    desk.eval("devShells.x86_64-linux.default.drvPath");
    let built = desk.build("packages.x86_64-linux.clf");
    assert!(built.join("bin/clf").is_file());
    let store = fs::read_dir(desk.path("nix/store")).unwrap().map(|entry| entry.unwrap().path());
    let is_source = |path: &PathBuf| path.to_str().unwrap().ends_with("-clawlets-source");
    let source = store.filter(is_source).collect::<Vec<_>>();
    let mut parts: Vec<_> =
        fs::read_dir(&source[0]).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    parts.sort();
    assert_eq!(parts, ["Cargo.lock", "Cargo.toml", "crates"], "of what is here");
}
