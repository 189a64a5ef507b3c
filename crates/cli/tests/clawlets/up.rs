//! `clawlets up`.

use std::{
    fs,
    process::{Command, Stdio},
};

use clawlets_stand_in::{Ran, never_said};
use serde_json::{Value, json};

use crate::{bench::command_in, doctor::Place, terminal::Terminal};

/// The states of all steps, by their ids.
fn states(document: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (text(&step["id"]), text(&step["state"])))
        .collect()
}

fn next(document: &Value) -> Option<Value> {
    document["steps"].as_array().unwrap().iter().find(|step| step["state"] == "next").cloned()
}

/// A value that was never seen before, and is never to be seen.
fn hidden() -> String {
    let number = fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim().to_owned();
    never_said(&number);
    number
}

/// A project for which everything was said and made.
fn whole() -> Place {
    let place = Place::equipped();
    place.describe();
    place.ok(&["bot", "add", "--bot", "maren"]);
    place.ok(&["config", "wire-secrets", "--write"]);
    place.type_into(&["env", "set", "HCLOUD_TOKEN"], &hidden());
    assert_eq!(place.run(&["secrets", "init"]).code, Some(6));
    place.type_into(&["secrets", "set", "tailscale_auth_key"], &hidden());
    place
}

#[test]
fn outside_of_a_project_it_says_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Ran::of(&mut command_in(folder.path(), &["up"]));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::up::stopped"), "{ran}");
    assert_eq!(ran.out, "clawlets project init --dir DIR\n");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn without_a_terminal_it_says_what_comes_next_and_does_nothing() {
    let place = Place::equipped();
    let before = fs::read_to_string(place.path("fleet/clawlets.json")).unwrap();
    let ran = place.run(&["up"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::up::stopped"), "{ran}");
    assert_eq!(ran.out, "clawlets host set --host web-1 --enable true\n");
    let ran = place.run(&["up", "--json"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::up::stopped"), "{ran}");
    let document = ran.json();
    assert_eq!((&document["schemaVersion"], &document["finished"]), (&json!(1), &json!(false)));
    assert_eq!(next(&document).unwrap()["id"], "host");
    let ran = place.ok(&["up", "--dry-run"]);
    assert!(ran.talk.is_empty() && ran.out.contains("next   host "), "{ran}");
    assert_eq!(fs::read_to_string(place.path("fleet/clawlets.json")).unwrap(), before);
}

#[test]
fn how_far_it_is_follows_from_the_project_alone() {
    let place = Place::equipped();
    let document = || place.ok(&["up", "--dry-run", "--json"]).json();
    let state = |id: &str| states(&document()).into_iter().find(|(known, _)| known == id).unwrap().1;
    assert_eq!(
        (state("host"), state("network"), state("bot")),
        ("next".into(), "later".into(), "later".into())
    );
    // Steps may be done by hand, in any order, and undone.
    place.ok(&["bot", "add", "--bot", "maren"]);
    assert_eq!((state("host"), state("bot")), ("next".into(), "done".into()));
    place.describe();
    assert_eq!(
        (state("network"), state("wiring"), state("token")),
        ("done".into(), "next".into(), "later".into())
    );
    place.ok(&["config", "wire-secrets", "--write"]);
    assert_eq!(state("token"), "next");
    assert_eq!(next(&document()).unwrap()["command"], "clawlets env set HCLOUD_TOKEN");
    place.git(&["config", "--unset", "core.hooksPath"]);
    assert_eq!((state("hooks"), state("token")), ("next".into(), "later".into()));
    place.declare(|fleet| fleet["hots"] = json!({}));
    assert_eq!(next(&document()).unwrap()["id"], "declaration");
}

#[test]
fn with_yes_it_goes_until_a_person_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Ran::of(&mut command_in(folder.path(), &["up", "--yes", "--dir", "fleet"]));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::up::stopped"), "{ran}");
    assert!(ran.talk.contains("clawlets host set --host web-1 --ssh-pubkey-file"), "{ran}");
    let declared = fs::read_to_string(folder.path().join("fleet/fleet/clawlets.json")).unwrap();
    assert!(declared.contains("\"enable\": true"), "{declared}");

    let place = Place::equipped();
    place.describe();
    place.ok(&["bot", "add", "--bot", "maren"]);
    place.type_into(&["env", "set", "HCLOUD_TOKEN"], &hidden());
    // It ends as the command ended that it could not get past.
    let ran = place.run(&["up", "--yes"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::secrets::incomplete"), "{ran}");
    assert_eq!(ran.out.matches("missing: tailscale_auth_key").count(), 1, "{ran}");
    place.type_into(&["secrets", "set", "tailscale_auth_key"], &hidden());
    let ran = place.ok(&["up", "--yes"]);
    assert!(ran.talk.contains("The repository is ready.") && ran.talk.contains("extra-files"), "{ran}");
}

#[test]
fn a_document_is_one_document_whatever_the_steps_say() {
    let place = whole();
    let ran = place.ok(&["up", "--yes", "--json"]);
    let document = ran.json();
    assert_eq!((&document["finished"], next(&document)), (&json!(true), None));
    assert!(states(&document).iter().all(|(_, state)| state == "done"), "{document:#}");
}

#[test]
fn the_last_check_is_made_anew_each_time() {
    let place = whole();
    place.ok(&["up", "--yes"]);
    place.program("nix", "echo \"error: attribute 'web-1-system' missing\" >&2; exit 1");
    let ran = place.run(&["up", "--yes"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::doctor::refused"), "{ran}");
    assert!(ran.out.contains("attribute 'web-1-system' missing"), "{ran}");
}

#[test]
fn a_person_is_led_all_the_way() {
    let place = Place::equipped();
    let key = place.public_key();
    let (token, tailnet) = (hidden(), hidden());
    let mut terminal = Terminal::of(&mut place.command(&["up"]));
    terminal.expect("Enable a host").expect("Run it?").keys("y\r");
    terminal.expect("File of your SSH public key").keys("/dev/null\r");
    terminal.expect("it is no file of keys").expect("File of your SSH public key");
    terminal.keys(&format!("{}\r", key.display())).expect("Run it?").keys("\r");
    terminal.expect("Your public address").keys("0.0.0.0/0\r").expect("not open to the world");
    terminal.expect("Your public address").keys("198.51.100.7/32\r").expect("Run it?").keys("\r");
    terminal.expect("Name of the bot").keys("maren\r").expect("Run it?").keys("\r");
    terminal.expect("config wire-secrets --write").expect("Run it?").keys("\r");
    terminal.expect("env set HCLOUD_TOKEN").expect("Run it?").keys("\r");
    terminal.expect("HCLOUD_TOKEN: ").keys(&format!("{token}\r"));
    terminal.expect("secrets init --interactive").expect("Run it?").keys("\r");
    terminal.expect("tailscale_auth_key: ").keys(&format!("{tailnet}\r"));
    terminal.expect("Check everything").expect("Run it?").keys("\r");
    terminal.expect("The repository is ready.");
    let ran = terminal.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(!ran.out.contains(&token) && !ran.out.contains(&tailnet), "what is typed is shown");
}

#[test]
fn a_walk_that_is_interrupted_goes_on_where_it_stopped() {
    let place = Place::equipped();
    let mut terminal = Terminal::of(&mut place.command(&["up"]));
    terminal.expect("Run it?").keys("y\r").expect("File of your SSH public key");
    let ran = terminal.interrupt();
    assert_eq!(ran.code, Some(10), "{ran}");
    assert!(ran.out.contains("clawlets::interrupted"), "{ran}");
    // The same at a question whose answer is not shown.
    place.describe();
    place.ok(&["bot", "add", "--bot", "maren"]);
    place.ok(&["config", "wire-secrets", "--write"]);
    let mut terminal = Terminal::of(&mut place.command(&["up"]));
    terminal.expect("env set HCLOUD_TOKEN").expect("Run it?").keys("\r").expect("HCLOUD_TOKEN: ");
    let ran = terminal.interrupt();
    assert_eq!(ran.code, Some(10), "{ran}");
    assert!(!place.path(".clawlets/env").exists());
    let document = place.ok(&["up", "--dry-run", "--json"]).json();
    assert_eq!(next(&document).unwrap()["id"], "token");
}

#[test]
fn who_says_no_has_stopped() {
    let place = Place::equipped();
    let mut terminal = Terminal::of(&mut place.command(&["up"]));
    terminal.expect("Run it?").keys("n\r");
    let ran = terminal.end();
    assert_eq!(ran.code, Some(10), "{ran}");
    assert!(ran.out.contains("clawlets::up::stopped"), "{ran}");
    assert_eq!(next(&place.ok(&["up", "--dry-run", "--json"]).json()).unwrap()["id"], "host");
}

#[test]
fn a_disk_that_takes_nothing_stops_it_with_the_reason() {
    let place = Place::equipped();
    let script = "mount --bind fleet fleet && mount -o remount,bind,ro fleet || exit 77
        $1 up --yes";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(env!("CARGO_BIN_EXE_clawlets")).current_dir(place.root()).env("HOME", place.home());
    command
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*");
    let ran = Ran::of(command.stdin(Stdio::null()));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
}
