//! Where in the text a problem is.

use clawlets_fleet::{Fleet, ProblemCode};

/// The path, line and column of the first problem.
fn first(text: &str) -> (String, u32, u32) {
    let problem = Fleet::read(text).unwrap_err().problems.remove(0);
    (problem.path.to_string(), problem.line, problem.column)
}

#[test]
fn a_bad_key_is_at_the_key_and_a_bad_value_at_the_value() {
    let text = "{\n  \"schemaVersion\": 13,\n  \"hosts\": { \"ü\": {},\n    \"h\": { \"enable\":  1 } }\n}";
    let invalid = Fleet::read(text).unwrap_err();
    let places: Vec<_> = invalid.problems.iter().map(|p| (p.path.to_string(), p.line, p.column)).collect();
    assert_eq!(places, [("hosts.ü".to_owned(), 3, 14), ("hosts.h.enable".to_owned(), 4, 23)]);
}

#[test]
fn what_is_missing_is_at_what_should_hold_it() {
    assert_eq!(first("\n  {\"schemaVersion\": 13}"), ("hosts".to_owned(), 2, 3));
    let text = "{\"schemaVersion\": 13, \"hosts\": {\"h\": {}},\n \"cattle\": {\"enabled\": true,\n  \"hetzner\": {}}}";
    assert_eq!(first(text), ("cattle.hetzner.image".to_owned(), 3, 14));
}

#[test]
fn a_key_that_stands_twice_is_at_the_second_one() {
    let text = "{\"schemaVersion\": 13, \"hosts\": {\"h\": {},\n\"h\": {}}}";
    assert_eq!(first(text), ("hosts.h".to_owned(), 2, 1));
    let text = "{\"schemaVersion\": 13, \"hosts\": {\"h\": {}}, \"fleet\": {\"botOrder\": [\"a\"], \"bots\": {\"a\": {\"openclaw\": {\"x\": [{\"k\": 1,\n\"k\": 2}]}}}}}";
    assert_eq!(first(text), ("fleet.bots.a.openclaw.x.0.k".to_owned(), 2, 1));
}

#[test]
fn what_is_no_json_is_at_its_byte() {
    for (text, line, column) in [
        ("", 1, 1),
        ("{\n  \"a\": 1, // note\n}", 2, 11),
        ("{\n  \"a\": 1,\n}", 2, 9),
        ("\u{feff}{}", 1, 1),
        ("[1", 1, 1),
    ] {
        let problem = Fleet::read(text).unwrap_err().problems.remove(0);
        assert_eq!(
            (problem.code, problem.line, problem.column),
            (ProblemCode::Syntax, line, column),
            "{text:?}"
        );
    }
    let problem = Fleet::read_bytes(b"{\n \"a\xff\": 1}").unwrap_err().problems.remove(0);
    assert_eq!((problem.code, problem.line, problem.column), (ProblemCode::Syntax, 2, 4));
}

#[test]
fn a_value_that_a_migration_moves_keeps_its_place() {
    let text =
        "{\"schemaVersion\": 12, \"hosts\": {\"h\": {\n  \"selfUpdate\": {\"healthCheckUnit\": \"a b\"}}}}";
    let invalid = Fleet::read(text).unwrap_err();
    let error = invalid.errors().next().unwrap();
    assert_eq!(
        (error.path.to_string().as_str(), error.line, error.column),
        ("hosts.h.selfUpdate.healthCheckUnit", 2, 37)
    );
}
