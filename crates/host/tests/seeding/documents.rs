//! Workspaces, and the list of tools.

use std::fs;

use crate::desk::Desk;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("fleet/common/AGENTS.md", "# How\n\n## Tools\n");
    desk.write("fleet/common/TOOLS.md", "# Tools\n");
    desk.write("fleet/common/skills/fleet/SKILL.md", "skill\n");
    desk.write("fleet/bots/maren/SOUL.md", "maren\n");
    desk.write("tools.tsv", "# ours\nrg\tripgrep\tSearch in files\ngh\tgh\tTalk to GitHub");
    fs::create_dir(desk.path("workspace")).unwrap();
    desk
}

const SEED: &[&str] = &[
    "seed",
    "workspace",
    "--bot",
    "maren",
    "--from",
    "fleet",
    "--into",
    "workspace",
    "--record",
    "state/maren.json",
    "--tools",
    "tools.tsv",
];

#[test]
fn a_workspace_has_the_common_documents_its_own_and_the_tools() {
    let desk = desk();
    let said = desk.run(SEED).succeeds();
    assert!(said.contains("maren: SOUL.md given"), "{said}");
    let agents = desk.read("workspace/AGENTS.md");
    assert!(agents.contains("- `rg` (ripgrep): Search in files\n- `gh`: Talk to GitHub\n"), "{agents}");
    assert_eq!(desk.read("workspace/TOOLS.md").matches("## Tools").count(), 1);
    assert_eq!(desk.run(SEED).succeeds(), "", "nothing is left to do");
    desk.write("workspace/skills/fleet/SKILL.md", "mine\n");
    let again = desk.run(&[SEED, &["--json"]].concat()).json();
    let kept: Vec<_> = again
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["action"] == "keep")
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(kept, ["skills/fleet/SKILL.md"]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let desk = desk();
    desk.run(&[SEED, &["--dry-run"]].concat()).succeeds();
    assert_eq!(fs::read_dir(desk.path("workspace")).unwrap().count(), 0);
}

#[test]
fn the_list_of_tools_is_rendered_once_however_often() {
    let desk = desk();
    desk.write("workspace/AGENTS.md", "# Mine\n");
    let render = [
        "tools",
        "render",
        "--list",
        "tools.tsv",
        "--out",
        "etc/tools.md",
        "--workspace",
        "workspace",
        "--json",
    ];
    let changed = |run: &serde_json::Value| {
        run.as_array().unwrap().iter().filter(|file| file["changed"] == true).count()
    };
    assert_eq!(changed(&desk.run(&render).json()), 2);
    assert_eq!(changed(&desk.run(&render).json()), 0);
    assert!(
        desk.read("etc/tools.md")
            .starts_with("# Tools\n\nWhat is installed on this host.\n\n- `rg` (ripgrep): ")
    );
    assert!(desk.read("workspace/AGENTS.md").starts_with("# Mine\n\n## Tools\n\n"));
    let printed = desk.run(&["tools", "render", "--list", "tools.tsv", "--out", "-"]).succeeds();
    assert_eq!(printed, desk.read("etc/tools.md"));
    desk.write("tools.tsv", "rg\tripgrep\n");
    assert_eq!(desk.run(&render).code(), 2);
}

#[test]
fn a_host_that_has_nothing_to_give_has_nothing_to_do() {
    let desk = Desk::new();
    let path = |name: &str| desk.path(name).display().to_string();
    let config = format!(
        "host = 'web-1'\nsystem = 'x86_64-linux'\n[seed]\nlist = '{}'\nrepositories = '{}'\nworkspaces = '{}'\nbots = '{}'\n\
         [tools]\nlist = '{}'\nrendered = '{}'\n",
        path("none.tsv"),
        path("copies"),
        path("none"),
        path("nobody"),
        path("none"),
        path("tools.md"),
    );
    desk.write("host.toml", &config);
    for verb in [["seed", "repos"], ["seed", "workspace"], ["tools", "render"]] {
        desk.run(&[&verb[..], &["--config", "host.toml"]].concat()).succeeds();
    }
    assert!(!desk.path("tools.md").exists());
}

#[test]
fn every_bot_that_has_a_workspace_is_given_its_documents() {
    let desk = desk();
    for bot in ["maren", "jonas"] {
        fs::create_dir_all(desk.path(&format!("srv/{bot}/workspace"))).unwrap();
    }
    let path = |name: &str| desk.path(name).display().to_string();
    let config = format!(
        "host = 'web-1'\nsystem = 'x86_64-linux'\n[seed]\nworkspaces = '{}'\nbots = '{}'\nrecords = '{}'\n[tools]\nlist = '{}'\n",
        path("fleet"),
        path("srv"),
        path("records"),
        path("tools.tsv"),
    );
    desk.write("host.toml", &config);
    desk.run(&["seed", "workspace", "--config", "host.toml"]).succeeds();
    assert_eq!(desk.read("srv/maren/workspace/SOUL.md"), "maren\n");
    assert!(!desk.path("srv/jonas/workspace/SOUL.md").exists());
    assert!(desk.read("srv/jonas/workspace/AGENTS.md").contains("`rg`"));
    assert!(desk.path("records/jonas.json").exists());
}
