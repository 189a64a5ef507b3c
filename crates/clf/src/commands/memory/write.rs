//! `clf memory write`.

use std::ffi::OsString;

use clap::Args;
use clawlets_memory::{Digest, Expect};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::memory::{Patience, Place};

use super::{input, path::PathArgument, said};

/// Make a file hold exactly this text, byte for byte.
///
/// Others see the old version or the new one, never a part. With --if-match nothing is changed unless the file still is
/// the version that you read.
#[derive(Debug, Args)]
pub(super) struct Write {
    #[command(flatten)]
    path: PathArgument,
    /// The text; without it, or with '-', standard input.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<OsString>,
    /// Only if the file has this SHA-256 now, as 'sha256sum' and 'read --json' print it.
    #[arg(long, value_name = "SHA256")]
    if_match: Option<Digest>,
    #[command(flatten)]
    patience: Patience,
}

impl Write {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.path()?;
        let place = Place::find(self.patience)?;
        let content = input::content(self.text.as_deref())?;
        let expect = self.if_match.map_or(Expect::Anything, Expect::Version);
        let change = place.with(|memory| memory.write(&path, &content, expect))?;
        said::changed(printer, "Wrote", &change);
        Ok(ExitCode::Ok)
    }
}
