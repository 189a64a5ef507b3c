//! Open files that a child process keeps across its exec.

use std::{
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::Command,
    sync::Arc,
};

use rustix::io::{FdFlags, fcntl_setfd};

/// Lets the process that `command` starts keep `files`, under the numbers that they have here.
///
/// Only that child gets them: the files stay close-on-exec in this process, so that a child started by another thread
/// at the same moment does not. They are kept open for as long as `command` exists.
pub fn inherit(command: &mut Command, files: Vec<Arc<OwnedFd>>) {
    let keep = move || {
        for file in &files {
            fcntl_setfd(file.as_fd(), FdFlags::empty()).map_err(io::Error::from)?;
        }
        Ok(())
    };
    #[expect(unsafe_code, reason = "a closure that runs between fork and exec is unsafe by nature")]
    // SAFETY: between fork and exec only async-signal-safe work is allowed. The closure makes one system call for each
    // file and allocates nothing (an error is a plain number); the list was made before the fork and is only read.
    unsafe {
        command.pre_exec(keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs::File, os::fd::AsRawFd};

    #[test]
    fn the_child_has_the_file_and_a_child_that_was_not_meant_has_not() {
        let file = Arc::new(OwnedFd::from(File::open("/dev/null").expect("it exists")));
        let has_it = |inherits: bool| {
            let mut command = Command::new("test");
            command.args(["-e", &format!("/proc/self/fd/{}", file.as_raw_fd())]);
            if inherits {
                inherit(&mut command, vec![Arc::clone(&file)]);
            }
            command.status().expect("test runs").success()
        };
        assert!(has_it(true));
        assert!(!has_it(false));
    }
}
