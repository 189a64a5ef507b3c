//! What is replaced, and what is not.

use serde_json::json;

use super::world::{World, declaration};

#[test]
fn one_target_changes_exactly_one_host_and_all_changes_all() {
    let Some(world) = World::start("one_target_changes_exactly_one_host_and_all_changes_all") else { return };
    let first = world.bake("first");

    // Every host that is missing is made.
    let made = world.ok("all --request-id r-1 --health instance");
    assert_eq!((&made["outcome"], &made["request"]), (&json!("done"), &json!("r-1")));
    let rows = made["hosts"].as_array().unwrap();
    assert!(
        rows.iter().all(|row| row["plan"] == "create" && row["stage"] == "healthy" && row["why"] == "newest")
    );
    let before = world.state();
    let (one, two) = (world.instance("web-1"), world.instance("web-2"));
    assert_eq!((&one.1, &two.1), (&first, &first));
    assert_eq!(world.living("web-1"), std::slice::from_ref(&one.0));

    // The same request once more is the same deploy.
    assert_eq!(
        world.ok("all --request-id r-1 --health instance")["hosts"],
        json!(
            rows.iter()
                .map(|row| {
                    let mut row = row.clone();
                    row["plan"] = json!(null);
                    row
                })
                .collect::<Vec<_>>()
        )
    );
    assert_eq!(world.state(), before);

    // One host, from the image that it has already: it is replaced all the same, and nothing else changes at all.
    let looked = world.ok("web-1 --dry-run");
    assert_eq!((&looked["outcome"], &looked["hosts"][0]["plan"]), (&json!("planned"), &json!("replace")));
    assert_eq!(world.state(), before);
    world.ok("web-1 --request-id r-2 --health instance");
    let after = world.state();
    let changed: Vec<_> =
        after.iter().filter(|(address, values)| before.get(*address) != Some(values)).collect();
    let [(address, _)] = changed[..] else { panic!("{changed:#?}") };
    assert_eq!((address.as_str(), after.len()), ("aws_instance.host[\"web-1\"]", before.len()));
    assert_ne!(world.instance("web-1").0, one.0);
    assert_eq!(world.living("web-1").len(), 1);

    // A newer image reaches the host that is deployed; the other one keeps what it has.
    let second = world.bake("second");
    world.ok(&format!("web-2 --image {second} --request-id r-3 --health instance"));
    assert_eq!((world.instance("web-1").1, world.instance("web-2").1), (first.clone(), second));

    // All of them, to an exact image: that is how one goes back.
    let back = world.ok(&format!("all --image {first} --request-id r-4 --health instance"));
    assert!(
        back["hosts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["why"] == "override" && row["plan"] == "replace")
    );
    assert_eq!((world.instance("web-1").1, world.instance("web-2").1), (first.clone(), first));
}

#[test]
fn a_host_that_is_declared_and_missing_is_made_without_its_missing_neighbours() {
    let Some(world) =
        World::start("a_host_that_is_declared_and_missing_is_made_without_its_missing_neighbours")
    else {
        return;
    };
    let image = world.bake("first");
    let mut fleet = declaration(&["web-1", "web-2", "web-3", "web-4"]);
    fleet["hosts"]["web-3"]["aws"]["ami"] = json!(image);
    world.declare(&fleet);
    let made = world.ok("web-3 --health instance");
    assert_eq!((&made["hosts"][0]["plan"], &made["hosts"][0]["why"]), (&json!("create"), &json!("pin")));
    let state = world.state();
    let of = |host: &str| state.keys().filter(|address| address.contains(&format!("[\"{host}\"]"))).count();
    assert!(of("web-3") > 5 && of("web-4") == 0, "{:#?}", state.keys());
    assert!(!state.contains_key("aws_instance.host[\"web-1\"]"));
}
