//! Codes of faults: what a host does about its releases.

use super::table::codes;

codes! {
    /// Another updater runs.
    UpdateBusy = "clawlets::update::busy", Busy,
        "Another updater runs on this host; two of them never do.",
        "`clawlets-host update status` says what it does. What you ordered with `pause`, `resume`, `pin` or `skip` is obeyed by it.";
    /// The updater's records cannot be used.
    UpdateRecords = "clawlets::update::records", Unreachable,
        "The updater's state or the floor cannot be read or written: the disk is full or read-only, or a newer program wrote them. Nothing was begun that is not on record.",
        "The message names the file. `clawlets-host update verify-state` looks at all of them.";
    /// The records of the highest release contradict each other.
    UpdateFloor = "clawlets::update::floor", Conflict,
        "The two records of the highest release that this host has seen name different manifests of one number. Somebody signed two releases of that number, or changed a record.",
        "Find out which of both is right before you remove the other record.";
    /// Something on the host does not fit together.
    UpdateSuspect = "clawlets::update::suspect", Refused,
        "`clawlets-host update verify-state` found something that does not fit together.",
        "Each line says what. A damaged store path is mended with `nix-store --repair-path`, a missing bundle with `clawlets secrets sync`.";
    /// Another watch is kept.
    WatchBusy = "clawlets::watch::busy", Busy,
        "Another process watches over this host's bots; two of them would start a bot anew twice.",
        "`GET /status` and `status.json` in `watch.state` tell what it sees.";
    /// The status cannot be served.
    WatchServe = "clawlets::watch::serve", Unreachable,
        "The status of this host cannot be served: its port is taken, most likely.",
        "`watch.port` in the configuration names another one.";
}
