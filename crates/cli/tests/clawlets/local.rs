//! `clawlets local`, with a real daemon.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_stand_in::Ran;
use tempfile::TempDir;

use crate::bench::{command_in, snapshot};

/// An account that owns nothing.
const NOBODY: u32 = 65_534;

/// A local cloud in folders of its own; it goes down with the test.
struct Cloud(TempDir);

impl Cloud {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a test has a temporary folder"))
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn state(&self) -> PathBuf {
        self.folder().join("state")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command_in(self.folder(), &[&["local"], arguments].concat());
        Ran::of(
            command
                .env("CLAWLETS_STATE_DIR", self.state())
                .env("CLAWLETS_CACHE_DIR", self.folder().join("cache")),
        )
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let ran = self.run(&["down"]);
        assert!(ran.code == Some(0) || std::thread::panicking(), "{ran}");
    }
}

/// The status of an answer of the cloud's API.
fn ask(endpoint: &str, token: &str) -> String {
    let address =
        endpoint.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/v1")).expect("an endpoint");
    let mut stream = TcpStream::connect(address).expect("the cloud listens");
    let request = format!(
        "GET /v1/servers HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("the cloud reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the cloud answers");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn up_status_and_down_are_one_round() {
    let cloud = Cloud::new();
    let up = cloud.run(&["up", "--no-image"]);
    assert_eq!(up.code, Some(0), "{up}");
    let again = cloud.run(&["up", "--no-image"]);
    assert_eq!(
        (again.code, again.out.as_str(), again.talk.as_str()),
        (Some(0), up.out.as_str(), ""),
        "{again}"
    );

    let status = cloud.run(&["status", "--json"]).json();
    let (endpoint, token) = (status["endpoint"].as_str().unwrap(), status["token"].as_str().unwrap());
    assert_eq!(format!("{endpoint}\n"), up.out);
    assert_eq!(ask(endpoint, token), "HTTP/1.1 200 OK");
    assert!(ask(endpoint, "wrong").contains("401"));

    let shown = cloud.run(&["status"]);
    assert!(shown.out.contains(endpoint) && !shown.out.contains(token), "{shown}");
    let connection = cloud.state().join("local.json");
    assert_eq!(fs::metadata(connection).unwrap().permissions().mode() & 0o777, 0o600);

    let down = cloud.run(&["down", "--json"]).json();
    assert_eq!(down["daemon"], status["pid"]);
    let status = cloud.run(&["status", "--json"]).json();
    assert_eq!((&status["running"], &status["token"]), (&false.into(), &serde_json::Value::Null));
}

#[test]
fn the_token_outlives_the_daemon() {
    let cloud = Cloud::new();
    let token = || {
        assert_eq!(cloud.run(&["up", "--no-image"]).code, Some(0));
        cloud.run(&["status", "--json"]).json()["token"].clone()
    };
    let before = token();
    assert_eq!(cloud.run(&["down"]).code, Some(0));
    assert_eq!(token(), before);
}

#[test]
fn the_next_daemon_is_found_where_the_one_before_was() {
    let cloud = Cloud::new();
    let up = || cloud.run(&["up", "--no-image"]).out;
    let before = up();
    assert_eq!(cloud.run(&["down"]).code, Some(0));
    assert_eq!(up(), before, "whoever was told the address needs not be told again");
}

#[test]
fn keys_of_whoever_starts_the_daemon_are_not_handed_on() {
    let cloud = Cloud::new();
    let mut command = command_in(cloud.folder(), &["local", "up", "--no-image"]);
    command
        .env("CLAWLETS_STATE_DIR", cloud.state())
        .env("CLAWLETS_CACHE_DIR", cloud.folder().join("cache"))
        .env("HCLOUD_TOKEN", "k3y-of-the-operator");
    assert_eq!(Ran::of(&mut command).code, Some(0));
    let pid = cloud.run(&["status", "--json"]).json()["pid"].clone();
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap();
    let environment = String::from_utf8_lossy(&environment);
    assert!(environment.contains("CLAWLETS_STATE_DIR=") && environment.contains("PATH="), "{environment}");
    assert!(!environment.contains("k3y-of-the-operator"), "{environment}");
}

#[test]
fn a_state_folder_that_everybody_may_write_to_is_refused() {
    let cloud = Cloud::new();
    fs::create_dir(cloud.state()).unwrap();
    fs::set_permissions(cloud.state(), PermissionsExt::from_mode(0o777)).unwrap();
    let ran = cloud.run(&["up", "--no-image"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::local::exposed"), "{ran}");
    assert!(ran.talk.contains("chmod o-w"), "{ran}");
    fs::set_permissions(cloud.state(), PermissionsExt::from_mode(0o700)).unwrap();
    assert_eq!(cloud.run(&["up", "--no-image"]).code, Some(0));
}

#[test]
fn without_qemu_nothing_is_started() {
    let cloud = Cloud::new();
    let mut command = command_in(cloud.folder(), &["local", "up", "--no-image"]);
    command.env("CLAWLETS_STATE_DIR", cloud.state()).env("PATH", cloud.folder());
    let ran = Ran::of(&mut command);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::local::missing_tool"), "{ran}");
    assert!(ran.talk.contains("qemu-system-x86_64 is not installed") && !cloud.state().exists(), "{ran}");
}

#[test]
fn where_a_guest_cannot_be_contained_nothing_is_started() {
    let cloud = Cloud::new();
    let copy = cloud.folder().join("clawlets");
    let program = Path::new(env!("CARGO_BIN_EXE_clawlets"));
    assert!(Command::new("cp").args([program, &copy]).status().unwrap().success());
    fs::set_permissions(cloud.folder(), PermissionsExt::from_mode(0o755)).unwrap();
    // A user namespace in which no other may be made, and a user without powers in it.
    let script = "echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps=-all --inh-caps=-all \
                  --bounding-set=-all \"$0\" local up --no-image";
    let mut command = Command::new("unshare");
    command
        .args(["--map-current-user", "--keep-caps", "sh", "-c", script])
        .arg(&copy)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("CLAWLETS_STATE_DIR", cloud.state())
        .env("CLAWLETS_CACHE_DIR", cloud.folder().join("cache"));
    if nix::unistd::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let ran = Ran::of(&mut command);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::local::uncontained"), "{ran}");
    assert!(ran.talk.contains("only root may") && !cloud.state().exists(), "{ran}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = Cloud::new().run(&["up", "--no-image", "--port", &port]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::local::failed"), "{ran}");
    let message = format!("error: failed to listen on 127.0.0.1:{port}\n  caused by: Address already in use");
    assert!(ran.talk.contains(&message), "{ran}");
}

#[test]
fn a_state_folder_that_cannot_be_made_is_named() {
    let cloud = Cloud::new();
    fs::write(cloud.state(), "a file").unwrap();
    let ran = cloud.run(&["up", "--no-image"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    assert!(ran.talk.contains("state/local"), "{ran}");
    fs::remove_file(cloud.state()).unwrap();
}

#[test]
fn what_is_down_goes_down_again() {
    let cloud = Cloud::new();
    let ran = cloud.run(&["down"]);
    assert!(ran.code == Some(0) && ran.talk.contains("was not running"), "{ran}");
    snapshot!(cloud.run(&["status"]));
}

#[test]
fn a_second_daemon_is_refused() {
    let cloud = Cloud::new();
    assert_eq!(cloud.run(&["up", "--no-image"]).code, Some(0));
    let ran = cloud.run(&["serve"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(4), "clawlets::local::busy"), "{ran}");
}

#[test]
fn a_daemon_that_cannot_start_says_why() {
    let cloud = Cloud::new();
    fs::create_dir_all(cloud.state().join("local/state.sqlite")).unwrap();
    let ran = cloud.run(&["up", "--no-image"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    assert!(ran.talk.contains("state.sqlite") && ran.talk.contains("daemon.log"), "{ran}");
}

#[test]
fn a_guest_program_that_cannot_run_in_a_guest_is_refused() {
    let cloud = Cloud::new();
    let script = cloud.folder().join("script");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    let missing = cloud.folder().join("missing");
    for (guest, code, fault) in [
        (env!("CARGO_BIN_EXE_clawlets"), 1, "clawlets::local::image"),
        (script.to_str().unwrap(), 1, "clawlets::local::image"),
        (missing.to_str().unwrap(), 7, "clawlets::io"),
    ] {
        let mut command = command_in(cloud.folder(), &["local", "image", "build"]);
        command
            .env("CLAWLETS_STATE_DIR", cloud.state())
            .env("CLAWLETS_CACHE_DIR", cloud.folder().join("cache"));
        let ran = Ran::of(command.env("CLAWLETS_GUEST", guest));
        assert_eq!((ran.code, ran.fault().as_str()), (Some(code), fault), "{ran}");
    }
}

#[test]
fn a_shim_without_a_specification_fails() {
    let ran = Cloud::new().run(&["shim", "/nonexistent/spec.json"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::local::failed"), "{ran}");
}
