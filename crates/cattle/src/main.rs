//! `clawlets-cattle`: the door between the library and the world. Reads the command line, decides what the machine's end
//! looks like, and prints.

use std::{io::Write, path::PathBuf, process, time::Duration};

use clawlets_cattle::{
    args::{self, AtEnd, Invocation, IsolationArg, SuperviseArgs},
    boot::{BootFile, BootSource, MetadataService},
    chat, clock,
    console::Console,
    deadline::{BOOT_DEADLINE, Deadline},
    init,
    layout::Layout,
    logs::LogQueue,
    session::RELAY_ADDRESS,
    supervisor::{Circumstances, chain, live, milestone},
    task::{Isolation, stage},
};
use clawlets_model::ExitCode;
use rustix::system::{RebootCommand, reboot};

/// The exit code when the deadline ended the program.
const DEADLINE_CODE: ExitCode = ExitCode::Interrupted;

fn main() -> process::ExitCode {
    match args::parse(std::env::args_os().skip(1)) {
        // The stage has process id 1 too, in the task's pid namespace, so the command line decides first.
        Ok(Invocation::Stage) => {
            exit(stage::run(std::io::stdin()).map_or(ExitCode::Failed, |()| ExitCode::Ok))
        }
        Ok(Invocation::Chat) => exit(run_chat()),
        // The kernel gives its first process every word of its own command line that it does not know itself.
        Ok(_) | Err(_) if init::is_first_process() => {
            supervise(&SuperviseArgs::default(), Role::FirstProcess)
        }
        Ok(Invocation::Supervise(args)) => supervise(&args, Role::Service),
        Ok(Invocation::Help) => print(args::USAGE),
        Ok(Invocation::Version) => print(concat!("clawlets-cattle ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(message) => {
            complain(&message);
            complain("hint: run 'clawlets-cattle --help'");
            exit(ExitCode::Usage)
        }
    }
}

fn exit(code: ExitCode) -> process::ExitCode {
    process::ExitCode::from(code.code())
}

fn print(text: &str) -> process::ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => exit(ExitCode::Ok),
        Err(_) => exit(ExitCode::Unreachable),
    }
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "clawlets-cattle: {text}");
}

/// What the supervisor is to its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The first process of a local guest.
    FirstProcess,
    /// A service on an image with an init of its own.
    Service,
}

fn supervise(args: &SuperviseArgs, role: Role) -> process::ExitCode {
    let at_end = args.at_end;
    let layout = Layout::new(args.root.clone().unwrap_or_else(|| "/".into()));
    let boot_file = args.boot_file.clone().unwrap_or_else(|| layout.boot_file());
    // A machine that nobody told to be cattle is somebody's: leave it alone, and above all, on.
    if role == Role::Service && !boot_file.exists() {
        complain(&format!("this machine was not told to be cattle: there is no {}", boot_file.display()));
        return exit(ExitCode::ConfigInvalid);
    }
    // A machine whose supervisor is broken must not live on.
    std::panic::set_hook(Box::new(move |panic| {
        complain(&panic.to_string());
        leave(at_end, ExitCode::Failed);
    }));
    let code = match run(args, role, layout, boot_file) {
        Ok(()) => ExitCode::Ok,
        Err((code, message)) => {
            complain(&message);
            code
        }
    };
    leave(at_end, code);
    exit(code)
}

fn run(
    args: &SuperviseArgs,
    role: Role,
    layout: Layout,
    boot_file: PathBuf,
) -> Result<(), (ExitCode, String)> {
    let failed = |error: &dyn std::error::Error| (ExitCode::Failed, chain(error));
    let born = match role {
        Role::FirstProcess => Duration::ZERO,
        Role::Service => clock::since_boot(),
    };
    let at_end = args.at_end;
    let deadline =
        Deadline::arm(BOOT_DEADLINE, move || leave(at_end, DEADLINE_CODE)).map_err(|error| failed(&error))?;
    // Neither its memory nor its environment can be read by whoever shares the machine.
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| failed(&error))?;
    let log = LogQueue::new(Console::new(std::io::stderr()));
    let mut source: Box<dyn BootSource> = match role {
        Role::FirstProcess => {
            init::make_habitable(&layout).map_err(|error| failed(&error))?;
            Box::new(MetadataService::new())
        }
        Role::Service => Box::new(BootFile::new(boot_file)),
    };
    log.system(&milestone("booted"));
    let isolation = match args.isolation {
        IsolationArg::Required => Isolation::Required,
        IsolationArg::BestEffort => Isolation::BestEffort,
    };
    let relays = std::iter::once(RELAY_ADDRESS).chain(args.relay_address).collect();
    let around = Circumstances { layout, isolation, relays, deadline, born, log };
    live(source.as_mut(), &around).map(drop).map_err(|error| (error.exit_code(), chain(&error)))
}

/// Ends the machine, or only this program. Takes no lock, so that it works whatever the other threads do.
fn leave(at_end: AtEnd, code: ExitCode) {
    match at_end {
        AtEnd::PowerOff => {
            // What is on the disk is thrown away with the machine: nothing is synced or unmounted.
            let _ = reboot(RebootCommand::PowerOff);
        }
        AtEnd::Exit => {}
    }
    #[expect(clippy::exit, reason = "other threads may hang, and the machine's end must not wait for them")]
    process::exit(code.code().into());
}

fn run_chat() -> ExitCode {
    match chat_once() {
        Ok(()) => ExitCode::Ok,
        Err(error) => {
            complain(&chain(&error));
            match error {
                chat::ChatError::Unset(_) | chat::ChatError::Model { .. } | chat::ChatError::Proxy => {
                    ExitCode::Usage
                }
                chat::ChatError::NoKey { .. } | chat::ChatError::NoBaseUrl(_) => ExitCode::ConfigInvalid,
                chat::ChatError::File { .. }
                | chat::ChatError::Unreachable { .. }
                | chat::ChatError::Status { .. }
                | chat::ChatError::Answer { .. } => ExitCode::Unreachable,
            }
        }
    }
}

fn chat_once() -> Result<(), chat::ChatError> {
    let settings = chat::Settings::from_variables(std::env::vars())?;
    let answer = chat::answer(&settings, complain)?;
    let failed = |source| chat::ChatError::File { action: "write", path: chat::ANSWER_FILE.into(), source };
    std::fs::write(chat::ANSWER_FILE, &answer).map_err(failed)?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", answer.trim_end()).and_then(|()| out.flush()).map_err(failed)
}
