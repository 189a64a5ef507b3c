//! `clawlets-host seed repos`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, cause::chain};
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use clawlets_release::value::Period;
use clawlets_seed::{
    checkout::{CheckoutError, Copies, LeftAlone, Outcome, Standing},
    git::{Credential, Git, GitError, Stop},
    repos::{FileUrls, Origin, RepoList, RepoSeed},
    snapshot::{Limits, Snapshot},
};
use clawlets_verbs::environment::GITHUB_TOKEN;
use serde::Serialize;

use super::common::{of_table, read_list};
use crate::{
    commands::update::terminated,
    config::SeedSettings,
    fault::of_checkout,
    github::{NoToken, read_token},
    program::ConfigFlag,
};

/// Bring the repositories of a list onto this host, and up to date.
///
/// The list has a line for each: name, URL and branch, separated by tabs. A copy that is not there is taken from the
/// snapshot, where that has it, or cloned; one that nobody changed is moved forward; one with changes or commits of its own is
/// left alone and named. The exit code is 7 when one cannot be reached, 5 when something else is in the place of one.
///
/// The token for private repositories is GITHUB_TOKEN, or the one in the token file. It is sent to one origin only, and is in
/// no argument and no file of a repository.
#[derive(Debug, Args)]
pub(crate) struct Repos {
    /// The list.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    list: Option<PathBuf>,
    /// The folder of the copies.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    into: Option<PathBuf>,
    /// The snapshot that copies are made from which are not there yet.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    snapshot: Option<PathBuf>,
    /// The file with the token.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// Where the token is sent, such as https://github.com.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    token_origin: Option<String>,
    /// How long one call of git may take.
    #[arg(long, value_name = "TIME")]
    deadline: Option<Period>,
    /// Take file:// URLs as well, for trying things out.
    #[arg(long)]
    allow_file_urls: bool,
    /// Say what would be done, without asking anybody.
    #[arg(long)]
    dry_run: bool,
}

/// What `--json` prints of each repository.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: String,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// How bad it is, and how the program ends.
#[derive(Default)]
struct Tally {
    failed: usize,
    conflicts: usize,
    is_interrupted: bool,
}

impl Repos {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let settings = config.load_if_there()?.map(|config| config.seed).unwrap_or_default();
        let path = self.list.as_deref().unwrap_or(&settings.list);
        let Some(bytes) = read_list(self.list.as_deref(), &settings.list)? else {
            printer.note(format!("There is no {}: no repository is brought here.", path.display()));
            return Ok(ExitCode::Ok);
        };
        let files = if self.allow_file_urls { FileUrls::Allowed } else { FileUrls::Refused };
        let list = RepoList::parse(&bytes, files).map_err(|error| of_table(path, &error))?;
        let git = self.git(&settings)?;
        let root = self.into.as_ref().unwrap_or(&settings.repositories);
        let mut tally = Tally::default();
        let shown = if self.dry_run {
            list.iter().map(|seed| look(root, &git, seed, &mut tally)).collect()
        } else {
            self.bring(printer, &settings, root, &git, &list, &mut tally)?
        };
        match printer.form() {
            Form::Json => printer.json(&shown),
            Form::Text => shown.iter().for_each(|shown| printer.data(shown.line())),
        }
        tally.conclude()
    }

    fn bring(
        &self,
        printer: &Printer,
        settings: &SeedSettings,
        root: &Path,
        git: &Git,
        list: &RepoList,
        tally: &mut Tally,
    ) -> Result<Vec<Shown>, Fault> {
        let copies = Copies::open(root).map_err(|error| of_checkout(&error))?;
        let snapshot = self.snapshot(settings, printer)?;
        let mut shown = Vec::new();
        for seed in list {
            if git.is_stopped() {
                tally.is_interrupted = true;
                break;
            }
            let step = printer.step(seed.name.as_str());
            let outcome = copies.bring(git, seed, snapshot.as_ref());
            let outcome = match outcome {
                // What is in a snapshot is a matter of speed; the network has it too.
                Err(error) if is_from(snapshot.as_ref(), root, seed) && !git.is_stopped() => {
                    step.note(&format!("warning: {}", plain(&chain(&error))));
                    copies.bring(git, seed, None)
                }
                outcome => outcome,
            };
            drop(step);
            shown.push(said(seed, outcome, tally));
        }
        Ok(shown)
    }

    /// Git, with the token where there is one.
    fn git(&self, settings: &SeedSettings) -> Result<Git, Fault> {
        let deadline = self.deadline.unwrap_or(settings.deadline).duration();
        let stop = Stop::when(terminated()?);
        let origin = self.token_origin.as_deref().unwrap_or(&settings.token_origin);
        let origin = Origin::parse(origin)
            .map_err(|error| Fault::new(FaultCode::UsageValue, format!("{origin:?} is {error}")))?;
        let file = self.token_file.as_ref().unwrap_or(&settings.token_file);
        let given = GITHUB_TOKEN.value().filter(|_| self.token_file.is_none());
        let credential = match read_token(given.as_ref(), file) {
            Ok(token) => Some(Credential::new(origin, token)),
            // Public repositories need none.
            Err(NoToken::Missing(_)) if self.token_file.is_none() => None,
            Err(error) => return Err(crate::fault::of_no_token(&error)),
        };
        Ok(Git::new(&settings.git, deadline, stop).with_credential(credential))
    }

    /// The snapshot, if there is one. One that cannot be used is only missed where it was named.
    fn snapshot(&self, settings: &SeedSettings, printer: &Printer) -> Result<Option<Snapshot>, Fault> {
        let (path, is_named) = match &self.snapshot {
            Some(path) => (path, true),
            None => (&settings.snapshot, false),
        };
        if !is_named && !path.exists() {
            return Ok(None);
        }
        match Snapshot::open(path, Limits::default()) {
            Ok(snapshot) => Ok(Some(snapshot)),
            Err(error) if is_named => Err(of_checkout(&CheckoutError::Snapshot(error))),
            Err(error) => {
                printer.warn(plain(&chain(&error)));
                Ok(None)
            }
        }
    }
}

