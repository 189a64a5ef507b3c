//! The errors of this crate as faults that a user meets.

use clawlets_printer::{Fault, FaultCode};

use crate::{config::ConfigError, records::RecordsError, secrets::InstallError, updater::UpdateError};

pub(crate) fn of_config(error: &ConfigError) -> Fault {
    match error {
        ConfigError::Unreadable { .. } => Fault::new(FaultCode::ConfigInvalid, error.to_string())
            .because(std::error::Error::source(error).unwrap_or(error)),
        ConfigError::Invalid { suggestion, message, .. } => {
            let code = if message.starts_with("unknown field") {
                FaultCode::ConfigUnknownKey
            } else {
                FaultCode::ConfigInvalid
            };
            let fault = Fault::new(code, error.to_string());
            match suggestion {
                Some(key) => fault.hint(format!("did you mean {key:?}?")),
                None => fault,
            }
        }
        ConfigError::Updates { .. } => Fault::new(FaultCode::ConfigInvalid, error.to_string()),
    }
}

pub(crate) fn of_update(error: &UpdateError) -> Fault {
    match error {
        UpdateError::Config(error) => of_config(error),
        UpdateError::Records(error) => of_records(error),
        UpdateError::Clock(source) => Fault::new(FaultCode::Io, error.to_string()).because(source),
    }
}

pub(crate) fn of_records(error: &RecordsError) -> Fault {
    let code = match error {
        RecordsError::Busy => FaultCode::UpdateBusy,
        RecordsError::Floor(_) => FaultCode::UpdateFloor,
        RecordsError::Read { .. }
        | RecordsError::Write { .. }
        | RecordsError::Newer { .. }
        | RecordsError::NoSystem { .. } => FaultCode::UpdateRecords,
    };
    with_cause(code, error)
}

pub(crate) fn of_install(error: &InstallError) -> Fault {
    let code = match error {
        InstallError::Write { .. } => FaultCode::Io,
        InstallError::OtherBytes { .. }
        | InstallError::Bundle(_)
        | InstallError::NotSealed { .. }
        | InstallError::NotText { .. } => FaultCode::SecretsBundleRefused,
    };
    with_cause(code, error)
}

fn with_cause(code: FaultCode, error: &dyn std::error::Error) -> Fault {
    let fault = Fault::new(code, error.to_string());
    match error.source() {
        Some(source) => fault.because(source),
        None => fault,
    }
}
