//! What a hook says of what it found.

use clawlets_hygiene::{Finding, GitError, MARKER, Repository, Rule};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use serde::Serialize;

use crate::project;

/// How many findings a person is shown.
const SHOWN: usize = 20;

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    findings: &'a [Finding],
}

/// The repository that the program was started in.
pub(super) fn repository() -> Result<Repository, Fault> {
    Repository::around(&project::here()?).map_err(|error| of_git(&error))
}

pub(super) fn of_git(error: &GitError) -> Fault {
    let code = match error {
        GitError::Start(_) => FaultCode::ToolMissing,
        GitError::Refs { .. } => FaultCode::UsageValue,
        GitError::Failed { .. } | GitError::Answer { .. } => FaultCode::GitFailed,
    };
    let fault = Fault::new(code, error.to_string());
    std::error::Error::source(error).map_or(fault.clone(), |source| fault.because(source))
}

/// Ends a hook: silent when nothing was found.
pub(super) fn conclude(printer: &Printer, what: &str, findings: &[Finding]) -> Result<ExitCode, Fault> {
    match printer.form() {
        Form::Json => printer.json(&Document { ok: findings.is_empty(), findings }),
        Form::Text => findings.iter().take(SHOWN).for_each(|finding| printer.note(line(finding))),
    }
    if findings.is_empty() {
        return Ok(ExitCode::Ok);
    }
    if printer.form() == Form::Text && findings.len() > SHOWN {
        printer.note(format!("… and {} more; --json lists all", findings.len() - SHOWN));
    }
    let things =
        if findings.len() == 1 { "one thing".to_owned() } else { format!("{} things", findings.len()) };
    Err(Fault::new(
        FaultCode::HygieneRefused,
        format!("{what} holds {things} that must not leave this machine"),
    )
    .hint(hint(findings)))
}

/// One finding for a person.
fn line(finding: &Finding) -> String {
    let place = match finding.line {
        0 => finding.path.clone(),
        line => format!("{}:{line}", finding.path),
    };
    let commit = if finding.commit.is_empty() {
        String::new()
    } else {
        format!(" (commit {})", &finding.commit[..finding.commit.len().min(12)])
    };
    plain(&format!("{place}: {}: {}{commit}", finding.rule.meaning(), finding.detail))
}

/// How to mend the first of them.
fn hint(findings: &[Finding]) -> String {
    let is_committed = findings.iter().any(|finding| !finding.commit.is_empty());
    let rewrite =
        "take it out of the commits (git rebase --interactive), and replace the secret if it was real";
    match findings[0].rule {
        _ if is_committed => rewrite.to_owned(),
        Rule::NotEncrypted => "'clawlets secrets set NAME' writes encrypted values".to_owned(),
        Rule::ForbiddenPath => format!("git rm --cached {}", findings[0].path),
        Rule::PrivateKey | Rule::TooLarge => format!("git restore --staged {}", findings[0].path),
        Rule::Token | Rule::Assignment => {
            format!("store it with 'clawlets secrets set NAME'; if it is none, write '{MARKER}' on its line")
        }
    }
}
