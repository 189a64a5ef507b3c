//! The verbs that show one job or many.

use std::os::unix::fs::PermissionsExt;

use clawlets_model::{Phase, Reason, Status, socket::ApiErrorCode};
use clawlets_stand_in::{Answer, StandIn, examples};
use serde_json::{Value, json};

use crate::bench::{DONE, FAILED, clf, in_phase, route, snapshot};

fn list(next: Option<&str>) -> Value {
    let mut waiting = examples::job(Phase::Reserving, None);
    waiting.position = Some(3);
    let mut odd = examples::job(Phase::Ended, FAILED);
    odd.task_id = Some("evil\u{1b}]0;title\u{7}\nline".to_owned());
    json!({ "protocolVersion": 1, "jobs": [waiting, odd, examples::job(Phase::Gone, DONE)], "nextCursor": next })
}

#[test]
fn a_list_is_a_table() {
    snapshot!(clf(&StandIn::start().on("GET /v1/jobs", [Answer::json(&list(Some("c")))]), &["jobs", "list"]));
}

#[test]
fn an_empty_list_is_talk() {
    let empty = json!({ "protocolVersion": 1, "jobs": [], "nextCursor": null });
    let ran = clf(&StandIn::start().on("GET /v1/jobs", [Answer::json(&empty)]), &["jobs", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran}");
}

#[test]
fn a_list_is_narrowed_by_its_flags() {
    let stand_in = StandIn::start().on("GET /v1/jobs", [Answer::json(&list(None))]);
    let flags = ["--status", "failed", "--kind", "cattle.spawn", "--requester", "maren", "--limit", "7"];
    let ran = clf(&stand_in, &[&["jobs", "list", "--json"], &flags[..]].concat());
    assert_eq!(ran.json(), list(None));
    assert_eq!(stand_in.asked()[0].query, "requester=maren&status=failed&kind=cattle.spawn&limit=7");
}

#[test]
fn every_page_is_read_for_all() {
    let stand_in =
        StandIn::start().on("GET /v1/jobs", [Answer::json(&list(Some("next"))), Answer::json(&list(None))]);
    let ran = clf(&stand_in, &["jobs", "list", "--all", "--json"]);
    assert_eq!(ran.json()["jobs"].as_array().map(Vec::len), Some(6), "{ran}");
    assert_eq!(stand_in.asked()[1].query, "limit=500&cursor=next");
}

#[test]
fn one_job_is_shown_field_by_field() {
    snapshot!(clf(
        &StandIn::start().on(&route("GET", ""), [in_phase(Phase::Ended, FAILED)]),
        &["jobs", "show", examples::JOB]
    ));
}

#[test]
fn one_job_as_json_is_the_orchestrators_answer() {
    let ran = clf(
        &StandIn::start().on(&route("GET", ""), [in_phase(Phase::Running, None)]),
        &["jobs", "show", examples::JOB, "--json"],
    );
    assert_eq!(ran.json(), examples::job_answer(&examples::job(Phase::Running, None)));
}

#[test]
fn a_job_may_be_named_by_a_flag_and_by_any_beginning() {
    let stand_in = StandIn::start().on("GET /v1/jobs/01KAH", [in_phase(Phase::Running, None)]);
    assert_eq!(clf(&stand_in, &["jobs", "show", "--id-or-name", "01KAH"]).code, Some(0));
}

#[test]
fn history_is_a_table() {
    let events = json!({ "protocolVersion": 1, "events": [
        { "seq": 0, "t": "2025-11-15T09:46:40Z", "event": "enqueued", "detail": null },
        { "seq": 1, "t": "2025-11-15T09:46:41Z", "event": "incident", "detail": "token replayed" },
    ] });
    snapshot!(clf(
        &StandIn::start().on(&route("GET", "/events"), [Answer::json(&events)]),
        &["jobs", "events", examples::JOB]
    ));
}

#[test]
fn a_result_is_its_outcome_its_answer_and_its_artifacts() {
    let result = examples::result(Status::Failed, Reason::Nonzero);
    snapshot!(clf(
        &StandIn::start().on(&route("GET", "/result"), [Answer::json(&result)]),
        &["jobs", "result", examples::JOB]
    ));
}

#[test]
fn a_result_that_is_not_decided_is_a_conflict() {
    let refusal = Answer::refusal(ApiErrorCode::Conflict, "job is still running");
    let ran =
        clf(&StandIn::start().on(&route("GET", "/result"), [refusal]), &["jobs", "result", examples::JOB]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(5), "clawlets::api::conflict"), "{ran}");
}

