//! A host that is reached over SSH: the real `ssh`, against an SSH server on loopback.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use clawlets_stand_in::Ran;

/// Python with the library that the server is made of, as `scripts/setup --tests` installs it. In CI it must be there.
pub(crate) fn python(test: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map_or_else(PathBuf::new, PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let venv = std::env::var_os("CLAWLETS_VENV").map_or_else(|| cache.join("clawlets/venv"), PathBuf::from);
    let python = venv.join("bin/python");
    let has_it = Command::new(&python)
        .args(["-c", "import asyncssh"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_it {
        assert!(std::env::var_os("CI").is_none(), "asyncssh is missing: run scripts/setup --tests");
        let _ = writeln!(std::io::stderr(), "skipped: {test}: scripts/setup --tests installs its SSH server");
    }
    has_it.then_some(python)
}

/// A host that answers on loopback, and whose `clawlets-host` keeps what it gets in `got`. It says what is in `got.says`, and
/// ends with what is in `got.exit`.
pub(crate) struct Host {
    folder: tempfile::TempDir,
    server: Child,
    pub(crate) port: u16,
}

impl Host {
    pub(crate) fn start(python: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("bin")).unwrap();
        for name in ["host_key", "user_key"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(at(name))
                .stdin(Stdio::null())
                .status();
            assert!(made.unwrap().success());
        }
        let got = at("got").display().to_string();
        let answer =
            format!("[ ! -e {got}.says ] || cat {got}.says; [ ! -e {got}.exit ] || exit $(cat {got}.exit)");
        program(
            &at("bin/clawlets-host"),
            &format!(
                "echo \"$@\" >{got}.arguments; cat >{got}; [ ! -e {got}.refuse ] || {{ echo no room >&2; exit 3; }}\n{answer}"
            ),
        );
        program(&at("bin/journalctl"), &format!("echo \"$@\" >{got}.arguments; {answer}"));
        program(&at("bin/sudo"), "[ \"$1\" = -n ] && shift; exec \"$@\"");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clawlets/ssh_server.py");
        let mut server = Command::new(python)
            .arg(script)
            .args([at("host_key"), at("user_key.pub"), at("bin")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        // A person would have this in a configuration file of SSH.
        fs::create_dir(at("near")).unwrap();
        program(
            &at("near/ssh"),
            &format!(
                "exec /usr/bin/ssh -F none -p {port} -i {} -o IdentitiesOnly=yes -o BatchMode=yes \"$@\"",
                at("user_key").display()
            ),
        );
        Self { folder, server, port }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The line by which SSH knows it.
    pub(crate) fn known_host(&self) -> String {
        let key = fs::read_to_string(self.at("host_key.pub")).unwrap();
        let key: Vec<&str> = key.split_whitespace().take(2).collect();
        format!("[127.0.0.1]:{} {}", self.port, key.join(" "))
    }

    /// Has a command find the host.
    pub(crate) fn reach<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.at("near").display()))
    }

    /// Runs a command that finds the host.
    pub(crate) fn run(&self, command: &mut Command) -> Ran {
        Ran::of(self.reach(command))
    }

    /// What its program was told last.
    pub(crate) fn arguments(&self) -> String {
        fs::read_to_string(self.at("got.arguments")).unwrap().trim().to_owned()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
