//! What the program says beside its log.

use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode};

use clawlets_control::{
    config::{BuildError, ConfigError},
    faces::{Direct, ServeError},
};
use clawlets_model::ExitCode as Code;
use clawlets_printer::{Fault, FaultCode, Form, Printer};

fn printer() -> Printer {
    Printer::stdio(Form::Text)
}

/// The file cannot be used.
pub(crate) fn config_error(error: &ConfigError) -> ExitCode {
    let fault = match error {
        ConfigError::Unreadable { .. } | ConfigError::Form { suggestion: None, .. } => {
            Fault::of(FaultCode::ConfigInvalid, error)
        }
        ConfigError::Form { suggestion: Some(key), .. } => {
            Fault::of(FaultCode::ConfigUnknownKey, error).hint(format!("did you mean '{key}'?"))
        }
    };
    printer().fault(&fault).into()
}

/// Something of what is configured cannot be used.
pub(crate) fn build_error(error: &BuildError) -> ExitCode {
    let printer = printer();
    error.0.iter().for_each(|fault| printer.note(format!("  {fault}")));
    let fault = Fault::new(FaultCode::ConfigInvalid, "the control API is not configured")
        .hint("docs/reference/control.md lists every key and variable");
    printer.fault(&fault).into()
}

/// All is well.
pub(crate) fn config_is_valid() -> ExitCode {
    printer().note("The configuration is valid.");
    Code::Ok.into()
}

/// Where it listens, for whoever started it with port 0.
pub(crate) fn listening(address: SocketAddr) {
    printer().note(format!("listening on http://{address}"));
}

/// How serving ended.
pub(crate) fn served(outcome: Result<(), ServeError>) -> ExitCode {
    match outcome {
        Ok(()) => Code::Ok.into(),
        Err(error) => printer().fault(&Fault::of(FaultCode::Io, &error)).into(),
    }
}

/// Something of this machine cannot be used.
pub(crate) fn io_error(action: &str, error: &io::Error) -> ExitCode {
    printer().fault(&Fault::new(FaultCode::Io, format!("failed to {action}")).because(error)).into()
}

/// The runtime of the function ended.
pub(crate) fn lambda_ended(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => Code::Ok.into(),
        Err(words) => printer().fault(&Fault::new(FaultCode::DaemonFailed, words)).into(),
    }
}

/// The secrets of a function cannot be read.
pub(crate) fn no_secrets(why: &str) -> ExitCode {
    let fault = Fault::new(
        FaultCode::ConfigInvalid,
        format!("failed to read the secrets behind CONTROL_SECRETS: {why}"),
    );
    printer().fault(&fault).into()
}

/// Nobody hands events over.
pub(crate) fn no_runtime_api() -> ExitCode {
    let fault = Fault::new(
        FaultCode::ConfigInvalid,
        "AWS_LAMBDA_RUNTIME_API is not set, so nobody hands events over",
    );
    printer().fault(&fault.hint("'clawlets-control serve' answers over HTTP")).into()
}

/// The answer to a direct request.
pub(crate) fn direct(direct: &Direct) -> ExitCode {
    printer().data(String::from_utf8_lossy(&direct.answer.body));
    direct.exit.into()
}

/// Nothing was said.
pub(crate) fn no_command() -> ExitCode {
    let fault = Fault::new(
        FaultCode::UsageArguments,
        "there is nothing to do: expected serve, lambda, invoke or check",
    );
    printer().fault(&fault.hint("'clawlets-control --help' lists them")).into()
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
