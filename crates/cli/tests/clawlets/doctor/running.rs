//! The doctor as a process: scopes, interruptions, disks that take nothing, and no network.

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_stand_in::{Ran, never_said};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use super::Place;

#[test]
fn a_narrow_scope_runs_no_foreign_check() {
    let place = Place::equipped();
    place.describe();
    place.declare(|fleet| fleet["cattle"]["enabled"] = json!(true));
    for scope in ["repo", "bootstrap", "cattle"] {
        let rows = place.rows(scope);
        assert!(!rows.is_empty(), "{scope}");
        for row in rows {
            assert!(row["id"].as_str().unwrap().starts_with(&format!("{scope}.")), "{row}");
        }
    }
    let ran = place.run(&["doctor", "--scope", "repo", "--scope", "cattle", "--json"]);
    let rows = ran.json()["checks"].clone();
    let foreign = rows.as_array().unwrap().iter().any(|row| row["scope"] == "bootstrap");
    assert!(!foreign, "{rows:#}");
}

#[test]
fn a_narrow_scope_says_itself_that_the_declaration_is_not_valid() {
    let place = Place::equipped();
    place.declare(|fleet| fleet["hots"] = json!({}));
    for scope in ["bootstrap", "updates", "cattle"] {
        let ran = place.run(&["doctor", "--scope", scope]);
        assert_eq!(ran.code, Some(6), "{ran}");
        assert!(ran.out.contains(&format!("{scope}.config")) && ran.out.contains("hots"), "{ran}");
    }
}

#[test]
fn without_a_network_it_is_unknown_and_no_fault() {
    let place = Place::equipped();
    place.describe();
    let said =
        "warning: x\\nerror: unable to download 'https://api.github.com/x': Couldn't resolve host name (6)";
    place.program("nix", &format!("printf \"{said}\\n\" >&2; exit 1"));
    place.declare(|fleet| {
        fleet["hosts"]["web-1"]["selfUpdate"] = json!({
            "enable": true, "allowUnsigned": true, "baseUrls": ["https://updates.invalid/x"],
        });
    });
    let verdict = |scope: &str, id: &str| {
        let rows = place.rows(scope);
        rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}: {rows:#?}"))["verdict"]
            .clone()
    };
    assert_eq!(verdict("bootstrap", "bootstrap.flake-output"), "unknown");
    assert_eq!(verdict("updates", "updates.mirrors"), "unknown");
}

#[test]
fn an_interruption_ends_what_a_check_had_started() {
    let place = Place::equipped();
    place.describe();
    let mark = place.home().join("started");
    place.program(
        "nix",
        &format!("echo $$ > {0}.tmp; /bin/mv {0}.tmp {0}; exec /bin/sleep 600", mark.display()),
    );
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut command = place.command(&["doctor", "--scope", "bootstrap"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !mark.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::interrupted"), "{ran}");
        let nix: i32 = fs::read_to_string(&mark).unwrap().trim().parse().unwrap();
        assert!(kill(Pid::from_raw(nix), None).is_err(), "nix goes on");
        fs::remove_file(&mark).unwrap();
    }
}

#[test]
fn on_a_disk_that_takes_nothing_it_looks_and_says_what_it_could_not_mend() {
    let place = Place::equipped();
    place.write(".gitignore", "");
    place.write("fleet/clawlets.schema.json", "{}");
    let script = "mount --bind . . && mount -o remount,bind,ro . && cd \"$PWD\" || exit 77
        $1 doctor --scope repo --fix";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(env!("CARGO_BIN_EXE_clawlets")).current_dir(place.root()).env("HOME", place.home());
    // The project belongs to the user who is root in there, or to root.
    command
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*");
    let ran = Ran::of(command.stdin(Stdio::null()));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    for word in ["failed to mend repo.ignored", "failed to mend repo.config-schema", "Read-only file system"]
    {
        assert!(ran.talk.contains(word), "{word}: {ran}");
    }
    assert_eq!(fs::read_to_string(place.path(".gitignore")).unwrap(), "");
}

#[test]
fn nothing_that_it_says_holds_a_token() {
    let place = Place::equipped();
    place.describe();
    let token = fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim().to_owned();
    never_said(&token);
    place.type_into(&["env", "set", "HCLOUD_TOKEN"], &token);
    place.run(&["secrets", "init"]);
    let password = fs::read_to_string(place.path(".clawlets/passwords/web-1.admin_password_hash")).unwrap();
    never_said(&password);
    for words in [&["doctor"][..], &["doctor", "--json"], &["doctor", "--report"], &["up", "--dry-run"]] {
        // What it says is searched for every registered secret.
        let ran = place.run(words);
        assert!(ran.code.is_some(), "{ran}");
    }
}

#[test]
fn a_report_for_strangers_holds_no_home_and_no_name() {
    let place = Place::equipped();
    place.describe();
    place.declare(|fleet| fleet["hosts"]["hidden-host"] = fleet["hosts"]["web-1"].clone());
    let ran = place.run(&["doctor", "--report"]);
    assert!(ran.out.contains("| bootstrap.secrets-key | error | 1 |"), "{ran}");
    for hidden in ["hidden-host", "web-1", "ada", "198.51.100", place.home().to_str().unwrap()] {
        assert!(!ran.out.contains(hidden), "{hidden}: {ran}");
    }
}
