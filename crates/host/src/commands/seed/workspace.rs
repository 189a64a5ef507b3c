//! `clawlets-host seed workspace`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use clawlets_seed::workspace::{Action, Change, Mode, Source, seed};
use serde::Serialize;

use super::common::read_tools;
use crate::{config::SeedSettings, fault::of_workspace, program::ConfigFlag};

/// Give the bots the documents and skills of the fleet.
///
/// What is for all bots comes first, and a bot's own over it. AGENTS.md, SOUL.md, IDENTITY.md, TOOLS.md, USER.md and
/// HEARTBEAT.md are always those of the fleet; every other file is given once and follows the fleet until the bot changes it,
/// from when on it is the bot's own. The list of tools stands under '## Tools' in AGENTS.md and TOOLS.md.
#[derive(Debug, Args)]
pub(crate) struct Workspace {
    /// Only this bot [default: every bot that has a workspace].
    #[arg(long, value_name = "BOT")]
    bot: Option<BotId>,
    /// The folder with 'common', and 'bots/BOT' over it.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    from: Option<PathBuf>,
    /// The workspace, where it is not the usual one of the bot.
    #[arg(long, value_name = "DIR", requires = "bot", value_hint = ValueHint::DirPath)]
    into: Option<PathBuf>,
    /// The record of what the bot was given, where it is not the usual one.
    #[arg(long, value_name = "FILE", requires = "bot", value_hint = ValueHint::FilePath)]
    record: Option<PathBuf>,
    /// The list of tools.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    tools: Option<PathBuf>,
    /// Say what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// What `--json` prints of each file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    bot: BotId,
    path: PathBuf,
    action: &'static str,
}

impl Workspace {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let config = config.load_if_there()?;
        let (settings, tools) = config.map(|config| (config.seed, config.tools)).unwrap_or_default();
        let from = self.from.as_ref().unwrap_or(&settings.workspaces);
        if self.from.is_none() && !from.exists() {
            printer.note(format!("There is no {}: no bot is given anything.", from.display()));
            return Ok(ExitCode::Ok);
        }
        let tools = read_tools(self.tools.as_deref(), &tools.list)?;
        let bots = match &self.bot {
            Some(bot) => vec![bot.clone()],
            None => with_workspaces(&settings.bots)?,
        };
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Apply };
        let mut shown = Vec::new();
        for bot in bots {
            let own = from.join("bots").join(bot.as_str());
            let source = Source::read(&from.join("common"), Some(&own), tools.clone());
            let source = source.map_err(|error| of_workspace(&error))?;
            let changes =
                seed(&source, &self.workspace(&settings, &bot), &self.record(&settings, &bot), mode);
            let changes = changes.map_err(|error| of_workspace(&error))?;
            if printer.form() == Form::Text {
                changes.iter().filter_map(|change| line(&bot, change)).for_each(|line| printer.data(line));
            }
            shown.extend(changes.into_iter().map(|Change { path, action }| Shown {
                bot: bot.clone(),
                path,
                action: word(action),
            }));
        }
        if printer.form() == Form::Json {
            printer.json(&shown);
        }
        Ok(ExitCode::Ok)
    }

    fn workspace(&self, settings: &SeedSettings, bot: &BotId) -> PathBuf {
        self.into.clone().unwrap_or_else(|| settings.bots.join(bot.as_str()).join("workspace"))
    }

    fn record(&self, settings: &SeedSettings, bot: &BotId) -> PathBuf {
        self.record.clone().unwrap_or_else(|| settings.records.join(format!("{bot}.json")))
    }
}

/// The bots that have a workspace here.
fn with_workspaces(folder: &Path) -> Result<Vec<BotId>, Fault> {
    let failed =
        |error| Fault::new(FaultCode::Io, format!("failed to read {}", folder.display())).because(&error);
    let mut bots = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(bots),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let bot = entry.file_name().to_str().and_then(|name| BotId::parse(name).ok());
        bots.extend(bot.filter(|_| entry.path().join("workspace").is_dir()));
    }
    bots.sort_unstable();
    Ok(bots)
}

fn line(bot: &BotId, change: &Change) -> Option<String> {
    let what = match change.action {
        Action::Unchanged => return None,
        Action::Keep => "left alone: it is the bot's own",
        Action::Add => "given",
        Action::Refresh => "refreshed",
        Action::Remove => "taken back",
    };
    Some(plain(&format!("{bot}: {} {what}", change.path.display())))
}

const fn word(action: Action) -> &'static str {
    match action {
        Action::Add => "add",
        Action::Refresh => "refresh",
        Action::Unchanged => "unchanged",
        Action::Keep => "keep",
        Action::Remove => "remove",
    }
}
