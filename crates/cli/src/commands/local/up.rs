//! `clawlets local up`.

use clap::Args;
use clawlets_local_cloud::{Endpoint, SystemImage, resize_pool};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_verbs::Interrupt;

use super::{
    background, blocking::blocking, guest_program, image, readiness::Readiness, requirements, status,
};
use crate::folders;

/// Start the local cloud, and build the guests' image if it is missing or old.
///
/// Guests are copied from a template that the local cloud makes when it starts, and some are kept ready. A local cloud that
/// runs already is told a new '--pool'; for another '--cold' it must be started anew.
#[derive(Debug, Args)]
pub(super) struct Up {
    /// The port to listen on, on loopback only; 0 takes one that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Do not build the guests' image.
    #[arg(long)]
    no_image: bool,
    #[command(flatten)]
    readiness: Readiness,
}

impl Up {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let mut interrupt = Interrupt::listen()?;
        let work = self.start(printer);
        tokio::select! {
            done = work => done?,
            () = interrupt.came() => {
                return Err(Fault::new(FaultCode::Interrupted, "you interrupted the start; what was started goes on")
                    .hint("'clawlets local up' goes on where it stopped"));
            }
        }
        let state_dir = folders::state_dir()?;
        match printer.form() {
            Form::Json => status::show(printer, &state_dir),
            Form::Text => {
                let endpoint =
                    Endpoint::read(&state_dir).map_err(|error| super::fault::of_cloud(&error, &state_dir))?;
                printer.data(endpoint.endpoint);
                Ok(ExitCode::Ok)
            }
        }
    }

    async fn start(&self, printer: &Printer) -> Result<(), Fault> {
        let (state_dir, port, readiness) = (folders::state_dir()?, self.port, self.readiness);
        let endpoint = if let Some(endpoint) = background::answering(&state_dir) {
            // One that runs can still be told.
            if let Some(size) = readiness.pool {
                let told = resize_pool(&endpoint, size.into()).await;
                told.map_err(|error| super::fault::of_cloud(&error, &state_dir))?;
            }
            endpoint
        } else {
            blocking(requirements::check).await?;
            let step = (printer.form() == Form::Text).then(|| printer.step("Start the local cloud"));
            let endpoint = blocking(move || background::start(&state_dir, port, &readiness)).await?;
            if let Some(step) = step {
                step.done(&endpoint.endpoint);
            }
            endpoint
        };
        if self.no_image {
            return Ok(());
        }
        match guest_program::find() {
            Ok(guest) => image::build_and_register(printer, guest, Some(endpoint)).await.map(drop),
            // Without the program nothing can be rebuilt, but what was built before still works.
            Err(_) if SystemImage::manifest_path(&folders::cache_dir()?).exists() => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}
