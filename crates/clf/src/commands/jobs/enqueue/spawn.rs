//! `clf jobs enqueue cattle.spawn`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_job_client::Client;
use clawlets_model::{ExitCode, JobKind, ModelName, PersonaName, Ttl, socket::SpawnPayload};
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::{
    enqueue::{EnqueueFlags, WaitFlag, enqueue},
    task_file,
};

/// Run one task in one disposable VM.
#[derive(Debug, Args)]
pub(super) struct Spawn {
    /// The persona that the VM plays, by its name in the orchestrator's folder.
    #[arg(long, value_name = "NAME")]
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
    #[command(flatten)]
    job: EnqueueFlags,
    #[command(flatten)]
    wait: WaitFlag,
}

impl Spawn {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let task = task_file::read(&self.task_file)?;
        let payload = SpawnPayload {
            persona: self.persona,
            persona_files: None,
            task: serde_json::to_value(task.document()).expect("a task document has only text keys"),
            ttl: self.ttl,
            model: self.model,
            image: None,
            server_type: None,
            location: None,
            auto_shutdown: None,
            with_github_token: None,
        };
        let payload = serde_json::to_value(payload).expect("a payload has only text keys");
        enqueue(printer, client, &self.job.request(JobKind::CattleSpawn, payload), self.wait).await
    }
}
