//! Waiting to become somebody.

use std::{
    fs, io,
    os::{
        fd::{IntoRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::Command,
};

use clawlets_model::claim::{Claim, PARK_WORD, Role};

use super::{Awake, CloneError, Port, Purpose, identity};
use crate::{clock::since_boot, init, names::Names};

/// The word that makes the program one that waits.
pub(crate) const COMMAND: &str = "parked";
const KERNEL_COMMAND_LINE: &str = "/proc/cmdline";

/// Whether this machine's kernel was told that the machine waits for a claim.
///
/// # Errors
/// When the kernel's command line cannot be read.
pub fn is_asked_to_park() -> io::Result<bool> {
    Ok(holds_the_word(&fs::read_to_string(KERNEL_COMMAND_LINE)?))
}

fn holds_the_word(command_line: &str) -> bool {
    command_line.split_whitespace().any(|word| word == PARK_WORD)
}

/// Executes this program anew as one that waits, with the port as its standard input. Every thread of this process ends,
/// its memory is gone, and every other file of it is closed. Returns only when that fails.
#[must_use]
pub fn park_anew(port: Port) -> CloneError {
    let error = Command::new("/proc/self/exe").arg(COMMAND).stdin(OwnedFd::from(port)).exec();
    CloneError::System { action: "execute this program anew", source: error }
}

/// Says that this machine is parked, waits for whom it is to become, and becomes that. What came with the frame is wiped;
/// the user data behind it stays in the port.
///
/// # Errors
/// [`CloneError`], after which the machine must end: what it took over may be half an identity.
pub fn next(port: &Port) -> Result<Awake, CloneError> {
    if !init::is_first_process() {
        return Err(CloneError::NotFirst);
    }
    let seed_device = identity::open_seed_device()?;
    port.say_parked()?;
    let frame = port.frame()?;
    let claim = Claim::decode(frame.expose())?;
    drop(frame);
    let since = since_boot();
    identity::take_on(&claim, &seed_device)?;
    // Left open: the kernel would tidy up behind it while the guest is in a hurry.
    let _ = seed_device.into_raw_fd();
    let purpose = match claim.role {
        Role::Server(_) => Purpose::Work,
        Role::Rehearsal => Purpose::Rehearsal,
    };
    let hostname = claim.hostname.as_ref().map(|name| name.as_str().to_owned());
    let names = Names { hostname, machine_id: Some(claim.machine_id_text()) };
    Ok(Awake { purpose, user_data_length: claim.user_data_length, names, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_a_word_of_its_own() {
        for (line, expected) in [
            ("quiet clawlets.park\n", true),
            ("clawlets.park quiet", true),
            ("", false),
            ("quiet clawlets.parking", false),
            ("x=clawlets.park", false),
        ] {
            assert_eq!(holds_the_word(line), expected, "{line:?}");
        }
    }

    #[test]
    fn nobody_but_a_first_process_takes_on_an_identity() {
        let (ours, _host) = std::os::unix::net::UnixStream::pair().unwrap();
        let port = Port::from(OwnedFd::from(ours));
        assert!(matches!(next(&port), Err(CloneError::NotFirst)));
    }
}
