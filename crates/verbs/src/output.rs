//! Who reads the output.

use std::ffi::{OsStr, OsString};

use clap::Args;
use clawlets_printer::Form;

/// The heading of flags that stand behind every verb.
pub(crate) const GLOBAL: &str = "Global options";

/// The flag that every verb has.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputFlags {
    /// Print one JSON document instead of text; errors are JSON on standard error.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub json: bool,
}

/// Who reads the output, by a command line whose switches are resolved. It is known before the line is parsed, so that
/// faults of the command line itself come in the right form.
pub(crate) fn form_of(words: &[OsString]) -> Form {
    let is_for_programs =
        |word: &&OsString| [OsStr::new("--json"), OsStr::new("--events")].contains(&word.as_os_str());
    let flags = words.iter().take_while(|word| *word != "--");
    if flags.into_iter().any(|word| is_for_programs(&word)) { Form::Json } else { Form::Text }
}
