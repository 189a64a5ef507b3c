//! `secrets activate`: opened secrets in memory, all of a system's at once or none.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_tests::Run;
use serde_json::Value;

use crate::{publisher::Publisher, world::names};

const SYSTEM: &str = "/nix/store/00000000000000000000000000000000-nixos-system-web-1";
const NEXT: &str = "/nix/store/11111111111111111111111111111111-nixos-system-web-1";

/// A host with a key and bundles. What it opens lies in memory.
struct Desk {
    disk: tempfile::TempDir,
    memory: tempfile::TempDir,
    publisher: Publisher,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            disk: tempfile::tempdir().unwrap(),
            memory: tempfile::tempdir_in("/dev/shm").unwrap(),
            publisher: Publisher::new(&[]),
        };
        desk.configure("");
        desk.put_key(desk.publisher.host_key().expose(), 0o400);
        desk.runs(SYSTEM);
        desk
    }

    fn configure(&self, more: &str) {
        let (disk, link) = (self.disk.path().display(), self.link().display().to_string());
        let text = format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n[paths]\nsecrets = '{disk}/secrets'\n\
             current_system = '{disk}/current-system'\n[secrets]\nage_key = '{disk}/key'\nlink = '{link}'\n{more}\n"
        );
        fs::write(self.disk.path().join("host.toml"), text).unwrap();
    }

    fn put_key(&self, text: &str, mode: u32) {
        let path = self.disk.path().join("key");
        let _ = fs::remove_file(&path);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn runs(&self, system: &str) {
        let link = self.disk.path().join("current-system");
        let _ = fs::remove_file(&link);
        symlink(system, link).unwrap();
    }

    fn link(&self) -> PathBuf {
        self.memory.path().join("secrets")
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command.args(arguments).arg("--config").arg(self.disk.path().join("host.toml"));
        Run::of(&mut command)
    }

    /// Installs the bundle of a release by hand.
    fn install(&self, number: u64) -> String {
        let bundle = self.publisher.bundle(number);
        let file = self.disk.path().join("bundle");
        fs::write(&file, &bundle.bytes).unwrap();
        self.run(&["secrets", "install", "--sha256", &bundle.sha256, "--bundle", file.to_str().unwrap()])
            .succeeds();
        bundle.sha256
    }

    /// As an updater notes that a bundle belongs to a system.
    fn assign(&self, system: &str, bundle: &str) {
        let systems = self.disk.path().join("secrets/systems");
        fs::create_dir_all(&systems).unwrap();
        let name = Path::new(system).file_name().unwrap();
        symlink(format!("../bundles/{bundle}"), systems.join(name)).unwrap();
    }

    fn activate(&self) -> Run {
        self.run(&["secrets", "activate", "--json"])
    }

    fn in_use(&self) -> Vec<String> {
        names(&self.link())
    }
}

#[test]
fn the_secrets_of_the_running_system_are_opened_and_no_others() {
    let desk = Desk::new();
    let [first, second, by_hand] = [1, 2, 3].map(|number| desk.install(number));
    desk.assign(SYSTEM, &first);
    desk.assign(NEXT, &second);

    let shown: Value = desk.activate().json();
    assert_eq!((&shown["origin"], &shown["sha256"]), (&"system".into(), &first.into()));
    assert_eq!(desk.in_use(), ["token_1"]);
    let file = desk.link().join("token_1");
    assert_eq!(fs::read_to_string(&file).unwrap(), "made up 1");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o400);
    assert_eq!(fs::metadata(desk.link()).unwrap().permissions().mode() & 0o7777, 0o711);

    desk.runs(NEXT);
    desk.activate().succeeds();
    assert_eq!(desk.in_use(), ["token_2"]);
    assert_eq!(names(&desk.memory.path().join("secrets.d")), ["2"], "those from before are gone");

    desk.runs(&NEXT.replace("web-1", "web-2"));
    let shown: Value = desk.activate().json();
    assert_eq!((&shown["origin"], &shown["sha256"]), (&"installed".into(), &by_hand.into()));
    assert_eq!(shown["secrets"], serde_json::json!(["token_3"]));
}

#[test]
fn when_one_cannot_be_opened_those_from_before_stay_and_it_fails() {
    let desk = Desk::new();
    let missing = desk.activate();
    assert_eq!(missing.code(), 3, "{}", missing.talk());
    assert!(missing.talk().contains("secrets sync --host web-1"), "{}", missing.talk());

    let first = desk.install(1);
    desk.activate().succeeds();
    let stays = |code: i32, reason: &str| {
        let refused = desk.activate();
        assert_eq!(refused.code(), code, "{reason}: {}", refused.talk());
        assert!(refused.talk().contains(reason), "{}", refused.talk());
        assert!(!refused.talk().contains("made up"), "{}", refused.talk());
        assert_eq!(desk.in_use(), ["token_1"], "{reason}");
        assert_eq!(names(&desk.memory.path().join("secrets.d")), ["1"], "{reason}");
    };

    desk.put_key(Publisher::new(&[]).host_key().expose(), 0o400);
    stays(6, "clawlets::secrets::closed");
    desk.put_key("nothing\n", 0o400);
    stays(3, "clawlets::secrets::no_key");
    desk.put_key(desk.publisher.host_key().expose(), 0o444);
    stays(6, "clawlets::secrets::key_exposed");
    desk.put_key(desk.publisher.host_key().expose(), 0o400);

    desk.configure("owners = { token_1 = { owner = 'nobody-of-this-name' } }");
    stays(78, "nobody-of-this-name");
    desk.configure("");

    let file = desk.disk.path().join("secrets/bundles").join(&first).join("token_1.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, text.replace("token_1:", "token_7:")).unwrap();
    stays(6, "token_1");
    fs::write(&file, &text).unwrap();
    desk.activate().succeeds();
    assert_eq!(names(&desk.memory.path().join("secrets.d")), ["2"]);
}

#[test]
fn secrets_go_nowhere_but_into_memory_unless_that_is_allowed() {
    let desk = Desk::new();
    desk.install(1);
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let link = disk.path().join("opened");
    let config = desk.disk.path().join("host.toml");
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace(desk.link().to_str().unwrap(), link.to_str().unwrap());
    fs::write(&config, &text).unwrap();
    let refused = desk.activate();
    assert_eq!(refused.code(), 78, "{}", refused.talk());
    assert!(refused.talk().contains("is not in memory"), "{}", refused.talk());
    assert!(!link.exists() && names(&disk.path().join("opened.d")).is_empty());
    fs::write(&config, text + "memory_only = false\n").unwrap();
    desk.activate().succeeds();
    assert_eq!(names(&link), ["token_1"]);
}

#[test]
fn a_secret_has_the_mode_that_it_is_given_and_an_empty_folder_makes_way_for_the_link() {
    let desk = Desk::new();
    desk.install(1);
    desk.configure("owners = { token_1 = { mode = '0440' }, of_another_host = { owner = 'nobody-at-all' } }");
    fs::create_dir(desk.link()).unwrap();
    desk.activate().succeeds();
    let mode = fs::metadata(desk.link().join("token_1")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o440);
    assert!(fs::symlink_metadata(desk.link()).unwrap().is_symlink());
}
