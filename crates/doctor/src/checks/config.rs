//! The declaration itself.

use std::fs;

use clawlets_fleet::{Fleet, Problem, SchemaVersion, Severity};

use crate::{
    mend::Mend,
    subject::{Declaration, FLEET, Subject},
    verdict::{Finding, Verdict},
};

/// How many problems of the file are told; `config validate` tells all.
const TOLD: usize = 3;

pub(crate) fn is_valid(subject: &Subject<'_>) -> Vec<Finding> {
    let verdict = match subject.declaration() {
        Declaration::Valid(_) => Verdict::Pass,
        Declaration::Invalid(invalid) => Verdict::problem(
            told(invalid.problems.iter().filter(|problem| problem.severity == Severity::Error)),
            "clawlets config validate",
        ),
        Declaration::Unreadable(error) => {
            Verdict::problem(format!("{FLEET} cannot be read: {error}"), "clawlets project init --dir DIR")
        }
    };
    verdict.of_project()
}

pub(crate) fn has_no_doubts(subject: &Subject<'_>) -> Vec<Finding> {
    let Declaration::Valid(loaded) = subject.declaration() else { return Vec::new() };
    Verdict::pass_if(loaded.warnings.is_empty(), || {
        Verdict::problem(told(loaded.warnings.iter()), "clawlets config validate --strict")
    })
    .of_project()
}

pub(crate) fn is_current(subject: &Subject<'_>) -> Vec<Finding> {
    let Declaration::Valid(loaded) = subject.declaration() else { return Vec::new() };
    Verdict::pass_if(loaded.from_version == SchemaVersion::CURRENT, || {
        let cause = format!("{FLEET} is of schema version {}", loaded.from_version);
        Verdict::problem(cause, "clawlets config migrate --dry-run, then clawlets config migrate")
    })
    .of_project()
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
        Verdict::mendable(cause, "clawlets doctor --scope repo --fix", Mend::Generate { path, content })
    })
    .of_project()
}

fn told<'a>(problems: impl Iterator<Item = &'a Problem>) -> String {
    let mut problems: Vec<String> =
        problems.map(|problem| format!("{} {}", problem.path, problem.message)).collect();
    let more = problems.len().saturating_sub(TOLD);
    problems.truncate(TOLD);
    let told = problems.join("; ");
    if more == 0 { told } else { format!("{told}; and {more} more") }
}
