//! Codes of faults: a project's folder: its template, its checks, its hooks, its file of tokens.

use super::table::codes;

codes! {
    /// The place for a new project holds something.
    ProjectExists = "clawlets::project::exists", Conflict,
        "The folder for a new project holds something already, or is no folder.",
        "Choose another folder. Nothing was written.";
    /// There is no project here.
    ProjectUnknown = "clawlets::project::unknown", NotFound,
        "Neither this folder nor one above it declares a fleet: there is no `fleet/clawlets.json`.",
        "Stand in a project, name one with `--dir`, or make one with `clawlets project init`.";
    /// A template cannot be used.
    TemplateInvalid = "clawlets::template::invalid", Refused,
        "The template holds what no template may (a symlink, a path that leaves the folder, another repository), or is not one.",
        "The message names the file. `clawlets project init` without `--template` uses the one that comes with the program.";
    /// There is no such template.
    TemplateUnknown = "clawlets::template::unknown", NotFound,
        "There is no folder of that name to take the template from.",
        "A folder on GitHub is named with its repository and a ref: `owner/repo/folder#v1.0.0`.";
    /// A template could not be fetched.
    TemplateUnreachable = "clawlets::template::unreachable", Unreachable,
        "Git could not fetch the template: there is no such repository or ref, you may not read it, or the network is down.",
        "The message holds what git said. `git ls-remote https://github.com/OWNER/REPO` shows the refs that you may read.";
    /// The doctor found what must be mended.
    DoctorRefused = "clawlets::doctor::refused", Refused,
        "`clawlets doctor` found an error, or under `--strict` a warning.",
        "Each line names a command that mends it; `--fix` does those without a risk.";
    /// Day zero is not finished.
    UpStopped = "clawlets::up::stopped", Interrupted,
        "`clawlets up` stopped before a step that only you can take, or that you did not want to be taken.",
        "The hint names the command. Run it, or do what it says, and then `clawlets up` again: what is done already is read off the project.";
    /// A commit or a push holds what must not leave the machine.
    HygieneRefused = "clawlets::hygiene::refused", Refused,
        "A commit or a push holds a plaintext secret, a private key, a value that is not encrypted, or a runtime file.",
        "Each line names the file, the line and what it looks like. What is no secret can be marked on its line: `clawlets: not a secret`.";
    /// Git was told to look for hooks elsewhere.
    HooksElsewhere = "clawlets::hooks::elsewhere", Conflict,
        "Git was told to look for hooks in another folder.",
        "Call ours from your own hooks, or replace the folder with `--force`.";
    /// Git refused.
    GitFailed = "clawlets::git::failed", Failed,
        "Git was asked to do something and failed.",
        "The message repeats what git said.";
    /// The file of tokens is open to others.
    EnvFileRefused = "clawlets::env::refused", Refused,
        "`.clawlets/env` holds tokens, and is read only if it is a regular file of yours with mode 0600.",
        "The hint says what to run.";
    /// The file of tokens has a line that cannot be used.
    EnvFileInvalid = "clawlets::env::invalid", Refused,
        "A line of `.clawlets/env` is not `KEY=value`, or its key is not one of the file's.",
        "The message names the lines; it never repeats a value.";
    /// The file of tokens exists.
    EnvFileExists = "clawlets::env::exists", Conflict,
        "`.clawlets/env` exists already; nothing was changed.",
        "Edit it, or look at it with `clawlets env show`.";
}
