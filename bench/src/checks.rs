//! How long the checks take that stand between a person and a commit: `clawlets config validate`, and the hook before a push.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clawlets_tests::program;

use crate::{
    interrupt,
    latencies::Latencies,
    report::{Figure, Report},
    scale::Scale,
    timed,
};

/// What a repository has where it has nothing.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("checks", "The checks before a commit and a push");
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
    interrupt::remember(folder.path(), None);
    validate(&mut report, scale, folder.path());
    push(&mut report, scale, folder.path());
    report.note("The peers only read: Python parses the same file, Git prints the same objects. The sides take turns.");
    report
}

/// A declaration of many hosts.
fn validate(report: &mut Report, scale: &Scale, folder: &Path) {
    let file = folder.join("clawlets.json");
    fs::write(&file, declaration(scale.hosts)).expect("the folder was just made");
    let ours = || {
        let mut command = Command::new(program("clawlets"));
        command.args(["config", "validate", "--file"]).arg(&file);
        command
    };
    let python = || {
        let mut command = Command::new("python3");
        command.args(["-c", "import json, sys; json.load(open(sys.argv[1]))"]).arg(&file);
        command
    };
    let [ours, python] = in_turns(scale, [&ours, &python]);
    report.add(
        Figure::millis(format!("clawlets config validate, {} hosts, median", scale.hosts), ours.millis(0.5))
            .target(1_000.0)
            .against("python3, json.load", python.millis(0.5)),
    );
}

/// A first push of many files.
fn push(report: &mut Report, scale: &Scale, folder: &Path) {
    let folder = folder.join("repository");
    write_files(&folder, scale.files);
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "--all"]);
    let author = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
    git(&folder, &[&author[..], &["commit", "--quiet", "--message", "files"]].concat());
    let commit = git(&folder, &["rev-parse", "HEAD"]);
    let pushed = folder.join(".git/pushed");
    let line = format!("refs/heads/main {} refs/heads/main {NO_COMMIT}\n", commit.trim());
    fs::write(&pushed, line).expect("the repository can be written");
    let ours = || {
        let mut command = Command::new(program("clawlets"));
        command.args(["hooks", "pre-push", "origin", "https://git.example/fleet"]).current_dir(&folder);
        command.stdin(fs::File::open(&pushed).expect("it was just written"));
        command
    };
    let git = || {
        let mut command = Command::new("sh");
        command.args(["-c", "git rev-list --objects HEAD | cut -d ' ' -f 1 | git cat-file --batch"]);
        command.current_dir(&folder);
        command
    };
    let [ours, git] = in_turns(scale, [&ours, &git]);
    report.add(
        Figure::millis(
            format!("the hook before a push of {} new files, median", scale.files),
            ours.millis(0.5),
        )
        .target(2_000.0)
        .against("git cat-file --batch", git.millis(0.5)),
    );
}

fn in_turns<const N: usize>(scale: &Scale, sides: [&dyn Fn() -> Command; N]) -> [Latencies; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..scale.starts.div_ceil(5) {
        for (side, times) in sides.iter().zip(&mut times) {
            times.push(timed::process(&mut side()));
        }
    }
    times.map(Latencies::new)
}

fn declaration(hosts: usize) -> String {
    let mut text = "{\n  \"schemaVersion\": 13,\n  \"defaultHost\": \"web-0\",\n  \"fleet\": { \"botOrder\": [], \"bots\": {} },\n  \"hosts\": {\n".to_owned();
    for number in 0..hosts {
        let comma = if number + 1 == hosts { "" } else { "," };
        let _ = writeln!(
            text,
            "    \"web-{number}\": {{\n      \"enable\": true,\n      \"provider\": \"hetzner\",\n      \"provisioning\": {{ \"adminCidr\": \"203.0.113.0/24\" }},\n      \"sshExposure\": {{ \"mode\": \"tailnet\" }},\n      \"tailnet\": {{ \"mode\": \"tailscale\" }}\n    }}{comma}"
        );
    }
    text + "  }\n}\n"
}

/// Text files of some 2 kB each, a hundred in a folder.
fn write_files(folder: &Path, files: usize) {
    for number in 0..files {
        let part = folder.join(format!("notes/{}", number / 100));
        fs::create_dir_all(&part).expect("the folder was just made");
        let text: String =
            (0..60).map(|line| format!("line {line} of note {number} says something\n")).collect();
        fs::write(part.join(format!("{number}.md")), text).expect("the folder was just made");
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
