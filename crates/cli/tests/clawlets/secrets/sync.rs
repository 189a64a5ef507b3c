//! Secrets travel to hosts: the real `ssh`, against an SSH server on loopback.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use clawlets_stand_in::Ran;
use serde_json::json;

use super::place::Place;
use crate::bench::clawlets_in;

/// Python with the library that the server is made of, as `scripts/setup --tests` installs it. In CI it must be there.
fn python(test: &str) -> Option<PathBuf> {
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

/// A host that answers on loopback, and whose `clawlets-host` keeps what it gets.
struct Host {
    folder: tempfile::TempDir,
    server: Child,
    port: u16,
}

impl Host {
    fn start(python: &Path) -> Self {
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
        program(
            &at("bin/clawlets-host"),
            &format!(
                "echo \"$@\" >{got}.arguments; cat >{got}; [ ! -e {got}.refuse ] || {{ echo no room >&2; exit 3; }}"
            ),
        );
        program(&at("bin/sudo"), "[ \"$1\" = -n ] && shift; exec \"$@\"");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clawlets/secrets/ssh_server.py");
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

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn known_host(&self) -> String {
        let key = fs::read_to_string(self.at("host_key.pub")).unwrap();
        let key: Vec<&str> = key.split_whitespace().take(2).collect();
        format!("[127.0.0.1]:{} {}", self.port, key.join(" "))
    }

    fn run(&self, place: &Place, words: &[&str]) -> Ran {
        let path = std::env::var("PATH").unwrap();
        let mut command = place.command(words);
        Ran::of(command.env("PATH", format!("{}:{path}", self.at("near").display())))
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

#[test]
fn a_host_gets_the_same_bytes_that_a_bundle_has() {
    let Some(python) = python("a_host_gets_the_same_bytes_that_a_bundle_has") else { return };
    let (place, secret) = Place::whole();
    let host = Host::start(&python);
    let set = |words: &[&str]| {
        let ran = clawlets_in(place.path(), words);
        assert_eq!(ran.code, Some(0), "{ran}");
    };

    let ran = host.run(&place, &["sync"]);
    assert_eq!(
        (ran.code, ran.fault().as_str()),
        (Some(7), "clawlets::host::unreachable"),
        "nobody said where"
    );
    set(&["host", "set", "--host", "web-1", "--target-host", "admin@127.0.0.1"]);
    set(&["fleet", "set", "--add-ssh-known-host", &host.known_host()]);

    let ran = host.run(&place, &["sync", "--dry-run", "--json"]);
    assert_eq!((ran.json()["isDryRun"].clone(), host.at("got").exists()), (json!(true), false), "{ran}");

    let bundle = host.at("bundle.tgz");
    let packed =
        place.run(&["bundle", "--host", "web-1", "--out", bundle.to_str().unwrap(), "--json"]).json();
    let ran = host.run(&place, &["sync", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(ran.json()["hosts"][0]["sha256"], packed["sha256"], "{ran}");
    assert_eq!(ran.json()["hosts"].as_array().unwrap().len(), 1, "the other host has no address: {ran}");
    assert_eq!(fs::read(host.at("got")).unwrap(), fs::read(&bundle).unwrap());
    let arguments = fs::read_to_string(host.at("got.arguments")).unwrap();
    assert_eq!(
        arguments.trim(),
        format!("secrets install --bundle - --sha256 {}", packed["sha256"].as_str().unwrap())
    );
    assert!(!String::from_utf8_lossy(&fs::read(host.at("got")).unwrap()).contains(&secret));

    fs::write(host.at("got.refuse"), "").unwrap();
    let ran = host.run(&place, &["sync"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::host::refused"), "{ran}");
    assert!(ran.talk.contains("no room"), "what the host said is passed on: {ran}");
}

#[test]
fn the_secrets_of_a_commit_are_sent_as_they_were() {
    let Some(python) = python("the_secrets_of_a_commit_are_sent_as_they_were") else { return };
    let (place, _) = Place::whole();
    let host = Host::start(&python);
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(place.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@b.example"])
            .args(words);
        assert!(git.output().unwrap().status.success(), "{words:?}");
    };
    clawlets_in(place.path(), &["host", "set", "--host", "web-1", "--target-host", "127.0.0.1"]);
    clawlets_in(place.path(), &["fleet", "set", "--add-ssh-known-host", &host.known_host()]);
    git(&["init", "--quiet"]);
    git(&["add", "secrets"]);
    git(&["commit", "--quiet", "--message", "secrets"]);
    let sent = |words: &[&str]| {
        let ran = host.run(&place, words);
        assert_eq!(ran.code, Some(0), "{ran}");
        ran.json()["hosts"][0]["sha256"].as_str().unwrap().to_owned()
    };
    let before = sent(&["sync", "--json"]);
    let ran = place.run(&["rotate", "--value", "gateway_token", "--generate", "token:32"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_ne!(sent(&["sync", "--json"]), before);
    assert_eq!(sent(&["sync", "--json", "--rev", "HEAD"]), before);

    let ran = host.run(&place, &["sync", "--rev", "nowhere"]);
    assert_eq!(ran.fault(), "clawlets::git::failed", "{ran}");
    for rev in ["--upload-pack=x", "HEAD:secrets", ""] {
        assert_eq!(host.run(&place, &["sync", &format!("--rev={rev}")]).code, Some(2), "{rev}");
    }
}

#[test]
fn a_host_with_another_key_than_the_declared_one_gets_nothing() {
    let Some(python) = python("a_host_with_another_key_than_the_declared_one_gets_nothing") else { return };
    let (place, _) = Place::whole();
    let (host, other) = (Host::start(&python), Host::start(&python));
    let wrong = other.known_host().replace(&other.port.to_string(), &host.port.to_string());
    clawlets_in(place.path(), &["host", "set", "--host", "web-1", "--target-host", "127.0.0.1"]);
    clawlets_in(place.path(), &["fleet", "set", "--add-ssh-known-host", &wrong]);
    let ran = host.run(&place, &["sync"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::host::unreachable"), "{ran}");
    assert!(!host.at("got").exists());
}
