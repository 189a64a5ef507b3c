//! The process that switches.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::Path,
    process::{self, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{
    order::{BEGUN, JOB, LOCK, OUTPUT, RESULT},
    result::{Job, Outcome, SwitchError},
};
use crate::records;

/// How long the lock may be held by those who only look whether somebody has it: they take it for a moment, too.
const LOOKS: Duration = Duration::from_secs(10);
/// The time between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// Carries out the order in a folder, unless another process does. Its output goes to a file beside the order.
///
/// # Errors
/// [`SwitchError`] when there is no order, or its files cannot be used.
pub fn carry_out(folder: &Path) -> Result<(), SwitchError> {
    let Some(mut lock) = taken(folder)? else { return Ok(()) };
    // On a full disk there is room for this where it stood before. Without it nobody ends a switch that hangs.
    let _ = write!(lock, "{:<10}", process::id());
    let job = match fs::read(folder.join(JOB)) {
        Ok(bytes) => serde_json::from_slice::<Job>(&bytes).ok(),
        // Somebody else was faster.
        Err(_) if folder.join(BEGUN).exists() => return Ok(()),
        Err(_) => None,
    };
    let job = job.ok_or_else(|| SwitchError::NoOrder(folder.display().to_string()))?;
    let is_done = |outcome: Outcome| outcome.key == job.key;
    if outcome(folder).is_some_and(is_done) {
        return Ok(());
    }
    // Whoever ordered it sees that it was begun with, however soon it ends.
    fs::rename(folder.join(JOB), folder.join(BEGUN))?;
    // What it says may be lost; that it is done may not.
    let output = || File::create(folder.join(OUTPUT)).and_then(|file| Ok([file.try_clone()?, file]));
    let [out, talk] =
        output().map_or_else(|_| [Stdio::null(), Stdio::null()], |files| files.map(Stdio::from));
    let code = match crate::process::command(&job.argv)
        .and_then(|mut command| command.stdin(Stdio::null()).stdout(out).stderr(talk).status())
    {
        Ok(status) => status.code(),
        Err(error) => {
            let _ = fs::write(folder.join(OUTPUT), format!("failed to run {:?}: {error}\n", job.argv));
            // What a shell says of a program that it cannot run.
            Some(if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 })
        }
    };
    let bytes =
        serde_json::to_vec(&Outcome { key: job.key, code }).expect("a text and a number have a form in JSON");
    records::replace(&folder.join(RESULT), &bytes)?;
    Ok(())
}

/// The lock; none when another process carries out an order.
fn taken(folder: &Path) -> io::Result<Option<File>> {
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    let begun = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Some(lock)),
            Err(TryLockError::WouldBlock) if begun.elapsed() < LOOKS => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

pub(super) fn outcome(folder: &Path) -> Option<Outcome> {
    serde_json::from_slice(&fs::read(folder.join(RESULT)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An order for a command in a folder.
    fn ordered(argv: &[&str]) -> (tempfile::TempDir, Job) {
        let folder = tempfile::tempdir().unwrap();
        let job = Job { key: "one".to_owned(), argv: argv.iter().map(|&word| word.to_owned()).collect() };
        fs::write(folder.path().join(JOB), serde_json::to_vec(&job).unwrap()).unwrap();
        (folder, job)
    }

    #[test]
    fn an_order_that_was_begun_with_is_not_begun_with_again() {
        let (folder, _) = ordered(&["true"]);
        assert!(matches!(carry_out(&folder.path().join("none")), Err(SwitchError::Io(_))));
        carry_out(folder.path()).unwrap();
        let who: u32 = fs::read_to_string(folder.path().join(LOCK)).unwrap().trim().parse().unwrap();
        assert_eq!(who, process::id(), "who hangs can be ended");
        fs::remove_file(folder.path().join(RESULT)).unwrap();
        carry_out(folder.path()).unwrap();
        assert_eq!(outcome(folder.path()), None);
        fs::remove_file(folder.path().join(BEGUN)).unwrap();
        assert!(matches!(carry_out(folder.path()), Err(SwitchError::NoOrder(_))));
    }

    #[test]
    fn a_program_that_is_not_there_has_failed_and_the_output_says_why() {
        let (folder, _) = ordered(&["/nowhere/switch"]);
        carry_out(folder.path()).unwrap();
        assert_eq!(outcome(folder.path()).unwrap().code, Some(127));
        assert!(fs::read_to_string(folder.path().join(OUTPUT)).unwrap().contains("/nowhere/switch"));
    }

    #[test]
    fn who_only_looks_keeps_no_switch_from_being_carried_out() {
        let (folder, job) = ordered(&["true"]);
        let looker = File::create(folder.path().join(LOCK)).unwrap();
        looker.lock_shared().unwrap();
        thread::scope(|scope| {
            let carried_out = scope.spawn(|| carry_out(folder.path()));
            thread::sleep(Duration::from_millis(50));
            assert_eq!(outcome(folder.path()).map(|outcome| outcome.key), None);
            looker.unlock().unwrap();
            carried_out.join().unwrap().unwrap();
        });
        assert_eq!(
            outcome(folder.path()).map(|outcome| (outcome.key, outcome.code)),
            Some((job.key, Some(0)))
        );
    }
}
