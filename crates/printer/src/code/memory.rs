//! Codes of faults: the memory that bots share.

use super::table::codes;

codes! {
    /// A path of the shared memory breaks a rule.
    MemoryPath = "clawlets::memory::path", Refused,
        "A path of the shared memory is absolute, leads out of it, or has a name that the memory does not take.",
        "Paths begin at the memory's root, such as `daily/2026-11-21_web-1.md`. The message names the rule.";
    /// There is no such file in the shared memory.
    MemoryMissing = "clawlets::memory::missing", NotFound,
        "The shared memory has no such file or folder.",
        "`clf memory list` shows what there is.";
    /// There is no shared memory.
    MemoryNoRoot = "clawlets::memory::no_root", NotFound,
        "The folder of the shared memory does not exist.",
        "`clawlets-host memory init` makes it. `CLAWLETS_MEMORY_ROOT` names another one.";
    /// The shared memory is not mounted.
    MemoryUnmounted = "clawlets::memory::unmounted", Unreachable,
        "The shared memory lies on another machine, and is not mounted. What would be written here would not be seen by anybody.",
        "`systemctl status memory.mount clawlets-memory-tunnel` says why.";
    /// The shared memory does not answer.
    MemorySilent = "clawlets::memory::silent", Unreachable,
        "The file system of the shared memory has not answered for longer than `--deadline`. A change that was begun may still come about, as a whole, when it answers again.",
        "Look at its server and at `memory.mount`; try again later.";
    /// Somebody else holds a file of the shared memory.
    MemoryBusy = "clawlets::memory::busy", Busy,
        "Somebody else held the file for longer than `--wait`. Nothing was changed.",
        "The message names the holder where this machine knows it. Try again.";
    /// A file of the shared memory is not what it was taken for.
    MemoryChanged = "clawlets::memory::changed", Conflict,
        "The file is not the version that was named, or came to be meanwhile. Nothing was changed.",
        "Read it again, and decide again.";
    /// The file system refuses access to the shared memory.
    MemoryDenied = "clawlets::memory::denied", Refused,
        "Your user may not do this with the shared memory.",
        "Who shares it is in its group; `clawlets-host memory init` gives its folders their rights.";
    /// A file is for humans to change.
    MemoryProtected = "clawlets::memory::protected", Refused,
        "Only humans change this file: it is in `memory.protected`. Nothing was changed.",
        "Ask an operator. Notes of your own belong into `daily/`.";
    /// A protected file was written by somebody who may not.
    MemoryForeign = "clawlets::memory::foreign", Refused,
        "A file that only humans change belongs to somebody who is none, or others may write to it. What it says is not trusted.",
        "An operator looks at it with `clf memory read` and `clf memory log`, and writes it again.";
    /// Something in the shared memory is no file.
    MemoryNotAFile = "clawlets::memory::not_a_file", Refused,
        "What stands there is a folder, a symbolic link, a pipe or a device. The memory holds files, and follows no link.",
        "`clf memory list FOLDER` shows what is in a folder.";
    /// A file of the shared memory is too large.
    MemoryTooLarge = "clawlets::memory::too_large", Refused,
        "A file would be larger than the memory takes: 256 MiB.",
        "Put large things elsewhere, and their address into the memory.";
    /// A text is not in a file of the shared memory.
    MemoryNoText = "clawlets::memory::no_text", NotFound,
        "The file does not hold the text that was to be replaced. Nothing was changed.",
        "`--find` takes the text as it stands, with every space and line break.";
    /// An edit failed.
    MemoryEdit = "clawlets::memory::edit", Failed,
        "The command or editor could not be started, failed, or gave nothing. Nothing was changed.",
        "What it said stands above the message.";
    /// The rules of the shared memory cannot be followed.
    MemoryPolicy = "clawlets::memory::policy", Refused,
        "`/etc/clawlets/memory.toml` cannot be read, is not valid, or could have been written by somebody else than root.",
        "The message says what is wrong. The file belongs to root, and nobody else may write to it.";
}
