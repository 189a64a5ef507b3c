//! The flake, as far as this machine has nix.

use std::time::{Duration, Instant};

use clawlets_model::HostName;

use super::bootstrap::enabled;
use crate::{
    fix::Fix,
    process::{Failure, run},
    subject::Subject,
    verdict::{Finding, Verdict},
};

const PARSE_DEADLINE: Duration = Duration::from_secs(10);
/// All hosts together. Evaluation may fetch inputs.
const EVALUATION_DEADLINE: Duration = Duration::from_secs(60);

/// What nix says when it could not look, which says nothing of the flake.
const COULD_NOT_LOOK: [&str; 9] = [
    "unable to download",
    "resolve host",
    "Failed to connect",
    "timed out",
    "cannot connect to",
    "experimental",
    "creating directory",
    "Permission denied",
    "unable to fork",
];

pub(crate) fn parses(subject: &Subject<'_>) -> Vec<Finding> {
    if !subject.path("flake.nix").is_file() {
        return Vec::new();
    }
    let Some(nix) = subject.machine.program("nix-instantiate") else {
        return Verdict::unknown("nix is not installed").of_project();
    };
    let words = ["--parse", "./flake.nix"];
    let verdict = match run(subject.machine, &nix, &subject.root, &words, PARSE_DEADLINE) {
        Ok(()) => Verdict::Pass,
        Err(failure) => verdict(&failure, || Fix::run("nix-instantiate --parse flake.nix")),
    };
    verdict.of_project()
}

pub(crate) fn evaluates(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(nix) = subject.machine.program("nix").filter(|_| subject.path("flake.nix").is_file()) else {
        let why = "there is no nix or no flake.nix";
        return enabled(subject).map(|(name, _)| Verdict::unknown(why).about(name.as_str())).collect();
    };
    let begin = Instant::now();
    // What keeps nix from looking at one host keeps it from looking at the next.
    let mut obstacle: Option<String> = None;
    let evaluate = |(name, host): (&HostName, &clawlets_fleet::Host)| {
        if let Some(why) = &obstacle {
            return Verdict::unknown(why.clone()).about(name.as_str());
        }
        let system = host.flake_host.as_ref().map_or(name.as_str(), |flake| flake.as_str());
        let output = format!(".#packages.x86_64-linux.\"{system}-system\".drvPath");
        let words = [
            "--extra-experimental-features",
            "nix-command flakes",
            "eval",
            "--no-write-lock-file",
            "--raw",
            &output,
        ];
        let left = EVALUATION_DEADLINE.saturating_sub(begin.elapsed());
        let verdict = match run(subject.machine, &nix, &subject.root, &words, left) {
            Ok(()) => Verdict::Pass,
            Err(failure) => verdict(&failure, || Fix::run(format!("nix eval --raw '{output}'"))),
        };
        if let Verdict::Unknown { why } = &verdict {
            obstacle = Some(why.clone());
        }
        verdict.about(name.as_str())
    };
    enabled(subject).map(evaluate).collect()
}

fn verdict(failure: &Failure, fix: impl FnOnce() -> Fix) -> Verdict {
    match failure {
        Failure::NotStarted(error) => Verdict::unknown(format!("nix cannot be run: {error}")),
        Failure::Late => Verdict::unknown("nix did not answer in time"),
        Failure::Said(words) => {
            let line = last_words(words);
            if COULD_NOT_LOOK.iter().any(|sign| line.contains(sign)) {
                Verdict::unknown(format!("nix could not look: {line}"))
            } else {
                Verdict::problem(line, fix())
            }
        }
    }
}

/// The line of nix that says what is wrong.
fn last_words(said: &str) -> String {
    let error = said.lines().rev().find(|line| line.trim_start().starts_with("error:"));
    let line = error.or_else(|| said.lines().rev().find(|line| !line.trim().is_empty()));
    let line = line.unwrap_or("it failed without a word").trim();
    line.strip_prefix("error:").unwrap_or(line).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flake_that_could_not_be_looked_at_is_not_a_bad_one() {
        let said = |words: &str| verdict(&Failure::Said(words.to_owned()), || Fix::run("x"));
        let offline = "warning: error: unable to download 'https://x': retrying\nerror: unable to download 'https://x': Couldn't resolve host name (6)\n(use '--show-trace')\n";
        assert!(matches!(said(offline), Verdict::Unknown { .. }));
        let bad = "warning: Git tree is dirty\nerror: flake 'x' does not provide attribute 'packages'\n";
        assert!(
            matches!(said(bad), Verdict::Problem { cause, .. } if cause == "flake 'x' does not provide attribute 'packages'")
        );
    }
}
