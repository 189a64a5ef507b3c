//! Codes of faults: tasks, personas and the jobs that are made of them.

use super::table::codes;

codes! {
    /// A task document is not valid.
    TaskInvalid = "clawlets::task::invalid", Usage,
        "The task document has an unknown key, a missing field or a value out of bounds.",
        "The message names the JSON path and the line. `docs/reference/task.schema.json` describes the whole format.";
    /// A persona is not valid.
    PersonaInvalid = "clawlets::persona::invalid", Usage,
        "A persona's folder lacks `SOUL.md` or `config.json`, or one of its files is too large, a symlink, or malformed.",
        "The message names the file. `clawlets cattle persona add --name NAME` writes a valid persona to start from.";
    /// A persona of that name exists.
    PersonaExists = "clawlets::persona::exists", Conflict,
        "A persona of that name exists already; nothing was changed.",
        "Choose another name, or edit the files of the existing one.";
    /// No persona of that name exists.
    PersonaUnknown = "clawlets::persona::unknown", NotFound,
        "No persona of that name exists.",
        "`clawlets cattle persona list` shows the ones that do.";
    /// An artifact arrived damaged.
    ArtifactDamaged = "clawlets::artifact::damaged", Unreachable,
        "The bytes of an artifact are not those that the orchestrator announced; nothing was written.",
        "Try again; if it stays, the orchestrator's store is damaged.";
    /// A job that was waited for failed.
    JobFailed = "clawlets::job::failed", Failed,
        "The job that was waited for ended as `failed` or `canceled`.",
        "`clf jobs show`, `clf jobs events` and `clawlets cattle logs` tell why.";
    /// A wait took longer than it may.
    WaitTimeout = "clawlets::job::wait_timeout", Busy,
        "The job had not ended when the time to wait was over. It goes on.",
        "Wait again with `clf jobs wait`.";
}
