//! What is wrong with the command line, the socket, or the answer.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
};

use clawlets_model::socket::ApiErrorCode;
use clawlets_stand_in::{Answer, Ran, StandIn};

use crate::bench::{clf, command, snapshot};

/// An account that owns nothing.
const NOBODY: u32 = 65_534;

#[test]
fn an_unknown_flag_names_the_nearest_one() {
    snapshot!(clf(&StandIn::start(), &["jobs", "list", "--stauts", "done"]));
}

#[test]
fn an_unknown_verb_names_the_nearest_one() {
    snapshot!(clf(&StandIn::start(), &["jobs", "lst"]));
}

#[test]
fn an_unknown_word_names_the_known_ones() {
    snapshot!(clf(&StandIn::start(), &["jobs", "list", "--status", "runing"]));
}

#[test]
fn what_is_missing_is_named_with_the_form() {
    snapshot!(clf(&StandIn::start(), &["jobs", "enqueue", "cattle.spawn", "--persona", "rex"]));
}

#[test]
fn the_form_in_a_hint_does_not_ask_for_what_the_environment_gave() {
    let ran = clf(&StandIn::start(), &["jobs", "show"]);
    assert!(
        ran.talk.contains("hint: the form is 'clf jobs show [OPTIONS] <ID|--id-or-name <ID>>'\n"),
        "{ran}"
    );
}

