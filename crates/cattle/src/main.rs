//! `clawlets-cattle`: the door between the library and the world. Reads the command line, decides what the machine's end
//! looks like, and prints.

use std::{io::Write, path::PathBuf, process, time::Duration};

use clawlets_cattle::{
    args::{self, AtEnd, Invocation, IsolationArg, SuperviseArgs},
    boot::{BootFile, BootSource, ClaimedUserData, MetadataService},
    chat, clock,
    clone::{self, Awake, CloneError, Port, Purpose},
    console::Console,
    deadline::{BOOT_DEADLINE, Deadline},
    init,
    layout::Layout,
    logs::LogQueue,
    session::RELAY_ADDRESS,
    supervisor::{Circumstances, live, milestone},
    task::{Isolation, stage},
};
use clawlets_model::{ExitCode, cause::chain};
use rustix::{
    mm::{MlockAllFlags, mlockall},
    system::{RebootCommand, reboot},
};

/// The exit code when the deadline ended the program.
const DEADLINE_CODE: ExitCode = ExitCode::Interrupted;

fn main() -> process::ExitCode {
    match args::parse(std::env::args_os().skip(1)) {
        // The stage has process id 1 too, in the task's pid namespace, so the command line decides first.
        Ok(Invocation::Stage) => {
            exit(stage::run(std::io::stdin()).map_or(ExitCode::Failed, |()| ExitCode::Ok))
        }
        Ok(Invocation::Chat) => exit(run_chat()),
        Ok(Invocation::Parked) if init::is_first_process() => {
            supervise(&SuperviseArgs::default(), Role::Parked)
        }
        // The kernel gives its first process every word of its own command line that it does not know itself.
        Ok(_) | Err(_) if init::is_first_process() => {
            supervise(&SuperviseArgs::default(), Role::FirstProcess)
        }
        Ok(Invocation::Supervise(args)) => supervise(&args, Role::Service),
        Ok(Invocation::Parked) => {
            complain("only the first process of a machine waits to become somebody");
            exit(ExitCode::Usage)
        }
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
    /// The first process of a local guest that will be copied, and of its copies: it waits to become somebody.
    Parked,
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
    die_of_panics(at_end);
    let code = match run(args, role, layout, boot_file) {
        Ok(()) => ExitCode::Ok,
        Err((code, message)) => {
            complain(&message);
            code
        }
    };
    leave(at_end, code)
}

/// A machine whose first program is broken must not live on.
fn die_of_panics(at_end: AtEnd) {
    std::panic::set_hook(Box::new(move |panic| {
        complain(&panic.to_string());
        leave(at_end, ExitCode::Failed);
    }));
}

fn run(
    args: &SuperviseArgs,
    role: Role,
    layout: Layout,
    boot_file: PathBuf,
) -> Result<(), (ExitCode, String)> {
    let failed = |error: &dyn std::error::Error| (ExitCode::Failed, chain(error));
    let at_end = args.at_end;
    let grace = match role {
        Role::FirstProcess | Role::Service => BOOT_DEADLINE,
        // Nobody minds how long a machine waits that is nobody's.
        Role::Parked => Duration::MAX,
    };
    let deadline =
        Deadline::arm(grace, move || leave(at_end, DEADLINE_CODE)).map_err(|error| failed(&error))?;
    // Neither its memory nor its environment can be read by whoever shares the machine.
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| failed(&error))?;
    let beginning = begin(role, &layout, boot_file, &deadline).map_err(|error| failed(&*error))?;
    let Beginning { mut source, born, purpose, parking_port, console } = beginning;
    let log = LogQueue::new(console);
    match role {
        // Nobody waits for the first word of a machine that boots, but somebody may look at its console if it hangs.
        Role::FirstProcess | Role::Service => log.release_console(),
        Role::Parked => {}
    }
    log.system(&milestone("booted"));
    let isolation = match args.isolation {
        IsolationArg::Required => Isolation::Required,
        IsolationArg::BestEffort => Isolation::BestEffort,
    };
    let relays = std::iter::once(RELAY_ADDRESS).chain(args.relay_address).collect();
    let around = Circumstances { layout, purpose, isolation, relays, deadline, born, log };
    let lived = live(source.as_mut(), &around);
    around.log.release_console();
    let lived = lived.map_err(|error| (error.exit_code(), chain(&error)));
    match parking_port {
        None => lived.map(drop),
        Some(port) => Err(failed(&end_rehearsal(lived, &around.layout, port))),
    }
}

/// What a life begins with.
struct Beginning {
    source: Box<dyn BootSource>,
    born: Duration,
    purpose: Purpose,
    /// What a rehearsal goes back to.
    parking_port: Option<Port>,
    console: Console,
}

/// Brings the machine to where its life begins. One that is to be copied waits here, for ever, until it is claimed.
fn begin(
    role: Role,
    layout: &Layout,
    boot_file: PathBuf,
    deadline: &Deadline,
) -> Result<Beginning, Box<dyn std::error::Error>> {
    let console = Console::held(std::io::stderr());
    let works = |source: Box<dyn BootSource>, born| Beginning {
        source,
        born,
        purpose: Purpose::Work,
        parking_port: None,
        console: console.clone(),
    };
    match role {
        Role::Service => Ok(works(Box::new(BootFile::new(boot_file)), clock::since_boot())),
        Role::FirstProcess => {
            init::make_habitable(layout)?;
            if clone::is_asked_to_park()? {
                return Err(clone::park_anew(Port::open()?).into());
            }
            Ok(works(Box::new(MetadataService::new()), Duration::ZERO))
        }
        Role::Parked => {
            let port = Port::inherited()?;
            // No page of it is missing when it is claimed. Without that it is a little slower.
            let _ = mlockall(MlockAllFlags::CURRENT);
            let Awake { purpose, user_data_length, names, since } = clone::next(&port)?;
            deadline.set_at(since.saturating_add(BOOT_DEADLINE));
            let parking_port = match purpose {
                Purpose::Work => None,
                Purpose::Rehearsal => Some(port.try_clone()?),
            };
            let beginning = works(Box::new(ClaimedUserData::new(port, user_data_length, names)), since);
            Ok(match purpose {
                Purpose::Work => beginning,
                Purpose::Rehearsal => {
                    Beginning { purpose, parking_port, console: Console::held(std::io::sink()), ..beginning }
                }
            })
        }
    }
}

/// Forgets a rehearsal and parks again. One that did not get far is forgotten as well: it has warmed less.
fn end_rehearsal<T>(lived: Result<T, (ExitCode, String)>, layout: &Layout, port: Port) -> CloneError {
    if let Err((_, message)) = lived {
        complain(&format!("the rehearsal broke off: {message}"));
    }
    match clone::forget(layout) {
        Ok(()) => clone::park_anew(port),
        Err(error) => error,
    }
}

/// Ends the machine, or only this program. Takes no lock, so that it works whatever the other threads do.
fn leave(at_end: AtEnd, code: ExitCode) -> ! {
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
