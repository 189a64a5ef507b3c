//! Running `clf`, and making what it says comparable.

use std::process::Command;

use clawlets_model::{Phase, Reason, Status};
use clawlets_stand_in::{Answer, Ran, StandIn, examples, program};

/// What is another in every run: temporary folders, and how long something took or is ago.
pub(crate) const FILTERS: [(&str, &str); 3] =
    [(r"/tmp/\.tmp\w+", "[TMP]"), (r"\d+\.\d s\b", "[TIME]"), (r"\d+[dhms] \d+[hms] ago", "[AGO]")];

/// Compares a run with the snapshot of its test.
macro_rules! snapshot {
    ($ran:expr) => {
        insta::with_settings!({ filters => crate::bench::FILTERS, omit_expression => true }, {
            insta::assert_snapshot!($ran);
        });
    };
}
pub(crate) use snapshot;

/// `clf` with this orchestrator.
pub(crate) fn command(stand_in: &StandIn, arguments: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_clf"), stand_in.folder());
    command.args(arguments).env("CLF_SOCKET", stand_in.socket());
    command
}

/// Runs `clf` to its end.
pub(crate) fn clf(stand_in: &StandIn, arguments: &[&str]) -> Ran {
    Ran::of(&mut command(stand_in, arguments))
}

/// The route of something about the example job.
pub(crate) fn route(method: &str, rest: &str) -> String {
    format!("{method} /v1/jobs/{}{rest}", examples::JOB)
}

/// The answer with the example job in a phase.
pub(crate) fn in_phase(phase: Phase, outcome: Option<(Status, Reason)>) -> Answer {
    Answer::json(&examples::job_answer(&examples::job(phase, outcome)))
}

/// Writes a task into the orchestrator's folder, which is where `clf` runs.
pub(crate) fn write_task(stand_in: &StandIn, content: &str) {
    std::fs::write(stand_in.folder().join("task.json"), content).expect("the folder can be written");
}

/// A task that is valid.
pub(crate) const TASK: &str =
    r#"{ "schemaVersion": 1, "taskId": "hash-it", "type": "command", "argv": ["true"] }"#;

pub(crate) const DONE: Option<(Status, Reason)> = Some((Status::Done, Reason::Finished));
pub(crate) const FAILED: Option<(Status, Reason)> = Some((Status::Failed, Reason::Nonzero));