#[test]
fn a_long_value_is_not_repeated_in_full() {
    let ran = clf(&StandIn::start(), &["jobs", "show", &"1".repeat(4000)]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{ran}");
    assert!(ran.talk.len() < 600, "{ran}");
}

#[test]
fn a_number_below_zero_is_a_value_and_no_flag() {
    for arguments in [&["jobs", "list", "--limit", "-1"][..], &["jobs", "logs", "1", "--from", "-1"]] {
        let ran = clf(&StandIn::start(), arguments);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{ran}");
    }
}

#[test]
fn a_time_that_is_none_is_answered_with_an_example() {
    let spawn = ["jobs", "enqueue", "cattle.spawn", "--persona", "rex", "--task-file", "-"];
    let ran = clf(&StandIn::start(), &[&spawn[..], &["--run-at", "tomorrow"]].concat());
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{ran}");
    assert!(ran.talk.contains("such as 2027-01-31T08:00:00Z"), "{ran}");
}

#[test]
fn a_group_without_a_verb_shows_its_verbs_and_for_programs_a_fault() {
    let text = clf(&StandIn::start(), &["jobs"]);
    assert!(text.code == Some(2) && text.out.is_empty() && text.talk.contains("enqueue"), "{text}");
    let json = clf(&StandIn::start(), &["jobs", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&json.talk).unwrap();
    assert_eq!(json.code, Some(2));
    assert_eq!(document["error"]["code"], "clawlets::usage::arguments");
    assert_eq!(document["error"]["hint"], "the form is 'clf jobs [OPTIONS] <COMMAND>'");
}

#[test]
fn two_names_for_one_job_are_refused() {
    let ran = clf(&StandIn::start(), &["jobs", "show", "a", "--id-or-name", "b"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
}

#[test]
fn an_id_that_could_leave_the_path_is_refused() {
    for id in ["../v1/cattle", "a/b", "a?b", "", " ", "é"] {
        let stand_in = StandIn::start();
        let ran = clf(&stand_in, &["jobs", "show", id]);
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(stand_in.asked().is_empty());
    }
}

#[test]
fn a_fault_of_the_command_line_is_json_when_json_was_asked_for() {
    let ran = clf(&StandIn::start(), &["jobs", "list", "--json", "--stauts", "done"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    let document: serde_json::Value = serde_json::from_str(&ran.talk).unwrap();
    assert_eq!(document["error"]["code"], "clawlets::usage::arguments");
    assert_eq!(document["error"]["hint"], "a similar argument exists: '--status'");
}

#[test]
fn without_a_daemon_the_socket_is_named() {
    let stand_in = StandIn::start();
    snapshot!(Ran::of(command(&stand_in, &["jobs", "list"]).env("CLF_SOCKET", "/nonexistent/clf.sock")));
}

#[test]
fn the_flag_wins_over_the_variable() {
    let stand_in = StandIn::start();
    let ran = clf(&stand_in, &["jobs", "list", "--socket", "/nonexistent/other.sock"]);
    assert!(ran.talk.contains("/nonexistent/other.sock"), "{ran}");
    assert!(stand_in.asked().is_empty());
}

#[test]
fn the_socket_may_be_named_before_the_verb() {
    let ran = clf(&StandIn::start(), &["--socket", "/nonexistent/first.sock", "jobs", "list"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::socket::unreachable"), "{ran}");
    assert!(ran.talk.contains("/nonexistent/first.sock"), "{ran}");
}

#[test]
fn a_socket_that_may_not_be_opened_is_refused() {
    let stand_in = StandIn::start();
    fs::set_permissions(stand_in.folder(), PermissionsExt::from_mode(0o755)).unwrap();
    fs::set_permissions(stand_in.socket(), PermissionsExt::from_mode(0o000)).unwrap();
    // A copy that everybody may run: the folder of the build may be closed to others.
    let copy = stand_in.folder().join("clf");
    // Not `fs::copy`: another test that starts a process meanwhile would hold our copy open for writing, and a file that
    // somebody may write to cannot be run.
    let copied = Command::new("cp").args([Path::new(env!("CARGO_BIN_EXE_clf")), &copy]).status().unwrap();
    assert!(copied.success());
    let mut command = clawlets_stand_in::program(copy.to_str().unwrap(), stand_in.folder());
    command.args(["jobs", "list"]).env("CLF_SOCKET", stand_in.socket());
    if nix::unistd::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let ran = Ran::of(&mut command);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::socket::denied"), "{ran}");
    snapshot!(ran);
}

#[test]
fn what_does_not_speak_the_protocol_is_said_so() {
    for bytes in [&b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"]
    {
        let ran = clf(&StandIn::start().on("GET /v1/jobs", [Answer::raw(bytes)]), &["jobs", "list"]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::socket::protocol"), "{ran}");
    }
}

#[test]
fn an_orchestrator_that_hangs_up_is_not_blamed_on_the_user() {
    let ran = clf(&StandIn::start().on("GET /v1/jobs", [Answer::raw(b"")]), &["jobs", "list"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::socket::unreachable"), "{ran}");
}

#[test]
fn each_refusal_ends_with_its_own_exit_code() {
    for (code, exit, fault) in [
        (ApiErrorCode::BadRequest, 2, "bad_request"),
        (ApiErrorCode::Forbidden, 6, "forbidden"),
        (ApiErrorCode::NotFound, 3, "not_found"),
        (ApiErrorCode::Conflict, 5, "conflict"),
        (ApiErrorCode::Ambiguous, 2, "ambiguous"),
        (ApiErrorCode::TooLarge, 2, "too_large"),
        (ApiErrorCode::Capacity, 6, "capacity"),
        (ApiErrorCode::Unconfigured, 6, "unconfigured"),
        (ApiErrorCode::Provider, 7, "provider"),
        (ApiErrorCode::Stopping, 4, "stopping"),
        (ApiErrorCode::Internal, 1, "internal"),
    ] {
        let stand_in = StandIn::start().on("GET /v1/jobs", [Answer::refusal(code, "No, and that is final.")]);
        let ran = clf(&stand_in, &["jobs", "list"]);
        assert_eq!((ran.code, ran.fault()), (Some(exit), format!("clawlets::api::{fault}")), "{ran}");
        assert!(ran.talk.starts_with("error: No, and that is final\n"), "{ran}");
    }
}

#[test]
fn colours_are_for_terminals() {
    let stand_in = StandIn::start();
    let plain = clf(&stand_in, &["jobs", "lst"]);
    assert!(!plain.talk.contains('\u{1b}'), "{plain}");
    let forced = Ran::of(command(&stand_in, &["jobs", "lst"]).env("CLICOLOR_FORCE", "1"));
    assert!(forced.talk.contains('\u{1b}'), "{forced}");
    let none = Ran::of(command(&stand_in, &["jobs", "lst"]).env("NO_COLOR", "1"));
    assert_eq!(none, plain);
}
