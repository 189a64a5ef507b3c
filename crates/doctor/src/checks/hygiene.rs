//! What is tracked.

use clawlets_hygiene::{GitError, Repository};

use crate::{
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// How many places are told; the hooks tell all.
const TOLD: usize = 5;

pub(crate) fn tracked_is_clean(subject: &Subject<'_>) -> Vec<Finding> {
    let scanned = Repository::around(&subject.root).and_then(|repository| repository.scan_tracked());
    let found = match scanned {
        Ok(found) => found,
        Err(GitError::Failed { said, .. }) if said.contains("not a git repository") => {
            return Verdict::unknown("the project is no git repository").of_project();
        }
        Err(error) => return Verdict::unknown(error.to_string()).of_project(),
    };
    if found.is_empty() {
        return Verdict::Pass.of_project();
    }
    let more = found.len().saturating_sub(TOLD);
    let tell = |finding: &clawlets_hygiene::Finding| {
        let cause = format!("line {}: {}: {}", finding.line, finding.rule.meaning(), finding.detail);
        let fix = format!("git rm --cached {}, and replace the secret if it was ever pushed", finding.path);
        Verdict::problem(cause, fix).about(finding.path.clone())
    };
    let mut findings: Vec<Finding> = found.iter().take(TOLD).map(tell).collect();
    if more > 0 {
        findings.extend(Verdict::problem(format!("and {more} more"), "clawlets hooks pre-push").of_project());
    }
    findings
}
