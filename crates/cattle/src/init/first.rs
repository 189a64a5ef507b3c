//! Whether this process is really the first one of a machine, and may therefore rearrange it.
//!
//! Process id 1 alone proves nothing: the first process of any pid namespace has it, in a container as in the task's own
//! namespace, and there the file systems and the network may be somebody else's.

use std::{fs, io, path::Path, process};

/// The name of the pid namespace that the kernel itself starts with. Its number is fixed in the kernel's interface.
const INITIAL_PID_NAMESPACE: &str = "pid:[4026531836]";
/// The name of this process's own.
const PID_NAMESPACE: &str = "/proc/self/ns/pid";

/// Whether this process is the first of a machine: it has process id 1, and either `/proc` shows that its pid namespace
/// is the machine's own, or nobody has mounted a `/proc` yet, as in a machine that has only just started.
#[must_use]
pub fn is_first_process() -> bool {
    process::id() == 1
        && match fs::read_link(PID_NAMESPACE) {
            Ok(name) => name == Path::new(INITIAL_PID_NAMESPACE),
            // Asked second, since a copy that wakes up is asked as well, and every call is code that an emulator has to
            // translate.
            Err(error) => error.kind() == io::ErrorKind::NotFound && !Path::new("/proc/version").exists(),
        }
}

/// Whether this process sees every process of the machine. False when there is no telling.
pub(super) fn is_in_initial_namespace() -> bool {
    fs::read_link(PID_NAMESPACE).is_ok_and(|name| name == Path::new(INITIAL_PID_NAMESPACE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_never_the_first_process() {
        assert!(!is_first_process());
    }
}
