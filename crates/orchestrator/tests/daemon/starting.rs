//! Configuration, start and stop.

use std::{
    fs,
    os::{
        fd::OwnedFd,
        unix::{
            fs::PermissionsExt,
            net::{UnixListener, UnixStream},
        },
    },
    process::{Command, Output, Stdio},
};

use serde_json::json;

use crate::support::{Connection, Guest, Provider, Site, finished, spawn_request, until};

fn check(site: &Site) -> Output {
    site.command().arg("--check-config").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_valid_configuration_is_said_to_be_valid() {
    let provider = Provider::start();
    let output = check(&Site::new(&provider, ""));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn every_fault_of_a_configuration_is_reported_in_one_run() {
    let provider = Provider::start();
    let site = Site::new(
        &provider,
        r#"GONE_KEY = { file = "nowhere" }
[cattle]
max_instnces = 3
default_ttl = "soon"
max_instances = 0
[bots.maren]
secret_env = ["ZAI_KEY"]
[bots.operator]
[tailnet]
listen = "0.0.0.0"
[cattle.egress]
allow = ["https://example.com"]
[models.zai]
base_url = "ftp://x"
[identity]
uids = { "abc" = "maren" }
"#,
    );
    let output = check(&site);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(78), "{said}");
    for expected in [
        "cattle.max_instnces: unknown field `max_instnces`",
        "did you mean \"max_instances\"?",
        "cattle.default_ttl: \"soon\" is not a duration",
        "cattle.max_instances: 0 is out of bounds",
        "secrets.GONE_KEY.file: failed to read secret file",
        "bots.maren.secret_env: ZAI_KEY is not in [secrets]",
        "bots.operator: is reserved",
        "tailnet.listen: 0.0.0.0 would listen on every network",
        "\"https://example.com\" is not a destination",
        "models.zai.base_url: \"ftp://x\" is not an http or https URL",
        "identity.uids.abc: is not a user id",
    ] {
        assert!(said.contains(expected), "{expected:?} is missing in:\n{said}");
    }
    let line = site.config().lines().position(|line| line.starts_with("max_instnces")).unwrap() + 1;
    assert!(said.contains(&format!("line {line}: cattle.max_instnces")), "{said}");
}

#[test]
fn a_configuration_without_what_it_needs_names_the_keys() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    site.configure("socket_group = \"\"\npersonas = \"personas\"\n");
    let output = check(&site);
    for expected in ["id: is missing", "provider.kind: is missing", "provider.token_file: is missing"] {
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    assert_eq!(output.status.code(), Some(78));
}

#[test]
fn text_that_is_no_toml_and_a_missing_file_are_refused() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    site.configure("id = \n[provider\n");
    assert_eq!(check(&site).status.code(), Some(78));
    fs::remove_file(site.config_path()).unwrap();
    let output = check(&site);
    assert_eq!(output.status.code(), Some(78));
    assert!(said(&output).contains("No such file"), "{}", said(&output));
}

#[test]
fn an_unknown_flag_is_a_usage_fault() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    assert_eq!(site.command().arg("--frobnicate").output().unwrap().status.code(), Some(2));
}

#[test]
fn a_secret_that_everybody_can_read_is_refused_without_showing_it() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    fs::set_permissions(site.path("zai"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = check(&site);
    assert_eq!(output.status.code(), Some(78));
    assert!(said(&output).contains("secrets.ZAI_API_KEY.file") && !said(&output).contains("sk-zai"));
}

#[test]
fn uids_count_only_in_a_file_that_nobody_else_can_write() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[identity]\nuids = { \"64001\" = \"maren\" }\n");
    assert_eq!(check(&site).status.code(), Some(0));
    fs::set_permissions(site.config_path(), fs::Permissions::from_mode(0o666)).unwrap();
    let output = check(&site);
    assert_eq!(output.status.code(), Some(78));
    assert!(said(&output).contains("identity.uids"), "{}", said(&output));
}

#[test]
fn a_variable_wins_over_the_file() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let output = site.command().arg("--check-config").env("CLF_PERSONAS", "/nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    assert!(said(&output).contains("(from the variable CLF_PERSONAS)"), "{}", said(&output));
}

#[test]
fn a_second_daemon_on_a_store_ends_with_5_and_names_the_holder() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let output = site.command().env("CLF_SOCKET", site.path("run/other.sock")).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(said(&output).contains(&format!("process {}", daemon.pid())), "{}", said(&output));
    daemon.get("/healthz").ok();
}

#[test]
fn a_socket_on_which_somebody_listens_is_not_taken() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let output = site.command().env("CLF_STORE", site.path("store-2/state.sqlite")).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    daemon.get("/healthz").ok();
}

#[test]
fn a_socket_in_a_folder_that_everybody_can_write_is_refused() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    fs::create_dir(site.path("run")).unwrap();
    fs::set_permissions(site.path("run"), fs::Permissions::from_mode(0o777)).unwrap();
    let output = site.command().output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
}

#[test]
fn a_socket_of_a_dead_daemon_is_replaced() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    site.start().kill();
    site.start().get("/healthz").ok();
}

#[test]
fn a_socket_that_the_service_manager_opened_is_used() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let path = site.path("activated.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let mut child = Command::new("/bin/sh")
        .args(["-c", "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" --config \"$1\""])
        .arg(env!("CARGO_BIN_EXE_clf-orchestrator"))
        .arg(site.config_path())
        .stdin(Stdio::from(OwnedFd::from(listener)))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut connection = Connection::new(UnixStream::connect(&path).unwrap());
    connection.call("GET", "/healthz", &[], b"").ok();
    assert!(!site.path("run/clf.sock").exists());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_stop_does_not_wait_for_those_who_follow_a_log() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut follower = daemon.connect();
    follower.send("GET", &format!("/v1/jobs/{job}/logs?follow=1"), &[], b"");
    assert_eq!(follower.head(), 200);
    let idle = daemon.connect();
    assert_eq!(daemon.stop(), Some(0));
    let mut rest = String::new();
    while let Some(chunk) = follower.chunk() {
        rest += &String::from_utf8(chunk).unwrap();
    }
    assert!(!rest.contains("event: end"), "the log has not ended");
    assert!(site.log_text().contains("\"drained\":true"), "{}", site.log_text());
    drop(idle);
}

#[test]
fn a_stop_leaves_the_vms_and_the_next_daemon_takes_them_over() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let guest = Guest::at_work(&site, &birth);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(provider.servers().len(), 1);
    assert!(!site.path("run/clf.sock").exists());
    let daemon = site.start();
    until("the job is taken over", || daemon.events(&job).iter().any(|e| e == "taken-over").then_some(()));
    guest.again(&site, birth.server_id).report(&finished()).ok();
    daemon.wait_for_end(&job);
}
