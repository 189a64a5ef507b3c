//! Codes of faults: the cloud on this machine.

use super::table::codes;

codes! {
    /// The local cloud is not running.
    LocalNotRunning = "clawlets::local::not_running", Unreachable,
        "The local cloud is not running.",
        "Start it with `clawlets local up`.";
    /// The local cloud is in somebody else's hands.
    LocalBusy = "clawlets::local::busy", Busy,
        "Another process starts, stops or serves the local cloud of this state folder.",
        "Wait for it, or name another folder with `CLAWLETS_STATE_DIR`.";
    /// The local cloud's state folder is open to others.
    LocalExposed = "clawlets::local::exposed", Refused,
        "Every user of this machine may write to the local cloud's state folder, and so could send its clients elsewhere.",
        "Take that right away with `chmod o-w`, or name another folder with `CLAWLETS_STATE_DIR`.";
    /// A guest would not be contained.
    LocalUncontained = "clawlets::local::uncontained", Refused,
        "This user may not make the network namespace that keeps a guest apart, so no guest would run.",
        "The message names the settings of the kernel that allow it to users; root may do it on most machines.";
    /// A program that the local cloud needs is missing.
    LocalMissingTool = "clawlets::local::missing_tool", Refused,
        "A program that the local cloud needs is not installed.",
        "Run `scripts/setup`, or install what the message names.";
    /// The guest's image could not be built.
    LocalImage = "clawlets::local::image", Failed,
        "The system image of the guests could not be built.",
        "The message says which step failed. It needs `apt-get`, `dpkg` and the static program `clawlets-cattle`.";
    /// The local cloud failed.
    LocalFailed = "clawlets::local::failed", Failed,
        "The local cloud met a fault.",
        "Its log is in the state folder: `clawlets local status` names it.";
}
