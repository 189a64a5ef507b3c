//! The shared memory over a real NFS mount: a virtual machine with the kernel's server and two clients of it, each with a name
//! and a network of its own, and TLS between them. What is checked stands in `init`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_tests::{Run, program, skip, workspace_root};

const INIT: &str = include_str!("init");
/// Programs of this machine that the guest gets, with the libraries that they need.
const PROGRAMS: [&str; 3] = ["stunnel", "ip", "flock"];

#[test]
fn a_memory_over_nfs_and_tls_loses_nothing_and_hangs_nobody() {
    let test = "a_memory_over_nfs_and_tls_loses_nothing_and_hangs_nobody";
    let Some(parts) = Parts::find(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let initrd = parts.initrd(folder.path());
    // The emulator: hardware virtualisation inside of a virtual machine is not to be relied on. One processor, because two
    // would mostly wait for each other. The guest itself gives up sooner, and says where it had come to.
    let mut emulator = Command::new("timeout");
    emulator.args(["--kill-after=5", "600", "qemu-system-x86_64", "-accel", "tcg", "-m", "512", "-smp", "1"]);
    emulator.args(["-display", "none", "-serial", "stdio", "-monitor", "none", "-nodefaults", "-no-reboot"]);
    emulator.arg("-kernel").arg(parts.kernel.join("vmlinuz")).arg("-initrd").arg(initrd);
    let run = Run::of(emulator.args(["-append", "console=ttyS0 quiet panic=-1"]));
    let said = run.out();
    let wanted: BTreeSet<_> =
        INIT.lines().filter_map(|line| line.strip_prefix("check ")?.split(' ').next()).collect();
    assert!(wanted.len() > 10, "{wanted:?}");
    let passed = |line: &str| Some(line.trim_end().split_once("check ")?.1.strip_suffix(": ok")?.to_owned());
    let passed: BTreeSet<_> = said.lines().filter_map(passed).collect();
    let failed: Vec<_> = wanted.iter().filter(|name| !passed.contains(**name)).collect();
    assert!(failed.is_empty(), "these did not pass: {failed:?}\n{said}\n{}", run.talk());
}

/// What the guest is made of.
struct Parts {
    /// The folder of the kernel and its modules.
    kernel: PathBuf,
    /// Programs of this machine.
    programs: Vec<PathBuf>,
}

impl Parts {
    /// All of it, if this machine has it.
    fn find(test: &str) -> Option<Self> {
        let folder = std::env::var_os("CLAWLETS_NFS_GUEST").map_or_else(usual_folder, PathBuf::from);
        if !folder.join("done").exists() {
            skip(test, "there is no kernel with NFS: run scripts/setup --tests");
            return None;
        }
        for name in ["qemu-system-x86_64", "busybox", "strip", "openssl"] {
            if on_path(name).is_none() {
                skip(test, &format!("{name} is missing: run scripts/setup --tests"));
                return None;
            }
        }
        let mut programs = Vec::new();
        for name in PROGRAMS {
            let Some(path) = on_path(name) else {
                skip(test, &format!("{name} is missing: run scripts/setup --tests"));
                return None;
            };
            programs.push(path);
        }
        Some(Self { kernel: folder, programs })
    }

    /// The guest's files, packed as the kernel takes them.
    fn initrd(&self, folder: &Path) -> PathBuf {
        let root = folder.join("root");
        for name in ["bin", "lib/modules", "proc", "sys", "dev", "tmp", "etc", "export", "one", "two"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        for entry in fs::read_dir(&self.kernel).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "ko") {
                fs::copy(&path, root.join("lib/modules").join(path.file_name().unwrap())).unwrap();
            }
        }
        fs::copy(on_path("busybox").unwrap(), root.join("bin/busybox")).unwrap();
        let clf = root.join("bin/clf");
        Run::of(Command::new("strip").arg("-o").arg(&clf).arg(program("clf"))).succeeds();
        copy_libraries(&clf, &root);
        for path in &self.programs {
            fs::copy(path, root.join("bin").join(path.file_name().unwrap())).unwrap();
            copy_libraries(path, &root);
        }
        certificate(&root, "cert.pem", "key.pem");
        certificate(&root, "other.pem", "other-key.pem");
        fs::write(root.join("init"), INIT).unwrap();
        fs::set_permissions(root.join("init"), PermissionsExt::from_mode(0o755)).unwrap();
        fs::write(root.join("etc/mount-options"), mount_options()).unwrap();
        // Not compressed: what this machine saves the guest would have to unpack, and it is a slow one.
        let pack = "find . | busybox cpio -o -H newc 2>/dev/null > ../initrd";
        Run::of(Command::new("sh").args(["-c", pack]).current_dir(&root)).succeeds();
        folder.join("initrd")
    }
}

/// How the template's hosts mount the memory, but for the port.
fn mount_options() -> String {
    let module = fs::read_to_string(workspace_root().join("nix/modules/memory.nix")).unwrap();
    let (_, options) = module.split_once("options = \"vers=").unwrap();
    let options = options.split_once('"').unwrap().0.replace("port=${port},", "");
    assert!(options.contains("soft") && !options.contains('$'), "{options}");
    format!("vers={options}")
}

/// Where `scripts/setup-nfs-guest` puts it.
fn usual_folder() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.unwrap_or_default().join("clawlets/nfs-guest")
}

/// A program of this machine. System programs are not on everybody's path.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let found = path.split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
    found.map(|path| if name == "busybox" { PathBuf::from("/bin/busybox") } else { path })
}

/// Puts the libraries that a program is linked with where it looks for them.
fn copy_libraries(path: &Path, root: &Path) {
    let listed = Run::of(Command::new("ldd").arg(path)).succeeds();
    for library in listed.split_whitespace().filter(|word| word.starts_with('/')) {
        let library = library.trim_end_matches(':');
        let copy = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(library, &copy).unwrap();
    }
}

/// A key and a certificate for the server's name, made for this run.
fn certificate(root: &Path, certificate: &str, key: &str) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=memory.test"]);
    openssl.args(["-addext", "subjectAltName=DNS:memory.test", "-keyout", key, "-out", certificate]);
    Run::of(openssl.current_dir(root.join("etc"))).succeeds();
}
