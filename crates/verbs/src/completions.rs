//! Completions for shells, with the ids that are alive now.

use std::{ffi::OsStr, path::PathBuf, time::Duration};

use clap::{
    Args, Command,
    builder::{PossibleValuesParser, ValueParser},
};
use clap_complete::{ArgValueCompleter, CompleteEnv, CompletionCandidate, env::Shells};
use clawlets_job_client::{Client, ClientError, JobFilter, Reference};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;
use tokio::time::timeout;

use crate::environment;

/// The longest time that a press of the tab key may take.
const DEADLINE: Duration = Duration::from_millis(400);
/// How many jobs are offered: the most that one call gives.
const JOBS: u32 = 500;

/// Print a shell's completion script.
///
/// Ids of jobs and VMs are completed too: the script asks the orchestrator. For bash, put `source <(clawlets completions bash)` into `~/.bashrc`; for others, see your shell's manual.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_parser = PossibleValuesParser::new(["bash", "elvish", "fish", "powershell", "zsh"]))]
    shell: String,
}

/// What `--json` prints of a script.
#[derive(Serialize)]
struct Document<'a> {
    shell: &'a str,
    script: &'a str,
}

impl Completions {
    /// Prints the script for the program of that name.
    ///
    /// # Errors
    /// A fault when the shell is not known.
    pub fn run(&self, printer: &Printer, program: &str) -> Result<ExitCode, Fault> {
        let shells = Shells::builtins();
        let mut script = Vec::new();
        let written = match shells.completer(&self.shell) {
            Some(shell) => {
                shell.write_registration(environment::COMPLETE.name, program, program, program, &mut script)
            }
            None => {
                return Err(Fault::new(
                    FaultCode::UsageValue,
                    format!("{} is not a known shell", self.shell),
                ));
            }
        };
        written.map_err(|error| Fault::new(FaultCode::Io, "failed to write the script").because(&error))?;
        match printer.form() {
            Form::Json => {
                let script = String::from_utf8_lossy(&script);
                printer.json(&Document { shell: &self.shell, script: &script });
            }
            Form::Text => printer.raw(&script),
        }
        Ok(ExitCode::Ok)
    }
}

/// Answers a shell that asks for completions, and ends the process then. Does nothing for anybody else.
///
/// `socket` is where ids are asked for: the flag of the unfinished command line is not looked at.
pub fn answer_shell(command: fn() -> Command, socket: PathBuf) {
    let client = Client::new(socket);
    CompleteEnv::with_factory(move || with_live_ids(command(), &client))
        .var(environment::COMPLETE.name)
        .complete();
}

/// The command with a completer at every argument that takes an id, however deep.
fn with_live_ids(command: Command, client: &Client) -> Command {
    let command = command.mut_args(|argument| {
        if argument.get_value_parser().type_id()
            != ValueParser::from(clap::value_parser!(Reference)).type_id()
        {
            return argument;
        }
        let client = client.clone();
        argument.add(ArgValueCompleter::new(move |typed: &OsStr| live_ids(&client, typed)))
    });
    command.mut_subcommands(|command| with_live_ids(command, client))
}

/// The ids and names that begin with what was typed. Silent when the orchestrator does not answer at once.
fn live_ids(client: &Client, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Vec::new();
    };
    let candidates = runtime.block_on(async { timeout(DEADLINE, candidates(client)).await });
    let candidates = candidates.ok().and_then(Result::ok).unwrap_or_default();
    candidates
        .into_iter()
        .filter(|(id, _)| id.starts_with(typed))
        .map(|(id, help)| CompletionCandidate::new(id).help(Some(help.into())))
        .collect()
}

/// Jobs, and for operators VMs, each with a word about it.
async fn candidates(client: &Client) -> Result<Vec<(String, String)>, ClientError> {
    let jobs = client.jobs(&JobFilter { limit: Some(JOBS), ..JobFilter::default() }).await?;
    let mut found: Vec<_> = jobs
        .jobs
        .iter()
        .map(|job| (job.job_id.to_string(), format!("{} {}", job.kind, job.status)))
        .collect();
    // Bots may not see VMs; their jobs are enough.
    if let Ok(cattle) = client.cattle().await {
        found.extend(cattle.cattle.into_iter().map(|vm| (vm.name, format!("VM {}", vm.status))));
    }
    Ok(found)
}