#[test]
fn a_cancel_is_asked_for_and_said() {
    let stand_in = StandIn::start().on(&route("POST", "/cancel"), [in_phase(Phase::Running, None)]);
    let ran = clf(&stand_in, &["jobs", "cancel", examples::JOB]);
    assert!(ran.code == Some(0) && ran.talk.contains("is being canceled"), "{ran}");
}

#[test]
fn artifacts_are_listed() {
    let stand_in = StandIn::start().on(&route("GET", "/artifacts"), [Answer::json(&examples::artifacts())]);
    snapshot!(clf(&stand_in, &["jobs", "artifacts", examples::JOB]));
}

#[test]
fn artifacts_are_fetched_into_a_folder() {
    let stand_in = StandIn::start()
        .on(&route("GET", "/artifacts"), [Answer::json(&examples::artifacts())])
        .on(&route("GET", "/artifacts/out%2Fabc.txt"), [Answer::bytes(examples::ARTIFACT)]);
    let file = stand_in.folder().join("got/out/abc.txt");
    for _ in 0..2 {
        let ran = clf(&stand_in, &["jobs", "artifacts", examples::JOB, "--out", "got"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), "got/out/abc.txt\n"), "{ran}");
        assert_eq!(std::fs::read(&file).unwrap(), examples::ARTIFACT);
    }
}

#[test]
fn a_fetched_artifact_has_the_rights_of_other_new_files() {
    let stand_in = StandIn::start()
        .on(&route("GET", "/artifacts"), [Answer::json(&examples::artifacts())])
        .on(&route("GET", "/artifacts/out%2Fabc.txt"), [Answer::bytes(examples::ARTIFACT)]);
    assert_eq!(clf(&stand_in, &["jobs", "artifacts", examples::JOB, "--out", "got"]).code, Some(0));
    let other = stand_in.folder().join("other");
    std::fs::write(&other, "").unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(stand_in.folder().join("got/out/abc.txt")), mode(other));
}

#[test]
fn a_damaged_artifact_is_not_written() {
    let stand_in = StandIn::start()
        .on(&route("GET", "/artifacts"), [Answer::json(&examples::artifacts())])
        .on(&route("GET", "/artifacts/out%2Fabc.txt"), [Answer::bytes(b"abd")]);
    let ran = clf(&stand_in, &["jobs", "artifacts", examples::JOB, "--out", "got"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::artifact::damaged"), "{ran}");
    assert_eq!(std::fs::read_dir(stand_in.folder().join("got/out")).unwrap().count(), 0);
}

#[test]
fn an_artifact_whose_name_leaves_the_folder_is_no_artifact() {
    for name in ["../evil", "/etc/evil", "a/../../evil", ""] {
        let mut artifacts = examples::artifacts();
        artifacts["artifacts"][0]["name"] = json!(name);
        let stand_in = StandIn::start().on(&route("GET", "/artifacts"), [Answer::json(&artifacts)]);
        let ran = clf(&stand_in, &["jobs", "artifacts", examples::JOB, "--out", "got"]);
        assert_eq!(
            (ran.code, ran.fault().as_str()),
            (Some(7), "clawlets::socket::protocol"),
            "{name}: {ran}"
        );
    }
}
