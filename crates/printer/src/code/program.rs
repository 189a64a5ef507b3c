//! Codes of faults: what any program can meet: its command line, its configuration, files, interruption.

use super::table::codes;

codes! {
    /// A value on the command line is not valid.
    UsageValue = "clawlets::usage::value", Usage,
        "A value on the command line does not follow its grammar.",
        "The message says what was expected; `--help` lists every flag with its form.";
    /// The command line as a whole is not valid.
    UsageArguments = "clawlets::usage::arguments", Usage,
        "The command line has an unknown flag, a missing argument, or two that exclude each other.",
        "The hint names the nearest known flag; `--help` lists all of them.";
    /// A configuration file has a key that nobody knows.
    ConfigUnknownKey = "clawlets::config::unknown_key", ConfigInvalid,
        "A configuration file has a key that this version does not know. Unknown keys are errors, since a mistyped one would silently change nothing.",
        "The message names the nearest known key.";
    /// A configuration file is not valid.
    ConfigInvalid = "clawlets::config::invalid", ConfigInvalid,
        "A configuration file cannot be read, or a value in it is out of bounds.",
        "The message names the file, the path and what was expected. `clf-orchestrator --check-config` reports every fault in one run.";
    /// A program is missing.
    ToolMissing = "clawlets::tool::missing", Refused,
        "A program that this needs is not installed.",
        "The hint says how to install it. `clawlets doctor` lists every program that is missing.";
    /// A file or folder could not be read or written.
    Io = "clawlets::io", Unreachable,
        "A file or folder could not be read or written.",
        "The message names it and says why.";
    /// The user interrupted the program.
    Interrupted = "clawlets::interrupted", Interrupted,
        "You interrupted the program. What it had started goes on or can be resumed.",
        "Run the same command again, or `clf jobs wait`.";
}
