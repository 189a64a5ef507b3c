//! The control API.

use clawlets_fleet::Control;

use crate::{
    fix::Fix,
    machine::{Answer, Presence},
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// What is declared of the control API; none where nothing is, since a fleet need not have one.
fn declared<'a>(subject: &'a Subject<'_>) -> Option<&'a Control> {
    let control = &subject.fleet()?.control;
    (control.url.is_some() || control.repo.is_some()).then_some(control)
}

fn url<'a>(subject: &'a Subject<'_>) -> Option<&'a str> {
    declared(subject)?.url.as_ref().map(|url| url.as_str())
}

pub(crate) fn has_a_url(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(control) = declared(subject) else { return Vec::new() };
    let fix = || Fix::run("clawlets config set control.url https://…");
    let verdict = match &control.url {
        None => Verdict::problem("control.url is not declared, so no bot finds the control API", fix()),
        Some(url) => Verdict::of(subject.machine.may_send_tokens_to(url.as_str()), fix),
    };
    verdict.of_project()
}

pub(crate) fn has_a_repository(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(control) = declared(subject) else { return Vec::new() };
    let has_owner = control.repo.as_ref().is_some_and(|repo| repo.as_str().contains('/'));
    let wrong = || {
        let fix = Fix::run("clawlets config set control.repo OWNER/NAME");
        Verdict::problem("control.repo does not name a repository with its owner", fix)
    };
    Verdict::pass_if(has_owner, wrong).of_project()
}

pub(crate) fn has_its_workflow(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(control) = declared(subject) else { return Vec::new() };
    let file = format!(".github/workflows/{}", control.workflow);
    let missing = || {
        let fix =
            Fix::by_hand(format!("put {file} into the repository, as a new project has it, and push it"));
        Verdict::problem(format!("{file} is missing, so GitHub has nothing to start"), fix)
    };
    Verdict::pass_if(subject.path(&file).is_file(), missing).of_project()
}

pub(crate) fn has_a_token(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = url(subject) else { return Vec::new() };
    let fix = || Fix::run("clawlets env set CONTROL_API_TOKEN");
    let verdict = match subject.machine.setting("CONTROL_API_TOKEN") {
        Presence::Set => Verdict::Pass,
        Presence::Placeholder => Verdict::problem("CONTROL_API_TOKEN is a placeholder", fix()),
        Presence::Unset => Verdict::problem("CONTROL_API_TOKEN is not set, so you cannot ask it", fix()),
    };
    verdict.of_project()
}

pub(crate) fn answers(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(url) = url(subject) else { return Vec::new() };
    let by_hand =
        || Fix::by_hand("start 'clawlets-control serve', or look at the log of its Lambda function");
    // Where no token may go, nobody is asked.
    match subject.machine.may_send_tokens_to(url) {
        Answer::Yes => Verdict::of(subject.machine.control_answers(url), by_hand).of_project(),
        Answer::No(_) | Answer::Unknown(_) => Vec::new(),
    }
}

pub(crate) fn audit_log_holds(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = declared(subject) else { return Vec::new() };
    Verdict::of(subject.machine.audit_log_holds(), || Fix::run("clawlets fleet audit verify")).of_project()
}
