//! The workflows that a new project begins with: pinned, with few rights, and doing what they say.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_tests::{Run, program, skip, workspace_root};
use serde_json::{Value, json};

/// What a workflow may do to the repository, by its name and job. All others may read, at most.
const MAY_WRITE: [(&str, &str, &[&str]); 6] = [
    ("bump-inputs", "bump", &["contents", "pull-requests"]),
    // To be known to AWS, which changes nothing at GitHub.
    ("fleet-deploy", "deploy", &["id-token"]),
    ("image-build", "build", &["id-token"]),
    ("updates-publish", "publish", &["contents"]),
    ("updates-promote", "promote", &["contents"]),
    ("updates-refresh", "refresh", &["contents"]),
];
/// What signs releases.
const SIGNING_KEY: &str = "MINISIGN_PRIVATE_KEY";

fn workflows() -> Vec<(String, String)> {
    let folder = workspace_root().join("template/.github/workflows");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    assert!(found.len() >= 2, "{found:?}");
    found
}

/// The faults of a workflow by our own rules.
fn faults(name: &str, text: &str) -> Vec<String> {
    let document: Value = serde_saphyr::from_str(text).unwrap();
    let mut faults = Vec::new();
    if !document["permissions"].as_object().is_some_and(|given| reads_only(given.values())) {
        faults.push("the workflow as a whole must say that it may read at most".to_owned());
    }
    if document["defaults"]["run"]["shell"] != "bash" {
        faults.push("what fails at the head of a pipe goes unseen".to_owned());
    }
    if text.contains("pull_request_target") || text.contains("workflow_run") {
        faults.push("a stranger's change would run with the rights of the repository".to_owned());
    }
    for (job, body) in document["jobs"].as_object().unwrap() {
        let allowed = MAY_WRITE.iter().find(|(workflow, known, _)| *workflow == name && known == job);
        let given = body["permissions"].as_object().into_iter().flatten();
        for (right, _) in given.filter(|(_, access)| *access != "read" && *access != "none") {
            if !allowed.is_some_and(|(_, _, rights)| rights.contains(&right.as_str())) {
                faults.push(format!("{job} may write {right}"));
            }
        }
        if body["timeout-minutes"].is_null() {
            faults.push(format!("{job} has no end"));
        }
        for step in body["steps"].as_array().unwrap() {
            faults.extend(step_faults(step));
        }
    }
    faults.extend(key_faults(&document, text));
    let pinned = text.lines().filter(|line| line.contains("uses:"));
    faults.extend(
        pinned.filter(|line| !line.contains(" # v")).map(|line| format!("{line}: of which version?")),
    );
    faults
}

/// The key that signs is in the environment of one step, which does nothing but sign; and only one workflow of those that sign
/// runs at a time.
fn key_faults(document: &Value, text: &str) -> Vec<String> {
    let secret = format!("secrets.{SIGNING_KEY}");
    if !text.contains(&secret) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let steps =
        document["jobs"].as_object().unwrap().values().flat_map(|job| job["steps"].as_array().unwrap());
    let holding: Vec<_> = steps.filter(|step| step.to_string().contains(&secret)).collect();
    if text.matches(&secret).count() != 1 || holding.len() != 1 {
        faults.push("the key is in more than one step".to_owned());
    }
    for step in holding {
        let script = step["run"].as_str().unwrap_or_default();
        let does_more = ["nix ", "git ", "gh ", " publish", "curl"].iter().any(|word| script.contains(word));
        if step["env"][SIGNING_KEY].is_null() || script.is_empty() || does_more {
            faults.push("the step with the key does more than sign".to_owned());
        }
    }
    if document["concurrency"] != json!({ "group": "updates", "cancel-in-progress": false }) {
        faults.push("two may sign at once, or one is stopped half-way".to_owned());
    }
    faults
}

fn reads_only<'v>(mut rights: impl Iterator<Item = &'v Value>) -> bool {
    rights.all(|access| access == "read" || access == "none")
}

fn step_faults(step: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(action) = step["uses"].as_str() {
        let pin = action.rsplit_once('@').map_or("", |(_, pin)| pin);
        if pin.len() != 40 || !pin.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            faults.push(format!("{action} is not pinned to a commit"));
        }
        if action.starts_with("actions/checkout@") && step["with"]["persist-credentials"] != json!(false) {
            faults.push("a checkout leaves a token behind".to_owned());
        }
    }
    if step["run"].as_str().is_some_and(|script| script.contains("${{")) {
        faults.push("a script has something put into its text: hand it over in a variable".to_owned());
    }
    faults
}

