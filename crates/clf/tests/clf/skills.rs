//! The skills that a new fleet's bots have: every command line in them is one that this program takes.

use std::{fs, path::Path, process::Command};

/// What stands for a value in a skill, and a value.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("FOLDER", "out"),
    ("HOST", "web-2"),
    ("JOB", "01JD0000000000000000000000"),
    ("PATH", "project.md"),
    ("SHA256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("TEXT", "plain words"),
];

/// The command lines of a text: what stands between backticks and begins with this program's name.
fn command_lines(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|span| span.starts_with("clf ")).collect()
}

/// The words of a command line, as a shell reads them.
fn words(line: &str) -> Vec<String> {
    let output =
        Command::new("sh").args(["-c", &format!("printf '%s\\0' {line}")]).output().expect("a shell starts");
    assert!(output.status.success(), "{line}");
    let text = String::from_utf8(output.stdout).expect("a skill is text");
    text.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn every_command_line_of_a_skill_is_taken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template/fleet/workspaces/common/skills");
    let mut checked = 0;
    for skill in ["cattle", "fleet", "memory"] {
        let text = fs::read_to_string(folder.join(skill).join("SKILL.md")).unwrap();
        let lines = command_lines(&text);
        assert!(!lines.is_empty(), "{skill} names no command");
        for line in lines {
            let filled =
                PLACEHOLDERS.iter().fold(line.to_owned(), |line, (name, value)| line.replace(name, value));
            let parsed = clawlets_clf::command().try_get_matches_from(words(&filled));
            parsed.unwrap_or_else(|error| panic!("{skill}: {line}: {error}"));
            checked += 1;
        }
    }
    assert!(checked > 10, "only {checked} command lines were found");
}

#[test]
fn a_skill_names_itself_and_what_it_needs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template/fleet/workspaces/common/skills");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(path.join("SKILL.md")).unwrap();
        let (front, _) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(front.lines().any(|line| line == format!("name: {name}")), "{name}");
        assert!(front.contains(r#"{ "openclaw": { "requires": { "bins": ["clf"] } } }"#), "{name}");
        assert!(text.contains("\n## What you may not do\n"), "{name} says what a bot may not do");
    }
}
