//! The host's own program. What it prints is printed here, and it ends as this program ends.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};

use crate::{
    fleet_file::{HostFlag, ProjectFlag},
    host_ssh::{HostSsh, KnownHosts, target_of},
    stop::Stop,
};

/// What a shell ends with that does not find a program.
const NO_SUCH_PROGRAM: i32 = 127;

/// Which host.
#[derive(Debug, Clone, Args)]
pub(super) struct FarEnd {
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    project: ProjectFlag,
}

impl FarEnd {
    /// Runs `clawlets-host update` there with these words.
    ///
    /// # Errors
    /// A fault when the host is not reached, or has no such program.
    pub(super) fn update(&self, words: &str, printer: &Printer) -> Result<ExitCode, Fault> {
        let form = match printer.form() {
            Form::Json => " --json",
            Form::Text => "",
        };
        self.run(&format!("clawlets-host update {words}{form}"), printer)
    }

    /// Runs a command there, a line of fixed words and numbers.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub(super) fn run(&self, command: &str, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find(printer)?;
        let host = self.host.resolve(&project.text()?)?;
        let fleet = project.load(printer)?;
        let target = target_of(&fleet, &host)?;
        let stop = Stop::listen()?;
        let known_hosts = KnownHosts::of(&fleet)?;
        let code = HostSsh::to(target, &known_hosts).hand_on(command, &stop, printer);
        if stop.came() {
            let message = format!("you stopped waiting; what was begun on {host} may go on there");
            return Err(Fault::new(FaultCode::Interrupted, message)
                .hint(format!("'clawlets server update status --host {host}' says how far it is")));
        }
        let code = code?;
        let known = |code: i32| ExitCode::ALL.into_iter().find(|known| i32::from(known.code()) == code);
        if let Some(code) = code.and_then(known) {
            return Ok(code);
        }
        let program = command.split(' ').next().unwrap_or_default();
        let message = match code {
            Some(NO_SUCH_PROGRAM) => format!("{host} has no program {program}"),
            Some(code) => format!("{program} on {host} ended with {code}"),
            None => format!("{program} on {host} was ended"),
        };
        Err(Fault::new(FaultCode::HostRefused, message).hint("what the host said stands above"))
    }
}
