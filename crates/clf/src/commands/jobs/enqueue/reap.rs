//! `clf jobs enqueue cattle.reap`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::{ExitCode, JobKind, socket::ReapPayload};
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::enqueue::{EnqueueFlags, WaitFlag, enqueue};

/// Look at the provider once, and delete VMs that are expired, off or unowned. For operators.
#[derive(Debug, Args)]
pub(super) struct Reap {
    /// Only say what would be deleted.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    job: EnqueueFlags,
    #[command(flatten)]
    wait: WaitFlag,
}

impl Reap {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let payload = serde_json::to_value(ReapPayload { dry_run: self.dry_run });
        let payload = payload.expect("a payload has only text keys");
        enqueue(printer, client, &self.job.request(JobKind::CattleReap, payload), self.wait).await
    }
}
