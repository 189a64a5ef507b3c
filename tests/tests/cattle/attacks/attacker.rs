//! The program that attacks, and the task that carries it into a guest.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::OnceLock,
};

use clawlets_tests::Run;
use serde_json::{Value, json};

/// What every script begins with.
const PRELUDE: &str = include_str!("prelude.sh");

/// A task that runs a script with the program beside it, as `./attacker`.
pub(super) fn task(script: &str, more: &Value) -> String {
    let script = format!("{PRELUDE}\n{script}");
    let mut task = json!({
        "schemaVersion": 1, "taskId": "attack", "type": "command", "argv": ["sh", "-c", "sh ./attack.sh"],
        "inputs": [
            { "name": "attack.sh", "text": script },
            { "name": "attacker.bin", "base64": program() },
        ],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        task[key] = value.clone();
    }
    task.to_string()
}

/// The program in base64, without a C library or anything else that a guest would lack.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cattle/attacks/attacker.c");
        let program = folder.path().join("attacker");
        let flags = [
            "-static",
            "-nostdlib",
            "-ffreestanding",
            "-fno-stack-protector",
            "-fno-pic",
            "-no-pie",
            "-Os",
            "-s",
        ];
        Run::of(Command::new("cc").args(flags).arg("-o").args([&program, &source]).stdin(Stdio::null()))
            .succeeds();
        Run::of(Command::new("base64").arg("-w0").arg(&program)).succeeds()
    })
}
