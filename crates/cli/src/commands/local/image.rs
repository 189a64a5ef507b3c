//! `clawlets local image`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clawlets_local_cloud::{Endpoint, ImageRequest, ImageStep, SystemImage, build_image, register_image};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};
use serde::Serialize;
use tokio::sync::mpsc;

use super::{
    background,
    blocking::blocking,
    fault::{of_cloud, of_image},
    guest_program,
};
use crate::folders;

/// Build the system image of the guests.
#[derive(Debug, Args)]
pub(super) struct Image {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Build(Build),
}

/// Build the image, if anything that it is made of has changed.
///
/// It is made of Debian's cloud kernel, which is downloaded and unpacked but never installed, and the static program
/// `clawlets-cattle`.
#[derive(Debug, Args)]
struct Build {}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    name: &'a str,
    kernel_version: &'a str,
    digest: &'a str,
    /// The image's id in the running local cloud.
    id: Option<u64>,
}

impl Image {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Build(Build {}) => {}
        }
        let endpoint = background::answering(&folders::state_dir()?);
        let (image, id) = build_and_register(printer, guest_program::find()?, endpoint).await?;
        match printer.form() {
            Form::Json => {
                let SystemImage { name, kernel_version, digest, .. } = &image;
                printer.json(&Document { name, kernel_version, digest, id });
            }
            Form::Text => printer.data(format!("{} {}", image.name, image.digest)),
        }
        Ok(ExitCode::Ok)
    }
}

/// Builds the image and offers it to the local cloud, if one runs; its id there.
pub(super) async fn build_and_register(
    printer: &Printer,
    guest: PathBuf,
    endpoint: Option<Endpoint>,
) -> Result<(SystemImage, Option<u64>), Fault> {
    let cache_dir = folders::cache_dir()?;
    // The guest program of this version waits for its identity when it is told to.
    let request = ImageRequest { parks: true, ..ImageRequest::new(guest, cache_dir.clone()) };
    let (steps, mut seen) = mpsc::unbounded_channel();
    let build = blocking(move || {
        // Nobody listens any more once the build was interrupted.
        build_image(&request, &mut |step| drop(steps.send(step))).map_err(|error| of_image(&error))
    });
    let show = async {
        let mut running = None;
        while let Some(step) = seen.recv().await {
            if let Some(running) = running.take() {
                end(running);
            }
            if printer.form() == Form::Text {
                running = title(&step).map(|title| printer.step(&title));
            }
        }
        running
    };
    let (built, running) = tokio::join!(build, show);
    let image = built?;
    if let Some(running) = running {
        end(running);
    }
    let id = match endpoint {
        Some(endpoint) => {
            let registered = register_image(&endpoint, &SystemImage::manifest_path(&cache_dir)).await;
            Some(registered.map_err(|error| of_cloud(&error, &folders::state_dir().unwrap_or_default()))?)
        }
        None => None,
    };
    Ok((image, id))
}

fn end(step: clawlets_printer::Step<'_>) {
    step.done("");
}

/// What a step is called; none when there was nothing to do.
fn title(step: &ImageStep) -> Option<String> {
    match step {
        ImageStep::DownloadingKernel { package, version } => Some(format!("Download {package} {version}")),
        ImageStep::UnpackingKernel => Some("Unpack the kernel".to_owned()),
        ImageStep::WritingFileSystem => Some("Write the guests' image".to_owned()),
        ImageStep::UpToDate => None,
        // Steps of a newer library.
        _ => None,
    }
}
