//! From a published release to a host that runs it, and back again when it was a bad idea.

use crate::{
    store::Quality,
    world::{World, names},
};

#[test]
fn a_release_is_proven_or_taken_back_with_its_secrets() {
    let test = "a_release_is_proven_or_taken_back_with_its_secrets";
    let Some(mut world) = World::new(test) else { return };
    assert_eq!(world.status()["result"], "never");

    let first = world.publish(1, Quality::Good);
    let installed = world.running();
    world.run(&["update", "fetch"]).succeeds();
    assert!(world.host().join("found").exists(), "what applies it was started");
    assert_eq!(world.running(), installed, "looking changes nothing");

    world.run(&["update", "apply"]).succeeds();
    world.must_be_at(&first, 1);
    let status = world.status();
    assert_eq!((&status["result"], &status["why"]), (&"applied".into(), &serde_json::Value::Null));
    assert!(world.run(&["update", "verify-state"]).ok());

    let sent = || world.mirrors.iter().flatten().map(super::site::Site::sent).sum::<usize>();
    let before = sent();
    world.run(&["update", "apply"]).succeeds();
    assert_eq!(world.status()["result"], "up-to-date");
    assert!(sent() - before < 1_024, "a poll without news cost {} bytes", sent() - before);

    world.publish(2, Quality::Sick);
    let failed = world.run(&["update", "apply"]);
    assert_eq!(failed.code(), 1, "{}", failed.talk());
    world.must_be_at(&first, 1);
    let status = world.status();
    assert_eq!(status["result"], "rolled-back");
    assert!(status["why"].as_str().unwrap().contains("the required check \"command sh\" failed"), "{status}");
    assert_eq!(world.run(&["update", "apply"]).code(), 0);
    assert_eq!(world.status()["result"], "backing-off");

    world.waits_are_over();
    assert_eq!(world.run(&["update", "apply"]).code(), 6);
    world.must_be_at(&first, 1);
    let status = world.status();
    assert_eq!((&status["result"], &status["phase"]), (&"denied".into(), &"denied".into()));
    assert_eq!(
        (&status["seen"]["releaseId"], &status["currentRelease"]["releaseId"]),
        (&2.into(), &1.into())
    );
    let switches = world.text("switches.log").lines().count();
    assert_eq!(world.run(&["update", "apply"]).code(), 6, "it stays denied");
    assert_eq!(world.text("switches.log").lines().count(), switches, "and is not tried");

    let third = world.publish(3, Quality::Good);
    world.mirrors[0] = None;
    world.run(&["update", "apply"]).succeeds();
    world.must_be_at(&third, 3);
    assert!(world.status()["mirrors"][0].as_str().unwrap().starts_with("mirror 0 cannot be reached"));
    let name =
        |system: &clawlets_release::value::StorePath| system.as_str().rsplit('/').next().unwrap().to_owned();
    let mut kept = vec![name(&first), name(&third)];
    kept.sort();
    assert_eq!(names(&world.host().join("secrets/systems")), kept, "the bad one is pruned with its secrets");
    assert_eq!(names(&world.host().join("secrets/bundles")).len(), 2);
    assert!(world.run(&["update", "verify-state"]).ok());
}

#[test]
fn a_switch_that_fails_is_left_and_the_old_system_is_switched_to() {
    let test = "a_switch_that_fails_is_left_and_the_old_system_is_switched_to";
    let Some(world) = World::new(test) else { return };
    let first = world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    world.publish(2, Quality::Broken);
    assert_eq!(world.run(&["update", "apply"]).code(), 1);
    world.must_be_at(&first, 1);
    assert!(world.status()["message"].as_str().unwrap().contains("the switch failed"));
}
