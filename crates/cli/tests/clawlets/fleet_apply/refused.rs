//! What is refused, and that nothing happens then.

use serde_json::{Value, json};

use super::world::{World, declaration, fault};

#[test]
fn a_plan_that_would_touch_anything_else_is_refused_with_what_it_is() {
    let Some(world) = World::start("a_plan_that_would_touch_anything_else_is_refused_with_what_it_is") else {
        return;
    };
    let image = world.bake("first");
    world.ok("all --request-id r-1 --health instance");
    let before = world.state();
    let refused = |fleet: &Value, expected: &[&str]| {
        world.declare(fleet);
        let ran = world.apply("web-1 --request-id r-2 --health instance");
        assert_eq!((ran.code, fault(&ran).as_str()), (Some(6), "clawlets::fleet::plan_refused"), "{ran}");
        for text in expected {
            assert!(ran.talk.contains(text), "{text}: {ran}");
        }
        assert_eq!(world.state(), before);
    };
    // The neighbour's role is about to change.
    let mut other = declaration(&["web-1", "web-2"]);
    other["hosts"]["web-2"]["aws"]["bootstrapPrefix"] = json!("bootstrap/elsewhere");
    refused(&other, &["would change aws_iam_role_policy.host[\\\"web-2\\\"]"]);
    // The neighbour is no longer declared.
    refused(&declaration(&["web-1"]), &["would destroy aws_iam_role.host[\\\"web-2\\\"]"]);
    // The host's own role is about to change with it.
    let mut own = declaration(&["web-1", "web-2"]);
    own["hosts"]["web-1"]["aws"]["discordTokenSecret"] = json!("another");
    refused(&own, &["would change aws_iam_role_policy.host[\\\"web-1\\\"]", "which a deploy leaves alone"]);

    // An instance that nobody knows of would be the same bot twice.
    world.declare(&declaration(&["web-1", "web-2"]));
    let stray = format!(
        "Action=RunInstances&Version=2016-11-15&ImageId={image}&MinCount=1&MaxCount=1&TagSpecification.1.ResourceType=instance\
         &TagSpecification.1.Tag.1.Key=app&TagSpecification.1.Tag.1.Value=clawdinator\
         &TagSpecification.1.Tag.2.Key=Name&TagSpecification.1.Tag.2.Value=web-1"
    );
    let _ = world.moto.ask_form("ec2", &stray);
    let ran = world.apply("web-1 --request-id r-3 --health instance");
    assert_eq!((ran.code, fault(&ran).as_str()), (Some(1), "clawlets::fleet::deploy_failed"), "{ran}");
    assert!(ran.talk.contains("bears its name"), "{ran}");
    assert_eq!(world.state(), before);
}

#[test]
fn what_was_asked_for_is_judged_before_anything_is_run() {
    let Some(world) = World::start("what_was_asked_for_is_judged_before_anything_is_run") else { return };
    let image = world.bake("first");
    for (line, code, expected) in [
        ("ALL", 2, "clawlets::usage::value"),
        ("$(id)", 2, "clawlets::usage::value"),
        ("web-9", 3, "clawlets::host::unknown"),
        ("web-1 --image ami-0123", 2, "clawlets::usage::value"),
        ("web-1 --image ami-00000000000000000;id", 2, "clawlets::usage::value"),
        ("web-1 --request-id ../r", 2, "clawlets::usage::value"),
        ("web-1 --image ami-03cf127a", 6, "clawlets::fleet::image"),
        ("web-1 --image ami-0123456789abcdef0", 6, "clawlets::fleet::image"),
        ("web-1 --health host", 2, "clawlets::usage::arguments"),
    ] {
        let ran = world.apply(line);
        assert_eq!((ran.code, fault(&ran).as_str()), (Some(code), expected), "{line}: {ran}");
    }
    let missing = world.project.run("fleet apply web-1 --tofu no-such-program");
    assert_ne!(missing.code, Some(0));
    // A name is for one deploy.
    world.ok("web-1 --request-id r-1 --health instance");
    for line in ["all --request-id r-1".to_owned(), format!("web-1 --image {image} --request-id r-1")] {
        let ran = world.apply(&format!("{line} --health instance"));
        assert_eq!(
            (ran.code, fault(&ran).as_str()),
            (Some(5), "clawlets::fleet::deploy_conflict"),
            "{line}: {ran}"
        );
    }
}
