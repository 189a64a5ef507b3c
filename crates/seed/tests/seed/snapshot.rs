//! Snapshots of repositories.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clawlets_seed::{
    checkout::{CheckoutError, Copies, Outcome},
    git::{Git, Stop},
    repos::{FileUrls, RepoList, RepoName, RepoSeed},
    snapshot::{Limits, Snapshot, SnapshotError, build},
};
use tar::{EntryType, Header};

struct World(tempfile::TempDir);

impl World {
    /// A remote and two clones of it.
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        world.git("", &["init", "--quiet", "--initial-branch=main", "remote"]);
        world.commit("one\n");
        fs::create_dir(world.path("clones")).unwrap();
        let url = world.url();
        for name in ["site", "lib"] {
            world.git("clones", &["clone", "--quiet", &url, name]);
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn url(&self) -> String {
        format!("file://{}", self.path("remote").display())
    }

    fn git(&self, folder: &str, words: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=ann", "-c", "user.email=ann@example.org"])
            .args(words)
            .current_dir(self.path(folder))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, text: &str) {
        fs::write(self.path("remote/README.md"), text).unwrap();
        symlink("README.md", self.path("remote/link")).ok();
        self.git("remote", &["add", "--all"]);
        self.git("remote", &["commit", "--quiet", "--message", "a commit"]);
    }

    fn pack(&self, to: &str, names: &[&str]) -> PathBuf {
        let names: Vec<RepoName> = names.iter().map(|name| RepoName::parse(name).unwrap()).collect();
        let path = self.path(to);
        let packed = build(&self.path("clones"), &names, File::create(&path).unwrap()).unwrap();
        assert_eq!(packed.repositories, 2);
        path
    }

    fn seed(&self, name: &str) -> RepoSeed {
        let text = format!("{name}\t{}\tmain\n", self.url());
        RepoList::parse(text.as_bytes(), FileUrls::Allowed).unwrap().iter().next().unwrap().clone()
    }

    fn bring(&self, name: &str, snapshot: &Path) -> Result<Outcome, CheckoutError> {
        let snapshot = Snapshot::open(snapshot, Limits::default())?;
        let git = Git::new(Path::new("git"), Duration::from_secs(30), Stop::default());
        Copies::open(&self.path("copies")).unwrap().bring(&git, &self.seed(name), Some(&snapshot))
    }

    /// An archive of hand-made entries.
    fn archive(&self, entries: &[(&str, EntryType, &str)]) -> PathBuf {
        let path = self.path("hostile.tar.zst");
        let mut archive = tar::Builder::new(zstd::Encoder::new(File::create(&path).unwrap(), 1).unwrap());
        for (name, kind, content) in entries {
            let mut header = Header::new_gnu();
            // Past the library, which would refuse some of these names.
            let bytes = name.as_bytes();
            header.as_old_mut().name[..bytes.len()].copy_from_slice(bytes);
            header.set_entry_type(*kind);
            header.set_mode(0o4777);
            let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
            if is_link {
                header.set_link_name_literal(content.as_bytes()).unwrap();
            }
            let content: &[u8] = if is_link { b"" } else { content.as_bytes() };
            header.set_size(content.len() as u64);
            header.set_cksum();
            archive.append(&header, content).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap().flush().unwrap();
        path
    }
}

#[test]
fn the_same_folder_gives_the_same_bytes_whenever_and_in_whichever_order() {
    let world = World::new();
    let first = fs::read(world.pack("one.tar.zst", &["site", "lib"])).unwrap();
    // What git writes down of files that are checked out changes, and is in no snapshot.
    fs::write(world.path("clones/site/README.md"), "touched").unwrap();
    world.git("clones/site", &["checkout", "--quiet", "--force", "HEAD"]);
    world.git("clones/site", &["status"]);
    fs::write(world.path("clones/site/.git/hooks/post-checkout"), "#!/bin/sh\n").unwrap();
    let second = fs::read(world.pack("two.tar.zst", &["lib", "site", "site"])).unwrap();
    assert!(first == second);
}

#[test]
fn a_copy_from_a_snapshot_is_one_that_git_knows_and_moves_forward() {
    let world = World::new();
    let snapshot = world.pack("seeds.tar.zst", &["site", "lib"]);
    let head = world.git("remote", &["rev-parse", "HEAD"]);
    assert_eq!(world.bring("site", &snapshot).unwrap(), Outcome::Restored(head.clone()));
    assert_eq!(fs::read_to_string(world.path("copies/site/README.md")).unwrap(), "one\n");
    assert_eq!(world.git("copies/site", &["status", "--porcelain"]), "");
    assert_eq!(world.git("copies/site", &["config", "remote.origin.url"]), world.url());
    world.commit("two\n");
    assert!(matches!(world.bring("site", &snapshot).unwrap(), Outcome::Updated { from, .. } if from == head));
    assert_eq!(fs::read_to_string(world.path("copies/site/README.md")).unwrap(), "two\n");
}

#[test]
fn settings_and_hooks_of_whoever_packed_it_are_not_taken() {
    let world = World::new();
    let mut entries: Vec<(String, String)> = vec![
        ("site/.git/config".into(), "[core]\n\tfsmonitor = touch witness\n".into()),
        ("site/.git/hooks/post-checkout".into(), "#!/bin/sh\ntouch witness\n".into()),
        ("site/.git/info/attributes".into(), "* filter=evil\n".into()),
        ("site/README.md".into(), "not what git says\n".into()),
    ];
    world.git("clones/site", &["pack-refs", "--all"]);
    for name in ["HEAD", "packed-refs"] {
        let text = fs::read_to_string(world.path("clones/site/.git").join(name)).unwrap();
        entries.push((format!("site/.git/{name}"), text));
    }
    let entries: Vec<_> =
        entries.iter().map(|(name, text)| (name.as_str(), EntryType::Regular, text.as_str())).collect();
    let snapshot = world.archive(&entries);
    // Its commits are missing, so git refuses it; nothing of it is in the place of the copy.
    assert!(world.bring("site", &snapshot).is_err());
    assert!(!world.path("copies/site").exists());
    assert!(
        !Command::new("find")
            .arg(world.0.path())
            .args(["-name", "witness"])
            .output()
            .unwrap()
            .stdout
            .starts_with(b"/")
    );
}

#[test]
fn what_leads_out_or_is_no_file_is_refused_as_a_whole() {
    let world = World::new();
    for (name, kind, content) in [
        ("../evil", EntryType::Regular, "x"),
        ("/etc/evil", EntryType::Regular, "x"),
        ("site/.git/../../../evil", EntryType::Regular, "x"),
        ("site/.git/objects", EntryType::Symlink, "/etc"),
        ("site/.git/HEAD", EntryType::Symlink, "/etc/passwd"),
        ("site/.git/HEAD", EntryType::Link, "/etc/passwd"),
        ("site/.git/HEAD", EntryType::Char, ""),
        ("site/pipe", EntryType::Fifo, ""),
        ("site/.git/HEAD", EntryType::Block, ""),
        (".ssh/authorized_keys", EntryType::Regular, "x"),
        ("-rf/.git/HEAD", EntryType::Regular, "x"),
    ] {
        let snapshot = world.archive(&[
            ("site/.git/HEAD", EntryType::Regular, "ref: refs/heads/main\n"),
            (name, kind, content),
        ]);
        let refused = Snapshot::open(&snapshot, Limits::default());
        assert!(matches!(refused, Err(SnapshotError::Refused { .. })), "{name} {kind:?}: {refused:?}");
    }
    assert!(!world.path("evil").exists() && !Path::new("/etc/evil").exists());
}

#[test]
fn more_than_is_expected_is_refused() {
    let world = World::new();
    let zeros = "0".repeat(1 << 20);
    let snapshot = world.archive(&[("site/.git/objects/big", EntryType::Regular, &zeros)]);
    assert!(fs::metadata(&snapshot).unwrap().len() < 1 << 14, "it is small as long as it is packed");
    let open = |bytes, entries| Snapshot::open(&snapshot, Limits { bytes, entries });
    assert!(matches!(open(1 << 19, 10), Err(SnapshotError::TooLarge { what: "bytes", .. })));
    assert!(matches!(open(1 << 30, 0), Err(SnapshotError::TooLarge { what: "entries", .. })));
    assert!(open(1 << 30, 10).is_ok());
}

#[test]
fn a_name_that_would_fill_the_memory_is_refused_before_it_is_read() {
    let world = World::new();
    for kind in [EntryType::GNULongName, EntryType::XHeader] {
        let mut header = Header::new_gnu();
        header.set_path("././@LongLink").unwrap();
        header.set_entry_type(kind);
        header.set_size(3 << 30);
        header.set_cksum();
        let path = world.path("name.tar.zst");
        // What it says that it holds is not there: whoever began to read it would find that out.
        fs::write(&path, zstd::encode_all(&header.as_bytes()[..], 1).unwrap()).unwrap();
        let refused = Snapshot::open(&path, Limits::default());
        let is_refused =
            matches!(refused, Err(SnapshotError::Refused { why, .. }) if why.contains("too long"));
        assert!(is_refused, "{refused:?}");
    }
}

#[test]
fn a_name_that_is_longer_than_a_header_holds_is_there_again() {
    let world = World::new();
    let branch = format!("feature/{}", "n".repeat(150));
    world.git("clones/site", &["branch", &branch]);
    let snapshot = world.pack("seeds.tar.zst", &["site", "lib"]);
    world.bring("site", &snapshot).unwrap();
    let found = world.git("copies/site", &["rev-parse", "--verify", &format!("refs/heads/{branch}")]);
    assert_eq!(found, world.git("clones/site", &["rev-parse", "HEAD"]));
}

#[test]
fn what_is_cut_off_or_no_snapshot_is_said_to_be_so() {
    let world = World::new();
    let snapshot = world.pack("seeds.tar.zst", &["site", "lib"]);
    let bytes = fs::read(&snapshot).unwrap();
    for length in [0, 3, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&snapshot, &bytes[..length]).unwrap();
        let opened = Snapshot::open(&snapshot, Limits::default());
        assert!(matches!(opened, Err(SnapshotError::Damaged { .. })), "{length}: {opened:?}");
    }
    fs::write(&snapshot, b"not packed at all").unwrap();
    assert!(matches!(Snapshot::open(&snapshot, Limits::default()), Err(SnapshotError::Damaged { .. })));
    assert!(matches!(Snapshot::open(&world.path("none"), Limits::default()), Err(SnapshotError::Io { .. })));
}

#[test]
fn a_repository_that_borrows_from_another_is_not_packed() {
    let world = World::new();
    world.git(
        "clones",
        &["clone", "--quiet", "--shared", &world.path("clones/site").display().to_string(), "shared"],
    );
    let names = [RepoName::parse("shared").unwrap()];
    let refused = build(&world.path("clones"), &names, Vec::new());
    assert!(matches!(refused, Err(SnapshotError::Unfit { .. })), "{refused:?}");
}
