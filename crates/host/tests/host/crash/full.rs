//! A disk that is full, and file systems that cannot be written: real ones, in a mount namespace of their own.

use std::{fs, process::Command};

use clawlets_tests::{Run, is_root, skip};

use crate::{
    store::Quality,
    world::{World, copy, remove},
};

/// What a shell does in a mount namespace of its own, with the program and its arguments behind it.
const FULL: &str = r#"set -e
mount -t tmpfs -o size=1m,mode=700 none "$HOST/state"
cp -a "$KEPT/." "$HOST/state/"
if [ "$WHEN" = before ]; then cat /dev/zero > "$HOST/state/ballast" 2>/dev/null || true; fi
code=0
"$@" || code=$?
rm "$HOST/state/ballast"
cp -a "$HOST/state/." "$AFTER/"
exit $code
"#;
const READ_ONLY: &str = r#"set -e
mount --bind "$HOST/$PLACE" "$HOST/$PLACE"
mount -o remount,bind,ro "$HOST/$PLACE"
exec "$@"
"#;

/// A host that runs release 1 and is offered another, where mounts may be made.
fn host(test: &str) -> Option<World> {
    let world = World::new(test)?;
    let mut tried = namespace("mount -t tmpfs none /mnt");
    if !tried.status().is_ok_and(|status| status.success()) {
        skip(test, "no mount namespace can be had");
        return None;
    }
    world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    copy(&world.host().join("state"), &world.folder().join("kept"));
    fs::create_dir(world.folder().join("after")).unwrap();
    Some(world)
}

fn namespace(script: &str) -> Command {
    let mut unshare = Command::new("unshare");
    if !is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.args(["--mount", "sh", "-c", script, "sh"]);
    unshare
}

fn apply(world: &World, script: &str, place: &str) -> Run {
    let folder = world.folder();
    let mut command = namespace(script);
    command.env("HOST", world.host()).env("PLACE", place).env("WHEN", place);
    command.env("KEPT", folder.join("kept")).env("AFTER", folder.join("after"));
    command.args([env!("CARGO_BIN_EXE_clawlets-host"), "update", "apply"]);
    world.at_home(&mut command);
    Run::of(&mut command)
}

/// The host is at release 1 as before, and goes on to release 2 when it can.
fn goes_on(world: &World, installed: &str) {
    assert_eq!(world.running(), installed);
    assert_eq!(world.text("boot-default").trim(), installed);
    world.run(&["update", "apply"]).succeeds();
    assert_eq!(world.status()["currentRelease"]["releaseId"], 2);
    assert!(world.run(&["update", "verify-state"]).ok());
}

/// What was on the disk that was full is what the host has now.
fn has_room(world: &World) {
    remove(&world.host().join("state"));
    copy(&world.folder().join("after"), &world.host().join("state"));
}

#[test]
fn on_a_full_disk_nothing_is_begun() {
    let Some(world) = host("on_a_full_disk_nothing_is_begun") else { return };
    let before = world.running();
    world.publish(2, Quality::Good);
    let ended = apply(&world, FULL, "before");
    assert_eq!(ended.code(), 7, "{}", ended.talk());
    assert!(ended.talk().contains("No space left on device"), "{}", ended.talk());
    has_room(&world);
    goes_on(&world, &before);
}

#[test]
fn a_release_that_fills_the_disk_is_left_all_the_same() {
    let Some(world) = host("a_release_that_fills_the_disk_is_left_all_the_same") else { return };
    let before = world.running();
    world.publish(3, Quality::FillsDisk);
    let ended = apply(&world, FULL, "later");
    assert_eq!(ended.code(), 1, "{}", ended.talk());
    assert!(world.text("switches.log").contains("test 3"), "it ran");
    has_room(&world);
    assert_eq!(world.status()["result"], "rolled-back");
    world.publish(4, Quality::Good);
    assert_eq!((world.running(), world.text("boot-default").trim()), (before.clone(), &*before));
    assert_eq!(world.secrets_in_use(), ["token_1.yaml"]);
    world.run(&["update", "apply"]).succeeds();
    assert_eq!(world.status()["currentRelease"]["releaseId"], 4);
}

#[test]
fn where_a_file_system_cannot_be_written_nothing_is_begun() {
    let Some(world) = host("where_a_file_system_cannot_be_written_nothing_is_begun") else { return };
    let before = world.running();
    world.publish(2, Quality::Good);
    for place in ["nix", "secrets", "state", "floor"] {
        let ended = apply(&world, READ_ONLY, place);
        assert_eq!(ended.code(), 7, "{place}: {}", ended.talk());
        let said = ended.talk().to_lowercase();
        assert!(
            said.contains("read-only file system") || said.contains("cannot be written"),
            "{place}: {said}"
        );
        assert_eq!(
            (world.running(), world.text("boot-default").trim()),
            (before.clone(), &*before),
            "{place}"
        );
    }
    goes_on(&world, &before);
}
