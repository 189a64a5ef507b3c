//! What changes nothing.

use std::fs;

use crate::{
    bundles::Made,
    world::{PREFIX, World},
};

/// Everything that is in use.
fn in_use(world: &World) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(world.link())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    all.push(("seeds".to_owned(), fs::read(world.path("seeds/repo-seeds.tar.zst")).unwrap()));
    all.sort();
    all
}

#[test]
fn a_bundle_that_is_not_right_changes_nothing_on_a_running_host() {
    let Some(world) = World::new("a_bundle_that_is_not_right_changes_nothing_on_a_running_host") else {
        return;
    };
    let publisher = &world.publisher;
    world.publish(5);
    world.boot().succeeds();
    let before = in_use(&world);
    let good = publisher.make("web-1", 6);
    let with = |change: &dyn Fn(&mut Made)| {
        let mut made = good.clone();
        change(&mut made);
        made
    };
    let cases = [
        ("a manifest that was changed", with(&|made| made.manifest[20] ^= 1), "signature"),
        ("a signature that is cut off", with(&|made| made.signature.truncate(100)), "signed"),
        ("no signature", with(&|made| made.signature.clear()), "signed"),
        ("somebody else's signature", publisher.make_by_a_stranger("web-1", 6), "signature is by key"),
        ("secrets that are cut off", with(&|made| made.secrets.truncate(600)), "secrets.tgz"),
        ("other seeds", with(&|made| made.seeds.push(b'x')), "repo-seeds.tar.zst"),
        ("the bundle of another instance", publisher.make("web-2", 6), "for the instance web-2"),
        ("an older version", publisher.make("web-1", 4), "version 4, and version 5"),
        ("another bundle of the same version", same_version(&world), "signed twice"),
    ];
    for (name, made, why) in cases {
        publisher.store(PREFIX, &made);
        let boot = world.boot();
        assert_eq!(boot.code(), 6, "{name}: {}", boot.talk());
        assert!(boot.talk().contains(why), "{name}: {}", boot.talk());
        assert_eq!(in_use(&world), before, "{name}");
        assert_eq!(world.status()["failure"]["kind"], "refused", "{name}");
    }
    publisher.store(PREFIX, &good);
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 6"));
}

/// Version 5 again, with other content: keys of files are new each time.
fn same_version(world: &World) -> Made {
    world.publisher.make("web-1", 5)
}

#[test]
fn a_wrong_prefix_changes_nothing() {
    let Some(world) = World::new("a_wrong_prefix_changes_nothing") else { return };
    world.boot().succeeds();
    let before = in_use(&world);
    for (prefix, exit) in [("bootstrap/web-9", 7), ("../etc", 78), ("s3://no-such-bucket/x", 7)] {
        world.write("bootstrap-prefix", prefix);
        let boot = world.boot();
        assert_eq!(boot.code(), exit, "{prefix}: {}", boot.talk());
        assert_eq!(in_use(&world), before, "{prefix}");
    }
    // The first boot of another host finds nothing, too, and comes to no harm.
    world.reboot(2);
    fs::remove_dir_all(world.path("state")).unwrap();
    world.write("bootstrap-prefix", "bootstrap/web-9");
    let boot = world.boot();
    assert_eq!(boot.code(), 7, "{}", boot.talk());
    assert_eq!(world.version(), None);
    world.write("bootstrap-prefix", PREFIX);
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
}

#[test]
fn a_key_beside_what_it_opens_is_refused() {
    let Some(world) = World::new("a_key_beside_what_it_opens_is_refused") else { return };
    let mut archive = tar_of("host.yaml", world.publisher.host.to_secret().expose().as_bytes());
    archive = gzip(&archive);
    let made = resigned(&world, archive);
    world.publisher.store(PREFIX, &made);
    let boot = world.boot();
    assert_eq!(boot.code(), 6, "{}", boot.talk());
    assert!(boot.talk().contains("private key"), "{}", boot.talk());
    assert!(!boot.talk().contains("AGE-SECRET-KEY"), "{}", boot.talk());
    assert_eq!(world.version(), None);
}

/// A bundle of these secrets that is signed as it should be.
fn resigned(world: &World, secrets: Vec<u8>) -> Made {
    let made = world.publisher.make("web-1", 3);
    world.publisher.sign_again(made, secrets)
}

fn tar_of(name: &str, content: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    let output = std::process::Command::new("tar")
        .args(["--format=ustar", "--owner=0", "--group=0", "-cf", "-", "-C"])
        .arg(folder.path())
        .arg(name)
        .output()
        .unwrap();
    output.stdout
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
