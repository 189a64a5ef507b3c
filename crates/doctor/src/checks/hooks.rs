//! The hooks of git.

use std::{os::unix::fs::PermissionsExt, process::Command};

use crate::{
    mend::Mend,
    subject::Subject,
    verdict::{Finding, Verdict},
};

pub(crate) fn are_on(subject: &Subject<'_>) -> Vec<Finding> {
    let mut git = Command::new("git");
    git.arg("-C").arg(&subject.root).args(["config", "--get", "core.hooksPath"]);
    let output = match git.output() {
        Ok(output) if subject.path(".git").exists() => output,
        Ok(_) => return Verdict::unknown("the project is no git repository").of_project(),
        Err(error) => return Verdict::unknown(format!("git cannot be run: {error}")).of_project(),
    };
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let is_a_program = |name: &str| {
        let hook = subject.path(".githooks").join(name);
        hook.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o100 != 0)
    };
    let fix = "clawlets hooks install";
    let verdict = match path.as_str() {
        ".githooks" if is_a_program("pre-commit") && is_a_program("pre-push") => Verdict::Pass,
        ".githooks" => Verdict::problem("a hook in .githooks is missing or no program", fix),
        "" if is_a_program("pre-commit") && is_a_program("pre-push") => {
            let root = subject.root.clone();
            let mend = Mend::GitConfig { root, key: "core.hooksPath", value: ".githooks" };
            Verdict::mendable("git does not run the hooks in .githooks", fix, mend)
        }
        "" => Verdict::problem("the hooks are not installed", fix),
        other => Verdict::problem(
            format!("git runs the hooks in {other}"),
            "call 'clawlets hooks pre-commit' from there",
        ),
    };
    verdict.of_project()
}
