//! Each benchmark works, with numbers so small that they mean nothing.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs one benchmark and gives its report.
fn report(benchmark: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_clawlets-bench"))
        .args([benchmark, "--smoke", "--json"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{benchmark}: {}\n{said}", output.status);
    let mut reports: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}

/// The values of a report's figures; each was measured.
fn values(report: &Value) -> Vec<f64> {
    let figures = report["figures"].as_array().unwrap();
    figures.iter().map(|figure| figure["value"].as_f64().unwrap_or_else(|| panic!("{figure}"))).collect()
}

#[test]
fn jobs_are_enqueued_over_the_socket_and_straight_into_a_store() {
    let report = report("enqueue");
    let found = values(&report);
    assert!(found.len() >= 8 && found.iter().all(|value| *value > 0.0), "{report}");
    assert!(report["figures"][0]["baseline"]["value"].as_f64().unwrap() > 0.0, "both sides: {report}");
}

#[test]
fn a_listing_is_timed_beside_its_peer() {
    let report = report("list");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
    assert_eq!(report["figures"][0]["baseline"]["name"], "curl --unix-socket");
}

#[test]
fn an_idle_orchestrator_is_watched() {
    let report = report("idle");
    assert!(values(&report)[0] > 1.0, "it has memory: {report}");
}

#[test]
fn a_spawn_is_timed_from_the_order_to_the_first_record() {
    let report = report("spawn");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
    for timeline in report["timelines"].as_array().unwrap() {
        let moments = timeline["moments"].as_array().unwrap();
        assert_eq!(moments.last().unwrap()["name"], "first record", "{timeline}");
        let at: Vec<f64> = moments.iter().map(|moment| moment["at"].as_f64().unwrap()).collect();
        assert!(at.is_sorted() && at[0] >= 0.0, "{timeline}");
    }
}

#[test]
fn checks_are_timed_beside_programs_that_only_read() {
    let report = report("checks");
    assert_eq!(report["figures"].as_array().unwrap().len(), 2, "{report}");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
}

#[test]
fn the_memory_is_measured_beside_scripts() {
    let report = report("memory");
    assert_eq!(report["figures"].as_array().unwrap().len(), 6, "{report}");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
}

#[test]
fn the_memory_of_a_sync_is_measured_beside_one_that_keeps_everything() {
    let report = report("github-sync");
    assert_eq!(report["figures"].as_array().unwrap().len(), 4, "{report}");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
}

#[test]
fn the_control_api_answers_and_refuses_under_load() {
    let report = report("control");
    let found = values(&report);
    assert!(found.len() == 6 && found.iter().all(|value| *value > 0.0), "{report}");
}

#[test]
fn verifying_a_release_is_timed_beside_the_programs_of_a_script() {
    let report = report("verify");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
    assert_eq!(report["figures"][0]["baseline"]["name"], "minisign -V twice, and sha256sum");
}

#[test]
fn a_look_in_vain_is_weighed_beside_a_script() {
    let report = report("poll");
    assert_eq!(report["figures"].as_array().unwrap().len(), 4, "{report}");
    assert!(values(&report)[..3].iter().all(|value| *value > 0.0), "{report}");
}

#[test]
fn the_way_back_is_timed_without_the_switch_of_the_old_system() {
    let report = report("rollback");
    assert!(values(&report).iter().all(|value| *value > 0.0), "{report}");
}

#[test]
fn a_bad_release_reaches_fewer_hosts_in_waves_than_at_once() {
    let report = report("waves");
    let figure = &report["figures"][0];
    let at_once = figure["baseline"]["value"].as_f64().unwrap();
    assert!(figure["value"].as_f64().unwrap() < at_once && at_once > 1.0, "{report}");
}
