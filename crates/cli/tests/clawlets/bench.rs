//! Running `clawlets`, and making what it says comparable.

use std::{fs, path::Path, process::Command};

use clawlets_stand_in::{Ran, StandIn, program};

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

/// `clawlets` in a folder, without an orchestrator, and with a nix that does not try again for seconds what it cannot fetch.
pub(crate) fn command_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_clawlets"), folder);
    command.args(arguments).env("CLF_SOCKET", folder.join("no.sock"));
    command.env("NIX_CONFIG", "download-attempts = 1");
    command
}

/// Runs `clawlets` in a folder, without an orchestrator.
pub(crate) fn clawlets_in(folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(&mut command_in(folder, arguments))
}

/// `clawlets` with this orchestrator, in its folder.
pub(crate) fn command(stand_in: &StandIn, arguments: &[&str]) -> Command {
    let mut command = command_in(stand_in.folder(), arguments);
    command.env("CLF_SOCKET", stand_in.socket());
    command
}

/// Runs `clawlets` with this orchestrator, in its folder.
pub(crate) fn clawlets(stand_in: &StandIn, arguments: &[&str]) -> Ran {
    Ran::of(&mut command(stand_in, arguments))
}

/// A task that is valid.
pub(crate) const TASK: &str =
    r#"{ "schemaVersion": 1, "taskId": "hash-it", "type": "command", "argv": ["true"] }"#;

/// Writes a task into a folder.
pub(crate) fn write_task(folder: &Path) {
    fs::write(folder.join("task.json"), TASK).expect("the folder can be written");
}

/// Makes the persona `rex` of the project in a folder.
pub(crate) fn add_rex(folder: &Path) {
    let ran = clawlets_in(folder, &["cattle", "persona", "add", "--name", "rex"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}
