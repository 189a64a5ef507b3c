//! `clawlets-host bootstrap run`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use sd_notify::NotifyState;

use super::{InstanceFlags, shown::show};
use crate::{
    bootstrap::{
        Boot, Watching,
        machine::{Failure, FailureKind, Phase},
    },
    commands::{environment, update},
    fault::{of_boot, of_failed_boot},
    program::ConfigFlag,
};

/// Start this host from its bundle, or bring in a newer one while it runs.
///
/// The phases: find out who the instance is (metadata); fetch its bundle from S3 (bundle); verify it on the disk
/// (verified); put its secrets and those of Secrets Manager in use (secrets); seed repositories (repos), prepare the shared
/// memory (memory), mint a token (token), wait for the gateways (gateway). Each has a deadline. What was cut off goes on
/// with the next run. A bundle that cannot be had or is not believed changes nothing: a host that boots goes on with the one
/// from before, if there is one.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The bucket of the bundle.
    #[arg(long, value_name = "BUCKET")]
    bucket: Option<String>,
    /// What the objects of the bundle begin with.
    #[arg(long, value_name = "PREFIX", requires = "bucket")]
    prefix: Option<String>,
    /// A key that signs bundles, in minisign's form; may be repeated.
    #[arg(long = "public-key", value_name = "KEY")]
    public_keys: Vec<String>,
    #[command(flatten)]
    instance: InstanceFlags,
}

impl RunArguments {
    pub(crate) fn run(self, printer: &Printer, flag: &ConfigFlag) -> Result<ExitCode, Fault> {
        let mut config = self.instance.load(flag)?;
        if let Some(bucket) = self.bucket {
            config.bootstrap.bucket = bucket;
        }
        if let Some(prefix) = self.prefix {
            config.bootstrap.prefix = prefix;
        }
        if !self.public_keys.is_empty() {
            config.bootstrap.public_keys = self.public_keys;
        }
        let told = update::terminated()?;
        let program = std::env::current_exe()
            .map_err(|error| Fault::new(FaultCode::Io, "failed to find this program").because(&error))?;
        let file = flag.path().to_owned();
        let boot = Boot::start(&config, program, file, &environment::variable, &told);
        let ended = boot.map_err(|error| of_boot(&error))?.run(&mut Watcher { printer });
        let ended = ended.map_err(|error| of_boot(&error))?;
        if ended.state.phase == Phase::Ready {
            // A look that found nothing new did not come to the gateways, and has done its work all the same.
            tell(&[NotifyState::Ready]);
        }
        if printer.form() == Form::Json {
            show(printer, &ended.state);
        }
        match (ended.state.phase, &ended.state.failure, ended.error) {
            (Phase::Ready, None, _) => {
                if printer.form() == Form::Text {
                    show(printer, &ended.state);
                }
                Ok(ExitCode::Ok)
            }
            (Phase::Ready, Some(failure), _) => {
                printer.warn(format!("this host goes on with the bundle from before: {}", failure.message));
                Ok(ExitCode::Ok)
            }
            (_, _, Some(error)) => Err(of_failed_boot(&error)),
            (phase, _, None) => {
                let message = format!("the boot stopped at {}", phase.as_str());
                Err(Fault::new(FaultCode::BootStopped, message))
            }
        }
    }
}

/// Tells the service manager; without one there is nobody to tell.
fn tell(states: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(states);
}

/// Says how far the boot is, and tells systemd when whoever waits for it may start.
struct Watcher<'a> {
    printer: &'a Printer,
}

impl Watching for Watcher<'_> {
    fn begins(&mut self, phase: Phase) {
        // The gateways wait for the boot, and the last phase for them.
        let states = match phase {
            Phase::Gateway => vec![NotifyState::Ready, NotifyState::Status("waiting for the gateways")],
            Phase::Metadata
            | Phase::Bundle
            | Phase::Verified
            | Phase::Secrets
            | Phase::Repos
            | Phase::Memory
            | Phase::Token
            | Phase::Ready => vec![NotifyState::Status(phase.as_str())],
        };
        tell(&states);
    }

    fn ends(&mut self, phase: Phase) {
        if self.printer.form() == Form::Text {
            self.printer.note(format!("  {}", phase.as_str()));
        }
    }

    fn fails(&mut self, failure: &Failure) {
        let how = match failure.kind {
            FailureKind::Later => "failed",
            FailureKind::Refused => "refused",
        };
        self.printer.note(format!("  {} {how}: {}", failure.phase.as_str(), failure.message));
    }
}
