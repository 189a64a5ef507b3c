//! A command line that cannot be used, as a fault.

use std::ffi::OsString;

use clap::{
    Command,
    error::{ContextKind, ContextValue, ErrorKind},
};
use clawlets_printer::{Fault, FaultCode};

/// How many characters of a value that is not valid are shown.
const SHOWN: usize = 80;

/// The parser's error in the form of every other fault: one sentence, a hint, a code. `words` is the command line, the
/// program's name first.
pub(crate) fn fault(error: &clap::Error, command: Command, words: &[OsString]) -> Fault {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(|paragraph| {
        paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(&message).trim_end_matches('.');
    let message = if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        "a command is missing".to_owned()
    } else {
        shortened(message, error)
    };
    let is_about_a_value =
        matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8);
    let code = if is_about_a_value { FaultCode::UsageValue } else { FaultCode::UsageArguments };
    let fault = Fault::new(code, message);
    let tip = paragraphs.find_map(|paragraph| paragraph.strip_prefix("tip: ").map(str::to_owned));
    match (tip, is_about_a_value) {
        (Some(tip), _) => fault.hint(placed(&tip)),
        (None, true) => fault,
        (None, false) => fault.hint(format!("the form is '{}'", form(command, words))),
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

/// The message with the value that it is about shown in part only, if it is long.
fn shortened(message: &str, error: &clap::Error) -> String {
    match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if value.chars().count() > SHOWN => {
            let shown: String = value.chars().take(SHOWN).collect();
            message.replace(value.as_str(), &format!("{shown}…"))
        }
        _ => message.to_owned(),
    }
}

/// The parser's tip. One about a flag that stands too early, `'jobs --socket' exists`, becomes a sentence.
fn placed(tip: &str) -> String {
    let command_and_flag = tip
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix("' exists"))
        .and_then(|rest| rest.split_once(" --"));
    match command_and_flag {
        Some((command, flag)) => format!("write '--{flag}' behind '{command}'"),
        None => tip.to_owned(),
    }
}

/// The form of the verb that the words name. The parser's own would list what the environment gave as if it were
/// demanded.
fn form(mut command: Command, words: &[OsString]) -> String {
    command.build();
    let mut verb = &command;
    for word in words.iter().skip(1).take_while(|word| *word != "--") {
        if let Some(next) = word.to_str().and_then(|word| verb.find_subcommand(word)) {
            verb = next;
        }
    }
    let usage = verb.clone().render_usage().to_string();
    usage.trim().strip_prefix("Usage: ").unwrap_or(&usage).trim().to_owned()
}
