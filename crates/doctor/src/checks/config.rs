//! The declaration itself.

use std::fs;

use clawlets_fleet::{Fleet, Problem, ProblemCode, SchemaVersion};

use crate::{
    fix::Fix,
    mend::Mend,
    subject::{Declaration, Subject},
    verdict::{Finding, Verdict},
};

/// What the file is called now.
const NAME: &str = "clawlets.json";
/// How many problems of the file are told; `config validate` tells all.
const TOLD: usize = 3;

pub(crate) fn is_valid(subject: &Subject<'_>) -> Vec<Finding> {
    let verdict = match subject.declaration() {
        Declaration::Valid(_) => Verdict::Pass,
        Declaration::Invalid(invalid) => {
            Verdict::problem(told(invalid.errors()), Fix::run("clawlets config validate"))
        }
        Declaration::Unreadable(error) => {
            let cause = format!("{} cannot be read: {error}", subject.shown(&subject.config));
            Verdict::problem(cause, Fix::by_hand("put a file of JSON in its place that you may read"))
        }
    };
    verdict.of_project()
}

pub(crate) fn has_no_doubts(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(loaded) = subject.loaded() else { return Vec::new() };
    let doubts: Vec<&Problem> =
        loaded.warnings.iter().filter(|problem| !has_its_own_check(problem)).collect();
    Verdict::pass_if(doubts.is_empty(), || {
        Verdict::problem(told(doubts.into_iter()), Fix::run("clawlets config validate --strict"))
    })
    .of_project()
}

/// Whether another check looks at the same thing, in the scope that it matters for.
fn has_its_own_check(problem: &Problem) -> bool {
    problem.code == ProblemCode::ExposedSsh || is_update_key(problem)
}

/// Whether it is about a key that releases must be signed with.
pub(crate) fn is_update_key(problem: &Problem) -> bool {
    problem.code == ProblemCode::DoubtfulKey && problem.path.segments().nth(2) == Some("selfUpdate")
}

pub(crate) fn is_current(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(loaded) = subject.loaded() else { return Vec::new() };
    let shown = subject.shown(&subject.config);
    let has_the_name = subject.config.file_name().is_some_and(|name| name == NAME);
    let verdict = if loaded.from_version != SchemaVersion::CURRENT {
        let cause = format!("{shown} is of schema version {}", loaded.from_version);
        Verdict::problem(cause, Fix::run("clawlets config migrate"))
    } else if has_the_name {
        Verdict::Pass
    } else {
        let cause = format!("{shown} has the name of an earlier release");
        Verdict::problem(cause, Fix::run("clawlets config migrate"))
    };
    verdict.of_project()
}

pub(crate) fn has_its_schema(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fleet) = subject.fleet() else { return Vec::new() };
    if fleet.schema.as_ref().is_none_or(|named| !named.as_str().ends_with(Fleet::SCHEMA_FILE)) {
        return Vec::new();
    }
    let path = subject.path("fleet").join(Fleet::SCHEMA_FILE);
    let text = serde_json::to_string_pretty(&Fleet::json_schema()).expect("a schema has only text keys");
    let content = format!("{text}\n");
    Verdict::pass_if(fs::read_to_string(&path).is_ok_and(|found| found == content), || {
        let cause = format!("fleet/{} is missing or of another release", Fleet::SCHEMA_FILE);
        let fix = Fix::run("clawlets doctor --scope repo --fix");
        Verdict::mendable(cause, fix, Mend::Generate { path, content })
    })
    .of_project()
}

fn told<'a>(problems: impl Iterator<Item = &'a Problem>) -> String {
    let mut problems: Vec<String> =
        problems.map(|problem| format!("line {}: {problem}", problem.line)).collect();
    let more = problems.len().saturating_sub(TOLD);
    problems.truncate(TOLD);
    let told = problems.join("; ");
    if more == 0 { told } else { format!("{told}; and {more} more") }
}
