//! A deploy that ends before its time, and goes on.

use std::time::Duration;

use clawlets_stand_in::Ran;
use clawlets_tests::eventually_within;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use super::world::{World, fault};

const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn what_fails_on_the_way_stops_the_deploy_and_the_same_request_goes_on() {
    let Some(world) = World::start("what_fails_on_the_way_stops_the_deploy_and_the_same_request_goes_on")
    else {
        return;
    };
    world.bake("first");
    world.ok("all --request-id r-1 --health instance");
    let two = world.instance("web-2");
    world.terraform.fail(Some("web-1"));
    let ran = world.apply("all --request-id r-2 --health instance");
    assert_eq!((ran.code, fault(&ran).as_str()), (Some(1), "clawlets::tofu::failed"), "{ran}");
    assert!(ran.talk.contains("InsufficientInstanceCapacity"), "{ran}");
    assert_eq!((ran.json()["outcome"].clone(), world.instance("web-2")), (json!("stopped"), two));
    assert_eq!(world.living("web-1"), Vec::<String>::new(), "its old instance is gone already");

    // The image is the one that was chosen when the deploy began, whatever has come since.
    let (_, chosen) = world.instance("web-2");
    world.bake("second");
    world.terraform.fail(None);
    let done = world.ok("all --request-id r-2 --health instance");
    assert_eq!((&done["outcome"], &done["hosts"][0]["plan"]), (&json!("done"), &json!("create")));
    assert_eq!((world.instance("web-1").1, world.instance("web-2").1), (chosen.clone(), chosen));
}

#[test]
fn a_deploy_that_is_interrupted_or_killed_replaces_nothing_twice() {
    let Some(world) = World::start("a_deploy_that_is_interrupted_or_killed_replaces_nothing_twice") else {
        return;
    };
    world.bake("first");
    world.ok("all --request-id r-1 --health instance");
    for (signal, request) in [(Signal::SIGINT, "r-2"), (Signal::SIGKILL, "r-3")] {
        let two = world.instance("web-2");
        world.terraform.pause();
        let mut command = world.command(&format!("all --request-id {request} --health instance"));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        eventually_within(PATIENCE, "the new one is being made", || world.terraform.waits().then_some(()));
        assert_eq!(world.living("web-1"), Vec::<String>::new(), "the old one is gone");
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        // What was begun comes to its end, whoever began it.
        world.terraform.go_on();
        let ran: Ran = child.wait_with_output().unwrap().into();
        let code = (signal == Signal::SIGINT).then_some(10);
        assert_eq!(ran.code, code, "{ran}");
        eventually_within(PATIENCE, "the new instance is there", || {
            (world.living("web-1").len() == 1).then_some(())
        });
        let made = world.living("web-1");
        assert_eq!(world.instance("web-2"), two);

        let done = world.ok(&format!("all --request-id {request} --health instance"));
        assert_eq!(done["outcome"], json!("done"));
        assert_eq!(world.living("web-1"), made, "{signal}: the instance that was made is kept");
        assert_eq!(world.instance("web-1").0, made[0]);
        assert_ne!(world.instance("web-2"), two);
    }
}
