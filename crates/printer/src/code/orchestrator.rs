//! Codes of faults: the orchestrator: its socket, what it answers, and what it needs to run.

use super::table::codes;

codes! {
    /// The orchestrator does not answer.
    SocketUnreachable = "clawlets::socket::unreachable", Unreachable,
        "Nobody answers on the orchestrator's socket.",
        "Start `clf-orchestrator`, or name its socket with `--socket` or `CLF_SOCKET`.";
    /// Another daemon listens on the socket.
    SocketInUse = "clawlets::socket::in_use", Conflict,
        "Another daemon listens on the socket.",
        "Stop it, or give this one a socket of its own.";
    /// Others may replace the socket.
    SocketExposed = "clawlets::socket::exposed", Refused,
        "The socket's folder may be written by others, so anybody could put a socket of theirs in its place.",
        "Take the right to write from group and others, or choose another folder.";
    /// The caller may not open the socket.
    SocketDenied = "clawlets::socket::denied", Refused,
        "You may not open the orchestrator's socket.",
        "Bots belong to the group `clf-bots`, operators to `clf-operators` as well.";
    /// The orchestrator answered something that this program does not understand.
    SocketProtocol = "clawlets::socket::protocol", Unreachable,
        "The answer on the socket is not one of the orchestrator's protocol.",
        "Check that `--socket` names the orchestrator, and that both programs are of the same release.";
    /// The orchestrator found the request malformed.
    ApiBadRequest = "clawlets::api::bad_request", Usage,
        "The orchestrator refused the request because it breaks a rule of its format.",
        "The message names the field and what was expected.";
    /// The caller may not do this.
    ApiForbidden = "clawlets::api::forbidden", Refused,
        "You may not do this: it is for operators, or it concerns somebody else's job.",
        "Ask an operator. Who you are is decided by your unix user, not by what the request says.";
    /// There is no such thing.
    ApiNotFound = "clawlets::api::not_found", NotFound,
        "There is no such job or VM, or it is not yours.",
        "`clawlets cattle list` and `clf jobs list` show the ones that you may see.";
    /// It contradicts what exists, or comes too late.
    ApiConflict = "clawlets::api::conflict", Conflict,
        "The request contradicts what exists: the job has ended already, or its idempotency key was used with other content.",
        "Look at the job with `clf jobs show`, or use another key.";
    /// The reference fits several things.
    ApiAmbiguous = "clawlets::api::ambiguous", Usage,
        "The id that was given is the beginning of several.",
        "Give more of it.";
    /// The request is too large.
    ApiTooLarge = "clawlets::api::too_large", Usage,
        "The request is larger than the orchestrator takes (256 KiB).",
        "Make the task's inputs smaller, or let the task fetch what it needs.";
    /// A cap leaves no room.
    ApiCapacity = "clawlets::api::capacity", Refused,
        "A cap leaves no room for another VM.",
        "Wait for a VM to end, destroy one, raise the cap, or let the job wait with `--when-full queue`.";
    /// A setting that the job needs is missing.
    ApiUnconfigured = "clawlets::api::unconfigured", Refused,
        "The job needs a secret or a setting that the orchestrator does not have.",
        "The message names the setting.";
    /// The provider failed.
    ApiProvider = "clawlets::api::provider", Unreachable,
        "The cloud provider answered with a fault.",
        "Try again; if it stays, look at the orchestrator's log.";
    /// The orchestrator is stopping.
    ApiStopping = "clawlets::api::stopping", Busy,
        "The orchestrator is stopping and takes no new work.",
        "Try again when it is back.";
    /// A fault of the orchestrator itself.
    ApiInternal = "clawlets::api::internal", Failed,
        "The orchestrator met a fault of its own.",
        "Its log says more.";
    /// A state store is held by another daemon.
    StoreHeld = "clawlets::store::held", Conflict,
        "Another daemon holds the store. Two of them would spend the same token twice.",
        "Stop the one that the message names, or give this one a store of its own.";
    /// A state store cannot be used.
    StoreUnusable = "clawlets::store::unusable", Unreachable,
        "The store cannot be opened: it is damaged, written by a newer version, read-only, or its disk is full.",
        "The message says which. A store that is moved away is started anew; VMs are found again at the provider.";
    /// Others may change the store.
    StoreExposed = "clawlets::store::exposed", Refused,
        "The store's folder may be written by others.",
        "Take the right to write from group and others, or choose another folder.";
    /// This machine is not on the tailnet.
    TailnetAbsent = "clawlets::tailnet::absent", Unreachable,
        "This machine has no address on the tailnet, so no guest could reach it.",
        "Start the tailnet (`tailscale up`), or name an address in `tailnet.listen`.";
    /// The daemon cannot work on this machine.
    DaemonFailed = "clawlets::daemon::failed", Failed,
        "The daemon could not be set up.",
        "The message says which part of it.";
}
