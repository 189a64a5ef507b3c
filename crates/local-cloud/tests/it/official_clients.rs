//! The vendor's own clients, unchanged but for the endpoint.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::support::{Emulator, TestCloud, skip};

const PYTHON: &str = include_str!("official_client.py");

/// A Python that has the vendor's library: in the environment that `scripts/setup` makes.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("CLAWLETS_VENV").map(PathBuf::from);
    let cache = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
        Some(cache.join("clawlets/venv"))
    };
    let python = named.or_else(cache)?.join("bin/python");
    let has_library = Command::new(&python).args(["-c", "import hcloud"]).stderr(Stdio::null()).status();
    has_library.is_ok_and(|status| status.success()).then_some(python)
}

#[tokio::test]
async fn the_python_library_runs_a_whole_life_of_a_server() {
    let Some(python) = python() else {
        return skip(
            "the_python_library_runs_a_whole_life_of_a_server",
            "PyPI's hcloud is missing: run scripts/setup",
        );
    };
    let cloud = TestCloud::start(Emulator::Script).await;
    let mut command = Command::new(python);
    command
        .args(["-c", PYTHON])
        .env("HCLOUD_ENDPOINT", &cloud.api.endpoint.endpoint)
        .env("HCLOUD_TOKEN", cloud.api.endpoint.token.expose());
    let output = run(command).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "all done");
}

#[tokio::test]
async fn the_command_line_client_runs_a_whole_life_of_a_server() {
    if Command::new("hcloud").arg("version").stdout(Stdio::null()).status().is_err() {
        return skip(
            "the_command_line_client_runs_a_whole_life_of_a_server",
            "hcloud-cli is missing: run scripts/setup",
        );
    }
    let cloud = TestCloud::start(Emulator::Script).await;
    let home = cloud.folder().join("home");
    std::fs::create_dir(&home).unwrap();
    let hcloud = async |arguments: &[&str]| -> String {
        let mut command = Command::new("hcloud");
        command
            .args(arguments)
            .env("HOME", &home)
            .env("HCLOUD_ENDPOINT", &cloud.api.endpoint.endpoint)
            .env("HCLOUD_TOKEN", cloud.api.endpoint.token.expose());
        let output = run(command).await;
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "hcloud {arguments:?}: {said}{complained}");
        said.into_owned()
    };
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f maren@laptop";
    hcloud(&["ssh-key", "create", "--name", "laptop", "--public-key", key]).await;
    hcloud(&["firewall", "create", "--name", "closed"]).await;
    let create = [
        "server",
        "create",
        "--name",
        "web-1",
        "--type",
        "cx23",
        "--image",
        "clawlets-cattle",
        "--ssh-key",
        "laptop",
    ];
    let made =
        hcloud(&[&create[..], &["--label", "job=1", "--firewall", "closed", "--location", "fsn1"]].concat())
            .await;
    assert!(made.contains("IPv4: 198."), "{made}");
    hcloud(&["server", "add-label", "web-1", "team=a"]).await;
    let described: Value =
        serde_json::from_str(&hcloud(&["server", "describe", "web-1", "-o", "json"]).await).unwrap();
    assert_eq!(described["labels"], json!({ "job": "1", "team": "a" }));
    assert_eq!(
        (&described["status"], &described["image"]["name"]),
        (&json!("running"), &json!("clawlets-cattle"))
    );
    let listed = hcloud(&[
        "server",
        "list",
        "--selector",
        "team in (a,b)",
        "-o",
        "columns=name,status",
        "-o",
        "noheader",
    ])
    .await;
    assert_eq!(listed.split_whitespace().collect::<Vec<_>>(), ["web-1", "running"]);
    for verb in ["poweroff", "poweron", "reset", "reboot", "shutdown"] {
        hcloud(&["server", verb, "web-1"]).await;
    }
    hcloud(&["server", "create-image", "--type", "snapshot", "--description", "before", "web-1"]).await;
    assert!(hcloud(&["image", "list", "--type", "snapshot"]).await.contains("before"));
    hcloud(&["server", "enable-protection", "web-1", "delete"]).await;
    hcloud(&["server", "disable-protection", "web-1", "delete"]).await;
    assert!(hcloud(&["server-type", "describe", "cx23"]).await.contains("cx23"));
    assert!(hcloud(&["location", "list"]).await.contains("nbg1"));
    assert!(hcloud(&["primary-ip", "list"]).await.contains("ipv4"));
    assert!(hcloud(&["firewall", "describe", "closed"]).await.contains("web-1"));
    hcloud(&["server", "delete", "web-1"]).await;
    assert_eq!(hcloud(&["server", "list", "-o", "noheader"]).await.trim(), "");
    hcloud(&["firewall", "delete", "closed"]).await;
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}
