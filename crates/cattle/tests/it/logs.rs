//! Logs: whole, in order, bounded, without secrets.

use clawlets_model::guest::LogStream;

use crate::support::{Machine, Orchestrator, Reply, SECRET, shell};

const LOGS: &str = "/v1/cattle/logs";

fn numbers(count: usize) -> String {
    format!("i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); done")
}

#[track_caller]
fn assert_all_lines(orchestrator: &Orchestrator, count: usize) {
    let state = orchestrator.state();
    let lines = state.lines(LogStream::Stdout);
    assert!(
        lines.iter().map(ToString::to_string).eq((0..count).map(|n| format!("line {n}"))),
        "{} lines",
        lines.len()
    );
}

#[test]
fn a_connection_that_breaks_costs_no_record() {
    for broken in [Reply::Drop, Reply::json(503, "{}"), Reply::BreakOff(Vec::new())] {
        let reply = broken.clone();
        let orchestrator = Orchestrator::scripted(&shell(&numbers(2000)), move |request, state| {
            (request.path == LOGS && state.calls(LOGS) % 3 == 2).then(|| reply.clone())
        });
        let _ = Machine::boot(&orchestrator).result(&orchestrator);
        assert_all_lines(&orchestrator, 2000);
    }
}

#[test]
fn an_answer_that_got_lost_does_not_double_the_records() {
    let orchestrator = Orchestrator::scripted(&shell(&numbers(500)), |request, state| {
        if request.path != LOGS || state.calls(LOGS) % 2 == 0 {
            return None;
        }
        // The records are kept, but the guest does not hear of it.
        for line in request.text().lines() {
            let record: clawlets_model::guest::LogRecord = serde_json::from_str(line).unwrap();
            if record.seq == state.records.len() as u64 {
                state.records.push(record);
            }
        }
        Some(Reply::Drop)
    });
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    assert_all_lines(&orchestrator, 500);
}

#[test]
fn records_that_are_refused_do_not_keep_the_machine_alive() {
    let orchestrator = Orchestrator::scripted(&shell("echo fine"), |request, _| {
        (request.path == LOGS).then(|| Reply::json(400, r#"{"error":{"code":"x","message":"no"}}"#))
    });
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    assert_eq!(result.output.as_deref(), Some("fine"));
}

#[test]
fn a_secret_is_scrubbed_however_it_is_printed() {
    let script = "echo \"key=$SECRET_API_KEY;\"; printf %s \"${SECRET_API_KEY%see}\"; sleep 0.1; echo see; \
                  echo \"$SECRET_API_KEY\" >&2; python3 -c 'import os; print(\"x\" * 16370 + os.environ[\"SECRET_API_KEY\"] + \"y\" * 20000)'";
    let orchestrator = Orchestrator::start(&shell(script));
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    let lines = state.lines(LogStream::Stdout);
    assert_eq!(lines[..2], ["key=<redacted>;", "<redacted>"]);
    assert_eq!(lines[2..].concat(), format!("{}<redacted>{}", "x".repeat(16_370), "y".repeat(20_000)));
    assert_eq!(state.lines(LogStream::Stderr), ["<redacted>"]);
    assert!(!result.output.unwrap().contains(SECRET));
}

#[test]
fn too_much_output_is_cut_with_one_word_and_the_task_goes_on() {
    let script = "head -c 12000000 /dev/zero | tr '\\0' x | fold -w 999; echo survived > done.txt";
    let job = shell(script).task("artifacts", serde_json::json!(["done.txt"]));
    let orchestrator = Orchestrator::start(&job);
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    let size: usize = state.lines(LogStream::Stdout).iter().map(|line| line.len()).sum();
    assert!((9_000_000..=10 * 1024 * 1024).contains(&size), "{size}");
    let system = state.lines(LogStream::System);
    assert_eq!(system.iter().filter(|line| line.starts_with("truncated")).count(), 1, "{system:?}");
    assert_eq!(state.artifacts["done.txt"], b"survived\n");
}

#[test]
fn both_streams_and_a_last_line_without_an_end_arrive() {
    let orchestrator = Orchestrator::start(&shell("printf 'out\\n\\nlast'; printf err >&2"));
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    assert_eq!(state.lines(LogStream::Stdout), ["out", "", "last"]);
    assert_eq!(state.lines(LogStream::Stderr), ["err"]);
}
