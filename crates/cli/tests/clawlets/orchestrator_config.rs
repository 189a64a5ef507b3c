//! `clawlets cattle orchestrator-config`.

use std::fs;

use clawlets_stand_in::Ran;

use crate::bench::{add_rex, clawlets_in, command_in, snapshot};

#[test]
fn the_configuration_names_this_users_folders_and_makes_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut command =
        command_in(folder.path(), &["cattle", "orchestrator-config", "--local", "--id", "mine"]);
    let ran = Ran::of(command.env("CLAWLETS_STATE_DIR", "state"));
    let config: toml::Table = ran.out.parse().unwrap();
    assert_eq!(config["id"].as_str(), Some("mine"));
    for key in ["store", "personas"] {
        let path = std::path::Path::new(config[key].as_str().unwrap());
        assert!(path.starts_with(folder.path().join("state")), "{ran}");
    }
    assert!(folder.path().join("state/personas").is_dir());
    snapshot!(ran);
}

#[test]
fn the_personas_are_those_of_the_project_around() {
    let folder = tempfile::tempdir().unwrap();
    add_rex(folder.path());
    let mut command = command_in(folder.path(), &["cattle", "orchestrator-config", "--local", "--json"]);
    let config = Ran::of(command.env("CLAWLETS_STATE_DIR", "state")).json();
    assert_eq!(config["personas"], folder.path().join("cattle/personas").to_str().unwrap());
}

#[test]
fn a_github_app_is_named_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let run = |flags: &[&str]| {
        let base = ["cattle", "orchestrator-config", "--local"];
        let mut command = command_in(folder.path(), &[&base, flags].concat());
        Ran::of(command.env("CLAWLETS_STATE_DIR", "state"))
    };
    let whole = [
        "--github-app-id=4711",
        "--github-installation-id=815",
        "--github-key-file=app.pem",
        "--github-repo=clawlets",
        "--github-repo=website",
    ];
    let config: toml::Table =
        run(&[&whole[..], &["--github-permission=contents=write"]].concat()).out.parse().unwrap();
    let key = folder.path().join("app.pem");
    let expected: toml::Table = format!(
        "app_id = 4711\ninstallation_id = 815\nprivate_key_file = {key:?}\nrepositories = [\"clawlets\", \"website\"]\npermissions = {{ contents = \"write\" }}\n"
    )
    .parse()
    .unwrap();
    assert_eq!(config["github"].as_table(), Some(&expected));
    assert_eq!(run(&whole).code, Some(0), "permissions have a default");
    for flags in [&whole[..2], &whole[1..], &["--github-repo=acme/clawlets"], &["--github-app-id=0"]] {
        assert_eq!(run(flags).code, Some(2), "{flags:?}");
    }
}

#[test]
fn where_it_is_for_must_be_said() {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["cattle", "orchestrator-config"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
