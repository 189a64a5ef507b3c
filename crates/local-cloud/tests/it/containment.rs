//! QEMU seen from outside: who it is, what it may do, what it sees, and how much it may take.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::json;

use crate::support::{
    Emulator, TestCloud, eventually, is_root, processes_mentioning, real_qemu_is_missing, skip,
};

const NOBODY: &str = "65534";
const NO_CAPABILITY: &str = "0000000000000000";

/// What `/proc` tells about a process.
struct Process(u32);

impl Process {
    /// The QEMU of a server: the only process of its guest's directory with that name.
    async fn qemu(cloud: &TestCloud, server: u64) -> Self {
        eventually("QEMU runs", async || {
            let pids = processes_mentioning(&cloud.guest_dir(server));
            pids.into_iter().map(Process).find(|process| process.read("comm").starts_with("qemu-system"))
        })
        .await
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new("/proc").join(self.0.to_string()).join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// A field of its status, with single blanks.
    fn status(&self, field: &str) -> String {
        let text = self.read("status");
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{field}:")));
        line.unwrap_or_else(|| panic!("no {field} in {text}"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn namespace(&self, kind: &str) -> std::path::PathBuf {
        fs::read_link(self.path(&format!("ns/{kind}"))).unwrap()
    }

    /// Soft and hard limits by name.
    fn limits(&self) -> BTreeMap<String, (String, String)> {
        let text = self.read("limits");
        let lines = text.lines().skip(1).filter(|line| line.len() > 60);
        lines
            .map(|line| {
                let mut words = line[26..].split_whitespace().map(str::to_owned);
                (line[..26].trim().to_owned(), (words.next().unwrap(), words.next().unwrap()))
            })
            .collect()
    }

    /// The names in a folder, as this process sees it.
    fn sees(&self, folder: &str) -> BTreeSet<String> {
        let entries = fs::read_dir(self.path("root").join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Where its open files lead to.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("fd")).unwrap().filter_map(Result::ok);
        entries
            .filter_map(|entry| fs::read_link(entry.path()).ok())
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }
}

/// What holds for every QEMU, however it is contained.
fn has_nothing_that_it_does_not_need(qemu: &Process, cloud: &TestCloud, server: u64) {
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(qemu.status(set), NO_CAPABILITY, "{set}");
    }
    assert_eq!((qemu.status("NoNewPrivs"), qemu.status("Seccomp")), ("1".to_owned(), "2".to_owned()));
    let environment = qemu.read("environ");
    let variables = environment.split('\0').filter_map(|variable| Some(variable.split_once('=')?.0));
    assert!(variables.eq(["PATH"]) || environment.contains("PWD=/\0"), "{environment}");
    assert!(!environment.contains("HOME") && !environment.contains("CARGO"), "{environment}");

    let limits = qemu.limits();
    for (name, value) in [
        ("Max address space", (256 + 64 + 1024) << 20),
        ("Max processes", 33),
        ("Max open files", 256),
        ("Max file size", 16 << 20),
        ("Max core file size", 0),
        ("Max locked memory", 0_u64),
    ] {
        let value = value.to_string();
        assert_eq!(limits[name], (value.clone(), value), "{name}");
    }

    let me = Process(std::process::id());
    for kind in ["net", "mnt"] {
        assert_ne!(qemu.namespace(kind), me.namespace(kind), "{kind}");
    }
    for name in qemu.sees("") {
        let known =
            ["bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "nix", "proc", "sbin", "usr"];
        assert!(known.contains(&name.as_str()), "QEMU sees /{name}");
    }
    assert_eq!(qemu.sees("boot"), ["initramfs", "kernel"].map(str::to_owned).into());
    assert_eq!(qemu.sees("dev"), ["null", "urandom"].map(str::to_owned).into());
    assert!(qemu.sees("etc").iter().all(|name| name == "ld.so.cache"));
    let writable: Vec<_> = qemu
        .read("mountinfo")
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|mount| !mount[5].split(',').any(|option| option == "ro"))
        .map(|mount| mount[4].to_owned())
        .filter(|place| !place.starts_with("/proc") && !place.starts_with("/dev/"))
        .collect();
    assert!(writable.is_empty(), "{writable:?}");

    let lock = cloud.guest_dir(server).join("qemu.lock").to_string_lossy().into_owned();
    for file in qemu.files() {
        let ours = file == lock || file == "/dev/null" || file == "/dev/urandom";
        let nameless =
            ["socket:", "pipe:", "anon_inode:", "/memfd:"].iter().any(|kind| file.starts_with(kind));
        assert!(ours || nameless, "QEMU has {file} open");
    }
}

#[tokio::test]
async fn roots_guests_run_each_as_a_user_that_nobody_else_is() {
    let test = "roots_guests_run_each_as_a_user_that_nobody_else_is";
    if real_qemu_is_missing(test) {
        return;
    }
    if !is_root() {
        return skip(test, "only root can become another user");
    }
    let cloud = TestCloud::start(Emulator::Qemu).await;
    let mut users = BTreeSet::new();
    for name in ["one", "two"] {
        let server = cloud.api.running_server(name, json!({ "user_data": "sleep 1000\n" })).await;
        let qemu = Process::qemu(&cloud, server).await;
        let uid = qemu.status("Uid").split(' ').next().unwrap().to_owned();
        let number: u32 = uid.parse().unwrap();
        assert!((1_900_000_000..1_900_004_096).contains(&number), "{uid}");
        assert_eq!(qemu.status("Uid"), [uid.as_str(); 4].join(" "));
        assert_eq!(qemu.status("Gid"), [uid.as_str(); 4].join(" "));
        assert_eq!(qemu.status("Groups"), "");
        // Of the machine's processes it sees itself only.
        let inside = qemu.read("mountinfo");
        assert!(
            inside.lines().any(|line| line.contains(" /proc ") && line.contains("subset=pid")),
            "{inside}"
        );
        has_nothing_that_it_does_not_need(&qemu, &cloud, server);
        assert!(users.insert(uid), "two guests share a user");
    }
}

#[tokio::test]
async fn a_persons_guests_run_under_bubblewrap_and_see_no_process_of_that_person() {
    let test = "a_persons_guests_run_under_bubblewrap_and_see_no_process_of_that_person";
    if real_qemu_is_missing(test) {
        return;
    }
    if !is_root() {
        return skip(test, "only root can act as another person");
    }
    let cloud = TestCloud::start_as_nobody(Emulator::Qemu).await;
    let user_data = "echo up; sleep 1000\n";
    let server = cloud.api.running_server("one", json!({ "user_data": user_data })).await;
    let console = cloud.guest_dir(server).join("console.log");
    eventually("it boots", async || fs::read_to_string(&console).ok()?.contains("up\r\n").then_some(()))
        .await;
    let qemu = Process::qemu(&cloud, server).await;
    assert_eq!(qemu.status("Uid"), [NOBODY; 4].join(" "));
    let me = Process(std::process::id());
    for kind in ["user", "pid", "ipc", "uts"] {
        assert_ne!(qemu.namespace(kind), me.namespace(kind), "{kind}");
    }
    let inside = qemu.status("NSpid");
    assert!(inside.ends_with(" 1"), "it is the first process of its namespace: {inside}");
    assert!(!qemu.sees("proc").contains("2"), "{:?}", qemu.sees("proc"));
    has_nothing_that_it_does_not_need(&qemu, &cloud, server);

    cloud.api.remove(server).await;
    assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
}

#[tokio::test]
async fn the_status_says_how_guests_are_contained() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let status = clawlets_local_cloud::status(&cloud.state_dir()).unwrap();
    let containment = status.containment.expect("a daemon runs");
    assert_eq!(containment.by.as_str(), if is_root() { "own-user" } else { "bubblewrap" });
    // Which it is depends on the machine, but never without a reason.
    assert_eq!(
        containment.limits.as_str() == "resource-limits",
        containment.reason.is_some(),
        "{containment:?}"
    );
}