#[test]
fn actions_are_pinned_rights_are_few_and_scripts_are_fixed() {
    for (name, text) in workflows() {
        assert_eq!(faults(&name, &text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_careless_workflow_is_found_out() {
    let (_, ci) = workflows().into_iter().find(|(name, _)| name == "ci").unwrap();
    let careless = [
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7 # v7"),
        (" # v7.0.1", ""),
        ("permissions:\n  contents: read\n", ""),
        ("permissions:\n  contents: read\n", "permissions: write-all\n"),
        ("    timeout-minutes: 60\n", ""),
        ("    timeout-minutes: 60\n", "    timeout-minutes: 60\n    permissions:\n      contents: write\n"),
        ("  pull_request:\n", "  pull_request_target:\n"),
        ("    shell: bash\n", "    shell: sh\n"),
        ("          persist-credentials: false\n", ""),
        ("config validate --strict", "config validate ${{ github.event.pull_request.title }}"),
    ];
    for (good, bad) in careless {
        assert!(ci.contains(good), "{good}");
        assert!(!faults("ci", &ci.replacen(good, bad, 1)).is_empty(), "{bad}");
    }
}

#[test]
fn a_key_that_more_can_see_than_signs_is_found_out() {
    let all = workflows();
    for name in ["updates-publish", "updates-promote", "updates-refresh"] {
        let (_, text) = all.iter().find(|(known, _)| known == name).unwrap();
        let held = format!("{SIGNING_KEY}: ${{{{ secrets.{SIGNING_KEY} }}}}");
        for (good, bad) in [
            ("GH_TOKEN: ${{ github.token }}", format!("GH_TOKEN: ${{{{ github.token }}}}\n          {held}")),
            ("release sign --in", "release publish --in".to_owned()),
            ("group: updates\n", "group: others\n".to_owned()),
            ("cancel-in-progress: false", "cancel-in-progress: true".to_owned()),
        ] {
            assert!(text.contains(good), "{name}: {good}");
            assert!(!faults(name, &text.replacen(good, &bad, 1)).is_empty(), "{name}: {bad}");
        }
    }
}

/// The folder that scripts/setup puts actionlint into.
fn actionlint() -> Option<PathBuf> {
    let cache = || {
        let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
        std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home)
    };
    let set = std::env::var_os("CLAWLETS_ACTIONLINT").map(PathBuf::from);
    let folder = set.or_else(|| cache().map(|cache| cache.join("clawlets/actionlint")))?;
    folder.join("made-of").is_file().then_some(folder)
}

#[test]
fn actionlint_finds_nothing_to_say() {
    let Some(folder) = actionlint() else {
        assert!(std::env::var_os("CI").is_none(), "actionlint is missing: run scripts/setup --tests");
        return skip("actionlint_finds_nothing_to_say", "actionlint is missing: run scripts/setup --tests");
    };
    let lint = |file: &Path| Run::of(Command::new("node").arg(folder.join("lint.cjs")).arg(file));
    let template = workspace_root().join("template/.github/workflows");
    for (name, _) in workflows() {
        let said = lint(&template.join(format!("{name}.yml")));
        assert!(said.ok() && said.out().is_empty(), "{}{}", said.out(), said.talk());
    }
    let wrong = tempfile::tempdir().unwrap();
    let file = wrong.path().join("wrong.yml");
    fs::write(&file, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"${{ github.event.issue.title }}\"\n").unwrap();
    assert!(lint(&file).out().contains("potentially untrusted"), "it does look");
}

/// A fresh project with its first commit, where the steps of its workflow that need no nix can be run.
struct Checkout {
    folder: tempfile::TempDir,
    steps: BTreeMap<String, String>,
}

impl Checkout {
    fn new() -> Self {
        let (_, ci) = workflows().into_iter().find(|(name, _)| name == "ci").unwrap();
        let document: Value = serde_saphyr::from_str(&ci).unwrap();
        let steps = document["jobs"]["check"]["steps"].as_array().unwrap();
        let named = steps
            .iter()
            .filter_map(|step| Some((step["name"].as_str()?.to_owned(), step["run"].as_str()?.to_owned())));
        let checkout = Self { folder: tempfile::tempdir().unwrap(), steps: named.collect() };
        let bin = checkout.folder.path().join("temp/clawlets/bin");
        fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(program("clawlets"), bin.join("clawlets")).unwrap();
        let mut init = Command::new(program("clawlets"));
        Run::of(init.args(["project", "init", "--dir", "project"]).current_dir(checkout.folder.path()))
            .succeeds();
        checkout.commit("a fleet");
        checkout
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.hooksPath=/nowhere"]);
        Run::of(git.args(words).current_dir(self.project())).succeeds().trim().to_owned()
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs a step as the runner would.
    fn step(&self, name: &str, variables: &[(&str, &str)]) -> Run {
        let mut shell = Command::new("bash");
        shell.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &self.steps[name]]);
        shell.current_dir(self.project()).env("RUNNER_TEMP", self.folder.path().join("temp"));
        Run::of(shell.envs(variables.iter().copied()).stdin(Stdio::null()))
    }
}

#[test]
fn what_project_init_writes_passes_its_own_checks() {
    let checkout = Checkout::new();
    let checked = checkout.step("Check the repository", &[]);
    assert!(checked.ok(), "{}{}", checked.out(), checked.talk());
    fs::write(checkout.project().join("fleet/clawlets.json"), "{}").unwrap();
    assert!(!checkout.step("Check the repository", &[]).ok());
}

#[test]
fn a_secret_that_a_later_commit_took_away_is_found_in_what_is_new() {
    let checkout = Checkout::new();
    let before = checkout.git(&["rev-parse", "HEAD"]);
    let zero = "0".repeat(40);
    let look = |before: &str| {
        let after = checkout.git(&["rev-parse", "HEAD"]);
        checkout.step("Look for secrets in what is new", &[("BEFORE", before), ("AFTER", &after)])
    };
    for before in [&before, &zero, ""] {
        let looked = look(before);
        assert!(looked.ok(), "{before}: {}", looked.talk());
    }
    let file = checkout.project().join("notes.txt");
    let key =
        ["-----BEGIN OPENSSH", "PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH", "PRIVATE KEY-----\n"]
            .join(" ");
    fs::write(&file, key).unwrap();
    let with_key = checkout.commit("notes");
    fs::remove_file(&file).unwrap();
    checkout.commit("no notes");
    for (before, code) in [(&before, 6), (&zero, 6), (&with_key, 0), (&"f".repeat(40), 6)] {
        let looked = look(before);
        assert_eq!(looked.code(), code, "{before}: {}", looked.talk());
    }
}
