//! Waiting to become somebody.

use std::{fs, io};

use clawlets_model::claim::{Claim, PARK_WORD, Role};

use super::{Awake, CloneError, Port, Purpose, identity};
use crate::{init, layout::Layout};

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

/// Says that this machine is parked, waits for whom it is to become, and becomes that. What came with the frame is wiped;
/// the user data behind it stays in the port, for the process that is executed next.
///
/// # Errors
/// [`CloneError`], after which the machine must end: what it took over may be half an identity.
pub fn next(port: &Port, layout: &Layout) -> Result<Awake, CloneError> {
    if !init::is_first_process() {
        return Err(CloneError::NotFirst);
    }
    let seed_device = identity::open_seed_device()?;
    port.say_parked()?;
    let frame = port.frame()?;
    let claim = Claim::decode(frame.expose())?;
    drop(frame);
    let purpose = match claim.role {
        Role::Server(_) => Purpose::Work,
        Role::Rehearsal => Purpose::Rehearsal,
    };
    let awake = Awake::now(purpose, claim.user_data_length);
    identity::take_on(&claim, &seed_device, layout)?;
    Ok(awake)
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
        let port = Port::from(std::os::fd::OwnedFd::from(ours));
        assert!(matches!(next(&port, &Layout::new("/nonexistent")), Err(CloneError::NotFirst)));
    }
}
