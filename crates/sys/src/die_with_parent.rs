//! A child process that never outlives the thread that started it.

use std::{io, os::unix::process::CommandExt, process::Command};

/// Makes the process that `command` starts die by `SIGKILL` as soon as the calling **thread** ends.
///
/// The kernel ties the signal to the thread that forks, not to the whole process, so call `spawn` from a thread that
/// lives as long as the child should: usually the main thread. The setting is lost when the child executes a program
/// with set-user-id or file capabilities.
///
/// `spawn` fails when the parent is already gone by the time the child has asked for the signal.
pub fn die_with_parent(command: &mut Command) {
    let parent = rustix::process::getpid();
    let ask = move || {
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        if rustix::process::getppid() == Some(parent) {
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        }
    };
    #[expect(unsafe_code, reason = "a closure that runs between fork and exec is unsafe by nature")]
    // SAFETY: between fork and exec only async-signal-safe work is allowed. The closure makes two system calls,
    // allocates nothing (`ErrorKind` errors are plain values), takes no lock, and captures a copied process id.
    unsafe {
        command.pre_exec(ask);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn the_child_is_killed_when_the_thread_that_started_it_ends() {
        let mut child = std::thread::spawn(|| {
            let mut command = Command::new("sleep");
            command.arg("60");
            die_with_parent(&mut command);
            command.spawn().expect("sleep starts")
        })
        .join()
        .expect("the thread ends normally");
        let status = child.wait().expect("the child ends");
        assert_eq!(status.signal(), Some(rustix::process::Signal::KILL.as_raw()));
    }
}
