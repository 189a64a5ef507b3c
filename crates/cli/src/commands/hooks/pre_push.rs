//! `clawlets hooks pre-push`.

use std::io::Read;

use clap::Args;
use clawlets_hygiene::PushedRef;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};

use super::verdict::{conclude, of_git, repository};

/// The most that git may say of the refs that it pushes, in bytes: some 50 000 of them.
const MAX_REFS: u64 = 16 * 1024 * 1024;

/// Look at every commit of a push; exit with 6 when one holds a secret.
///
/// Git gives the remote as arguments and the refs on standard input. A secret that a later commit removes is still
/// pushed, and found.
#[derive(Debug, Args)]
pub(super) struct PrePush {
    /// The remote's name, or its URL when it has none.
    #[arg(default_value = "origin")]
    remote: String,
    /// The remote's URL.
    #[arg(value_name = "URL")]
    _url: Option<String>,
}

impl PrePush {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let mut text = String::new();
        std::io::stdin().take(MAX_REFS + 1).read_to_string(&mut text).map_err(|error| {
            Fault::new(FaultCode::Io, "failed to read the refs from standard input").because(&error)
        })?;
        if text.len() as u64 > MAX_REFS {
            return Err(Fault::new(
                FaultCode::UsageValue,
                "git pushes more refs than can be looked at in one go",
            )
            .hint("push them in parts"));
        }
        let refs = PushedRef::parse(&text).map_err(|error| of_git(&error))?;
        let findings = repository()?.scan_pushed(&refs, &self.remote).map_err(|error| of_git(&error))?;
        conclude(printer, "what would be pushed", &findings)
    }
}
