//! `clawlets-host github-token mint`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_github::api_url;
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer, seconds};
use clawlets_release::value::Period;
use jiff::Timestamp;
use serde::Serialize;

use super::orders::orders;
use crate::{
    fault::{of_github_setup, of_mint},
    github::{self, Api, EnvFile, Minted, Order},
    program::ConfigFlag,
};

/// Make a token of the GitHub App, unless the present one is good for a while.
///
/// Without flags it does so for the host and for every bot that the configuration gives access to; with '--bot' for that bot;
/// and with '--app-id' and the flags behind it as they say, without any configuration. A token is always narrowed to
/// repositories and permissions. The file holds GITHUB_APP_TOKEN, GITHUB_TOKEN and GH_TOKEN, and is replaced in one step.
///
/// When no token can be made the present one is kept, the exit code is 7, and what went wrong stands beside the file, in one
/// that ends with .status.json.
#[derive(Debug, Args)]
pub(crate) struct Mint {
    /// Only for this bot.
    #[arg(long, value_name = "BOT", conflicts_with = "app_id")]
    pub(super) bot: Option<BotId>,
    /// Make one although the present one is good.
    #[arg(long)]
    pub(super) force: bool,
    /// How long a token must still be good to be left as it is [default: 20m].
    #[arg(long, value_name = "TIME")]
    pub(super) margin: Option<Period>,
    /// The base URL of GitHub's API [default: GitHub's own].
    #[arg(long, env = "GITHUB_API_URL", value_name = "URL", value_hint = ValueHint::Url)]
    api_url: Option<String>,
    #[command(flatten)]
    pub(super) app: AppFlags,
}

/// The App, where no configuration names it.
#[derive(Debug, Args)]
pub(super) struct AppFlags {
    /// The id of the App.
    #[arg(long, value_name = "ID", requires_all = ["installation_id", "private_key_file", "repositories", "out"])]
    pub(super) app_id: Option<u64>,
    /// The id of its installation.
    #[arg(long, value_name = "ID", requires = "app_id")]
    pub(super) installation_id: Option<u64>,
    /// The file with the App's private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "app_id", value_hint = ValueHint::FilePath)]
    pub(super) private_key_file: Option<PathBuf>,
    /// A repository that the token is good for; may be repeated.
    #[arg(long = "repo", alias = "repository", value_name = "NAME", requires = "app_id")]
    pub(super) repositories: Vec<String>,
    /// What the token may do, such as contents=read; may be repeated [default: reading contents, issues, pull_requests].
    #[arg(long = "permission", value_name = "NAME=ACCESS", requires = "app_id", value_parser = permission)]
    pub(super) permissions: Vec<(String, String)>,
    /// The file that the token is written to.
    #[arg(long, visible_alias = "env-file", value_name = "FILE", requires = "app_id", value_hint = ValueHint::FilePath)]
    pub(super) out: Option<PathBuf>,
    /// The group that may read it.
    #[arg(long, value_name = "GROUP", requires = "app_id")]
    pub(super) group: Option<String>,
}

fn permission(text: &str) -> Result<(String, String), String> {
    let (name, extent) = text.split_once('=').ok_or("expected a permission such as contents=read")?;
    Ok((name.trim().to_owned(), extent.trim().to_owned()))
}

/// What `--json` prints of each file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    file: PathBuf,
    minted: bool,
    expires_at: Timestamp,
}

impl Mint {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let config = config.load_if_there()?;
        let settings = config.map(|config| config.github).unwrap_or_default();
        let url = self.api_url.as_deref().unwrap_or(&settings.endpoint);
        let url = api_url(url)
            .map_err(|error| Fault::new(FaultCode::UsageValue, error.to_string()).because(&error))?;
        let orders = orders(&self, &settings)?;
        if orders.is_empty() {
            printer.note("Neither the host nor a bot has access to GitHub: there is nothing to make.");
        }
        let api = Api::at(url).map_err(|error| of_github_setup(&error))?;
        let (mut shown, mut faults) = (Vec::new(), Vec::new());
        for order in orders {
            match order.and_then(|order| Ok((mint(&api, &order)?, order))) {
                Ok((minted, order)) => {
                    let (minted, expires_at) = match minted {
                        Minted::Kept { expires_at } => (false, expires_at),
                        Minted::New { expires_at } => (true, expires_at),
                    };
                    if printer.form() == Form::Text {
                        printer.note(sentence(&order, minted, expires_at));
                    }
                    shown.push(Shown { file: order.file, minted, expires_at });
                }
                Err(fault) => faults.push(fault),
            }
        }
        if printer.form() == Form::Json {
            printer.json(&shown);
        }
        // Each has its own; the last one decides how the program ends.
        let last = faults.pop();
        faults.iter().for_each(|fault| {
            printer.fault(fault);
        });
        last.map_or(Ok(ExitCode::Ok), Err)
    }
}

fn mint(api: &Api, order: &Order) -> Result<Minted, Fault> {
    let outcome = github::block_on(github::mint(api, order, Timestamp::now)).map_err(|error| {
        Fault::new(FaultCode::Io, "failed to start the asynchronous runtime").because(&error)
    })?;
    outcome.map_err(|error| {
        let present = EnvFile::read(&order.file).ok().flatten();
        let end = present.as_ref().map(|present| present.expires_at);
        let left = end.map(|end| end.map(|end| end.duration_since(Timestamp::now()).as_secs()));
        let hint = match left {
            Some(Some(left)) if left > 0 => {
                format!("the present token is kept, and is good for another {}", seconds(left))
            }
            Some(Some(_)) => "the present token is kept, and is over".to_owned(),
            Some(None) => "the present token is kept; when it ends is not known".to_owned(),
            None => "there is no token now".to_owned(),
        };
        of_mint(&error).hint(hint)
    })
}

fn sentence(order: &Order, minted: bool, expires_at: Timestamp) -> String {
    let left = seconds(expires_at.duration_since(Timestamp::now()).as_secs().max(0));
    let file = order.file.display();
    if minted {
        format!("{file} has a new token for {}, good for {left}.", order.access.scope)
    } else {
        format!("{file} is left as it is: its token is good for another {left}.")
    }
}
