//! The memory that a sync of many pull requests and issues takes: `clawlets-host github-sync run` against a GitHub on
//! loopback, beside a script that keeps every page until the end.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clawlets_github_stand_in::{Entry, Github};
use clawlets_tests::program;

use crate::{
    interrupt,
    process::{Memory, family},
    report::{Figure, Report},
    scale::Scale,
};

/// How often the memory of a process is looked at. The kernel keeps its peak, so that little is missed.
const TURN: Duration = Duration::from_millis(5);
const TOKEN: &str = "made-up-token-of-a-person";

/// Follows the pages as every tutorial does, keeps what a line needs, and writes the document at the end.
const SCRIPT: &str = r#"
import json, re, sys, urllib.request
api, token, folder = sys.argv[1:]
for kind in ("pulls", "issues"):
    items, url = [], f"{api}/repos/acme/site/{kind}?state=open&per_page=100"
    while url:
        request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}", "x-github-api-version": "2022-11-28"})
        with urllib.request.urlopen(request) as answer:
            items += [item for item in json.load(answer) if kind == "pulls" or "pull_request" not in item]
            following = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("link") or "")
        url = following and following.group(1)
    with open(f"{folder}/{kind}.md", "w") as document:
        for item in items:
            document.write(f"- #{item['number']} {item['title']} ({item['user']['login']})\n")
"#;

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("github-sync", "A sync of many pull requests and issues");
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
    interrupt::remember(folder.path(), None);
    let github = Github::start();
    github.know_token(TOKEN);
    let half = scale.items / 2;
    github.change_repository("site", |open| {
        open.pull_requests = Entry::many(half);
        open.issues = Entry::many(half);
    });
    github.leave_calls(1_000_000);
    for name in ["memory", "script"] {
        fs::create_dir(folder.path().join(name)).expect("the folder was just made");
    }
    let (script, _) = watched(
        Command::new("python3").args(["-c", SCRIPT, &github.api(), TOKEN]).arg("script"),
        folder.path(),
    );
    let (first, took) = watched(&mut sync(&github), folder.path());
    let (again, took_again) = watched(&mut sync(&github), folder.path());
    let items = scale.items;
    report.add(
        Figure::bytes(format!("{items} items, the most memory, first run"), first)
            .target(64.0)
            .against("python3, every page in a list", script / 1e6),
    );
    report.add(Figure::millis(format!("{items} items, first run"), millis(took)));
    report.add(Figure::bytes(format!("{items} items, the most memory, nothing changed"), again).target(64.0));
    report.add(Figure::millis(format!("{items} items, nothing changed"), millis(took_again)));
    report.note(
        "Half of the items are pull requests, which GitHub lists among issues as well: both lists are read. The memory is that \
         of the process and of the one that it writes to the shared memory with, whichever has more, as the kernel counts \
         what is resident at its peak.",
    );
    report
}

fn sync(github: &Github) -> Command {
    let mut command = Command::new(program("clawlets-host"));
    command
        .args(["github-sync", "run", "--repo", "acme/site", "--state", "state"])
        .env("GITHUB_API_URL", github.api())
        .env("GITHUB_TOKEN", TOKEN)
        .env("CLAWLETS_MEMORY_ROOT", "memory");
    command
}

/// The most memory that a process or one of its children ever had, in bytes, and how long it took.
fn watched(command: &mut Command, folder: &Path) -> (f64, Duration) {
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let name = folder.display().to_string();
    let begun = Instant::now();
    let mut child = command.spawn().expect("it is installed");
    let mut peak = 0.0_f64;
    let status = loop {
        for process in family(child.id(), &name) {
            peak = peak.max(Memory::of(process).peak);
        }
        match child.try_wait().expect("a child can be waited for") {
            Some(status) => break status,
            None => thread::sleep(TURN),
        }
    };
    assert!(status.success(), "{command:?} failed");
    (peak, begun.elapsed())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
