//! How fast the shared memory answers. It may be on a server that is gone: whoever asks then waits for ever.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// What asking showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is there.
    After(Duration),
    /// There is no such folder.
    Absent,
    /// The folder is there, and what should be mounted on it is not.
    NotMounted,
    /// The answer was an error.
    Faulty,
    /// There was no answer in time; one that was asked for before may still be outstanding.
    Hung,
}

/// Asks, each time within a deadline. An answer that is outstanding is waited for by one thread and no more.
#[derive(Debug)]
pub(super) struct Asker {
    outstanding: Option<Receiver<Answer>>,
}

impl Asker {
    pub(super) const fn new() -> Self {
        Self { outstanding: None }
    }

    /// Asks with `question`, unless the one before is still unanswered.
    pub(super) fn ask(
        &mut self,
        deadline: Duration,
        question: impl FnOnce() -> Answer + Send + 'static,
    ) -> Answer {
        let (receiver, is_new) = match self.outstanding.take() {
            Some(receiver) => (receiver, false),
            None => {
                let (sender, receiver) = mpsc::channel();
                thread::spawn(move || {
                    // A receiver that is gone needs no answer.
                    let _ = sender.send(question());
                });
                (receiver, true)
            }
        };
        let limit = if is_new { deadline } else { Duration::ZERO };
        match receiver.recv_timeout(limit) {
            Ok(answer) if is_new => answer,
            // It came back: the next question finds out how it is.
            Ok(_) => Answer::Hung,
            Err(RecvTimeoutError::Timeout) => {
                self.outstanding = Some(receiver);
                Answer::Hung
            }
            Err(RecvTimeoutError::Disconnected) => Answer::Faulty,
        }
    }
}

/// Asks the file system of a folder for its state, which a server must be asked for every time.
pub(super) fn question(folder: PathBuf, is_mount: bool) -> impl FnOnce() -> Answer + Send + 'static {
    move || {
        let begun = Instant::now();
        match answers(&folder, is_mount) {
            Ok(true) => Answer::After(begun.elapsed()),
            Ok(false) => Answer::NotMounted,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Answer::Absent,
            Err(_) => Answer::Faulty,
        }
    }
}

fn answers(folder: &Path, is_mount: bool) -> io::Result<bool> {
    rustix::fs::statvfs(folder)?;
    let device = fs::metadata(folder)?.dev();
    let above = folder.parent().map(fs::metadata).transpose()?.map(|above| above.dev());
    Ok(!is_mount || above != Some(device))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn what_never_answers_is_a_finding_and_one_thread() {
        let (release, held) = mpsc::channel::<()>();
        let mut asker = Asker::new();
        let hangs = move || {
            let _ = held.recv();
            Answer::Faulty
        };
        assert_eq!(asker.ask(SHORT, hangs), Answer::Hung);
        for _ in 0..3 {
            assert_eq!(asker.ask(SHORT, || panic!("a second thread")), Answer::Hung);
        }
        drop(release);
        clawlets_tests::eventually("the question comes back", || {
            let fresh = asker.ask(Duration::from_secs(5), || Answer::Absent);
            (fresh == Answer::Absent).then_some(())
        });
    }

    #[test]
    fn a_folder_answers_and_one_that_is_not_mounted_or_not_there_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let ask = |path: &Path, is_mount| question(path.to_owned(), is_mount)();
        assert!(matches!(ask(folder.path(), false), Answer::After(_)));
        assert_eq!(ask(folder.path(), true), Answer::NotMounted);
        assert_eq!(ask(&folder.path().join("nowhere"), false), Answer::Absent);
        assert!(matches!(ask(Path::new("/proc"), true), Answer::After(_)));
    }
}
