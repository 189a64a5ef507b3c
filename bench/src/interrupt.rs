//! A run that is interrupted leaves as little behind as one that ends by itself: no process, and no store of a million
//! jobs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

use clawlets_model::ExitCode;
use clawlets_tests::program;
use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};

/// What is there now.
static THERE: Mutex<Vec<Leftover>> = Mutex::new(Vec::new());

/// A folder with everything in it, and the orchestrator that works there.
struct Leftover {
    folder: PathBuf,
    orchestrator: Option<u32>,
}

/// Remembers a folder that has to go when the run is interrupted, and what works in it.
pub(crate) fn remember(folder: &Path, orchestrator: Option<u32>) {
    let mut there = THERE.lock().unwrap_or_else(PoisonError::into_inner);
    there.retain(|known| known.folder != folder && known.folder.exists());
    there.push(Leftover { folder: folder.to_owned(), orchestrator });
}

/// Cleans up and ends the program when it is interrupted, from now on.
pub(crate) fn watch() {
    thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime can be made");
        runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate()).expect("signals can be received");
            let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be received");
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        });
        clean_up();
        end();
    });
}

fn clean_up() {
    for Leftover { folder, orchestrator } in THERE.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let process = orchestrator.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(process) = process {
            let _ = kill_process(process, Signal::KILL);
        }
        if folder.join("state").exists() {
            let mut down = Command::new(program("clawlets"));
            let _ = down.args(["local", "down"]).env("CLAWLETS_STATE_DIR", folder.join("state")).output();
        }
        let _ = fs::remove_dir_all(folder);
    }
}

#[expect(clippy::exit, reason = "the thread that measures does not look for signals")]
fn end() -> ! {
    std::process::exit(ExitCode::Interrupted.code().into())
}
