//! Codes of faults: GitHub.

use super::table::codes;

codes! {
    /// No token for GitHub could be made.
    GithubToken = "clawlets::github::token", Unreachable,
        "GitHub gave no token: it cannot be reached, does not accept the App's key, or the App may not do what was asked for. The token that was there before is kept.",
        "The causes say which. A key that was replaced, an App that is not installed, and a clock that is wrong are the usual ones.";
    /// Somebody else is at it.
    GithubBusy = "clawlets::github::busy", Busy,
        "Another process makes the token, or reads the pull requests and issues, and does not end.",
        "Run the command again when it has ended.";
    /// There is no token for GitHub.
    GithubNoToken = "clawlets::github::no_token", NotFound,
        "There is no token with which GitHub could be asked.",
        "`clawlets-host github-token mint` makes one from a GitHub App. `GITHUB_TOKEN` in the environment may hold another.";
    /// Nothing could be read at GitHub.
    GithubUnread = "clawlets::github::unread", Unreachable,
        "None of the repositories could be read at GitHub.",
        "The documents in the shared memory show what was read before, each list with its age and with the reason.";
}
