//! The workspace of a bot.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use clawlets_seed::{
    tools::ToolList,
    workspace::{Action, Mode, Source, WorkspaceError, seed},
};

/// A fleet and a workspace in a folder of their own.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            ("common/AGENTS.md", "# How\n\n## Tools\n"),
            ("common/SOUL.md", "common soul\n"),
            ("common/skills/fleet/SKILL.md", "skill\n"),
            ("common/notes.md", "notes\n"),
            ("own/SOUL.md", "own soul\n"),
        ] {
            world.write(path, text);
        }
        fs::create_dir(world.path("workspace")).unwrap();
        world
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn seed(&self) -> Vec<(String, Action)> {
        self.seed_with(Mode::Apply, None).unwrap()
    }

    fn seed_with(&self, mode: Mode, tools: Option<&str>) -> Result<Vec<(String, Action)>, WorkspaceError> {
        let tools = tools.map(|text| ToolList::parse(text.as_bytes()).unwrap());
        let source = Source::read(&self.path("common"), Some(&self.path("own")), tools)?;
        let changes = seed(&source, &self.path("workspace"), &self.path("state/record.json"), mode)?;
        Ok(changes.into_iter().map(|change| (change.path.display().to_string(), change.action)).collect())
    }
}

fn did(changes: &[(String, Action)], path: &str) -> Option<Action> {
    changes.iter().find(|(found, _)| found == path).map(|(_, action)| *action)
}

#[test]
fn a_bots_own_document_lies_over_the_common_one_and_seeding_again_changes_nothing() {
    let world = World::new();
    let first = world.seed();
    assert!(first.iter().all(|(_, action)| *action == Action::Add), "{first:?}");
    assert_eq!(world.read("workspace/SOUL.md"), "own soul\n");
    assert_eq!(world.read("workspace/skills/fleet/SKILL.md"), "skill\n");
    let second = world.seed();
    assert!(second.iter().all(|(_, action)| *action == Action::Unchanged), "{second:?}");
}

#[test]
fn managed_documents_are_refreshed_and_what_the_agent_changed_stays() {
    let world = World::new();
    world.seed();
    world.write("workspace/AGENTS.md", "obey me\n");
    world.write("workspace/notes.md", "my notes\n");
    world.write("workspace/diary.md", "mine\n");
    world.write("common/notes.md", "new notes\n");
    world.write("common/skills/fleet/SKILL.md", "new skill\n");
    let changes = world.seed();
    assert_eq!(did(&changes, "AGENTS.md"), Some(Action::Refresh));
    assert_eq!(did(&changes, "notes.md"), Some(Action::Keep));
    assert_eq!(did(&changes, "skills/fleet/SKILL.md"), Some(Action::Refresh), "the agent never changed it");
    assert_eq!(world.read("workspace/notes.md"), "my notes\n");
    assert_eq!(world.read("workspace/diary.md"), "mine\n");
    assert_eq!(did(&world.seed(), "notes.md"), Some(Action::Keep), "it stays the agent's own");
}

#[test]
fn what_the_fleet_has_no_more_goes_unless_the_agent_made_it_its_own() {
    let world = World::new();
    world.seed();
    fs::remove_file(world.path("common/notes.md")).unwrap();
    fs::remove_file(world.path("common/skills/fleet/SKILL.md")).unwrap();
    world.write("workspace/notes.md", "my notes\n");
    let changes = world.seed();
    assert_eq!(did(&changes, "skills/fleet/SKILL.md"), Some(Action::Remove));
    assert!(!world.path("workspace/skills/fleet/SKILL.md").exists());
    assert_eq!(world.read("workspace/notes.md"), "my notes\n");
}

#[test]
fn the_list_of_tools_is_there_once_however_often_it_is_seeded() {
    let world = World::new();
    for _ in 0..3 {
        world.seed_with(Mode::Apply, Some("rg\tripgrep\tSearch")).unwrap();
    }
    let agents = world.read("workspace/AGENTS.md");
    assert_eq!((agents.matches("## Tools").count(), agents.matches("`rg`").count()), (1, 1), "{agents}");
    world.seed_with(Mode::Apply, Some("gh\tgh\tGitHub")).unwrap();
    let agents = world.read("workspace/AGENTS.md");
    assert!(agents.contains("`gh`") && !agents.contains("`rg`"), "{agents}");
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let world = World::new();
    let changes = world.seed_with(Mode::DryRun, None).unwrap();
    assert_eq!(changes.len(), 4);
    assert_eq!(fs::read_dir(world.path("workspace")).unwrap().count(), 0);
    assert!(!world.path("state").exists());
}

#[test]
fn links_of_a_hostile_bot_lead_nowhere() {
    let world = World::new();
    world.seed();
    world.write("outside/victim", "untouched\n");
    world.write("outside/fleet/SKILL.md", "untouched\n");
    // A managed document, a given file and a folder are now links out of the workspace.
    for path in ["workspace/AGENTS.md", "workspace/notes.md"] {
        fs::remove_file(world.path(path)).unwrap();
        symlink(world.path("outside/victim"), world.path(path)).unwrap();
    }
    fs::remove_dir_all(world.path("workspace/skills")).unwrap();
    symlink(world.path("outside"), world.path("workspace/skills")).unwrap();
    world.write("common/skills/fleet/SKILL.md", "new skill\n");
    let changes = world.seed();
    assert_eq!(did(&changes, "AGENTS.md"), Some(Action::Refresh));
    assert_eq!(did(&changes, "notes.md"), Some(Action::Keep));
    assert_eq!(did(&changes, "skills/fleet/SKILL.md"), Some(Action::Keep));
    assert_eq!(world.read("outside/victim"), "untouched\n");
    assert_eq!(world.read("outside/fleet/SKILL.md"), "untouched\n");
    let agents = fs::symlink_metadata(world.path("workspace/AGENTS.md")).unwrap();
    assert!(agents.is_file(), "the link was replaced");
}

#[test]
fn a_pipe_in_the_place_of_a_file_does_not_hold_anybody_up() {
    let world = World::new();
    world.seed();
    fs::remove_file(world.path("workspace/notes.md")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(world.path("workspace/notes.md")).status().unwrap();
    assert!(made.success());
    assert_eq!(did(&world.seed(), "notes.md"), Some(Action::Keep));
}

#[test]
fn a_link_among_what_the_fleet_gives_is_refused() {
    let world = World::new();
    symlink(Path::new("/etc/passwd"), world.path("common/passwd")).unwrap();
    assert!(matches!(world.seed_with(Mode::Apply, None), Err(WorkspaceError::Source { .. })));
}

#[test]
fn programs_stay_programs_and_everybody_may_read() {
    let world = World::new();
    world.write("common/skills/fleet/run", "#!/bin/sh\n");
    fs::set_permissions(world.path("common/skills/fleet/run"), fs::Permissions::from_mode(0o700)).unwrap();
    world.seed();
    let mode = |path: &str| fs::metadata(world.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode("workspace/skills/fleet/run"), mode("workspace/notes.md"), mode("workspace/skills/fleet")),
        (0o755, 0o644, 0o755)
    );
}
