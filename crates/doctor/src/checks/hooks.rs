//! The hooks of git.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use crate::{
    fix::Fix,
    mend::Mend,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// Whether the hooks of another folder call ours.
fn calls_ours(subject: &Subject<'_>, folder: &str) -> bool {
    let calls = |name: &str| {
        let text = fs::read_to_string(subject.operators_path(folder).join(name)).unwrap_or_default();
        text.contains(&format!("clawlets hooks {name}"))
    };
    calls("pre-commit") && calls("pre-push")
}

pub(crate) fn are_on(subject: &Subject<'_>) -> Vec<Finding> {
    let mut git = Command::new("git");
    git.arg("-C").arg(&subject.root).args(["config", "--get", "core.hooksPath"]);
    git.stdin(Stdio::null()).stderr(Stdio::null());
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
    let are_there = is_a_program("pre-commit") && is_a_program("pre-push");
    let fix = Fix::run("clawlets hooks install");
    let verdict = match path.as_str() {
        ".githooks" if are_there => Verdict::Pass,
        ".githooks" => Verdict::problem("a hook in .githooks is missing or no program", fix),
        "" if are_there => {
            let root = subject.root.clone();
            let mend = Mend::GitConfig { root, key: "core.hooksPath", value: ".githooks" };
            Verdict::mendable("git does not run the hooks in .githooks", fix, mend)
        }
        "" => Verdict::problem("the hooks are not installed", fix),
        other if calls_ours(subject, other) => Verdict::Pass,
        other => Verdict::problem(
            format!(
                "git runs the hooks in {other}, and they do not call 'clawlets hooks pre-commit' and 'pre-push'"
            ),
            Fix::run("clawlets hooks install --force"),
        ),
    };
    verdict.of_project()
}
