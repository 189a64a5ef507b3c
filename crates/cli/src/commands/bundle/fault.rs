//! What can go wrong with a bundle, as a user meets it.

use std::path::Path;

use clawlets_instance_bundle::ContentFault;
use clawlets_printer::{Fault, FaultCode};

pub(super) fn of_content(error: &ContentFault) -> Fault {
    let fault =
        Fault::new(FaultCode::BundleRefused, "the secrets must not travel as they are").because(error);
    match error {
        ContentFault::OtherHost { .. } => {
            fault.hint("'clawlets secrets rotate' encrypts them anew, for those whom the rules name")
        }
        ContentFault::Archive(_)
        | ContentFault::NotText { .. }
        | ContentFault::NotSealed { .. }
        | ContentFault::PrivateKey { .. } => fault,
    }
}

pub(super) fn of_io(action: &str, path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(FaultCode::Io, format!("failed to {action} {}", path.display())).because(error)
}
