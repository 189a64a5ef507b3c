//! The command line.

use std::{ffi::OsString, net::IpAddr, path::PathBuf};

use lexopt::{Arg, Parser, ValueExt};

use crate::clone;

/// What the program was asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// The supervisor of the machine.
    Supervise(SuperviseArgs),
    /// The first process of the task's pid namespace; its orders come through standard input.
    Stage,
    /// One question to a language model; its settings come through the environment.
    Chat,
    /// The first process of a machine that waits to become somebody.
    Parked,
    /// Say how it is used.
    Help,
    /// Say which version it is.
    Version,
}

/// The flags of the supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SuperviseArgs {
    /// Read the identity from this file instead of the usual place.
    pub boot_file: Option<PathBuf>,
    /// Put every path below this folder.
    pub root: Option<PathBuf>,
    /// A further address at which a relay to the orchestrator is believed.
    pub relay_address: Option<IpAddr>,
    /// What happens to the machine at the end.
    pub at_end: AtEnd,
    /// How much confinement of the task is asked for.
    pub isolation: IsolationArg,
}

/// What happens at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtEnd {
    /// The machine is powered off.
    #[default]
    PowerOff,
    /// Only this program ends, with an exit code that tells how.
    Exit,
}

/// The confinement, as it is asked for on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IsolationArg {
    /// A machine of our own, with root's powers: all of it, or no task.
    #[default]
    Required,
    /// A rehearsal on somebody's machine: as much as can be had without touching the machine.
    BestEffort,
}

/// What `--help` prints.
pub const USAGE: &str = "\
The program inside a disposable VM.

Usage: clawlets-cattle [OPTIONS]    supervise this machine
       clawlets-cattle stage        (internal) hold one task
       clawlets-cattle parked       (internal) wait to become somebody
       clawlets-cattle chat         ask the model in CLAWLETS_MODEL the question in CLAWLETS_MESSAGE_FILE

Options:
      --boot-file FILE        read the identity from FILE [default: /run/clawlets/boot.json]
      --relay-address ADDR    believe an orchestrator at this address too
      --root DIR              keep every file below DIR [default: /]
      --isolation KIND        required | best-effort [default: required]
      --no-poweroff           end this program at the end, not the machine
  -h, --help                  print this
  -V, --version               print the version
";

/// Reads the command line, without the program's name.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Invocation, String> {
    read(Parser::from_args(words)).map_err(|error| error.to_string())
}

fn read(mut parser: Parser) -> Result<Invocation, lexopt::Error> {
    let mut args = SuperviseArgs::default();
    let mut first = true;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Value(word) if first && word == "stage" => return alone(parser, Invocation::Stage),
            Arg::Value(word) if first && word == "chat" => return alone(parser, Invocation::Chat),
            Arg::Value(word) if first && word == clone::COMMAND => return alone(parser, Invocation::Parked),
            Arg::Short('h') | Arg::Long("help") => return Ok(Invocation::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Invocation::Version),
            Arg::Long("boot-file") => args.boot_file = Some(parser.value()?.into()),
            Arg::Long("root") => args.root = Some(parser.value()?.into()),
            Arg::Long("relay-address") => args.relay_address = Some(parser.value()?.parse()?),
            Arg::Long("no-poweroff") => args.at_end = AtEnd::Exit,
            Arg::Long("isolation") => {
                args.isolation = parser.value()?.parse_with(|word| match word {
                    "required" => Ok(IsolationArg::Required),
                    "best-effort" => Ok(IsolationArg::BestEffort),
                    _ => Err("expected required or best-effort"),
                })?;
            }
            Arg::Short(_) | Arg::Long(_) | Arg::Value(_) => return Err(arg.unexpected()),
        }
        first = false;
    }
    Ok(Invocation::Supervise(args))
}

fn alone(mut parser: Parser, invocation: Invocation) -> Result<Invocation, lexopt::Error> {
    match parser.next()? {
        None => Ok(invocation),
        Some(arg) => Err(arg.unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Invocation, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_commands_are_known() {
        assert_eq!(parsed("").unwrap(), Invocation::Supervise(SuperviseArgs::default()));
        assert_eq!(parsed("stage").unwrap(), Invocation::Stage);
        assert_eq!(parsed("chat").unwrap(), Invocation::Chat);
        assert_eq!(parsed("--help").unwrap(), Invocation::Help);
        assert_eq!(parsed("parked").unwrap(), Invocation::Parked);
        let args = SuperviseArgs {
            boot_file: Some("/b".into()),
            relay_address: Some("127.0.0.1".parse().unwrap()),
            at_end: AtEnd::Exit,
            isolation: IsolationArg::BestEffort,
            root: Some("/r".into()),
        };
        let line = "--boot-file /b --relay-address 127.0.0.1 --no-poweroff --isolation=best-effort --root /r";
        assert_eq!(parsed(line).unwrap(), Invocation::Supervise(args));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "--what",
            "stage extra",
            "--boot-file x stage",
            "--isolation none",
            "--relay-address x",
            "run",
            "clone",
            "parked x",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
