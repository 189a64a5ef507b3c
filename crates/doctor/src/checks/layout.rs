//! The files of a project.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    mend::Mend,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// What a project begins with, besides its declaration.
const FILES: [&str; 4] = [".gitignore", "flake.nix", "fleet/workspaces/common/AGENTS.md", "repos.tsv"];
const RUNTIME: &str = ".clawlets";

pub(crate) fn is_whole(subject: &Subject<'_>) -> Vec<Finding> {
    let missing: Vec<&str> = FILES.into_iter().filter(|file| !subject.path(file).is_file()).collect();
    Verdict::pass_if(missing.is_empty(), || {
        let fix = "copy them from a fresh project: clawlets project init --dir DIR";
        Verdict::problem(format!("missing: {}", missing.join(", ")), fix)
    })
    .of_project()
}

pub(crate) fn ignores_runtime(subject: &Subject<'_>) -> Vec<Finding> {
    let mut git = Command::new("git");
    git.arg("-C").arg(&subject.root).args(["check-ignore", "--quiet", "--no-index", ".clawlets/env"]);
    git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let verdict = match git.status().map(|status| status.code()) {
        Ok(Some(0)) => Verdict::Pass,
        Ok(Some(1)) => Verdict::mendable(
            "git would commit .clawlets, which holds keys and state of this machine",
            "echo '/.clawlets/' >> .gitignore",
            Mend::Line { path: subject.path(".gitignore"), line: "/.clawlets/".to_owned() },
        ),
        Ok(_) => Verdict::unknown("the project is no git repository"),
        Err(error) => Verdict::unknown(format!("git cannot be run: {error}")),
    };
    verdict.of_project()
}

pub(crate) fn runtime_is_private(subject: &Subject<'_>) -> Vec<Finding> {
    let paths =
        [RUNTIME, ".clawlets/env", ".clawlets/keys", ".clawlets/keys/operators", ".clawlets/extra-files"];
    let mut findings: Vec<Finding> =
        paths.iter().filter_map(|path| privacy(&subject.path(path), path)).collect();
    let keys = fs::read_dir(subject.path(".clawlets/keys/operators")).into_iter().flatten().flatten();
    for key in keys {
        let name = format!(".clawlets/keys/operators/{}", key.file_name().to_string_lossy());
        findings.extend(privacy(&key.path(), &name));
    }
    findings
}

/// None when it is not there.
fn privacy(path: &Path, name: &str) -> Option<Finding> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let found = metadata.permissions().mode() & 0o777;
    let mode = if metadata.is_dir() { 0o700 } else { 0o600 };
    let verdict = if metadata.is_symlink() {
        Verdict::problem("it is a symbolic link", format!("replace {name} with a file of your own"))
    } else if found & 0o077 == 0 {
        Verdict::Pass
    } else {
        let fix = format!("chmod {mode:o} {name}");
        Verdict::mendable(
            format!("others may use it (mode {found:o})"),
            fix,
            Mend::Mode { path: path.to_owned(), mode },
        )
    };
    Some(verdict.about(name))
}
