//! Lists that people write, from files that may be missing.

use std::{fs, io, path::Path};

use clawlets_printer::{Fault, FaultCode};
use clawlets_seed::{TableError, tools::ToolList};

/// The bytes of a list: of the one that was named, which must be there, or of the usual one; none if that is missing.
pub(super) fn read_list(named: Option<&Path>, usual: &Path) -> Result<Option<Vec<u8>>, Fault> {
    let path = named.unwrap_or(usual);
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => {
            Err(Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(&error))
        }
    }
}

/// The list of tools, likewise.
pub(in crate::commands) fn read_tools(named: Option<&Path>, usual: &Path) -> Result<Option<ToolList>, Fault> {
    let Some(bytes) = read_list(named, usual)? else { return Ok(None) };
    let path = named.unwrap_or(usual);
    ToolList::parse(&bytes).map(Some).map_err(|error| of_table(path, &error))
}

/// A list that cannot be read, as a fault.
pub(super) fn of_table(path: &Path, error: &TableError) -> Fault {
    Fault::new(FaultCode::SeedList, format!("{}: {error}", path.display()))
}
