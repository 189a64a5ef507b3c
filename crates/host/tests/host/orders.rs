//! What whoever operates a host decides.

use crate::{store::Quality, world::World};

#[test]
fn a_paused_a_pinned_and_a_skipping_host_begin_with_nothing_else() {
    let test = "a_paused_a_pinned_and_a_skipping_host_begin_with_nothing_else";
    let Some(world) = World::new(test) else { return };
    let installed = world.running();
    let second = world.publish(2, Quality::Good);
    for (order, message) in [
        (&["update", "pause"][..], "updates are paused"),
        (&["update", "pin", "0/1"], "updates are paused"),
        (&["update", "resume"], ""),
        (&["update", "pin", "1"], "pinned to release 0/1"),
        (&["update", "resume"], ""),
        (&["update", "skip", "2"], "release 0/2 is skipped"),
    ] {
        world.run(order).succeeds();
        if message.is_empty() {
            continue;
        }
        assert_eq!(world.run(&["update", "apply"]).code(), 6, "{order:?}");
        assert!(world.status()["why"].as_str().unwrap().contains(message), "{:#}", world.status());
        assert_eq!(world.running(), installed);
    }
    assert_eq!(world.run(&["update", "skip", "zero"]).code(), 2);
    world.run(&["update", "pin", "2"]).succeeds();
    world.run(&["update", "apply"]).succeeds();
    world.must_be_at(&second, 2);
}

#[test]
fn a_configuration_that_is_wrong_says_where() {
    let Some(world) = World::new("a_configuration_that_is_wrong_says_where") else { return };
    std::fs::write(
        world.host().join("host.toml"),
        "host = 'web-1'\nsystem = 'x86_64-linux'\nchanel = 'prod'\n",
    )
    .unwrap();
    let refused = world.run(&["update", "status"]);
    assert_eq!(refused.code(), 78);
    let talk = refused.talk();
    assert!(talk.contains("line 3") && talk.contains("did you mean \"channel\"?"), "{talk}");
}
