//! A person's editor, on a readable text that must not outlive it.

use std::{
    ffi::OsString,
    io,
    path::Path,
    process::{Child, Command, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clawlets_printer::{Fault, FaultCode};
use signal_hook::{
    SigId,
    consts::{SIGHUP, SIGINT, SIGTERM},
    flag,
    low_level::unregister,
};

/// How often it is looked whether the editor ended.
const LOOK: Duration = Duration::from_millis(25);

/// As long as this lives, no signal ends the program before it has wiped what is readable: Ctrl-C is the editor's, and a
/// request to end, or a terminal that goes away, ends the editor first.
///
/// It is made before the text is written, and dropped after the text is gone.
pub(super) struct Vigil {
    must_end: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Vigil {
    /// Begins to listen.
    ///
    /// # Errors
    /// A fault when the kernel refuses.
    pub(super) fn begin() -> Result<Self, Fault> {
        let must_end = Arc::new(AtomicBool::new(false));
        let mut vigil = Self { must_end: Arc::clone(&must_end), registered: Vec::new() };
        let unheeded = Arc::new(AtomicBool::new(false));
        for (signal, came) in [(SIGINT, &unheeded), (SIGTERM, &must_end), (SIGHUP, &must_end)] {
            let registered = flag::register(signal, Arc::clone(came))
                .map_err(|error| Fault::new(FaultCode::Io, "failed to listen for signals").because(&error))?;
            vigil.registered.push(registered);
        }
        Ok(vigil)
    }

    /// Has the user's editor open a file, and waits until it is closed.
    ///
    /// # Errors
    /// A fault when it cannot be started or ends with an error, and when this program must end.
    pub(super) fn edit(&self, path: &Path) -> Result<(), Fault> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let mut line: OsString = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".into());
        line.push(" \"$1\"");
        // The variable may hold flags too, as in `code --wait`, so a shell takes it apart. A plain command takes the shell's
        // place, so that ending the child ends the editor.
        if !line.to_string_lossy().contains([';', '&', '|', '<', '>', '(', ')', '{', '}', '`', '\n']) {
            let mut plain = OsString::from("exec env ");
            plain.push(line);
            line = plain;
        }
        let child = Command::new("sh").arg("-c").arg(line).arg("sh").arg(path).spawn();
        let failed = |error: io::Error| {
            Fault::new(FaultCode::SecretsEditor, "the editor cannot be started").because(&error)
        };
        let ended = self.wait(child.map_err(failed)?)?;
        if ended.success() {
            return Ok(());
        }
        Err(Fault::new(FaultCode::SecretsEditor, "the editor ended with an error; nothing was changed")
            .hint("name another one with EDITOR"))
    }

    fn wait(&self, mut editor: Child) -> Result<ExitStatus, Fault> {
        loop {
            let ended = editor.try_wait().map_err(|error| {
                Fault::new(FaultCode::SecretsEditor, "the editor cannot be waited for").because(&error)
            })?;
            if let Some(status) = ended {
                return Ok(status);
            }
            if self.must_end.load(Ordering::Relaxed) {
                // It may have ended by itself meanwhile.
                let _ = editor.kill();
                let _ = editor.wait();
                return Err(Fault::new(
                    FaultCode::Interrupted,
                    "the edit was interrupted; nothing was changed",
                )
                .hint("run the same command again"));
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Vigil {
    fn drop(&mut self) {
        self.registered.drain(..).for_each(|signal| {
            unregister(signal);
        });
    }
}
