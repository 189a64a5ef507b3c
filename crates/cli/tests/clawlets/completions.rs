//! Completion scripts, and the ids that they ask for.

use clawlets_model::Phase;
use clawlets_stand_in::{Answer, Ran, StandIn, examples};
use serde_json::json;

use crate::{
    bench::{clawlets, command},
    declared::Declared,
};

#[test]
fn a_script_names_the_program() {
    let ran = clawlets(&StandIn::start(), &["completions", "bash"]);
    assert!(ran.code == Some(0) && ran.out.contains("clawlets"), "{ran}");
}

#[test]
fn live_ids_are_completed_where_an_id_belongs() {
    let jobs =
        json!({ "protocolVersion": 1, "jobs": [examples::job(Phase::Running, None)], "nextCursor": null });
    let stand_in = StandIn::start()
        .on("GET /v1/jobs", [Answer::json(&jobs)])
        .on("GET /v1/cattle", [Answer::json(&examples::cattle(&[examples::vm()]))]);
    for verb in ["logs", "result", "artifacts", "destroy", "extend"] {
        let mut command = command(&stand_in, &["--", "clawlets", "cattle", verb, "cattle-"]);
        let found = Ran::of(command.env("COMPLETE", "fish")).out;
        assert!(found.contains(examples::SERVER), "{verb}: {found}");
    }
}

#[test]
fn the_personas_of_the_project_are_completed() {
    let stand_in = StandIn::start();
    let folder = stand_in.folder().join("cattle/personas");
    for name in ["rex", "max", "Not-A-Name"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    let mut command = command(&stand_in, &["--", "clawlets", "cattle", "spawn", "--persona", ""]);
    let found = Ran::of(command.env("COMPLETE", "fish")).out;
    assert_eq!(found.lines().collect::<Vec<_>>(), ["max", "rex"]);
}

#[test]
fn the_hosts_and_bots_of_the_configuration_are_completed() {
    let project = Declared::fresh();
    project.ok("host add --host db-1");
    project.ok("bot add --bot maren");
    for (line, expected) in [
        ("-- clawlets host set --host", vec!["web-1", "db-1"]),
        ("-- clawlets host rm --host", vec!["web-1", "db-1"]),
        ("-- clawlets bot rm --bot", vec!["maren"]),
        ("-- clawlets host set --ssh-exposure", vec!["tailnet", "bootstrap", "public"]),
    ] {
        let mut command = project.command(line);
        let found = Ran::of(command.arg("").env("COMPLETE", "fish")).out;
        let found: Vec<_> = found.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
        assert_eq!(found, expected, "{line}");
    }
}
