//! Every way to write a switch, through the process.

use clawlets_stand_in::{Answer, StandIn, examples};
use serde_json::json;

use crate::bench::{DONE, TASK, clf, in_phase, route, write_task};
use clawlets_model::Phase;

fn reap(flags: &[&str]) -> bool {
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [Answer::json(&examples::enqueued())]);
    let arguments = [&["jobs", "enqueue", "cattle.reap"], flags].concat();
    let ran = clf(&stand_in, &arguments);
    assert_eq!(ran.code, Some(0), "{ran}");
    stand_in.asked()[0].body["payload"]["dryRun"] == json!(true)
}

#[test]
fn a_switch_is_on_in_every_form() {
    for flags in [
        &["--dry-run"][..],
        &["--dry-run=true"],
        &["--dry-run", "true"],
        &["--no-dry-run=false"],
        &["--no-dry-run", "--dry-run"],
        &["--dry-run", "--dry-run"],
    ] {
        assert!(reap(flags), "{flags:?}");
    }
}

#[test]
fn a_switch_is_off_in_every_form() {
    for flags in [
        &[][..],
        &["--no-dry-run"],
        &["--dry-run=false"],
        &["--dry-run", "false"],
        &["--dry-run", "--no-dry-run"],
        &["--dry-run=true", "--dry-run=false"],
    ] {
        assert!(!reap(flags), "{flags:?}");
    }
}

#[test]
fn a_switch_does_not_swallow_what_stands_behind_it() {
    let stand_in = StandIn::start().on(&route("GET", "/logs"), [Answer::events("event: end\n\n")]);
    let ran = clf(&stand_in, &["jobs", "logs", "--follow", examples::JOB]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(stand_in.asked()[0].query, "follow=1");
}

#[test]
fn json_may_stand_anywhere_and_be_taken_back() {
    let stand_in =
        StandIn::start().on("GET /v1/jobs", [Answer::json(&json!({ "protocolVersion": 1, "jobs": [] }))]);
    for (arguments, is_json) in [
        (&["--json", "jobs", "list"][..], true),
        (&["jobs", "--json", "list"], true),
        (&["jobs", "list", "--json"], true),
        (&["jobs", "list", "--json=true"], true),
        (&["jobs", "list", "--json", "--no-json"], false),
        (&["jobs", "list"], false),
    ] {
        let ran = clf(&stand_in, arguments);
        assert_eq!((ran.code, ran.out.starts_with('{')), (Some(0), is_json), "{arguments:?}: {ran}");
    }
}

#[test]
fn to_wait_is_a_switch_with_a_choice() {
    for (flags, waits) in [
        (&["--wait"][..], true),
        (&["--wait=true"], true),
        (&["--wait", "true"], true),
        (&["--wait=ended"], true),
        (&["--wait=gone"], true),
        (&["--no-wait"], false),
        (&["--wait=false"], false),
        (&["--wait", "--no-wait"], false),
        (&["--no-wait", "--wait=gone"], true),
    ] {
        let stand_in = StandIn::start()
            .on("POST /v1/jobs/enqueue", [Answer::json(&examples::enqueued())])
            .on(&route("GET", ""), [in_phase(Phase::Gone, DONE)]);
        write_task(&stand_in, TASK);
        let fixed = ["jobs", "enqueue", "cattle.spawn", "--persona", "rex", "--task-file", "task.json"];
        let ran = clf(&stand_in, &[&fixed, flags].concat());
        assert_eq!(ran.code, Some(0), "{flags:?}: {ran}");
        assert_eq!(stand_in.asked().len() > 1, waits, "{flags:?}: {ran}");
    }
}

#[test]
fn a_value_that_is_neither_true_nor_false_is_refused() {
    for flags in [&["--dry-run=maybe"][..], &["--wait=maybe"]] {
        let ran = clf(&StandIn::start(), &[&["jobs", "enqueue", "cattle.reap"], flags].concat());
        assert_eq!(ran.code, Some(2), "{ran}");
    }
}
