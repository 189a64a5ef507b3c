//! A command line that cannot be used, as a fault.

use clap::error::ErrorKind;
use clawlets_printer::{Fault, FaultCode};

/// The parser's error in the form of every other fault: one sentence, a hint, a code.
pub(crate) fn fault(error: &clap::Error) -> Fault {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(|paragraph| {
        paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(&message).trim_end_matches('.');
    let mut hint = None;
    for paragraph in paragraphs {
        if let Some(tip) = paragraph.strip_prefix("tip: ") {
            hint = Some(tip.to_owned());
        } else if let (Some(usage), None) = (paragraph.strip_prefix("Usage: "), &hint) {
            hint = Some(format!("the form is '{usage}'"));
        }
    }
    let is_about_a_value =
        matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8);
    let code = if is_about_a_value { FaultCode::UsageValue } else { FaultCode::UsageArguments };
    let fault = Fault::new(code, message);
    match hint {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

/// The parser's own text, with its colours.
pub(crate) fn text(error: &clap::Error) -> String {
    error.render().ansi().to_string().trim_end().to_owned()
}

/// Whether the parser's error is an answer to `--help` or `--version`.
pub(crate) fn is_answer(error: &clap::Error) -> bool {
    matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
}
