//! `clf jobs logs`.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use clawlets_stand_in::{Answer, StandIn, examples};
use serde_json::json;

use crate::bench::{clf, command, route};

fn log(answers: impl IntoIterator<Item = Answer>) -> StandIn {
    StandIn::start().on(&route("GET", "/logs"), answers)
}

fn records() -> Answer {
    Answer::lines(&[
        examples::record(0, "system", "the task starts"),
        examples::record(1, "stdout", "hello\u{1b}[31m\u{202e}"),
        examples::record(2, "stderr", "\tcareful"),
    ])
}

#[test]
fn lines_come_as_they_are_and_steer_no_terminal() {
    let ran = clf(&log([records()]), &["jobs", "logs", examples::JOB]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "[system] the task starts\nhello?[31m?\n\tcareful\n"),
        "{ran}"
    );
}

#[test]
fn lines_can_begin_with_time_and_stream() {
    let ran = clf(&log([records()]), &["jobs", "logs", examples::JOB, "--timestamps"]);
    let expected = "2025-11-15T09:46:50.000Z system the task starts\n2025-11-15T09:46:51.000Z stdout hello?[31m?\n2025-11-15T09:46:52.000Z stderr \tcareful\n";
    assert_eq!(ran.out, expected);
}

#[test]
fn json_is_one_document_with_every_byte() {
    let document = clf(&log([records()]), &["jobs", "logs", examples::JOB, "--json"]).json();
    assert_eq!(document["records"][1]["data"], "hello\u{1b}[31m\u{202e}");
    assert_eq!(document["protocolVersion"], 1);
}

#[test]
fn a_followed_log_can_be_one_document_or_lines() {
    let stream = || {
        let event = |seq, data| format!("data: {}\n\n", examples::record(seq, "stdout", data));
        log([
            Answer::broken_events(&event(0, "a")),
            Answer::events(&format!("{}event: end\n\n", event(1, "b"))),
        ])
    };
    let text = clf(&stream(), &["jobs", "logs", examples::JOB, "-f"]);
    assert_eq!((text.code, text.out.as_str()), (Some(0), "a\nb\n"), "{text}");
    let document = clf(&stream(), &["jobs", "logs", examples::JOB, "--follow", "--json"]).json();
    assert_eq!(document["records"].as_array().map(Vec::len), Some(2));
    let lines = clf(&stream(), &["jobs", "logs", examples::JOB, "--follow", "--events"]).lines();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].clone()).collect();
    assert_eq!(kinds, ["version", "log", "log", "end"]);
    assert_eq!(lines[2]["record"], examples::record(1, "stdout", "b"));
}

#[test]
fn a_part_of_a_log_is_asked_for() {
    let stand_in = log([records()]);
    clf(&stand_in, &["jobs", "logs", examples::JOB, "--from", "7", "--since", "5m"]);
    let query = stand_in.asked()[0].query.clone();
    assert!(query.starts_with("from=7&since=20"), "{query}");
}

#[test]
fn following_ends_when_nobody_reads_any_more() {
    let event = |seq| format!("data: {}\n\n", examples::record(seq, "stdout", "x"));
    // The connection breaks off again and again, so only a reader that went away ends this.
    let answers = (0..2_000).map(|n| Answer::broken_events(&event(n)));
    let stand_in = log(answers);
    let mut child = command(&stand_in, &["jobs", "logs", examples::JOB, "--follow"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "x\n");
    assert!(child.wait().unwrap().success());
    assert!(stand_in.asked().len() < 2_000);
}

#[test]
fn bad_ranges_are_refused() {
    for (flag, value) in [("--since", "yesterday"), ("--since", "0s"), ("--from", "-1"), ("--from", "x")] {
        let ran = clf(&StandIn::start(), &["jobs", "logs", examples::JOB, &format!("{flag}={value}")]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{ran}");
    }
}

#[test]
fn a_log_that_is_no_log_is_said_so() {
    for answer in
        [Answer::bytes(b"not json\n"), Answer::lines(&[json!({ "seq": 1 })]), Answer::bytes(b"\xff\xfe\n")]
    {
        let ran = clf(&log([answer]), &["jobs", "logs", examples::JOB]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::socket::protocol"), "{ran}");
    }
}
