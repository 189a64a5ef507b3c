//! Edits: what they change, and what they leave.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{EditError, FleetText};
use crate::json::JsonPath;

const SCAFFOLD: &str = r#"{
  "$schema": "./clawlets.schema.json",
  "schemaVersion": 13,
  "fleet": {
    "discord": { "guildId": "" },
    "secretEnv": {},
    "botOrder": [],
    "bots": {}
  },

  "hosts": {
    "web-1": {
      "enable": false,
      "provisioning": { "adminCidr": "", "sshPubkeyFile": "" }
    }
  }
}
"#;

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).unwrap()
}

/// The lines that are there after the edit and not before, and the other way round.
fn changes(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(before), lines(after));
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[same..], &new[same..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    (old[..old.len() - end].to_vec(), new[..new.len() - end].to_vec())
}

#[track_caller]
fn edited(text: &str, edit: impl FnOnce(&mut FleetText) -> Result<(), EditError>) -> String {
    let mut text = FleetText::parse(text).unwrap();
    edit(&mut text).unwrap();
    text.as_str().to_owned()
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    let after = edited(SCAFFOLD, |text| text.set(&path("fleet.discord.guildId"), &json!("42")));
    assert_eq!(
        changes(SCAFFOLD, &after),
        (
            vec![r#"    "discord": { "guildId": "" },"#.into()],
            vec![r#"    "discord": { "guildId": "42" },"#.into()]
        )
    );
}

#[test]
fn a_key_joins_its_siblings_in_their_manner() {
    let after = edited(SCAFFOLD, |text| {
        text.set(&path("hosts.web-1.provisioning.adminCidrAllowWorldOpen"), &json!(true))
    });
    assert_eq!(
        changes(SCAFFOLD, &after).1,
        [
            r#"      "provisioning": { "adminCidr": "", "sshPubkeyFile": "", "adminCidrAllowWorldOpen": true }"#
        ]
    );
    let after = edited(SCAFFOLD, |text| text.set(&path("hosts.web-1.sshExposure.mode"), &json!("tailnet")));
    assert_eq!(
        changes(SCAFFOLD, &after).1,
        [
            r#"      "provisioning": { "adminCidr": "", "sshPubkeyFile": "" },"#,
            r#"      "sshExposure": {"#,
            r#"        "mode": "tailnet""#,
            r#"      }"#,
        ]
    );
}

#[test]
fn what_is_empty_opens_up() {
    let after = edited(SCAFFOLD, |text| {
        text.set(&path("fleet.bots.maren"), &json!({}))?;
        text.push(&path("fleet.botOrder"), &json!("maren"))
    });
    assert_eq!(
        changes(SCAFFOLD, &after).1,
        [r#"    "botOrder": ["maren"],"#, r#"    "bots": {"#, r#"      "maren": {}"#, "    }"]
    );
    assert_eq!(
        edited("{}", |text| text.set(&path("a.b"), &json!([]))),
        "{\n  \"a\": {\n    \"b\": []\n  }\n}"
    );
}

#[test]
fn tabs_carriage_returns_and_tight_lines_stay() {
    for (before, place, value, after) in [
        (
            "{\n\t\"a\": {}\n}",
            "a.b",
            json!({ "c": 1 }),
            "{\n\t\"a\": {\n\t\t\"b\": {\n\t\t\t\"c\": 1\n\t\t}\n\t}\n}",
        ),
        (
            "{\r\n    \"a\": 1\r\n}\r\n",
            "b",
            json!({ "c": 1 }),
            "{\r\n    \"a\": 1,\r\n    \"b\": {\r\n        \"c\": 1\r\n    }\r\n}\r\n",
        ),
        (r#"{"a":1}"#, "b", json!({ "c": [1, 2] }), r#"{"a":1,"b":{"c":[1,2]}}"#),
        (r#"{"a":{}}"#, "a.b", json!(1), r#"{"a":{"b":1}}"#),
        (r#"{ "a": [] }"#, "a.0", json!(1), r#"{ "a": [1] }"#),
        (r#"{ "a": {} }"#, "a.b", json!({ "c": {} }), r#"{ "a": { "b": { "c": {} } } }"#),
        ("{ \"a\": [1,\n 2] }", "a.2", json!(3), "{ \"a\": [1,\n 2,\n 3] }"),
        ("{\n\"a\": 1\n}", "b", json!([{ "c": 1 }]), "{\n\"a\": 1,\n\"b\": [\n  {\n    \"c\": 1\n  }\n]\n}"),
    ] {
        assert_eq!(edited(before, |text| text.set(&path(place), &value)), after, "{before}");
    }
}

#[test]
fn removing_leaves_no_trace() {
    for (before, place, after) in [
        ("{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}", "a", "{\n  \"b\": 2,\n  \"c\": 3\n}"),
        ("{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}", "b", "{\n  \"a\": 1,\n  \"c\": 3\n}"),
        ("{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}", "c", "{\n  \"a\": 1,\n  \"b\": 2\n}"),
        ("{\n  \"a\": 1\n}\n", "a", "{}\n"),
        (r#"{ "a": [1, 2, 3] }"#, "a.1", r#"{ "a": [1, 3] }"#),
        (r#"{"a":1,"a":2}"#, "a", r#"{"a":1}"#),
    ] {
        assert_eq!(edited(before, |text| text.remove(&path(place))), after, "{before}");
    }
}

#[test]
fn a_renamed_property_keeps_its_place() {
    let after = edited(SCAFFOLD, |text| text.rename(&path("hosts.web-1"), "web-2"));
    assert_eq!(changes(SCAFFOLD, &after).1, [r#"    "web-2": {"#]);
    let mut text = FleetText::parse(r#"{"a":1,"b":2}"#).unwrap();
    assert_eq!(text.rename(&path("a"), "b"), Err(EditError::Exists { path: path("b") }));
}

#[test]
fn an_element_goes_where_it_is_wanted() {
    for (index, after) in [(0, r#"{"l":["x",1,2]}"#), (1, r#"{"l":[1,"x",2]}"#), (2, r#"{"l":[1,2,"x"]}"#)] {
        assert_eq!(
            edited(r#"{"l":[1,2]}"#, |text| text.insert(&path("l"), index, &json!("x"))).replace(' ', ""),
            after
        );
    }
}

#[test]
fn an_edit_that_fails_changes_nothing() {
    let before = r#"{ "text": "x", "list": [1], "none": null }"#;
    let mut text = FleetText::parse(before).unwrap();
    assert_eq!(text.set(&path(""), &json!(1)), Err(EditError::Whole));
    let leaf = |place: &str, found| Err(EditError::Leaf { path: path(place), found });
    assert_eq!(text.set(&path("text.a"), &json!(1)), leaf("text", "a text"));
    assert_eq!(text.set(&path("none.a"), &json!(1)), leaf("none", "null"));
    assert_eq!(text.insert(&path("text"), 0, &json!(1)), leaf("text", "a text"));
    assert_eq!(text.remove(&path("a.b")), Err(EditError::Missing { path: path("a.b") }));
    assert_eq!(text.remove(&path("list.1")), Err(EditError::Missing { path: path("list.1") }));
    for index in ["2", "01", "-1", "x", "99999999999999999999"] {
        let place = JsonPath::of(["list", index]);
        let fault = EditError::NoSuchElement { path: path("list"), length: 1, index: index.into() };
        assert_eq!(text.set(&place, &json!(1)), Err(fault));
    }
    assert_eq!(text.as_str(), before);
}

#[test]
fn what_is_no_object_is_no_configuration() {
    for text in [
        "",
        "[]",
        "1",
        "{,}",
        "{\"a\":1,}",
        "{} {}",
        "// x\n{}",
        "{'a':1}",
        "{\"a\":\"\\ud800\"}",
        "\u{feff}{}",
    ] {
        assert!(FleetText::parse(text).is_err(), "{text}");
    }
    assert!(FleetText::parse("[".repeat(100_000)).is_err());
}

#[test]
fn a_value_that_could_not_be_read_again_is_refused() {
    let deep = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let mut text = FleetText::parse("{}").unwrap();
    assert!(matches!(text.set(&path("a"), &deep(120)), Err(EditError::NotJson(_))));
    assert_eq!(text.as_str(), "{}");
    text.set(&path("a"), &deep(100)).unwrap();
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(inner).prop_map(Value::Object),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let key = prop_oneof!["[abc]", "[a-z.\\[\"]{0,3}"];
    prop::collection::vec((key, inner), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// A document in one of the ways that people and programs write them.
fn document() -> impl Strategy<Value = String> {
    (object(value()), 0..4_u8).prop_map(|(object, manner)| match manner {
        0 => serde_json::to_string(&object).unwrap(),
        1 => serde_json::to_string_pretty(&object).unwrap() + "\n",
        2 => serde_json::to_string_pretty(&object).unwrap().replace('\n', "\r\n"),
        _ => serde_json::to_string_pretty(&object).unwrap().replace("\n", " ").replace("  ", " "),
    })
}

/// Every path in a value.
fn paths(value: &Value, here: &JsonPath, found: &mut Vec<JsonPath>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (key, child) in children {
        let path = here.child(&key);
        paths(child, &path, found);
        found.push(path);
    }
}

/// The same edit on a value, by the plainest means.
fn model_slot<'v>(value: &'v mut Value, path: &JsonPath) -> Option<&'v mut Value> {
    path.segments().try_fold(value, |value, key| match value {
        Value::Object(object) => object.get_mut(key),
        Value::Array(list) => list.get_mut(key.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

fn read(text: &FleetText) -> Value {
    serde_json::from_str(text.as_str()).unwrap()
}

proptest! {
    #[test]
    fn what_is_set_is_read_and_nothing_else_changes(before in document(), new in value(), pick in any::<prop::sample::Index>()) {
        let mut expected: Value = serde_json::from_str(&before).unwrap();
        let mut known = Vec::new();
        paths(&expected, &JsonPath::root(), &mut known);
        prop_assume!(!known.is_empty());
        let path = pick.get(&known);
        *model_slot(&mut expected, path).unwrap() = new.clone();
        let mut text = FleetText::parse(before.clone()).unwrap();
        let old = text.get(path).unwrap();
        text.set(path, &new).unwrap();
        prop_assert_eq!(read(&text), expected);
        // Setting it back to what it was leaves only the value's own bytes to differ.
        text.set(path, &old).unwrap();
        prop_assert_eq!(read(&text), serde_json::from_str::<Value>(&before).unwrap());
        if !old.is_object() && !old.is_array() {
            prop_assert_eq!(text.as_str(), before);
        }
    }

    #[test]
    fn a_key_that_is_added_and_removed_leaves_the_same_bytes(before in document(), new in value()) {
        let mut text = FleetText::parse(before.clone()).unwrap();
        let was_empty = text.get(&JsonPath::root()) == Some(json!({}));
        let path = JsonPath::of(["a new key"]);
        text.set(&path, &new).unwrap();
        prop_assert_eq!(text.get(&path), Some(new));
        text.remove(&path).unwrap();
        if !was_empty {
            prop_assert_eq!(text.as_str(), before);
        }
    }

    #[test]
    fn what_is_removed_is_gone_and_nothing_else(before in document(), pick in any::<prop::sample::Index>()) {
        let mut expected: Value = serde_json::from_str(&before).unwrap();
        let mut known = Vec::new();
        paths(&expected, &JsonPath::root(), &mut known);
        prop_assume!(!known.is_empty());
        let path = pick.get(&known);
        let last = path.last().unwrap();
        let parent = JsonPath::of(path.segments().take(path.segments().len() - 1));
        match model_slot(&mut expected, &parent).unwrap() {
            Value::Object(object) => { object.shift_remove(last); }
            Value::Array(list) => { list.remove(last.parse().unwrap()); }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => unreachable!(),
        }
        let mut text = FleetText::parse(before).unwrap();
        text.remove(path).unwrap();
        let (read, expected) = (read(&text), expected);
        // Order counts too.
        prop_assert_eq!(read.to_string(), expected.to_string());
    }

    #[test]
    fn no_text_and_no_edit_panics(text in r#"[{}\[\]":,a1 \n\\u]{0,24}"#, place in r#"[ab01.\[\]"]{0,6}"#, new in value()) {
        let (Ok(mut text), Ok(path)) = (FleetText::parse(text), JsonPath::parse(&place)) else { return Ok(()) };
        let _ = text.set(&path, &new);
        let _ = text.push(&path, &new);
        let _ = text.rename(&path, "b");
        let _ = text.insert(&path, 1, &new);
        let _ = text.remove(&path);
        prop_assert!(FleetText::parse(text.as_str()).is_ok());
    }
}

#[test]
fn a_value_that_is_not_there_stands_where_the_innermost_one_around_it_does() {
    let text = FleetText::parse("{\n  \"a\": {\n    \"b\": [1, 22]\n  }\n}\n").unwrap();
    let paths = ["", "a", "a.b.1", "a.b.7", "a.x.y", "a.b.0.c"].map(|path| path.parse().unwrap());
    let found: Vec<_> = text.positions(&paths).iter().map(|place| (place.line, place.column)).collect();
    assert_eq!(found, [(1, 1), (2, 8), (3, 14), (3, 10), (2, 8), (3, 11)]);
}
