//! The commands of README and guides do what they say: every `sh` block is run, in order, as a stranger would type it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_tests::{guest_program, program, workspace_root};

/// The blocks of a page with this language, joined.
fn blocks(page: &Path, language: &str) -> String {
    let text = fs::read_to_string(page).unwrap();
    let mut joined = String::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line.strip_prefix("```")) {
            (false, Some(found)) => inside = found == language,
            (true, Some(_)) => inside = false,
            (true, None) => {
                joined.push_str(line);
                joined.push('\n');
            }
            (false, None) => {}
        }
    }
    joined
}

fn run(page: &str) {
    let script = blocks(&workspace_root().join(page), "sh");
    assert!(!script.is_empty(), "{page} holds no command");
    let folder = tempfile::tempdir().unwrap();
    let programs = program("clawlets").parent().unwrap().to_owned();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("CLAWLETS_STATE_DIR", folder.path().join("state"))
        .env("CLAWLETS_GUEST", guest_program())
        .env("NO_COLOR", "1")
        .env_remove("CLF_SOCKET")
        .stdin(Stdio::null())
        .process_group(0);
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        let mut down = Command::new(program("clawlets"));
        down.args(["local", "down"]).env("CLAWLETS_STATE_DIR", folder.path().join("state"));
        let _ = down.output();
        let log = fs::read_to_string(folder.path().join("orchestrator.log")).unwrap_or_default();
        panic!("{page} does not do what it says ({}):\n{said}\n--- orchestrator ---\n{log}", output.status);
    }
}

#[test]
fn the_commands_of_the_readme_work() {
    run("README.md");
}

#[test]
fn the_commands_of_the_guide_run_a_task_work() {
    run("docs/guide/run-a-task.md");
}

#[test]
fn the_commands_of_the_guide_start_a_fleet_work() {
    run("docs/guide/start-a-fleet.md");
}

#[test]
fn the_commands_of_the_guide_why_is_my_host_not_updating_work() {
    run("docs/guide/why-is-my-host-not-updating.md");
}

#[test]
fn the_commands_of_the_guide_publish_and_roll_back_work() {
    run("docs/guide/publish-and-roll-back.md");
}

#[test]
fn the_commands_of_the_guide_rotate_a_signing_key_work() {
    run("docs/guide/rotate-a-signing-key.md");
}

#[test]
fn the_commands_of_the_guide_what_is_refused_work() {
    run("docs/guide/what-is-refused.md");
}

#[test]
fn the_commands_of_the_guide_secrets_work() {
    run("docs/guide/secrets.md");
}

#[test]
fn the_commands_of_the_guide_move_from_clawlets_typescript_work() {
    run("docs/guide/move-from-clawlets-typescript.md");
}

#[test]
fn the_commands_of_the_guide_how_fast_is_a_spawn_work() {
    run("docs/guide/how-fast-is-a-spawn.md");
}

#[test]
fn the_commands_of_the_guide_what_a_guest_can_do_work() {
    run("docs/guide/what-a-guest-can-do.md");
}

#[test]
fn the_commands_of_the_guide_give_bots_a_memory_work() {
    run("docs/guide/give-bots-a-memory.md");
}

#[test]
fn the_commands_of_the_guide_github_without_long_lived_tokens_work() {
    run("docs/guide/github-without-long-lived-tokens.md");
}

#[test]
fn the_commands_of_the_guide_redeploy_hosts_at_aws_work() {
    run("docs/guide/redeploy-hosts-at-aws.md");
}

#[test]
fn the_commands_of_the_guide_redeploy_from_your_phone_work() {
    run("docs/guide/redeploy-from-your-phone.md");
}

#[test]
fn the_commands_of_the_guide_hosts_from_an_image_work() {
    run("docs/guide/hosts-from-an-image.md");
}

#[test]
fn every_guide_is_run_by_a_test() {
    let this = fs::read_to_string(workspace_root().join("tests/tests/docs.rs")).unwrap();
    for entry in fs::read_dir(workspace_root().join("docs/guide")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(this.contains(&format!("docs/guide/{name}")), "no test runs docs/guide/{name}");
    }
}

#[test]
fn the_make_targets_that_the_readme_names_exist() {
    let makefile = fs::read_to_string(workspace_root().join("Makefile")).unwrap();
    let named = blocks(&workspace_root().join("README.md"), "console");
    let targets: Vec<_> = named.lines().filter_map(|line| line.strip_prefix("make ")).collect();
    assert!(targets.len() >= 2, "{named}");
    for target in targets {
        let target = target.split_whitespace().next().unwrap();
        assert!(makefile.contains(&format!("\n{target}:")), "make {target}");
    }
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut found =
        vec!["README.md", "CONTRIBUTING.md"].into_iter().map(|page| workspace_root().join(page)).collect();
    pages(&workspace_root().join("docs"), &mut found);
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            assert!(page.parent().unwrap().join(target).exists(), "{}: {link}", page.display());
        }
    }
}
