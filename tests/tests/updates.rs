//! The workflows that release: their own steps, run one after the other as a runner would, against a bare repository, with
//! what they publish served over HTTP.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use clawlets_tests::{Run, program, workspace_root};
use serde_json::{Value, json};

/// In the place of nix: whatever is built is the system that a file names, and every cache has everything.
const NIX: &str = r#"#!/bin/sh
case "$*" in
  *" build "*) printf '[{"outputs":{"out":"%s"}}]' "$(cat "$0.system")" ;;
  *path-info*) printf '['; for path; do case $path in /nix/store/*) printf '{"path":"%s","references":[]}' "$path";; esac; done; echo ']' ;;
esac
"#;

fn system(name: char) -> String {
    format!("/nix/store/{}-nixos-system-web-1", name.to_string().repeat(32))
}

/// A repository at a forge, and whoever has its secrets.
struct Forge {
    folder: tempfile::TempDir,
    runs: std::cell::Cell<u32>,
}

impl Forge {
    fn new() -> Self {
        let forge = Self { folder: tempfile::tempdir().unwrap(), runs: 0.into() };
        for (name, script) in [("bin/gh", "#!/bin/sh\n"), ("bin/nix", NIX)] {
            let path = forge.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, script).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        forge.builds('a');
        forge.clawlets(".", &["project", "init", "--dir", "project"]);
        forge.clawlets(".", &["release", "keygen", "--out", "key", "--pub", "key.pub"]);
        let public = fs::read_to_string(forge.path("key.pub")).unwrap();
        let update = json!({
            "enable": true,
            "baseUrls": ["https://releases.example.com"],
            "publicKeys": [public.lines().last().unwrap()],
        });
        forge.clawlets("project", &["config", "set", "hosts.web-1.selfUpdate", &update.to_string()]);
        forge.clawlets("project", &["config", "set", "hosts.web-1.tailnet.mode", "none"]);
        fs::write(forge.path("values.json"), r#"{"secrets":{}}"#).unwrap();
        forge.clawlets("project", &["secrets", "init", "--from-json", "../values.json"]);
        forge.git(".", &["init", "--quiet", "--bare", "origin.git"]);
        forge.git("project", &["add", "--all"]);
        forge.git("project", &["commit", "--quiet", "--message", "a fleet"]);
        forge.git("project", &["push", "--quiet", "../origin.git", "HEAD:refs/heads/main"]);
        forge.git("origin.git", &["symbolic-ref", "HEAD", "refs/heads/main"]);
        forge
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What nix builds from now on.
    fn builds(&self, name: char) {
        fs::write(self.path("bin/nix.system"), system(name)).unwrap();
    }

    fn command(&self, place: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program("clawlets"));
        command.args(words).current_dir(self.path(place)).env("HOME", self.path("home")).env("USER", "ada");
        command
    }

    fn clawlets(&self, place: &str, words: &[&str]) -> String {
        Run::of(&mut self.command(place, words)).succeeds()
    }

    fn git(&self, place: &str, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args([
            "-c",
            "user.name=ada",
            "-c",
            "user.email=ada@example.com",
            "-c",
            "core.hooksPath=/nowhere",
        ]);
        Run::of(git.args(words).current_dir(self.path(place)).env("HOME", self.path("home")))
            .succeeds()
            .trim()
            .to_owned()
    }

    fn key(&self) -> String {
        fs::read_to_string(self.path("key")).unwrap()
    }

    /// Runs a workflow in a fresh checkout, with these values for what stands in `${{ }}`; others are empty. The name of the
    /// step that failed, with what it said.
    fn run(&self, workflow: &str, values: &[(&str, &str)]) -> Result<(), (String, String)> {
        let run = self.runs.get();
        self.runs.set(run + 1);
        let (checkout, temp) = (format!("checkout-{run}"), self.path(&format!("temp-{run}")));
        self.git(".", &["clone", "--quiet", "origin.git", &checkout]);
        fs::create_dir_all(temp.join("clawlets/bin")).unwrap();
        symlink(program("clawlets"), temp.join("clawlets/bin/clawlets")).unwrap();
        let file = workspace_root().join(format!("template/.github/workflows/{workflow}.yml"));
        let document: Value = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let jobs = document["jobs"].as_object().unwrap();
        let steps = jobs.values().flat_map(|job| job["steps"].as_array().unwrap());
        for step in steps.filter(|step| step["run"].is_string() && step["name"] != "Build clawlets") {
            let mut shell = Command::new("bash");
            shell.args([
                "--noprofile",
                "--norc",
                "-e",
                "-o",
                "pipefail",
                "-c",
                step["run"].as_str().unwrap(),
            ]);
            shell.current_dir(self.path(&checkout)).env("RUNNER_TEMP", &temp).stdin(Stdio::null());
            shell.env("HOME", self.path("home")).env("NIX_BIN", self.path("bin/nix"));
            let path = std::env::var("PATH").unwrap();
            shell.env("PATH", format!("{}:{path}", self.path("bin").display()));
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                shell.env(name, filled_in(value.as_str().unwrap(), values));
            }
            let ran = Run::of(&mut shell);
            if !ran.ok() {
                return Err((step["name"].as_str().unwrap().to_owned(), ran.talk()));
            }
        }
        Ok(())
    }

    fn publish(&self) -> Result<(), (String, String)> {
        self.run("updates-publish", &[("secrets.MINISIGN_PRIVATE_KEY", &self.key())])
    }

    fn promote(&self) -> Result<(), (String, String)> {
        let key = self.key();
        let values = [
            ("inputs.host", "web-1"),
            ("inputs.from", "staging"),
            ("inputs.to", "prod"),
            ("secrets.MINISIGN_PRIVATE_KEY", &key),
        ];
        self.run("updates-promote", &values)
    }

    fn refresh(&self, halt: &str) -> Result<(), (String, String)> {
        let key = self.key();
        self.run("updates-refresh", &[("inputs.halt", halt), ("secrets.MINISIGN_PRIVATE_KEY", &key)])
    }

    /// The branch that hosts see, if there is one.
    fn published(&self) -> String {
        self.git("origin.git", &["for-each-ref", "--format=%(objectname)", "refs/heads/gh-pages"])
    }

    fn document(&self, path: &str) -> Value {
        serde_json::from_str(&self.git("origin.git", &["show", &format!("gh-pages:{path}")])).unwrap()
    }

    /// What is published, in a folder of its own.
    fn site(&self, name: &str) -> PathBuf {
        self.git(".", &["clone", "--quiet", "--branch", "gh-pages", "origin.git", name]);
        self.path(name)
    }
}

fn filled_in(value: &str, values: &[(&str, &str)]) -> String {
    let Some(expression) = value.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")) else {
        return value.to_owned();
    };
    let found = values.iter().find(|(name, _)| *name == expression.trim());
    found.map_or_else(String::new, |(_, value)| (*value).to_owned())
}

/// A server of a folder, which ends with the test.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn folder(folder: &Path) -> Self {
        let mut command = Command::new(program("clawlets"));
        let mut child =
            command.args(["release", "serve"]).arg(folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().trim_start_matches("http://").to_owned() }
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{path}");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        answer.split_off(end + 4)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_push_is_published_promoted_halted_and_served() {
    let forge = Forge::new();
    forge.publish().unwrap();
    assert_eq!(forge.document("web-1/staging/1.json")["toplevel"], system('a'));
    forge.promote().unwrap();
    forge.builds('b');
    forge.publish().unwrap();
    assert_eq!(forge.document("web-1/staging/latest.json")["releaseId"], 2);
    assert_eq!(
        forge.document("web-1/prod/1.json")["toplevel"],
        system('a'),
        "prod moves when somebody moves it"
    );

    // As a host gets it.
    let served = Served::folder(&forge.site("site"));
    let got = forge.path("got");
    fs::create_dir(&got).unwrap();
    let pointer: Value = serde_json::from_slice(&served.get("web-1/prod/latest.json")).unwrap();
    let manifest = pointer["file"].as_str().unwrap();
    for name in ["latest.json", manifest] {
        for name in [name.to_owned(), format!("{name}.minisig")] {
            fs::write(got.join(&name), served.get(&format!("web-1/prod/{name}"))).unwrap();
        }
        let file = got.join(name);
        forge.clawlets(
            ".",
            &["release", "verify", "--in", file.to_str().unwrap(), "--public-key-file", "key.pub"],
        );
    }
    let manifest: Value = serde_json::from_slice(&fs::read(got.join(manifest)).unwrap()).unwrap();
    served.get(&format!("web-1/prod/{}", manifest["secrets"]["url"].as_str().unwrap()));

    // A halt outlives the schedule, and what is halted goes nowhere.
    forge.refresh("web-1/staging").unwrap();
    forge.refresh("").unwrap();
    assert_eq!(forge.document("web-1/staging/latest.json")["halted"], true);
    assert!(forge.document("web-1/prod/latest.json")["halted"].is_null());
    let (step, said) = forge.promote().unwrap_err();
    assert!(step == "Make the release" && said.contains("clawlets::release::halted"), "{step}: {said}");
    for nothing in ["web-1/nowhere", "web-1", "web-1/prod/", "../web-1/prod"] {
        let before = forge.published();
        let (step, said) = forge.refresh(nothing).unwrap_err();
        assert!(step == "Verify what is published" && said.contains("Nothing was halted"), "{step}: {said}");
        assert_eq!(forge.published(), before);
    }
}

#[test]
fn a_run_that_does_not_reach_its_end_publishes_nothing() {
    let forge = Forge::new();
    forge.publish().unwrap();
    forge.builds('b');
    let before = forge.published();
    let (step, _) = forge.run("updates-publish", &[]).unwrap_err();
    assert_eq!((step.as_str(), forge.published()), ("Sign", before.clone()), "there is no key");
    // A key that hosts do not know.
    forge.clawlets(".", &["release", "keygen", "--out", "other", "--pub", "other.pub"]);
    let other = fs::read_to_string(forge.path("other")).unwrap();
    let (step, _) = forge.run("updates-publish", &[("secrets.MINISIGN_PRIVATE_KEY", &other)]).unwrap_err();
    assert_eq!((step.as_str(), forge.published()), ("Verify it with the keys of the hosts", before));
    forge.publish().unwrap();
    assert_eq!(forge.document("web-1/staging/2.json")["toplevel"], system('b'));
}

#[test]
fn what_somebody_else_put_there_is_not_signed_again() {
    let forge = Forge::new();
    forge.publish().unwrap();
    forge.promote().unwrap();
    let site = forge.site("site");
    let manifest = site.join("web-1/staging/1.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace(&system('a'), &system('c'))).unwrap();
    forge.git("site", &["commit", "--quiet", "--all", "--message", "evil"]);
    forge.git("site", &["push", "--quiet", "origin", "gh-pages"]);
    let pointer = |channel: &str| forge.document(&format!("web-1/{channel}/latest.json"));
    let staging = pointer("staging");
    let (step, said) = forge.refresh("web-1/prod").unwrap_err();
    assert!(step == "Say what was left out" && said.contains("web-1/staging"), "{step}: {said}");
    assert_eq!((pointer("staging"), pointer("prod")["halted"].clone()), (staging, true.into()));
    let before = forge.published();
    let (step, _) = forge.promote().unwrap_err();
    assert_eq!((step.as_str(), forge.published()), ("Make the release", before));
}
