//! `clawlets-host github-sync run`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_github::api_url;
use clawlets_memory::{Expect, MemoryPath};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count, plain};
use clawlets_verbs::{
    environment::GITHUB_TOKEN,
    memory::{Patience, Place},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    config::SyncSettings,
    fault::{of_github_setup, of_no_token, of_sync},
    github::{self, Api, read_token},
    github_sync::{self, Report, Sync, Wanted},
    program::ConfigFlag,
};

/// Bring the open pull requests and issues of repositories into the shared memory.
///
/// They are written to github/prs.md and github/issues.md there. What did not change is not fetched again. A repository that
/// cannot be read stays in the documents, marked as stale with its age; the exit code is 7 only when none could be read.
///
/// The token is GITHUB_TOKEN, or the one in the token file that 'github-token mint' keeps.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// An organisation, all of whose repositories are read.
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// A repository as OWNER/NAME; may be repeated. If any is named, only these are read.
    #[arg(long = "repo", alias = "repository", value_name = "OWNER/NAME")]
    repositories: Vec<String>,
    /// The file with the token.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// The folder of what was read before.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    state: Option<PathBuf>,
    /// The base URL of GitHub's API [default: GitHub's own].
    #[arg(long, env = "GITHUB_API_URL", value_name = "URL", value_hint = ValueHint::Url)]
    api_url: Option<String>,
    #[command(flatten)]
    patience: Patience,
}

impl Run {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let settings = config.load_if_there()?.map(|config| config.github).unwrap_or_default();
        let url = api_url(self.api_url.as_deref().unwrap_or(&settings.endpoint))
            .map_err(|error| Fault::new(FaultCode::UsageValue, error.to_string()).because(&error))?;
        let SyncSettings { org, repositories, state, token_file, reserve, deadline } = settings.sync;
        let is_told = self.org.is_some() || !self.repositories.is_empty();
        let (org, repositories) =
            if is_told { (self.org.unwrap_or_default(), self.repositories) } else { (org, repositories) };
        let wanted = Wanted::parse(&org, &repositories).map_err(|error| of_sync(&error))?;
        let state = self.state.unwrap_or(state);
        let token_file = self.token_file.as_ref().unwrap_or(&token_file);
        // A file that is named counts more than what happens to be in the environment.
        let given = GITHUB_TOKEN.value().filter(|_| self.token_file.is_none());
        let token = read_token(given.as_ref(), token_file).map_err(|error| of_no_token(&error))?;
        let place = Place::find(self.patience)?;
        let api = Api::at(url).map_err(|error| of_github_setup(&error))?;
        let span = SignedDuration::try_from(deadline.duration()).unwrap_or(SignedDuration::MAX);
        let deadline = Timestamp::now().checked_add(span).unwrap_or(Timestamp::MAX);
        let sync = Sync { api: &api, token: &token, wanted: &wanted, state: &state, reserve, deadline };
        let step = printer.step("Reading pull requests and issues");
        let report =
            github::block_on(github_sync::run(&sync, |repository| step.update(&repository.to_string())));
        let report = report
            .map_err(|error| {
                Fault::new(FaultCode::Io, "failed to start the asynchronous runtime").because(&error)
            })?
            .map_err(|error| of_sync(&error))?;
        step.done(&summary(&report));
        publish(&place, &report, &state)?;
        if let Some(why) = &report.unlisted {
            printer.warn(plain(&format!("the repositories are those of an earlier run: {why}")));
        }
        for (repository, what, standing) in report.stale() {
            let why = standing.stale.as_deref().unwrap_or_default();
            printer.warn(plain(&format!("the {what} of {repository} are stale: {why}")));
        }
        if printer.form() == Form::Json {
            printer.json(&report);
        }
        if report.has_read() {
            return Ok(ExitCode::Ok);
        }
        Err(Fault::new(FaultCode::GithubUnread, "none of the repositories could be read")
            .hint("the documents show what was read before, with its age"))
    }
}

/// Writes the documents, each as a whole, under the memory's own locks.
fn publish(place: &Place, report: &Report, state: &std::path::Path) -> Result<(), Fault> {
    let documents = github_sync::documents(report, state).map_err(|error| of_sync(&error))?;
    place.with(|memory| {
        for document in &documents {
            let path = MemoryPath::parse(document.path).expect("a fixed path of the memory is one");
            memory.write(&path, &document.text, Expect::Anything)?;
        }
        Ok(())
    })
}

fn summary(report: &Report) -> String {
    let open: usize = report.repositories.iter().map(|of| of.pull_requests.open + of.issues.open).sum();
    let repositories = match report.repositories.len() {
        1 => "1 repository".to_owned(),
        many => format!("{many} repositories"),
    };
    let pages = count(report.pages, "page");
    format!("{open} open in {repositories}; {pages}, {} of them unchanged", report.unchanged)
}
