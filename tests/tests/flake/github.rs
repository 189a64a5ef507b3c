//! Access to GitHub, and what a host and its bots start out with.

use clawlets_tests::{Run, program};
use serde_json::{Value, json};

use crate::{
    bots::two_bots,
    desk::{Desk, texts},
};

/// A fleet whose bots act as one App; what is open in the repository of the first is synced.
fn with_app() -> Value {
    let mut fleet = two_bots();
    let app = |repos: Value, sync: Value| {
        json!({ "appId": 4711, "installationId": 815, "privateKeySecret": "github_app_key", "org": "acme", "repos": repos,
            "permissions": { "contents": "write", "issues": "read" }, "sync": sync })
    };
    fleet["fleet"]["bots"]["maren"]["profile"]["github"] =
        app(json!(["site"]), json!({ "enable": true, "interval": "30m" }));
    fleet["fleet"]["bots"]["jonas"]["profile"]["github"] = app(json!(["acme/lib"]), json!({}));
    fleet["memory"] = json!({ "mountPoint": "/srv/memory" });
    fleet
}

#[test]
fn a_fleet_with_an_app_has_the_timers_and_a_file_that_the_hosts_program_takes() {
    let test = "a_fleet_with_an_app_has_the_timers_and_a_file_that_the_hosts_program_takes";
    let Some(desk) = Desk::declaring(test, &with_app()) else { return };
    let timers = desk.config("web-1", "systemd.timers");
    assert_eq!(timers["clawlets-github-token"]["wantedBy"], json!(["timers.target"]));
    let expected = json!({ "OnBootSec": ["", "2min"], "OnUnitActiveSec": "30m" });
    assert_eq!(timers["clawlets-github-sync"]["timerConfig"], expected);
    let sync = desk.config("web-1", "systemd.services.clawlets-github-sync.serviceConfig");
    assert_eq!(sync["ReadWritePaths"], json!(["-/srv/memory"]));
    let file = desk.clawlets(&["host", "config", "--dir", "project", "--json"]).json()["github"].clone();
    let key = "/run/clawlets/secrets/github_app_key";
    assert_eq!(
        file["host"],
        json!({ "app_id": 4711, "installation_id": 815, "private_key_file": key, "repositories": ["lib", "site"],
            "permissions": { "contents": "read", "issues": "read" } }),
        "it reads what the bots of that App may read"
    );
    assert_eq!(file["bots"]["jonas"]["repositories"], json!(["lib"]));
    assert_eq!(file["bots"]["jonas"]["permissions"]["contents"], "write");
    assert_eq!(file["sync"], json!({ "org": "acme", "repositories": ["acme/site"] }));
    // Its own program takes it, and gets as far as the key, which is not here.
    let text = desk.clawlets(&["host", "config", "--dir", "project"]).succeeds();
    let text =
        text.replace("[github.host]", &format!("[github.host]\nenv_file = '{}'", desk.path("env").display()));
    desk.write("host.toml", &text);
    let mut mint = std::process::Command::new(program("clawlets-host"));
    let run = Run::of(mint.args(["github-token", "mint", "--config"]).arg(desk.path("host.toml")));
    assert!(
        run.talk().contains(&format!("failed to read the App's private key from {key}")),
        "{}",
        run.talk()
    );
}

#[test]
fn a_fleet_without_an_app_has_no_timer() {
    let Some(desk) = Desk::declaring("a_fleet_without_an_app_has_no_timer", &two_bots()) else { return };
    let timers = desk.config("web-1", "systemd.timers");
    assert!(
        timers["clawlets-github-token"].is_null() && timers["clawlets-github-sync"].is_null(),
        "{timers}"
    );
}

#[test]
fn a_host_has_the_lists_and_workspaces_of_its_project_and_seeds_at_boot() {
    let test = "a_host_has_the_lists_and_workspaces_of_its_project_and_seeds_at_boot";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let service = desk.config("web-1", "systemd.services.clawlets-repo-seed");
    assert_eq!(service["wantedBy"], json!(["multi-user.target"]));
    assert_eq!(service["aliases"], json!(["clawdinator-repo-seed.service"]));
    assert_eq!(service["restartTriggers"].as_array().unwrap().len(), 3);
    let list = desk.text("web-1", "environment.etc.\"clawlets/repos.tsv\".source");
    assert!(list.starts_with("# Repositories"), "{list}");
    let tools = desk.text("web-1", "environment.etc.\"clawlets/tools.md\".source");
    assert!(tools.contains("- `jq`: Read and change JSON"), "{tools}");
    let rules = desk.config("web-1", "systemd.tmpfiles.rules");
    assert!(texts(&rules).contains(&"L+ /var/lib/clawd/repos - - - - /var/lib/clawlets/repos"), "{rules:#}");
}
