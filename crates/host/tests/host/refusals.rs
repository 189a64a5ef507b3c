//! What a host refuses, through the whole program: the reason is named, and nothing changes but the status.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_tests::Run;

use crate::{publisher::Publisher, store::Quality, world::World};

/// What somebody does to a mirror.
type Deed = fn(&Path);

fn change(path: &Path, how: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    fs::write(path, how(fs::read(path).unwrap())).unwrap();
}

const DEEDS: &[(&str, Deed)] = &[
    ("the pointer is not signed", |site| fs::remove_file(site.join("latest.json.minisig")).unwrap()),
    ("the signature of the pointer proves nothing", |site| {
        change(&site.join("latest.json.minisig"), |bytes| bytes[..bytes.len() / 2].to_vec());
    }),
    ("the signature of the pointer proves nothing", |site| {
        fs::copy(site.join("5.json.minisig"), site.join("latest.json.minisig")).unwrap();
    }),
    ("the signature of the pointer proves nothing", |site| {
        fs::write(site.join("latest.json"), "<!doctype html><title>Sign in</title>").unwrap();
    }),
    ("the pointer names", |site| {
        change(&site.join("5.json"), |bytes| [bytes, b" ".to_vec()].concat());
    }),
    ("the manifest is not signed", |site| fs::remove_file(site.join("5.json.minisig")).unwrap()),
];

#[test]
fn what_is_refused_is_named_and_changes_nothing() {
    let Some(world) = World::new("what_is_refused_is_named_and_changes_nothing") else { return };
    let installed = world.running();
    let system = world.publish(5, Quality::Good);
    let sites =
        ["mirror-1", "mirror-2"].map(|name| world.host().parent().unwrap().join(name).join("web-1/prod"));
    let kept = world.host().parent().unwrap().join("kept");
    copy(&sites[0], &kept);
    for (reason, deed) in DEEDS {
        sites.iter().for_each(|site| deed(site));
        is_refused(&world, reason);
        assert_eq!(world.status()["seen"], serde_json::Value::Null, "{reason}");
        sites.iter().for_each(|site| copy(&kept, site));
    }
    let host = world.host();
    let bundle = world.publisher.bundle(5);
    Publisher::new(&mirrors(&sites)).publish(5, &system, &bundle, &host);
    is_refused(&world, "which this host does not trust");

    sites.iter().for_each(|site| copy(&kept, site));
    world.run(&["update", "fetch"]).succeeds();
    world.publisher.publish(5, &system, &world.publisher.bundle(6), &host);
    is_refused(&world, "there are two releases 0/5");
    world.publisher.publish(4, &system, &bundle, &host);
    is_refused(&world, "release 0/4 is below 0/5");
    assert_eq!(world.running(), installed);
    assert_eq!(world.text("switches.log").lines().count(), 1, "nothing was switched to");
}

fn is_refused(world: &World, reason: &str) {
    let refused = world.run(&["update", "apply"]);
    assert_eq!(refused.code(), 6, "{reason}: {}", refused.talk());
    let status = world.status();
    assert_eq!(status["result"], "refused", "{reason}");
    assert!(status["why"].as_str().unwrap().contains(reason), "{reason}: {status:#}");
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    Run::of(Command::new("cp").arg("-R").arg(from).arg(to)).succeeds();
}

fn mirrors(sites: &[PathBuf]) -> Vec<PathBuf> {
    sites.iter().map(|site| site.ancestors().nth(2).unwrap().to_owned()).collect()
}
