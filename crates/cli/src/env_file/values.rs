//! What the file says, or every line of it that cannot be used.

use std::{collections::BTreeMap, path::Path};

use clawlets_model::Secret;
use clawlets_printer::{Fault, FaultCode};

use super::{Key, parse::parse};

/// What a text of the file says.
///
/// # Errors
/// A fault with every line that cannot be used.
pub(super) fn values_in(path: &Path, text: &Secret<String>) -> Result<BTreeMap<Key, Secret<String>>, Fault> {
    parse(text.expose()).map_err(|faults| {
        let fault = Fault::new(FaultCode::EnvFileInvalid, format!("{} cannot be used", path.display()));
        let fault = faults.iter().fold(fault, |fault, line| fault.because(line));
        fault.hint("correct those lines in an editor")
    })
}