/// Whether the copy of a repository was to come from the snapshot, and is not there.
fn is_from(snapshot: Option<&Snapshot>, root: &Path, seed: &RepoSeed) -> bool {
    snapshot.is_some_and(|snapshot| snapshot.holds(&seed.name)) && !root.join(seed.name.as_str()).exists()
}

/// What would be done.
fn look(root: &Path, git: &Git, seed: &RepoSeed, tally: &mut Tally) -> Shown {
    let name = seed.name.to_string();
    match Copies::look(root, git, seed) {
        Ok(Standing::Missing) => Shown { name, result: "wouldClone", commit: None, why: None },
        Ok(Standing::Unchanged(commit)) => {
            Shown { name, result: "wouldUpdate", commit: Some(commit), why: None }
        }
        Ok(Standing::LeftAlone(reason)) => left_alone(name, &reason, tally),
        Err(error) => failed(name, &error, tally),
    }
}

fn said(seed: &RepoSeed, outcome: Result<Outcome, CheckoutError>, tally: &mut Tally) -> Shown {
    let name = seed.name.to_string();
    let (result, commit) = match outcome {
        Ok(Outcome::Cloned(commit)) => ("cloned", commit),
        Ok(Outcome::Restored(commit)) => ("restored", commit),
        Ok(Outcome::Updated { to, .. }) => ("updated", to),
        Ok(Outcome::Unchanged(commit)) => ("unchanged", commit),
        Ok(Outcome::LeftAlone(reason)) => return left_alone(name, &reason, tally),
        Err(error) => return failed(name, &error, tally),
    };
    Shown { name, result, commit: Some(commit), why: None }
}

fn left_alone(name: String, reason: &LeftAlone, tally: &mut Tally) -> Shown {
    tally.conflicts += usize::from(reason.is_conflict());
    Shown { name, result: "leftAlone", commit: None, why: Some(reason.to_string()) }
}

fn failed(name: String, error: &CheckoutError, tally: &mut Tally) -> Shown {
    tally.failed += 1;
    tally.is_interrupted |= matches!(error, CheckoutError::Git(GitError::Interrupted { .. }));
    Shown { name, result: "failed", commit: None, why: Some(chain(error)) }
}

impl Shown {
    fn line(&self) -> String {
        let result = match self.result {
            "leftAlone" => "left alone",
            "wouldClone" => "would be cloned",
            "wouldUpdate" => "would be brought up to date",
            other => other,
        };
        let commit = self.commit.as_ref().map(|commit| format!(" {}", commit.get(..12).unwrap_or(commit)));
        let why = self.why.as_ref().map(|why| format!(": {why}"));
        plain(&format!("{} {result}{}{}", self.name, commit.unwrap_or_default(), why.unwrap_or_default()))
    }
}

impl Tally {
    fn conclude(self) -> Result<ExitCode, Fault> {
        if self.is_interrupted {
            return Err(Fault::new(FaultCode::Interrupted, "the repositories were not all brought here")
                .hint("the same command goes on"));
        }
        let many = |number: usize| {
            if number == 1 { "1 repository".to_owned() } else { format!("{number} repositories") }
        };
        if self.failed > 0 {
            return Err(Fault::new(
                FaultCode::SeedUnreachable,
                format!("{} could not be brought here", many(self.failed)),
            ));
        }
        if self.conflicts > 0 {
            let what = format!("something else is in the place of {}", many(self.conflicts));
            return Err(Fault::new(FaultCode::SeedConflict, what));
        }
        Ok(ExitCode::Ok)
    }
}
