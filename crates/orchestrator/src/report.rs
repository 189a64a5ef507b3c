//! What the program says before there is a log.

use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clawlets_model::ExitCode as Code;
use clawlets_orchestrator::{StartError, SweepFault, Swept, config::ConfigError};
use clawlets_printer::{Fault, FaultCode, Form, Printer};

/// Every fault of the configuration.
pub(crate) fn config_error(error: &ConfigError) -> ExitCode {
    let printer = printer();
    let fault = match error {
        ConfigError::Unreadable { .. } => Fault::of(FaultCode::ConfigInvalid, error),
        ConfigError::Invalid { faults, .. } => {
            faults.iter().for_each(|fault| printer.note(format!("  {fault}")));
            let only_unknown_keys = faults.iter().all(|fault| fault.message.starts_with("unknown field"));
            let code = if only_unknown_keys { FaultCode::ConfigUnknownKey } else { FaultCode::ConfigInvalid };
            Fault::of(code, error).hint("docs/reference/config.md lists every key with its form")
        }
    };
    printer.fault(&fault).into()
}

/// The answer to `--check-config` when all is well.
pub(crate) fn config_is_valid(path: &Path) -> ExitCode {
    printer().note(format!("{} is valid", path.display()));
    Code::Ok.into()
}

/// Which pages of the reference were written.
pub(crate) fn reference_is_written(pages: io::Result<Vec<PathBuf>>) -> ExitCode {
    let printer = printer();
    match pages {
        Ok(pages) => {
            pages.iter().for_each(|page| printer.note(format!("  {}", page.display())));
            Code::Ok.into()
        }
        Err(error) => printer.fault(&Fault::of(FaultCode::Io, &error)).into(),
    }
}

/// Why the daemon did not start.
pub(crate) fn start_error(error: &StartError) -> ExitCode {
    printer().fault(&Fault::of(error.code(), error)).into()
}

/// What a sweep did: a line for each VM and one for the sum, or one JSON document.
pub(crate) fn swept(swept: &Swept, form: Form) -> ExitCode {
    let printer = Printer::stdio(form);
    match form {
        Form::Json => printer.json(swept),
        Form::Text => {
            let verb = if swept.dry_run { "would delete" } else { "deleted" };
            for vm in &swept.deleted {
                printer.data(format!("{verb} {} (server {}): {}", vm.name, vm.server_id, vm.why));
            }
            for vm in &swept.failed {
                printer.data(format!("could not delete {} (server {}): {}", vm.name, vm.server_id, vm.error));
            }
            let (gone, left) = (swept.deleted.len(), swept.failed.len());
            printer.data(format!("VMs seen: {}, {verb}: {gone}, not deleted: {left}", swept.seen));
        }
    }
    if swept.failed.is_empty() { Code::Ok.into() } else { Code::Failed.into() }
}

/// Why nothing was swept.
pub(crate) fn sweep_error(error: &SweepFault, form: Form) -> ExitCode {
    Printer::stdio(form).fault(&Fault::of(error.code(), error)).into()
}

/// The service manager passed something that is no unix socket.
pub(crate) fn no_activated_socket(error: &dyn Error) -> ExitCode {
    let fault = Fault::of(FaultCode::ConfigInvalid, error);
    printer().fault(&fault.hint("the socket unit must have one ListenStream= with a path")).into()
}

/// There are no threads to be had.
pub(crate) fn no_runtime(error: &dyn Error) -> ExitCode {
    printer().fault(&Fault::of(FaultCode::DaemonFailed, error)).into()
}

fn printer() -> Printer {
    Printer::stdio(Form::Text)
}
