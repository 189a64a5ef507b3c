//! The verbs that look after VMs.

use clawlets_model::socket::ApiErrorCode;
use clawlets_stand_in::{Answer, StandIn, examples};
use serde_json::{Value, json};

use crate::bench::{clawlets, snapshot};

fn change(id: u64) -> Value {
    json!({ "protocolVersion": 1, "serverId": id, "name": format!("cattle-{id}"), "expiresAt": null })
}

#[test]
fn live_vms_are_a_table() {
    let mut stray = examples::vm();
    (stray.server_id, stray.name, stray.job_id, stray.persona) = (7, "cattle-stray".to_owned(), None, None);
    (stray.requester, stray.task_id, stray.remaining_seconds, stray.cost_eur) = (None, None, Some(-61), None);
    let answer = examples::cattle(&[examples::vm(), stray]);
    let stand_in = StandIn::start().on("GET /v1/cattle", [Answer::json(&answer)]);
    snapshot!(clawlets(&stand_in, &["cattle", "list"]));
    assert_eq!(clawlets(&stand_in, &["cattle", "list", "--json"]).json(), answer);
}

#[test]
fn bots_are_told_to_ask_an_operator() {
    let refusal = Answer::refusal(ApiErrorCode::Forbidden, "operators only");
    snapshot!(clawlets(&StandIn::start().on("GET /v1/cattle", [refusal]), &["cattle", "list"]));
}

#[test]
fn no_leaks_are_good_news() {
    let stand_in = StandIn::start().on("GET /v1/cattle/leaks", [Answer::json(&examples::cattle(&[]))]);
    let ran = clawlets(&stand_in, &["cattle", "leaks"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "0 leaks\n"), "{ran}");
    assert_eq!(clawlets(&stand_in, &["cattle", "leaks", "--json"]).json()["cattle"], json!([]));
}

#[test]
fn leaks_fail_the_command() {
    let answer = Answer::json(&examples::cattle(&[examples::vm()]));
    let ran = clawlets(&StandIn::start().on("GET /v1/cattle/leaks", [answer]), &["cattle", "leaks"]);
    assert_eq!(ran.code, Some(1));
    snapshot!(ran);
}

#[test]
fn one_vm_is_destroyed_by_whatever_names_it() {
    for arguments in [&["cattle-rex"][..], &["--id-or-name", "cattle-rex"]] {
        let stand_in = StandIn::start().on("DELETE /v1/cattle/cattle-rex", [Answer::json(&change(42))]);
        let ran = clawlets(&stand_in, &[&["cattle", "destroy"], arguments].concat());
        assert!(ran.code == Some(0) && ran.talk.contains("cattle-42 is being destroyed"), "{ran}");
    }
}

#[test]
fn all_vms_are_destroyed_even_when_one_resists() {
    let vm = |id: u64| {
        let mut vm = examples::vm();
        (vm.server_id, vm.name) = (id, format!("cattle-{id}"));
        vm
    };
    let stand_in = StandIn::start()
        .on("GET /v1/cattle", [Answer::json(&examples::cattle(&[vm(1), vm(2), vm(3)]))])
        .on("DELETE /v1/cattle/1", [Answer::refusal(ApiErrorCode::Provider, "the provider says 504")])
        .on("DELETE /v1/cattle/2", [Answer::refusal(ApiErrorCode::NotFound, "gone")])
        .on("DELETE /v1/cattle/3", [Answer::json(&change(3))]);
    let ran = clawlets(&stand_in, &["cattle", "destroy", "--all"]);
    assert_eq!(ran.code, Some(7));
    snapshot!(ran);
}

#[test]
fn to_destroy_needs_a_name_or_all() {
    for arguments in
        [&["cattle", "destroy"][..], &["cattle", "destroy", "--no-all"], &["cattle", "destroy", "x", "--all"]]
    {
        let stand_in = StandIn::start();
        let ran = clawlets(&stand_in, arguments);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
        assert!(stand_in.asked().is_empty());
    }
}

#[test]
fn a_reap_says_what_and_why() {
    let answer = json!({ "protocolVersion": 1, "dryRun": true, "reaped": [
        { "serverId": 42, "name": "cattle-rex", "why": "expired" },
    ] });
    let stand_in = StandIn::start().on("POST /v1/cattle/reap", [Answer::json(&answer)]);
    snapshot!(clawlets(&stand_in, &["cattle", "reap", "--dry-run"]));
    assert_eq!(stand_in.asked()[0].body, json!({ "protocolVersion": 1, "dryRun": true }));
}

