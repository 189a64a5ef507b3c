//! Data that nobody can take.

use std::fs::OpenOptions;

use clawlets_model::Phase;
use clawlets_stand_in::{Answer, Ran, StandIn, examples};
use serde_json::json;

use crate::bench::command;

#[test]
fn data_that_cannot_be_written_is_no_success() {
    let stand_in = StandIn::start().on("GET /v1/jobs", [jobs()]);
    for arguments in
        [&["jobs", "list", "--json"][..], &["jobs", "list"], &["completions", "bash"], &["--help"]]
    {
        let mut command = command(&stand_in, arguments);
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = Ran::of(command.stdout(full));
        assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{arguments:?} {ran}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let stand_in = StandIn::start().on("GET /v1/jobs", [jobs()]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = Ran::of(command(&stand_in, &["jobs", "list"]).stdout(writer));
    assert_eq!((ran.code, ran.talk.as_str()), (Some(0), ""), "{ran}");
}

/// A list with one job.
fn jobs() -> Answer {
    let job = examples::job(Phase::Running, None);
    Answer::json(&json!({ "protocolVersion": 1, "jobs": [job], "nextCursor": null }))
}
