//! Codes of faults: the control API.

use super::table::codes;

codes! {
    /// Nobody says where the control API is, or who asks.
    ControlUnconfigured = "clawlets::control::unconfigured", NotFound,
        "The URL of the control API or the token for it is not declared, missing or malformed.",
        "The message names the file or setting. `clawlets doctor --scope control` looks at all of them.";
    /// The control API does not answer.
    ControlUnreachable = "clawlets::control::unreachable", Unreachable,
        "Nobody answers at the URL of the control API, or not in time.",
        "Try again. A deploy may have begun all the same: `fleet status` shows the last one.";
    /// What answers is no control API.
    ControlProtocol = "clawlets::control::protocol", Unreachable,
        "What answers at the URL of the control API is something else.",
        "Look at the URL, and that both programs are of the same release.";
    /// The control API found the request malformed.
    ControlBadRequest = "clawlets::control::bad_request", Usage,
        "The target is no host of the registry, the image is none, or the request breaks another rule of its format.",
        "`fleet status` shows the hosts. `docs/reference/control.md` lists what a request may hold.";
    /// The token is not accepted.
    ControlUnauthorized = "clawlets::control::unauthorized", Refused,
        "The control API does not know the token.",
        "Each host and the operators have a token of their own. `clawlets doctor --scope control` says where yours is looked for.";
    /// The policy refuses it.
    ControlForbidden = "clawlets::control::forbidden", Refused,
        "The policy of the control API refuses it: a bot deploys neither itself nor all, names no image, and deploys a target once in 30 minutes; an image must be of the fleet's own pipeline.",
        "Ask a person to do it.";
    /// It contradicts what is under way.
    ControlConflict = "clawlets::control::conflict", Conflict,
        "A deploy is under way, or the idempotency key was used for another one.",
        "`fleet status` shows the deploy that is under way.";
    /// Too many requests.
    ControlBusy = "clawlets::control::busy", Busy,
        "The caller asked the control API too often.",
        "Wait a minute.";
    /// GitHub or AWS failed.
    ControlUpstream = "clawlets::control::upstream", Unreachable,
        "GitHub or AWS refused, failed or did not answer the control API.",
        "The message has the status. Try again; if it stays, look at the server's log.";
    /// The control API does nothing now.
    ControlClosed = "clawlets::control::closed", Unreachable,
        "The control API cannot write its audit log or its state, so it does nothing: the disk is full, or somebody changed the log.",
        "`clawlets fleet audit verify` on the server says what is wrong with the log.";
    /// The control API failed.
    ControlFailed = "clawlets::control::failed", Failed,
        "The control API met a fault of its own.",
        "Its log says more.";
    /// A deploy did not end well.
    DeployFailed = "clawlets::control::deploy_failed", Failed,
        "The run of a deploy failed, was cancelled, never came, or its host is not well afterwards.",
        "The run at GitHub says what happened; `fleet status` shows what is there. A rollback is a deploy with an exact image.";
    /// The audit log does not hold.
    AuditBroken = "clawlets::control::audit_broken", Refused,
        "The audit log of the control API was changed, cut off, or is another one than that whose heads were published.",
        "The message names the first line that does not fit. Keep the file as it is and find out who changed it; a half line at its end is from a power cut and may be removed.";
}
