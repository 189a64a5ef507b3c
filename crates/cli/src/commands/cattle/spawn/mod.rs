//! `clawlets cattle spawn`.

mod dry_run;
mod persona_files;

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCandidates;
use clawlets_job_client::Client;
use clawlets_model::{
    ExitCode, JobKind, ModelName, PersonaName, Task, Ttl,
    socket::{EnqueueRequest, SpawnPayload},
};
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::{
    enqueue::{EnqueueFlags, WaitFlag, enqueue},
    task_file,
};

/// Run one task in one disposable VM.
///
/// The persona's files are taken from `cattle/personas/NAME` of the project that you stand in; outside of a project, the
/// orchestrator's persona of that name plays. Interrupted while it waits, the command ends with exit code 10 and the
/// job goes on.
#[derive(Debug, Args)]
pub(super) struct Spawn {
    /// The persona that the VM plays.
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(persona_files::candidates))]
    persona: PersonaName,
    /// The task document; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    task_file: PathBuf,
    /// How long the VM may live, such as 10m: 1m to 7d [default: the orchestrator's].
    #[arg(long, value_name = "DURATION")]
    ttl: Option<Ttl>,
    /// The model to think with, such as zai/glm-4.7 [default: the persona's].
    #[arg(long, value_name = "PROVIDER/MODEL")]
    model: Option<ModelName>,
    /// Another image, by name or id.
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// Another server type.
    #[arg(long, value_name = "TYPE")]
    server_type: Option<String>,
    /// Another location.
    #[arg(long, value_name = "LOCATION")]
    location: Option<String>,
    /// Keep the VM, off the network, until its TTL, so that it can be looked at.
    #[arg(long)]
    no_auto_shutdown: bool,
    /// Let the VM go when its work is reported, whatever the orchestrator's default is.
    #[arg(long, conflicts_with = "no_auto_shutdown")]
    auto_shutdown: bool,
    /// Give the VM a short-lived GitHub token.
    #[arg(long)]
    with_github_token: bool,
    /// Only check, and show what would be sent. Needs no orchestrator.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    job: EnqueueFlags,
    #[command(flatten)]
    wait: WaitFlag,
}

impl Spawn {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let (dry_run, wait, ttl) = (self.dry_run, self.wait, self.ttl);
        let task = task_file::read(&self.task_file)?;
        let request = self.request(&task)?;
        if dry_run {
            return dry_run::show(printer, &request, &task, ttl);
        }
        enqueue(printer, client, &request, wait).await
    }

    fn request(self, task: &Task) -> Result<EnqueueRequest, Fault> {
        let payload = SpawnPayload {
            persona_files: persona_files::of(&self.persona)?,
            persona: self.persona,
            task: serde_json::to_value(task.document()).expect("a task document has only text keys"),
            ttl: self.ttl,
            model: self.model,
            image: self.image,
            server_type: self.server_type,
            location: self.location,
            auto_shutdown: (self.auto_shutdown || self.no_auto_shutdown).then_some(self.auto_shutdown),
            with_github_token: self.with_github_token.then_some(true),
        };
        let payload = serde_json::to_value(payload).expect("a payload has only text keys");
        Ok(self.job.request(JobKind::CattleSpawn, payload))
    }
}
