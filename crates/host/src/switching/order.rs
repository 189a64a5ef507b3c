//! Ordering a switch, and waiting for it.

use std::{
    fmt,
    fs::{self, File, TryLockError},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use clawlets_release::{
    update::{BootId, Trouble},
    value::StorePath,
};
use rustix::process::{Pid, Signal, kill_process_group};

use super::{job, result::Job};
use crate::{Limits, nix::NixError, process, records};

/// What is ordered, until it is begun with.
pub(super) const JOB: &str = "job.json";
/// What was begun with last.
pub(super) const BEGUN: &str = "begun.json";
pub(super) const LOCK: &str = "lock";
pub(super) const OUTPUT: &str = "output.log";
pub(super) const RESULT: &str = "result.json";
/// How long a launcher may take until the switch is under way.
const START: Duration = Duration::from_secs(30);

/// What a switch script is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Run the system, and leave the boot entries alone.
    Test,
    /// Run the system, and boot it by default.
    Switch,
    /// Boot the system by default.
    Boot,
}

impl Action {
    /// The script's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Switch => "switch",
            Self::Boot => "boot",
        }
    }
}

/// One switch: asked again with the same key, it is waited for.
#[derive(Debug, Clone)]
pub struct Key<'a> {
    /// In which boot.
    pub boot: BootId,
    /// Of which attempt.
    pub attempt: u64,
    /// For what: `try`, `once`, `commit` or `back`.
    pub purpose: &'static str,
    /// What is done.
    pub action: Action,
    /// To which system.
    pub system: &'a StorePath,
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { boot, attempt, purpose, action, system } = self;
        write!(f, "{boot} {attempt} {purpose} {} {system}", action.word())
    }
}

/// The switches of this host.
#[derive(Debug, Clone)]
pub struct Switches {
    folder: PathBuf,
    launcher: Vec<String>,
    program: Vec<String>,
}

impl Switches {
    /// Switches whose files lie in `folder`, started by `launcher` with `program`, which calls [`super::carry_out`] on
    /// the folder that it is given.
    #[must_use]
    pub fn new(folder: PathBuf, launcher: &[String], program: Vec<String>) -> Self {
        Self { folder, launcher: launcher.to_vec(), program }
    }

    /// Forgets how the last switch ended, so that the same one is carried out anew.
    pub fn forget(&self) {
        // What stays is waited for, and tells how it ended.
        let _ = fs::remove_file(self.folder.join(RESULT));
    }

    /// How the switch with this key ended, if it has.
    #[must_use]
    pub fn ended(&self, key: &Key<'_>) -> Option<Result<(), Trouble>> {
        let key = key.to_string();
        job::outcome(&self.folder).filter(|outcome| outcome.key == key).map(|outcome| outcome.result())
    }

    /// Runs `script` for this key, or waits until it has run.
    ///
    /// # Errors
    /// [`NixError`]; an interrupt leaves the switch running.
    pub fn run(&self, key: &Key<'_>, script: &Path, limits: &Limits<'_>) -> Result<(), NixError> {
        let name = key.to_string();
        if let Some(result) = self.ended(key) {
            return Ok(result?);
        }
        if self.is_running() && self.ordered().as_deref() != Some(&*name) {
            self.end_other()?;
        }
        let mut child = None;
        if !self.is_running() {
            let argv = vec![script.display().to_string(), key.action.word().to_owned()];
            child = self.launch(&Job { key: name, argv }, limits)?;
        }
        let result = self.wait(key, limits);
        if let Some(mut child) = child {
            // It has ended, or goes on without us.
            let _ = child.try_wait();
        }
        result
    }

    fn wait(&self, key: &Key<'_>, limits: &Limits<'_>) -> Result<(), NixError> {
        let begun = Instant::now();
        let mut was_running = false;
        loop {
            // In this order: who began is found running, or has ended since.
            let has_begun = self.ordered_in(JOB).is_none() && self.ordered_in(BEGUN) == Some(key.to_string());
            let is_running = self.is_running();
            if let Some(result) = self.ended(key) {
                return Ok(result?);
            }
            // Whoever held the lock ended without a result.
            if !is_running && (was_running || has_begun || begun.elapsed() > START) {
                return Err(Trouble::Killed.into());
            }
            was_running = is_running;
            limits.wait_a_turn()?;
        }
    }

    fn launch(&self, job: &Job, limits: &Limits<'_>) -> Result<Option<Child>, NixError> {
        let write = || {
            records::make_folder(&self.folder)?;
            let bytes = serde_json::to_vec(job).expect("texts have a form in JSON");
            records::replace(&self.folder.join(JOB), &bytes)
        };
        write().map_err(|error| crate::nix::of_io(&error))?;
        let folder = self.folder.display().to_string();
        let argv: Vec<String> = self.launcher.iter().chain(&self.program).cloned().chain([folder]).collect();
        let mut command = process::command(&argv).map_err(|_| Trouble::Other)?;
        if self.launcher.is_empty() {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
            return command.spawn().map(Some).map_err(|error| crate::nix::of_io(&error).into());
        }
        let ended = process::run_within(&mut command, START, limits)?;
        if ended.status.success() { Ok(None) } else { Err(Trouble::Other.into()) }
    }

    fn ordered(&self) -> Option<String> {
        self.ordered_in(JOB).or_else(|| self.ordered_in(BEGUN))
    }

    fn ordered_in(&self, name: &str) -> Option<String> {
        let job: Job = serde_json::from_slice(&fs::read(self.folder.join(name)).ok()?).ok()?;
        Some(job.key)
    }

    fn is_running(&self) -> bool {
        let Ok(file) = File::open(self.folder.join(LOCK)) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Ends a switch that was given up: while its lock is held, the process in it is alive.
    fn end_other(&self) -> Result<(), Trouble> {
        let begun = Instant::now();
        while self.is_running() {
            let text = fs::read_to_string(self.folder.join(LOCK)).unwrap_or_default();
            // 0 would be our own group, and 1 everybody's.
            let number = text.trim().parse().ok().filter(|number| *number > 1);
            if let Some(group) = number.and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::KILL);
            }
            if begun.elapsed() > START {
                return Err(Trouble::Other);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}
