//! What can go wrong with a release, as a user meets it.

use std::path::Path;

use clawlets_printer::{Fault, FaultCode};
use clawlets_release::{
    document::DocumentFault,
    signature::{KeyFault, SignatureFault},
};
use clawlets_secrets::project::FileError;

pub(super) fn of_document(path: &Path, error: &DocumentFault) -> Fault {
    Fault::new(FaultCode::ReleaseUnreadable, format!("failed to read {}", path.display())).because(error)
}

pub(super) fn of_json(path: &Path, error: &serde_json::Error) -> Fault {
    Fault::new(FaultCode::ReleaseUnreadable, format!("failed to read {}", path.display())).because(error)
}

pub(super) fn of_signature(path: &Path, error: &SignatureFault) -> Fault {
    let fault =
        Fault::new(FaultCode::ReleaseSignature, format!("{} is not signed as it should be", path.display()));
    let fault = fault.because(error);
    match error {
        SignatureFault::OtherKey(_) => fault.hint("--public-key-file names the key that is expected"),
        SignatureFault::TooLarge
        | SignatureFault::Malformed(_)
        | SignatureFault::OldForm
        | SignatureFault::DoesNotFit => fault.hint("sign it again with 'clawlets release sign'"),
    }
}

pub(super) fn of_key(what: &str, error: &KeyFault) -> Fault {
    Fault::new(FaultCode::ReleaseKey, format!("failed to read the key {what}")).because(error)
}

pub(super) fn of_write(error: &FileError) -> Fault {
    Fault::new(FaultCode::Io, "failed to write the release").because(error)
}

pub(super) fn of_read(path: &Path, error: &std::io::Error) -> Fault {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Fault::new(FaultCode::ReleaseUnknown, format!("there is no {}", path.display()));
    }
    Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(error)
}
