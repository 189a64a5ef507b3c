//! What `clawlets` renders for a host, `clf-orchestrator` accepts: every key, and every file that is named.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

use clawlets_tests::{Run, program};
use serde_json::json;

/// A fresh project that declares disposable VMs, and the secrets of its host as they would lie there.
struct Site {
    folder: tempfile::TempDir,
}

const SECRETS: [&str; 3] = ["hcloud_token", "tailscale_oauth_client", "z_ai_api_key"];

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.clawlets(&["project", "init", "--no-git-init", "--dir", "project"]).succeeds();
        let declaration = json!({
            "schemaVersion": 13,
            "fleet": {
                "sshAuthorizedKeys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFzNBXEG7q0Fz9tH6yBPZyZCn3vDfH3gS9YCLZzqk7hP somebody"],
                "botOrder": ["maren"],
                "bots": { "maren": {
                    "profile": { "github": {
                        "appId": 4711, "installationId": 815, "privateKeySecret": "app_key", "repos": ["acme/site"],
                    } },
                    "clf": { "cattle": { "personas": ["rex"], "secretEnv": ["ZAI_API_KEY"] } },
                } },
            },
            "cattle": {
                "enabled": true,
                "hetzner": {
                    "image": "clawlets-cattle", "fallbackServerTypes": ["cx33"], "fallbackLocations": ["fsn1"],
                    "labels": { "team": "blue" }, "endpoint": "https://api.example.com/v1",
                },
                "secretEnv": { "ZAI_API_KEY": "z_ai_api_key" },
                "egress": { "allow": ["api.example.com", "git.example.com:22"] },
                "budget": { "monthlyEur": 9.98, "perRequesterMonthlyEur": 0.5 },
            },
            "hosts": { "web-1": { "agentModelPrimary": "zai/glm-4.7" } },
        });
        fs::write(site.path("project/fleet/clawlets.json"), declaration.to_string()).unwrap();
        fs::create_dir(site.path("secrets")).unwrap();
        SECRETS.iter().for_each(|name| site.put_secret(name, "made up"));
        let made = Command::new("openssl").args(["genrsa", "2048"]).output().unwrap();
        site.put_secret("app_key", std::str::from_utf8(&made.stdout).unwrap());
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put_secret(&self, name: &str, value: &str) {
        let path = self.path("secrets").join(name);
        fs::write(&path, value).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap();
    }

    fn clawlets(&self, arguments: &[&str]) -> Run {
        Run::of(Command::new(program("clawlets")).args(arguments).current_dir(self.folder.path()))
    }

    /// Renders the configuration of the only host, and has the daemon check it.
    fn check(&self) -> Run {
        let secrets = self.path("secrets");
        let words = ["cattle", "orchestrator-config", "--dir", "project", "--secrets-dir"];
        let rendered = self.clawlets(&[&words[..], &[secrets.to_str().unwrap()]].concat()).succeeds();
        fs::write(self.path("orchestrator.toml"), rendered).unwrap();
        let mut daemon = Command::new(program("clf-orchestrator"));
        daemon.arg("--check-config").arg("--config").arg(self.path("orchestrator.toml"));
        // A host has the group of bots and the folder of personas.
        daemon.env("CLF_SOCKET_GROUP", own_group()).env("CLF_PERSONAS", self.path("project/cattle/personas"));
        Run::of(&mut daemon)
    }
}

fn own_group() -> String {
    let name = Run::of(Command::new("id").args(["--group", "--name"])).succeeds();
    name.trim().to_owned()
}

#[test]
fn the_daemon_accepts_what_is_rendered_from_a_fleet() {
    let checked = Site::new().check();
    assert!(checked.ok(), "{}{}", checked.out(), checked.talk());
}

#[test]
fn the_daemon_misses_each_secret_that_the_host_does_not_have() {
    for missing in SECRETS.iter().chain(&["app_key"]) {
        let site = Site::new();
        fs::remove_file(site.path("secrets").join(missing)).unwrap();
        let checked = site.check();
        assert_eq!(checked.code(), 78, "{missing}: {}", checked.talk());
        assert!(checked.talk().contains(*missing), "{missing}: {}", checked.talk());
    }
}
