//! What `clawlets host config` renders for a host, `clawlets-host` accepts: every table that a fleet can fill.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, os::unix::fs::symlink, path::PathBuf, process::Command};

use clawlets_tests::{Run, program};
use serde_json::{Value, json};

/// A fresh project, and beside it the world of a host.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(host: &Value) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.clawlets(&["project", "init", "--no-git-init", "--dir", "project"]).succeeds();
        site.clawlets(&["release", "keygen", "--out", "key", "--pub", "key.pub"]).succeeds();
        let key = fs::read_to_string(site.path("key.pub")).unwrap().lines().last().unwrap().to_owned();
        let app = json!({ "appId": 4711, "installationId": 815, "privateKeySecret": "app_key", "org": "acme",
            "repos": ["acme/site"], "sync": { "enable": true } });
        let mut host = host.clone();
        host["selfUpdate"] = json!({
            "enable": true, "interval": "15m", "channel": "staging", "baseUrls": ["https://releases.example.com"],
            "publicKeys": [key], "previousPublicKeys": [], "recoveryPublicKeys": [key],
            "revokedKeys": ["0123456789abcdef"], "maxAge": "3d", "allowReboot": true,
            "health": { "units": ["sshd.service"], "probation": "90s", "checks": [
                { "kind": "http", "url": "http://127.0.0.1:8080/", "need": "wanted", "grace": "20s" },
                { "kind": "command", "argv": ["true"], "deadline": "5s" }, { "kind": "gateway" }, { "kind": "tailnet" },
            ] },
        });
        let declaration = json!({
            "schemaVersion": 13,
            "fleet": {
                "secretFiles": { "tls": { "secretName": "tls_key", "targetPath": "/var/lib/clawlets/tls.key", "mode": "0440" } },
                "botOrder": ["maren"], "bots": { "maren": { "profile": { "github": app } } },
            },
            "cattle": { "enabled": true, "hetzner": { "image": "x" }, "secretEnv": { "ZAI_API_KEY": "z_ai_api_key" } },
            "aws": { "bucket": "fleet-bundles" },
            "hosts": { "web-1": host },
        });
        fs::write(site.path("project/fleet/clawlets.json"), declaration.to_string()).unwrap();
        symlink("/nix/store/00000000000000000000000000000000-x", site.path("current-system")).unwrap();
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn clawlets(&self, arguments: &[&str]) -> Run {
        Run::of(Command::new(program("clawlets")).args(arguments).current_dir(self.folder.path()))
    }

    fn config(&self) -> String {
        self.clawlets(&["host", "config", "--dir", "project"]).succeeds()
    }

    /// What the host's program says to a file, in a world of its own.
    fn taken(&self, config: &str) -> Run {
        let here = self.folder.path().display();
        let paths = format!(
            "\n[paths]\nstate = '{here}/state'\nfloor = '{here}/floor'\ncurrent_system = '{here}/current-system'\n"
        );
        fs::write(self.path("host.toml"), config.to_owned() + &paths).unwrap();
        let mut status = Command::new(program("clawlets-host"));
        status.args(["update", "status", "--config"]).arg(self.path("host.toml"));
        Run::of(&mut status)
    }
}

#[test]
fn the_hosts_program_accepts_what_is_rendered_for_each_kind_of_host() {
    for host in [
        json!({ "provider": "hetzner" }),
        json!({ "provider": "local", "tailnet": { "mode": "none" } }),
        json!({ "provider": "aws", "aws": { "discordTokenSecret": "discord-token-web-1", "region": "eu-west-1" } }),
    ] {
        let site = Site::new(&host);
        let taken = site.taken(&site.config());
        assert!(taken.ok(), "{host}: {}", taken.talk());
    }
}

#[test]
fn each_table_says_what_is_declared() {
    let site =
        Site::new(&json!({ "provider": "aws", "aws": { "discordTokenSecret": "discord-token-web-1" } }));
    let config = site.clawlets(&["host", "config", "--dir", "project", "--json"]).json();
    for (pointer, expected) in [
        ("/channel", json!("staging")),
        ("/updates/interval", json!("15m")),
        ("/updates/revoked_keys", json!(["0123456789abcdef"])),
        ("/updates/allow_unsigned", json!(false)),
        ("/reboot", json!({ "allowed": true })),
        ("/cache/substituters/0", json!("https://cache.nixos.org")),
        ("/secrets/owners/tls_key", json!({ "owner": "root", "group": "root", "mode": "0440" })),
        ("/secrets/owners/z_ai_api_key/owner", json!("clf-orchestrator")),
        ("/health/probation", json!("90s")),
        ("/health/checks/0/unit", json!("sshd.service")),
        ("/health/checks/1/need", json!("wanted")),
        ("/github/bots/maren/app_id", json!(4711)),
        ("/watch/units/maren", json!("clawlets-bot-maren.service")),
        ("/watch/memory_is_mount", json!(false)),
        ("/aws_secrets/prefix", json!("clawdinator/")),
        ("/bootstrap/start", json!(["systemctl", "start", "--no-block", "clawlets-bot-maren.service"])),
    ] {
        assert_eq!(config.pointer(pointer), Some(&expected), "{pointer} in {config:#}");
    }
    let plain = Site::new(&json!({ "provider": "local" }));
    let config = plain.clawlets(&["host", "config", "--dir", "project", "--json"]).json();
    assert_eq!(config["boot"]["loader"], "none");
    assert!(["aws_secrets", "bootstrap"].iter().all(|table| config[*table].is_null()), "{config:#}");
}

#[test]
fn a_misspelt_key_is_refused_with_the_right_one() {
    let site = Site::new(&json!({}));
    let taken = site.taken(&site.config().replace("max_age", "maxage"));
    assert!(taken.code() == 6 || taken.code() == 78, "{}", taken.talk());
    assert!(taken.talk().contains("max_age"), "{}", taken.talk());
}

#[test]
fn a_file_is_written_as_a_whole_and_for_everybody_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new(&json!({}));
    site.clawlets(&["host", "config", "--dir", "project", "--out", "rendered.toml"]).succeeds();
    assert_eq!(fs::read_to_string(site.path("rendered.toml")).unwrap(), site.config());
    let mode = fs::metadata(site.path("rendered.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let nobody = site.clawlets(&["host", "config", "--dir", "project", "--host", "web-2"]);
    assert_eq!(nobody.code(), 3, "{}", nobody.talk());
}
