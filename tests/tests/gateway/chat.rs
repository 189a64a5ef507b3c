//! What people write to a bot, and what becomes of it.

use std::fs;

use clawlets_tests::eventually_within;
use serde_json::Value;

use crate::{
    control::Control,
    openclaw::{Bot, MAINTAINER, PATIENCE, STRANGER},
    watched::Watch,
};

/// The most memory that a gateway may have had after a conversation, in MiB: half of what a bot is given. It takes some
/// 1700 of them, and more on a machine that is so busy that its engine comes late to clear away what it no longer needs.
const MEMORY: u64 = 2_048;

#[test]
fn a_maintainer_reaches_the_fleet_through_skill_and_clf_and_a_stranger_reaches_nothing() {
    let test = "a_maintainer_reaches_the_fleet_through_skill_and_clf_and_a_stranger_reaches_nothing";
    let Some(mut bot) = Bot::new(test) else { return };
    fs::create_dir(bot.path("memory")).unwrap();
    fs::write(bot.path("memory/project.md"), "# What we build\n").unwrap();
    let watch = Watch::over(&bot);
    let control = Control::start(&bot, watch.url());
    let path = |name: &str| bot.path(name).display().to_string();
    bot.sees(&[
        ("CONTROL_API_URL", control.url()),
        ("CONTROL_API_TOKEN_FILE", &path("control-token")),
        ("CLAWLETS_MEMORY_ROOT", &path("memory")),
    ]);
    the_gateway_finds_the_skills(&bot);
    bot.start();
    eventually_within(PATIENCE, "the watch sees that all is well", || {
        let status = watch.status()?;
        (status["health"] == "healthy" && status["bots"][0]["id"] == "maren").then_some(())
    });

    // What a stranger writes is behind them all, and is never heard of.
    bot.telegram.writes(STRANGER, "/fleet deploy web-2");
    let says = |text: &str, expected: &str| bot.telegram.asks(MAINTAINER, text, expected);

    let status = says("/fleet status", "web-2");
    let row = status.lines().find(|line| line.starts_with("web-1")).unwrap();
    assert!(row.ends_with("healthy"), "the watch over this very gateway says so: {status}");

    let deployed = says("/fleet deploy web-2", "web-2");
    assert!(!deployed.contains("exited with code"), "{deployed}");
    let dispatches = control.dispatches();
    assert_eq!(dispatches.len(), 1, "{dispatches:?}");
    assert_eq!((&*dispatches[0].repository, &*dispatches[0].workflow), ("acme/fleet", "fleet-deploy.yml"));
    assert_eq!(dispatches[0].inputs["target"], "web-2");

    let refused = says("/fleet deploy web-1", "a bot does not deploy itself");
    assert!(refused.contains("exited with code 6"), "{refused}");
    let refused = says("/fleet deploy all", "only people deploy all");
    assert!(refused.contains("exited with code 6"), "{refused}");
    assert_eq!(control.dispatches().len(), 1);

    says("/memory list", "project.md");

    assert!(bot.telegram.written_to(STRANGER).is_empty(), "a stranger gets no answer");
    assert!(!bot.model.was_told(&format!("user{STRANGER}")), "a stranger's words reach no model");
    let audit = fs::read_to_string(bot.path("audit.jsonl")).unwrap();
    let token = fs::read_to_string(bot.path("control-token")).unwrap();
    assert!(audit.lines().count() >= 4 && !audit.contains(&token), "{audit}");

    assert!(bot.memory() < MEMORY, "the gateway took {} MiB", bot.memory());
    bot.stop();
}

fn the_gateway_finds_the_skills(bot: &Bot) {
    let list = bot.openclaw(&["skills", "list", "--json"]).json();
    for name in ["cattle", "fleet", "memory"] {
        let is_it = |skill: &&Value| skill["name"] == name && skill["source"] == "openclaw-workspace";
        let skill = list["skills"].as_array().unwrap().iter().find(is_it);
        let skill = skill.unwrap_or_else(|| panic!("the gateway does not find the skill {name}"));
        assert_eq!((&skill["eligible"], &skill["commandVisible"]), (&true.into(), &true.into()), "{skill}");
    }
}
