//! The files of a project.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    fix::Fix,
    mend::Mend,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// What a project begins with, besides its declaration.
const FILES: [&str; 9] = [
    ".gitignore",
    "flake.nix",
    "repos.tsv",
    "fleet/workspaces/common/AGENTS.md",
    "fleet/workspaces/common/SOUL.md",
    "fleet/workspaces/common/IDENTITY.md",
    "fleet/workspaces/common/TOOLS.md",
    "fleet/workspaces/common/USER.md",
    "fleet/workspaces/common/HEARTBEAT.md",
];

pub(crate) fn is_whole(subject: &Subject<'_>) -> Vec<Finding> {
    let missing: Vec<&str> = FILES.into_iter().filter(|file| !subject.path(file).is_file()).collect();
    if missing.is_empty() {
        return Verdict::Pass.of_project();
    }
    let tell = |file: &&str| {
        let fix = Fix::by_hand(
            "copy it out of a fresh project, which 'clawlets project init --dir DIR' writes, or out of git",
        );
        Verdict::problem("it is missing", fix).about(*file)
    };
    missing.iter().map(tell).collect()
}

pub(crate) fn ignores_runtime(subject: &Subject<'_>) -> Vec<Finding> {
    let mut git = Command::new("git");
    git.arg("-C").arg(&subject.root).args(["check-ignore", "--quiet", "--no-index", ".clawlets/env"]);
    git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let verdict = match git.status().map(|status| status.code()) {
        Ok(Some(0)) => Verdict::Pass,
        Ok(Some(1)) => Verdict::mendable(
            "git would commit .clawlets, which holds keys and state of this machine",
            Fix::run("clawlets doctor --scope repo --fix"),
            Mend::Line { path: subject.path(".gitignore"), line: "/.clawlets/".to_owned() },
        ),
        Ok(_) => Verdict::unknown("the project is no git repository"),
        Err(error) => Verdict::unknown(format!("git cannot be run: {error}")),
    };
    verdict.of_project()
}

pub(crate) fn runtime_is_private(subject: &Subject<'_>) -> Vec<Finding> {
    let runtime = &subject.runtime;
    // What is below a private folder is out of everybody's reach, but may be copied: keys are private by themselves.
    // The modes in extra-files are those of a host's disk, so its own mode is what keeps others out.
    let mut paths = vec![runtime.clone(), runtime.join("extra-files")];
    for folder in ["keys/operators", "passwords"] {
        let entries = fs::read_dir(runtime.join(folder)).into_iter().flatten().flatten();
        let mut entries: Vec<_> = entries.map(|entry| entry.path()).collect();
        entries.sort();
        paths.extend(entries);
    }
    paths.iter().filter_map(|path| privacy(subject, path)).collect()
}

/// None when it is not there.
fn privacy(subject: &Subject<'_>, path: &Path) -> Option<Finding> {
    let name = subject.shown(path);
    let metadata = fs::symlink_metadata(path).ok()?;
    let found = metadata.permissions().mode() & 0o777;
    let mode = if metadata.is_dir() { 0o700 } else { 0o600 };
    let verdict = if metadata.is_symlink() {
        let fix = Fix::by_hand(format!("put a file or folder of your own in the place of {name}"));
        Verdict::problem("it is a symbolic link", fix)
    } else if found & 0o077 == 0 {
        Verdict::Pass
    } else {
        let fix = Fix::run(format!("chmod {mode:o} {name}"));
        let cause = format!("others may use it (mode {found:o})");
        Verdict::mendable(cause, fix, Mend::Mode { path: path.to_owned(), mode })
    };
    Some(verdict.about(name))
}

/// The file of settings is read only if it is a regular file of the operator's with mode 600, and every line says
/// something.
pub(crate) fn settings_are_usable(subject: &Subject<'_>) -> Vec<Finding> {
    let path = subject.runtime.join("env");
    let Ok(metadata) = fs::symlink_metadata(&path) else { return Vec::new() };
    let mode = metadata.permissions().mode() & 0o7777;
    let verdict = match subject.machine.settings_trouble() {
        None => Verdict::Pass,
        Some(trouble) if metadata.is_file() && mode != 0o600 => {
            let fix = Fix::run(format!("chmod 600 {}", subject.shown(&path)));
            Verdict::mendable(trouble.cause, fix, Mend::Mode { path, mode: 0o600 })
        }
        Some(trouble) => Verdict::problem(trouble.cause, Fix::by_hand(trouble.remedy)),
    };
    verdict.of_project()
}
