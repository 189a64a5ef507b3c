//! Codes of faults: what a host starts out with.

use super::table::codes;

codes! {
    /// A list of repositories or tools is not valid.
    SeedList = "clawlets::seed::list", Usage,
        "A line of `repos.tsv` or of the list of tools is not valid. Nothing was done.",
        "The message names every such line. Columns are separated by tabs, not by blanks.";
    /// A repository cannot be brought to the host.
    SeedUnreachable = "clawlets::seed::unreachable", Unreachable,
        "A repository could not be cloned or fetched. The copy that was there before is untouched.",
        "The line of the repository says why. A private one needs a token that opens it, an address of SSH a key.";
    /// Something else is in the place of a repository's copy.
    SeedConflict = "clawlets::seed::conflict", Conflict,
        "In the place of a copy is something that is no repository, or one that comes from another place. It was left alone.",
        "Move it away, or give the copy another name in `repos.tsv`.";
    /// Somebody else works on the copies.
    SeedBusy = "clawlets::seed::busy", Busy,
        "Another process is bringing repositories to this host.",
        "Run the command again when it has ended.";
    /// A snapshot of repositories cannot be used.
    SeedSnapshot = "clawlets::seed::snapshot", Refused,
        "A snapshot of repositories is damaged, too large, or holds what none may hold. Nothing of it was used.",
        "Build it again. Without it the repositories are cloned.";
    /// A workspace cannot be seeded.
    SeedWorkspace = "clawlets::seed::workspace", Refused,
        "What the fleet gives to its bots holds something that no workspace gets, such as a link; or the record of what a bot was given is damaged.",
        "The message names the file. Without its record every file that differs counts as the bot's own.";
}
