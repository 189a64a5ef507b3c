//! The playbook for an agent that cannot ask, run as it stands.

use std::{fs, io::Read, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

use clawlets_stand_in::Ran;
use serde_json::json;

use crate::bench::clawlets_in;

struct Pipeline {
    folder: tempfile::TempDir,
}

impl Pipeline {
    /// A fresh project, and what its playbook wants to be given.
    fn new() -> Self {
        let pipeline = Self { folder: tempfile::tempdir().unwrap() };
        let ran = clawlets_in(pipeline.folder.path(), &["project", "init", "--dir", "project"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        let programs = pipeline.path("bin");
        fs::create_dir(&programs).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_clawlets"), programs.join("clawlets")).unwrap();
        // The doctor wants to see these. What they would do is not what is asked here.
        for tool in ["nix", "nix-instantiate", "sops", "age", "minisign", "tofu"] {
            fs::write(programs.join(tool), "#!/bin/sh\n").unwrap();
            fs::set_permissions(programs.join(tool), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let key = pipeline.path("id");
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "me", "-f"]).arg(&key);
        assert!(keygen.status().unwrap().success());
        let values = json!({ "secrets": { "tailscale_auth_key": nobodys_token() } });
        fs::write(pipeline.path("values.json"), values.to_string()).unwrap();
        fs::set_permissions(pipeline.path("values.json"), fs::Permissions::from_mode(0o600)).unwrap();
        pipeline
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn project(&self) -> PathBuf {
        self.path("project")
    }

    fn git(&self, words: &[&str]) -> String {
        let output = Command::new("git").arg("-C").arg(self.project()).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs the block of commands of the playbook that the project came with.
    fn run(&self) -> Ran {
        let page = fs::read_to_string(self.project().join("AGENT-BOOTSTRAP-SERVER-AUTO.md")).unwrap();
        let block = page.split("```\n").nth(1).unwrap();
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", block]).current_dir(self.project());
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        shell.env("PATH", path).env("NO_COLOR", "1").env("HOME", self.folder.path());
        shell.env("OPERATOR", "ci").env("BOT", "maren").env("ADMIN_CIDR", "8.8.4.4/32");
        shell.env("SSH_PUBKEY_FILE", self.path("id.pub")).env("SECRETS_FILE", self.path("values.json"));
        shell.env("HCLOUD_TOKEN", nobodys_token());
        for name in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{name}_NAME"), "ci").env(format!("GIT_{name}_EMAIL"), "ci@example.com");
        }
        Ran::of(&mut shell)
    }
}

/// A value that nobody issued.
fn nobodys_token() -> String {
    let mut bytes = [0_u8; 20];
    fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_playbook_without_questions_leads_from_a_fresh_project_to_a_commit() {
    let pipeline = Pipeline::new();
    let ran = pipeline.run();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(pipeline.git(&["log", "--format=%s"]), "fleet: declare web-1");
    assert_eq!(pipeline.git(&["status", "--porcelain"]), "");
    let tracked = pipeline.git(&["ls-files"]);
    assert!(tracked.contains("secrets/hosts/web-1/tailscale_auth_key.yaml"), "{tracked}");
    assert!(!tracked.contains(".clawlets/"), "{tracked}");
    let again = pipeline.run();
    assert_eq!(again.code, Some(0), "what is done stays as it is: {again}");
    assert_eq!(pipeline.git(&["rev-list", "--count", "HEAD"]), "1");
}
