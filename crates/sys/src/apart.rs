//! Work that the caller can walk away from.

use std::{
    fs::{self, File},
    io::{self, PipeWriter, Read},
    os::fd::AsFd,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{
        Pid, Signal, WaitOptions, getpid, getppid, kill_process, set_parent_process_death_signal, waitpid,
    },
    stdio::{dup2_stderr, dup2_stdin, dup2_stdout},
};

/// How long other threads may take to end.
const PARTING: Duration = Duration::from_millis(500);

/// A child process that does some work, and the pipe by which it answers.
///
/// A call that a file system never answers cannot be taken back by the one who made it: neither a signal nor a timer gets
/// through, and a process cannot even end before all of its threads do. A parent can.
#[derive(Debug)]
pub struct Apart {
    child: Pid,
    answers: io::PipeReader,
}

/// What a child that works apart has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// So many bytes, which are in the buffer.
    Bytes(usize),
    /// All that it had to say.
    Everything,
    /// Nothing for so long.
    Nothing,
}

impl Apart {
    /// Starts a copy of this process that does `work` and ends. It writes its answer into the pipe that it is given, has
    /// none of the standard streams, and dies with this process.
    ///
    /// # Errors
    /// When this process has more than one thread, and when the kernel refuses.
    pub fn begin(work: impl FnOnce(PipeWriter)) -> io::Result<Self> {
        let (answers, answer) = io::pipe()?;
        let nothing = File::options().read(true).write(true).open("/dev/null")?;
        let parent = getpid();
        be_alone()?;
        #[expect(unsafe_code, reason = "a copy of a process is unsafe by nature")]
        // SAFETY: this is the only thread, as was just seen, and no other can begin as long as it is here. So no lock, the
        // allocator's included, is held by a thread that the copy lacks, and the copy may do whatever this process may.
        let child = unsafe { libc::fork() };
        let Some(child) = Pid::from_raw(child) else {
            return match child {
                0 => end_of_child(parent, &nothing, || work(answer)),
                _ => Err(io::Error::last_os_error()),
            };
        };
        Ok(Self { child, answers })
    }

    /// What it says next, into `buffer`.
    ///
    /// # Errors
    /// When the pipe cannot be read.
    pub fn next(&mut self, buffer: &mut [u8], silence: Duration) -> io::Result<Said> {
        let limit = Timespec::try_from(silence).map_err(io::Error::other)?;
        let mut polled = [PollFd::from_borrowed_fd(self.answers.as_fd(), PollFlags::IN)];
        match poll(&mut polled, Some(&limit)) {
            Ok(0) => return Ok(Said::Nothing),
            Ok(_) => {}
            // Somebody stopped this process and let it go on: the silence begins anew.
            Err(rustix::io::Errno::INTR) => return Ok(Said::Bytes(0)),
            Err(errno) => return Err(errno.into()),
        }
        Ok(match self.answers.read(buffer)? {
            0 => Said::Everything,
            count => Said::Bytes(count),
        })
    }

    /// Waits for the end of a child that has said everything.
    pub fn finish(self) {
        // It ends by itself, and nobody else waits for it.
        let _ = waitpid(Some(self.child), WaitOptions::empty());
    }

    /// Leaves the child behind, and tells it to end as soon as the kernel lets it.
    pub fn abandon(self) {
        let _ = kill_process(self.child, Signal::KILL);
        let _ = waitpid(Some(self.child), WaitOptions::NOHANG);
    }
}

/// Waits until this process has one thread: those that were told to end may take a moment.
fn be_alone() -> io::Result<()> {
    let begun = Instant::now();
    while fs::read_dir("/proc/self/task")?.count() != 1 {
        if begun.elapsed() > PARTING {
            return Err(io::Error::other("a process with several threads cannot be copied"));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// The life of the copy.
fn end_of_child(parent: Pid, nothing: &File, work: impl FnOnce()) -> ! {
    // Whoever waits for the end of this program's output must not wait for this copy.
    let is_ready =
        [dup2_stdin(nothing), dup2_stdout(nothing), dup2_stderr(nothing)].iter().all(Result::is_ok)
            && set_parent_process_death_signal(Some(Signal::KILL)).is_ok()
            && getppid() == Some(parent);
    if is_ready {
        // What the work says in its pipe counts; a panic is an answer that breaks off.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
    #[expect(unsafe_code, reason = "the copy must not run what this process has registered for its own end")]
    // SAFETY: `_exit` ends the process at once and touches none of its memory.
    unsafe {
        libc::_exit(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_threads_is_not_copied() {
        let (until, is_over) = std::sync::mpsc::channel::<()>();
        let other = thread::spawn(move || is_over.recv());
        let refused = Apart::begin(|_| {}).expect_err("there is another thread");
        assert!(refused.to_string().contains("several threads"), "{refused}");
        drop(until);
        assert!(other.join().expect("it ends").is_err());
    }
}