#[test]
fn an_extended_vm_has_a_new_end() {
    let mut answer = change(42);
    answer["expiresAt"] = json!("2027-01-31T08:00:00Z");
    let stand_in = StandIn::start().on("POST /v1/cattle/42/extend", [Answer::json(&answer)]);
    let ran = clawlets(&stand_in, &["cattle", "extend", "42", "--ttl", "2h"]);
    assert!(ran.code == Some(0) && ran.talk.contains("lives until 2027-01-31T08:00:00.000Z"), "{ran}");
    assert_eq!(stand_in.asked()[0].body["ttl"], "2h");
}

#[test]
fn a_bad_ttl_is_refused() {
    for ttl in ["8d", "59s", "2 weeks", "", "0h"] {
        let ran = clawlets(&StandIn::start(), &["cattle", "extend", "42", "--ttl", ttl]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{ttl}: {ran}");
    }
}

#[test]
fn logs_results_and_artifacts_are_the_same_verbs_as_those_of_clf() {
    let route = |rest: &str| format!("GET /v1/jobs/cattle-rex{rest}");
    let stand_in = StandIn::start()
        .on(&route("/logs"), [Answer::lines(&[examples::record(0, "stdout", "hello")])])
        .on(&route("/artifacts"), [Answer::json(&examples::artifacts())]);
    assert_eq!(clawlets(&stand_in, &["cattle", "logs", "cattle-rex"]).out, "hello\n");
    assert!(clawlets(&stand_in, &["cattle", "artifacts", "cattle-rex"]).out.contains("out/abc.txt"));
    assert_eq!(clawlets(&stand_in, &["cattle", "result", "cattle-rex"]).code, Some(3));
}

#[test]
fn a_console_is_shown_to_its_end() {
    let part = |from: u64, next: u64, text: &str| {
        Answer::json(&json!({
            "protocolVersion": 1, "serverId": 42, "name": "cattle-rex", "from": from, "next": next, "text": text,
        }))
    };
    let parts = || [part(0, 12, "Linux boots\n"), part(12, 20, "login: \n"), part(20, 20, "")];
    let stand_in = StandIn::start().on("GET /v1/cattle/cattle-rex/console", parts());
    let ran = clawlets(&stand_in, &["cattle", "console", "cattle-rex"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Linux boots\nlogin: \n"), "{ran}");

    let [first, second, last] = parts();
    let gone = Answer::refusal(ApiErrorCode::NotFound, "there is no VM");
    let stand_in = StandIn::start().on("GET /v1/cattle/cattle-rex/console", [first, last, second, gone]);
    let ran = clawlets(&stand_in, &["cattle", "console", "cattle-rex", "--follow"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Linux boots\nlogin: \n"), "{ran}");
}

/// Runs `cattle ssh` where `tailscale` answers so, and `ssh` prints what it is told.
fn ssh(tailscale: &str, arguments: &[&str]) -> clawlets_stand_in::Ran {
    use std::{fs, os::unix::fs::PermissionsExt};
    let stand_in =
        StandIn::start().on("GET /v1/cattle", [Answer::json(&examples::cattle(&[examples::vm()]))]);
    let bin = stand_in.folder().join("bin");
    fs::create_dir(&bin).expect("the folder can be written");
    for (name, script) in [("tailscale", tailscale), ("ssh", "echo ssh \"$@\"")] {
        fs::write(bin.join(name), format!("#!/bin/sh\n{script}\n")).expect("the folder can be written");
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))
            .expect("a file of ours can be changed");
    }
    let mut command = crate::bench::command(&stand_in, &[&["cattle", "ssh"], arguments].concat());
    command.env("PATH", bin);
    clawlets_stand_in::Ran::of(&mut command)
}

#[test]
fn a_vm_is_logged_into_at_its_address_on_the_tailnet() {
    let name = examples::vm().name;
    let ran = ssh("echo 100.64.0.7", &[&name[..name.len() - 1], "--", "uptime"]);
    assert!(ran.code == Some(0) && ran.out.ends_with("-l root -- 100.64.0.7 uptime\n"), "{ran}");
    for answer in ["exit 1", "echo", "echo 203.0.113.7"] {
        let ran = ssh(answer, &[&name]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::cattle::unreachable"), "{ran}");
        assert!(ran.talk.contains("has no address on the tailnet") && ran.talk.contains("hint:"), "{ran}");
    }
    assert_eq!(ssh("echo 100.64.0.7", &["nothing"]).code, Some(7));
    assert_eq!(ssh("echo 100.64.0.7", &[&name, "--user=-oProxyCommand=x"]).code, Some(2));
}
