//! `secrets install`, as `clawlets secrets sync` calls it over SSH.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    process::{Command, Output, Stdio},
};

use crate::{publisher::Publisher, world::names};

struct Desk {
    folder: tempfile::TempDir,
    publisher: Publisher,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n[paths]\nsecrets = '{}/secrets'\n",
            folder.path().display()
        );
        fs::write(folder.path().join("host.toml"), config).unwrap();
        Self { folder, publisher: Publisher::new(&[]) }
    }

    fn install(&self, bytes: &[u8], sha256: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clawlets-host"))
            .args(["secrets", "install", "--bundle", "-", "--sha256", sha256, "--config"])
            .arg(self.folder.path().join("host.toml"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever refuses a bundle need not read all of it.
        let _ = child.stdin.take().unwrap().write_all(bytes);
        child.wait_with_output().unwrap()
    }

    fn bundles(&self) -> Vec<String> {
        names(&self.folder.path().join("secrets/bundles"))
    }
}

#[test]
fn a_bundle_is_unpacked_to_a_folder_named_by_its_digest() {
    let desk = Desk::new();
    let bundle = desk.publisher.bundle(1);
    for _ in 0..2 {
        let installed = desk.install(&bundle.bytes, &bundle.sha256);
        assert!(installed.status.success(), "{installed:?}");
    }
    assert_eq!(desk.bundles(), [bundle.sha256.as_str()]);
    let folder = desk.folder.path().join("secrets/bundles").join(&bundle.sha256);
    assert_eq!(names(&folder), bundle.names);
    let mode = fs::metadata(folder.join(&bundle.names[0])).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o400);
    assert!(fs::read_to_string(folder.join(&bundle.names[0])).unwrap().contains("ENC["));
}

#[test]
fn a_bundle_that_was_changed_or_is_not_encrypted_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    let bundle = desk.publisher.bundle(1);
    let mut changed = bundle.bytes.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let digest = |bytes: &[u8]| clawlets_release::value::Sha256Digest::of(bytes).to_string();
    let attacks = concat!(env!("CARGO_MANIFEST_DIR"), "/../release/testdata/attacks/");
    let attack = |name: &str| fs::read(format!("{attacks}{name}/secrets.tgz")).unwrap();
    let symlink = attack("bundle-with-a-symlink");
    let climbing = attack("bundle-with-a-climbing-name");
    let mut cases = vec![
        (changed.clone(), bundle.sha256.clone(), "was announced"),
        (changed.clone(), digest(&changed), "gzip"),
        (symlink.clone(), digest(&symlink), "symbolic link"),
        (climbing.clone(), digest(&climbing), "no name for a secret's file"),
    ];
    let large = vec![0; (1 << 20) + 1];
    cases.push((large.clone(), digest(&large), "more than 1048576 bytes"));
    for (bytes, sha256, reason) in cases {
        let refused = desk.install(&bytes, &sha256);
        let talk = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(6), "{reason}: {talk}");
        assert!(talk.contains(reason), "{reason}: {talk}");
        assert!(desk.bundles().is_empty(), "{reason}");
    }
    assert_eq!(desk.install(&bundle.bytes, "beef").status.code(), Some(2));
}

#[test]
fn every_bad_bundle_of_the_matrix_is_refused_by_hand_too() {
    let desk = Desk::new();
    let attacks = concat!(env!("CARGO_MANIFEST_DIR"), "/../release/testdata/attacks");
    let mut count = 0;
    for attack in fs::read_dir(attacks).unwrap() {
        let attack = attack.unwrap().path();
        let Ok(bytes) = fs::read(attack.join("secrets.tgz")) else { continue };
        let refusal = fs::read_to_string(attack.join("refusal")).unwrap();
        let words = refusal.trim_end().split_once(": ").unwrap().1;
        let refused = desk.install(&bytes, &clawlets_release::value::Sha256Digest::of(&bytes).to_string());
        let talk = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(6), "{}: {talk}", attack.display());
        assert!(talk.contains(words), "{}: {talk}", attack.display());
        count += 1;
    }
    assert!(count >= 30, "{count} bundles");
    assert!(desk.bundles().is_empty());
}
