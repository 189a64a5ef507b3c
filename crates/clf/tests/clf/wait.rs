//! `clf jobs wait`.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use clawlets_model::Phase;
use clawlets_stand_in::{Answer, Ran, StandIn, examples};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use crate::bench::{DONE, FAILED, clf, command, in_phase, route, snapshot};

fn job_in(phases: impl IntoIterator<Item = Answer>) -> StandIn {
    StandIn::start().on(&route("GET", ""), phases)
}

#[test]
fn a_wait_for_the_end_is_over_when_the_result_is_decided() {
    let ran = clf(&job_in([in_phase(Phase::Ended, DONE)]), &["jobs", "wait", examples::JOB]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn a_wait_for_the_vm_goes_on_until_it_is_gone() {
    let phases = [in_phase(Phase::Ended, DONE), in_phase(Phase::Deleting, DONE), in_phase(Phase::Gone, DONE)];
    let ran = clf(&job_in(phases), &["jobs", "wait", examples::JOB, "--until", "gone", "--json"]);
    assert_eq!((ran.code, &ran.json()["job"]["vm"]), (Some(0), &json!("gone")), "{ran}");
}

#[test]
fn a_failed_job_is_explained() {
    let mut view = examples::job(Phase::Ended, FAILED);
    view.message = Some("the task ended with exit code 3\u{1b}[2J".to_owned());
    snapshot!(clf(&job_in([Answer::json(&examples::job_answer(&view))]), &["jobs", "wait", examples::JOB]));
}

#[test]
fn a_wait_that_takes_too_long_is_over_and_the_job_goes_on() {
    let ran =
        clf(&job_in([in_phase(Phase::Running, None)]), &["jobs", "wait", examples::JOB, "--timeout", "1s"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(4), "clawlets::job::wait_timeout"));
    snapshot!(ran);
}

#[test]
fn an_interrupted_wait_says_how_to_go_on() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let stand_in = job_in([in_phase(Phase::Running, None)]);
        let mut command = command(&stand_in, &["jobs", "wait", examples::JOB]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while stand_in.asked().is_empty() {
            assert!(Instant::now() < deadline, "clf asked nothing");
            std::thread::sleep(Duration::from_millis(5));
        }
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::interrupted"), "{ran}");
        assert!(ran.talk.contains(&format!("'clf jobs wait {}' waits again", examples::JOB)), "{ran}");
    }
}

#[test]
fn a_restart_of_the_orchestrator_is_sat_out() {
    let ran = clf(
        &job_in([in_phase(Phase::Running, None), Answer::raw(b""), in_phase(Phase::Ended, DONE)]),
        &["jobs", "wait", examples::JOB],
    );
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn an_unknown_job_is_not_waited_for() {
    let ran = clf(&StandIn::start(), &["jobs", "wait", examples::JOB]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(3), "clawlets::api::not_found"), "{ran}");
}
