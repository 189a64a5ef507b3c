//! `clawlets fleet status|deploy|audit`, and `doctor --scope control`.

use crate::declared::Declared;
use clawlets_audit::{Decision, Entry, Face, Head, Kind};

/// A log of two decisions; its text and the request whose name was published with the first.
fn log() -> (String, String) {
    let entry = |target: &str| Entry {
        at: "2026-11-21T12:00:00Z".parse().unwrap(),
        kind: Kind::Decision,
        actor: "human".to_owned(),
        caller: None,
        face: Face::Http,
        action: "deploy".to_owned(),
        target: Some(target.to_owned()),
        image: None,
        decision: Decision::Allow,
        code: None,
        deploy: None,
    };
    let (one, first) = Head::default().append(&entry("web-1"));
    let (two, _) = first.append(&entry("web-2"));
    (one + &two, format!("01kb0000000000000000000000-{}", first.mark()))
}

/// Writes the log beside a project.
fn logged(project: &Declared, text: &str) -> String {
    let path = project.folder().join("audit.jsonl");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_log_that_holds_is_told_with_its_head() {
    let project = Declared::fresh();
    let (text, request) = log();
    let path = logged(&project, &text);
    let ran = project.ok(&format!("fleet audit verify --log {path} --request-id {request}"));
    assert!(
        ran.out.starts_with("head  2:") && ran.talk.contains("2 lines, with 1 head that was published"),
        "{ran}"
    );
    let ran = project.ok(&format!("fleet audit verify --log {path} --json"));
    assert_eq!(ran.json()["lines"], 2);
}

#[test]
fn a_log_that_was_changed_cut_off_or_replaced_is_refused() {
    let project = Declared::fresh();
    let (text, request) = log();
    let refused = (6, "clawlets::control::audit_broken".to_owned());
    let first = text.lines().next().unwrap().to_owned() + "\n";
    for (text, flags) in [
        (text.replace("web-1", "web-9"), String::new()),
        (text.trim_end().to_owned(), String::new()),
        (text.replacen(&first, "", 1), String::new()),
        (String::new(), format!(" --request-id {request}")),
        (text.replace("web-1", "web-9"), format!(" --request-id {request}")),
    ] {
        let path = logged(&project, &text);
        assert_eq!(project.refused(&format!("fleet audit verify --log {path}{flags}")), refused, "{text}");
    }
    let missing = project.folder().join("missing");
    assert_eq!(project.refused(&format!("fleet audit verify --log {}", missing.display())).0, 7);
    assert_eq!(project.refused("fleet audit verify --request-id nonsense").0, 2);
}

#[test]
fn without_a_url_or_a_token_it_is_said_what_is_missing() {
    let project = Declared::fresh();
    let unconfigured = (3, "clawlets::control::unconfigured".to_owned());
    for verb in ["fleet status", "fleet deploy all"] {
        assert_eq!(project.refused(verb), unconfigured, "{verb}");
    }
    project.ok("config set control.url http://control.example/");
    let mut command = project.command("fleet status");
    let ran = clawlets_stand_in::Ran::of(command.env("CONTROL_API_TOKEN", "hunter2"));
    assert!(ran.code == Some(3) && ran.talk.contains("https") && !ran.talk.contains("hunter2"), "{ran}");
}

#[test]
fn the_doctor_looks_at_what_is_declared_of_the_control_api_and_at_nothing_else() {
    let project = Declared::fresh();
    let rows = |variables: &[(&str, &str)]| {
        let mut command = project.command("doctor --scope control --json");
        let ran = clawlets_stand_in::Ran::of(command.envs(variables.iter().copied()));
        (ran.code, ran)
    };
    let (code, ran) = rows(&[]);
    assert!(code == Some(0) && !ran.out.contains("control.url"), "{ran}");
    project.ok("config set control.repo acme/fleet");
    let (code, ran) = rows(&[]);
    assert!(
        code == Some(6) && ran.out.contains("control.url") && ran.out.contains("fleet-deploy.yml"),
        "{ran}"
    );
    project.ok("config set control.url http://127.0.0.1:9/");
    let workflows = project.folder().join(".github/workflows");
    std::fs::create_dir_all(&workflows).unwrap();
    std::fs::write(workflows.join("fleet-deploy.yml"), "on: workflow_dispatch\n").unwrap();
    let (text, _) = log();
    let path = logged(&project, &text);
    let (code, ran) = rows(&[("CONTROL_AUDIT_LOG", &path)]);
    assert!(code == Some(0) && ran.out.contains("CONTROL_API_TOKEN is not set"), "{ran}");
    std::fs::write(&path, text.replace("web-1", "web-9")).unwrap();
    let (code, ran) = rows(&[("CONTROL_AUDIT_LOG", &path), ("CONTROL_API_TOKEN", "x")]);
    assert!(code == Some(6) && ran.out.contains("was changed") && !ran.out.contains("is not set"), "{ran}");
}
