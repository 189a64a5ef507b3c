//! Somebody who may not change this host asks it something.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use clawlets_tests::{Run, is_root};

use crate::world::World;

/// The program without any of root's rights.
fn unprivileged(world: &World, arguments: &[&str]) -> Run {
    let program = env!("CARGO_BIN_EXE_clawlets-host");
    let mut command = Command::new(if is_root() { "setpriv" } else { program });
    if is_root() {
        command.args(["--inh-caps=-all", "--bounding-set=-all", "--", program]);
    }
    command.args(arguments);
    world.at_home(&mut command);
    Run::of(&mut command)
}

fn allow(folder: &Path, mode: u32) {
    fs::set_permissions(folder, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn who_may_not_read_or_change_this_host_is_told_so() {
    let world = World::bare();
    let [state, secrets] = ["state", "secrets"].map(|name| world.host().join(name));
    for folder in [&state, &secrets] {
        fs::create_dir(folder).unwrap();
        allow(folder, 0o000);
    }
    let bundle = world.folder().join("bundle");
    let packed = world.publisher.bundle(1);
    fs::write(&bundle, &packed.bytes).unwrap();
    let install = ["secrets", "install", "--bundle", bundle.to_str().unwrap(), "--sha256", &packed.sha256];
    for verb in [
        &["update", "status"][..],
        &["update", "verify-state"],
        &["update", "fetch"],
        &["update", "apply"],
        &["update", "pause"],
        &["update", "pin", "1"],
        &install,
    ] {
        let refused = unprivileged(&world, verb);
        assert_eq!(refused.code(), 7, "{verb:?}: {}", refused.talk());
        let talk = refused.talk();
        assert!(
            talk.contains("Permission denied") && talk.contains("hint: run it as root"),
            "{verb:?}: {talk}"
        );
    }
    for folder in [&state, &secrets] {
        allow(folder, 0o700);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0, "nothing was changed");
    }
}
