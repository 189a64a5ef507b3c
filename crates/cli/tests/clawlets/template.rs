//! The files that a new project begins with: every command in them is one that the programs know.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use clap::Command;
use clawlets_verbs::switches;

/// A command in a file of the template.
#[derive(Debug)]
struct Line {
    file: PathBuf,
    words: Vec<String>,
    /// Whether something stands for the rest of it.
    is_open: bool,
}

fn template() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("template")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The commands of a page: what stands in quotes for code, and the lines of blocks.
fn of_page(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, part) in text.split("```").enumerate() {
        if at % 2 == 1 {
            // A line that goes on in the next one is one command.
            let block = part.replace("\\\n", " ");
            found.extend(block.lines().skip(1).map(str::to_owned));
        } else {
            found.extend(part.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The commands of a script or of a workflow.
fn of_script(text: &str) -> Vec<String> {
    let named = text.lines().map(|line| line.replace("\"$RUNNER_TEMP/clawlets/bin/clawlets\"", "clawlets"));
    named.map(|line| line.trim().trim_start_matches("exec ").to_owned()).collect()
}

fn lines() -> Vec<Line> {
    let mut paths = Vec::new();
    files(&template(), &mut paths);
    let mut found = Vec::new();
    for file in paths {
        let text = fs::read_to_string(&file).unwrap();
        let is_page = file.extension().is_some_and(|extension| extension == "md");
        let texts = if is_page { of_page(&text) } else { of_script(&text) };
        for command in texts.iter().flat_map(|text| text.split(['|', '&', ';'])) {
            let words: Vec<String> =
                command.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect();
            let is_ours = matches!(words.first().map(String::as_str), Some("clawlets" | "clf"));
            if is_ours && words.len() > 1 && !words[1].starts_with("flake") {
                let is_open = words.last().is_some_and(|word| word == "…");
                let words = words.into_iter().filter(|word| word != "…" && word != "$@").collect();
                found.push(Line { file: file.clone(), words, is_open });
            }
        }
    }
    found
}

/// What the words that stand for something might be.
fn filled_in(word: &str) -> &str {
    match word {
        "JOB" => "01KAH5Z0000000000000000001",
        "SHA256" => "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4",
        "ID" => "123456789012345678",
        "$OPERATOR" => "ci",
        "$BOT" => "maren",
        "$ADMIN_CIDR" => "203.0.113.7/32",
        "$SSH_PUBKEY_FILE" => "operator.pub",
        "$SECRETS_FILE" => "values.json",
        "$HOST" | "$TARGET" => "web-1",
        "$CHANNEL" | "$TO" => "prod",
        "$FROM" => "staging",
        "$ID" => "7",
        other => other,
    }
}

fn definition(program: &str) -> Command {
    match program {
        "clf" => clawlets_clf::command(),
        _ => clawlets_cli::command(),
    }
}

/// The verb that the words lead to, and how many of them name it.
fn verb<'c>(root: &'c Command, words: &[String]) -> (&'c Command, usize) {
    let mut command = root;
    let mut depth = 1;
    while let Some(next) = words.get(depth).and_then(|word| command.find_subcommand(word)) {
        command = next;
        depth += 1;
    }
    (command, depth)
}

/// Why the programs would not take a command.
pub(crate) fn fault(words: &[String], is_open: bool) -> Option<String> {
    let mut root = definition(&words[0]);
    root.build();
    let (verb, depth) = verb(&root, words);
    if verb.has_subcommands() && words.get(depth).is_none_or(|word| !word.starts_with('-')) {
        return Some(format!("{} has no such verb", verb.get_name()));
    }
    if is_open || words.iter().any(|word| word == "--help") {
        return None;
    }
    let given: Vec<OsString> = words.iter().map(|word| filled_in(word).into()).collect();
    let given = switches::resolve(&definition(&words[0]), &given);
    definition(&words[0]).try_get_matches_from(given).err().map(|error| error.to_string())
}

#[test]
fn every_command_of_the_template_is_one_that_the_programs_take() {
    let lines = lines();
    assert!(lines.len() > 30, "{lines:#?}");
    let wrong: Vec<String> = lines
        .iter()
        .filter_map(|Line { file, words, is_open }| {
            let at = file.strip_prefix(template()).unwrap().display();
            fault(words, *is_open).map(|fault| format!("{at}: {}: {fault}", words.join(" ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_that_nobody_knows_is_found_out() {
    for line in [
        "clawlets cattle spwan --persona rex",
        "clawlets cattle spwan …",
        "clawlets doctor --scop repo",
        "clawlets doctor --scope everything",
        "clawlets fleet set --guild-id",
        "clawlets cattle",
        "clf jobs logs",
    ] {
        let words: Vec<String> = line.split(' ').filter(|word| *word != "…").map(str::to_owned).collect();
        assert!(fault(&words, line.ends_with('…')).is_some(), "{line}");
    }
}

#[test]
fn commands_are_found_wherever_they_stand() {
    let lines = lines();
    for (file, line) in [
        ("AGENT-BOOTSTRAP-SERVER.md", "clawlets fleet show"),
        ("AGENT-BOOTSTRAP-SERVER-AUTO.md", "clawlets secrets verify --json"),
        ("AGENT-CATTLE-SPAWN.md", "clawlets cattle logs JOB"),
        ("HEARTBEAT.md", "clawlets cattle leaks"),
        ("fleet/workspaces/common/skills/cattle/SKILL.md", "clf jobs logs JOB"),
        (".githooks/pre-push", "clawlets hooks pre-push"),
        (".github/workflows/ci.yml", "clawlets doctor --scope repo --strict"),
        (".github/workflows/deploy.yml", "clawlets server update apply --host $HOST"),
    ] {
        let is_it = |found: &&Line| found.file.ends_with(file) && found.words.join(" ") == line;
        assert!(lines.iter().any(|found| is_it(&found)), "{file}: {line}");
    }
}
