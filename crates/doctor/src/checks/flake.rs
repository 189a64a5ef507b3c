//! The flake, as far as this machine has nix.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    subject::Subject,
    verdict::{Finding, Verdict},
};

const PARSE_DEADLINE: Duration = Duration::from_secs(10);
/// Evaluation may fetch inputs.
const EVALUATION_DEADLINE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

pub(crate) fn parses(subject: &Subject<'_>) -> Vec<Finding> {
    if !subject.path("flake.nix").is_file() {
        return Vec::new();
    }
    let Some(nix) = (subject.tool)("nix-instantiate") else {
        return Verdict::unknown("nix is not installed").of_project();
    };
    match run(&nix, &subject.root, &["--parse", "./flake.nix"], PARSE_DEADLINE) {
        Ok(()) => Verdict::Pass,
        Err(Failure::Said(words)) => Verdict::problem(words, "nix-instantiate --parse flake.nix"),
        Err(Failure::Late) => Verdict::unknown("nix did not answer in time"),
    }
    .of_project()
}

pub(crate) fn evaluates(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fleet) = subject.fleet() else { return Vec::new() };
    let enabled: Vec<_> = fleet.hosts.iter().filter(|(_, host)| host.enable).collect();
    let Some(nix) = (subject.tool)("nix").filter(|_| subject.path("flake.nix").is_file()) else {
        return enabled
            .iter()
            .map(|(name, _)| Verdict::unknown("nix is not installed").about(name.as_str()))
            .collect();
    };
    let evaluate = |name: &str, system: &str| {
        let output = format!(".#packages.x86_64-linux.\"{system}-system\".drvPath");
        let words = ["--extra-experimental-features", "nix-command flakes", "eval", "--raw", &output];
        match run(&nix, &subject.root, &words, EVALUATION_DEADLINE) {
            Ok(()) => Verdict::Pass,
            Err(Failure::Said(words)) if is_about_the_network(&words) => Verdict::unknown(words),
            Err(Failure::Said(words)) => Verdict::problem(words, format!("nix eval '{output}'")),
            Err(Failure::Late) => Verdict::unknown("nix did not answer in 60 s"),
        }
        .about(name)
    };
    let system = |name: &str, declared: Option<&str>| declared.unwrap_or(name).to_owned();
    enabled
        .iter()
        .map(|(name, host)| {
            let declared = host.flake_host.as_ref().map(|flake| flake.as_str());
            evaluate(name.as_str(), &system(name.as_str(), declared))
        })
        .collect()
}

fn is_about_the_network(words: &str) -> bool {
    ["unable to download", "Could not resolve host", "Couldn't resolve", "Failed to connect", "timed out"]
        .iter()
        .any(|sign| words.contains(sign))
}

enum Failure {
    Said(String),
    Late,
}

/// Runs a program to its end or to the deadline; what it writes to standard output is dropped.
fn run(program: &Path, folder: &Path, words: &[&str], deadline: Duration) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command.current_dir(folder).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Failure::Said(error.to_string()))?;
    let mut stderr = child.stderr.take().expect("standard error was asked for");
    let reader = thread::spawn(move || {
        let mut said = String::new();
        let _ = stderr.read_to_string(&mut said);
        said
    });
    let begin = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => return Err(Failure::Said(last_words(&reader.join().unwrap_or_default()))),
            Ok(None) if begin.elapsed() < deadline => thread::sleep(LOOK),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::Late);
            }
        }
    }
}

/// The line of nix that says what is wrong.
fn last_words(said: &str) -> String {
    let error = said.lines().rev().find(|line| line.trim_start().starts_with("error:"));
    let line = error.or_else(|| said.lines().rev().find(|line| !line.trim().is_empty()));
    line.unwrap_or("it failed without a word").trim().to_owned()
}
