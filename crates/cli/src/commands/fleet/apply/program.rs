//! Which program plans and applies.

use std::path::{Path, PathBuf};

use clawlets_printer::{Fault, FaultCode};

use crate::on_path;

/// The programs that do, the first one preferred.
const PROGRAMS: [&str; 2] = ["tofu", "terraform"];

/// The program that was named, or else the first one that is there.
///
/// # Errors
/// A fault when there is none.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, Fault> {
    if let Some(program) = named {
        let is_path = program.components().count() > 1;
        let found = if is_path { std::path::absolute(program).ok() } else { on_path::find(program) };
        return found.filter(|path| on_path::is_program(path)).ok_or_else(|| {
            Fault::new(FaultCode::ToolMissing, format!("there is no program {}", program.display()))
        });
    }
    PROGRAMS.iter().find_map(on_path::find).ok_or_else(|| {
        Fault::new(FaultCode::ToolMissing, "neither tofu nor terraform is installed")
            .hint("install OpenTofu 1.10 or newer: https://opentofu.org/docs/intro/install")
    })
}
