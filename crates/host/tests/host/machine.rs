//! The machine of a host: a boot loader that boots an entry once, in files, and what happens when somebody reboots.

use std::{
    fs,
    process::{Child, Command},
};

use clawlets_tests::{Run, eventually};

use crate::world::World;

/// What systemd-boot's `bootctl` does with the entry that boots once.
const BOOTCTL: &str = r#"test "$1" = set-oneshot && test $# = 2 || exit 1
echo "$@" >> "$0/bootctl.log"
if [ -n "$2" ]; then echo "$2" > "$0/boot-once.new" && mv "$0/boot-once.new" "$0/boot-once"; else rm -f "$0/boot-once"; fi
"#;

/// Whether what is booted once comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Candidate {
    ComesUp,
    /// Its kernel panics, and the machine boots again.
    Panics,
}

impl World {
    /// The host may reboot by itself.
    pub(crate) fn may_reboot(&self) {
        let host = self.host();
        let host = host.display();
        self.write_config(&format!(
            "[boot]\nloader = 'systemd-boot'\nbootctl = ['sh', '-c', '''{BOOTCTL}''', '{host}']\n[reboot]\nallowed = true\n\
             take_lock = ['sh', '-c', 'test ! -e {host}/locked']\nrelease_lock = ['touch', '{host}/released']\n"
        ));
    }

    /// Whether somebody told the machine to reboot.
    pub(crate) fn is_rebooting(&self) -> bool {
        self.host().join("reboot").exists()
    }

    /// Waits until the updater tells the machine to reboot, which is its end.
    pub(crate) fn goes_down(&self, updater: &mut Child) {
        eventually("the updater reboots the host", || {
            assert_eq!(updater.try_wait().unwrap(), None, "it ended: {:#}", self.status());
            self.is_rebooting().then_some(())
        });
        updater.kill().unwrap();
        updater.wait().unwrap();
    }

    /// The machine comes up, for the how manieth time: with what was to be booted once, or with what boots by default.
    pub(crate) fn comes_up(&self, boot: u128, candidate: Candidate) {
        let once = self.text("boot-once");
        // Whether that comes up or not, it was booted once.
        for name in ["boot-once", "reboot"] {
            let _ = fs::remove_file(self.host().join(name));
        }
        let entries = self.text("boot-entries");
        let system =
            entries.lines().filter_map(|entry| entry.split_once(' ')).find(|(id, _)| *id == once.trim());
        let default = self.text("boot-default").trim().to_owned();
        let system = match (candidate, system) {
            (Candidate::ComesUp, Some((_, system))) => system,
            (Candidate::ComesUp, None) | (Candidate::Panics, _) => &*default,
        };
        fs::write(self.host().join("boot-id"), format!("{boot:032x}\n")).unwrap();
        let script = format!("{}{system}/bin/switch-to-configuration", self.host().display());
        // What is booted is activated, and changes no boot entry.
        Run::of(Command::new(script).arg("test")).succeeds();
    }
}
