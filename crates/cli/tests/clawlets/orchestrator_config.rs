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
fn where_it_is_for_must_be_said() {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["cattle", "orchestrator-config"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
