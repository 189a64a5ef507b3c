//! `clawlets cattle destroy`.

use clap::Args;
use clawlets_job_client::{Client, ClientError, Reference};
use clawlets_model::{
    ExitCode,
    limits::PROTOCOL_VERSION,
    socket::{ApiErrorCode, CattleChange},
};
use clawlets_printer::{Fault, Form, Printer, plain};
use clawlets_verbs::fault::of_client;
use serde::Serialize;

/// Destroy a VM, whatever it is doing. Its job ends as canceled.
#[derive(Debug, Args)]
pub(super) struct Destroy {
    #[command(flatten)]
    which: Which,
}

/// One VM, or all.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// A job id, a server id or a VM's name, or the beginning of one that fits no other.
    #[arg(value_name = "ID")]
    id: Option<Reference>,
    /// The same as ID, as a flag.
    #[arg(long, value_name = "ID")]
    id_or_name: Option<Reference>,
    /// Every VM of this orchestrator.
    #[arg(long)]
    all: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    protocol_version: u32,
    destroyed: Vec<CattleChange>,
}

impl Destroy {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let mut destroyed = Vec::new();
        // One VM that resists must not save the others.
        let mut first_fault = None;
        match self.which.id.or(self.which.id_or_name) {
            Some(vm) => destroyed.push(client.destroy(&vm).await.map_err(|error| of_client(&error))?),
            None => {
                for vm in client.cattle().await.map_err(|error| of_client(&error))?.cattle {
                    match client.destroy(&Reference::from(vm.server_id)).await {
                        Ok(change) => destroyed.push(change),
                        Err(error) if is_gone(&error) => {}
                        Err(error) => {
                            printer.warn(format!("{} was not destroyed: {error}", plain(&vm.name)));
                            first_fault.get_or_insert_with(|| of_client(&error));
                        }
                    }
                }
            }
        }
        match printer.form() {
            Form::Json => printer.json(&Document { protocol_version: PROTOCOL_VERSION, destroyed }),
            Form::Text if destroyed.is_empty() => printer.note("There are no VMs."),
            Form::Text => {
                destroyed
                    .iter()
                    .for_each(|vm| printer.note(format!("{} is being destroyed.", plain(&vm.name))));
            }
        }
        first_fault.map_or(Ok(ExitCode::Ok), Err)
    }
}

fn is_gone(error: &ClientError) -> bool {
    matches!(error, ClientError::Api(api) if api.code == ApiErrorCode::NotFound)
}
