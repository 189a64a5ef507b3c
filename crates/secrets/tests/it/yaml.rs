//! The reader and the writer of YAML, with whatever may stand in a file.

use clawlets_secrets::{
    AgeIdentity,
    sops::{
        Comment, Element, Entry, Item, List, Mapping, Node, Placement, Scalar, ScalarKind, Sealed, Tree, seal,
    },
};
use proptest::prelude::*;

use crate::support::now;

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_/+=.:# -]{0,24}",
        any::<String>().prop_map(|text| text.chars().take(24).collect()),
        "([ -~]{0,12}\n){1,4}[ -~]{0,6}",
        prop_oneof![
            Just("true"),
            Just("null"),
            Just("~"),
            Just("0123"),
            Just("1e5"),
            Just("2026-11-21"),
            Just("yes"),
            Just("-"),
            Just("?"),
            Just("|"),
            Just("- a"),
            Just("a: b"),
            Just("{"),
            Just("---"),
            Just("..."),
            Just("%x"),
            Just("&a"),
            Just("*a"),
            Just("!t"),
            Just("<<")
        ]
        .prop_map(str::to_owned),
    ]
}

fn any_scalar() -> impl Strategy<Value = Scalar> {
    let of = |kind| move |text: String| Scalar { kind, text: text.into() };
    prop_oneof![
        4 => any_text().prop_map(Scalar::text),
        1 => any::<i64>().prop_map(|number| number.to_string()).prop_map(of(ScalarKind::Integer)),
        1 => any::<bool>().prop_map(|value| value.to_string()).prop_map(of(ScalarKind::Boolean)),
        1 => (1i32..1000).prop_map(|number| (f64::from(number) + 0.5).to_string()).prop_map(of(ScalarKind::Float)),
    ]
}

fn any_comment() -> impl Strategy<Value = Comment> {
    "[ -~]{0,20}".prop_map(|text| Comment { text: text.into(), placement: Placement::OwnLine })
}

fn any_mapping(node: impl Strategy<Value = Node> + 'static) -> impl Strategy<Value = Mapping> {
    let key = any_text().prop_filter("these keys mean something else", |key| {
        !["sops", "<<"].contains(&key.as_str()) && !key.ends_with("_unencrypted")
    });
    let entries = proptest::collection::vec((proptest::option::of(any_comment()), key, node), 1..4);
    entries.prop_map(|entries| {
        let mut mapping = Mapping::default();
        for (comment, key, value) in entries {
            if mapping.get(&key).is_none() {
                mapping.items.extend(comment.map(Item::Comment));
                mapping.items.push(Item::Entry(Entry { key, value }));
            }
        }
        mapping
    })
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![5 => any_scalar().prop_map(Node::Scalar), 1 => Just(Node::Null)];
    leaf.prop_recursive(3, 12, 4, |node| {
        let list = proptest::collection::vec(node.clone(), 0..4)
            .prop_map(|nodes| Node::List(List { elements: nodes.into_iter().map(Element::Node).collect() }));
        prop_oneof![any_mapping(node).prop_map(Node::Mapping), list]
    })
}

fn any_tree() -> impl Strategy<Value = Tree> {
    any_mapping(any_node()).prop_map(|root| Tree { root })
}

/// A tree without its comments, whose places two readers may see differently.
fn bare(tree: &Tree) -> Tree {
    Tree { root: bare_mapping(&tree.root) }
}

fn bare_mapping(mapping: &Mapping) -> Mapping {
    let entries = mapping
        .entries()
        .map(|entry| Item::Entry(Entry { key: entry.key.clone(), value: bare_node(&entry.value) }));
    Mapping { items: entries.collect() }
}

fn bare_node(node: &Node) -> Node {
    match node {
        Node::Null | Node::Scalar(_) => node.clone(),
        Node::Mapping(mapping) => Node::Mapping(bare_mapping(mapping)),
        Node::List(list) => {
            let nodes = list.elements.iter().filter_map(|element| match element {
                Element::Node(node) => Some(Element::Node(bare_node(node))),
                Element::Comment(_) => None,
            });
            Node::List(List { elements: nodes.collect() })
        }
    }
}

fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<_> =
        text.lines().map(str::trim).filter(|line| line.starts_with('#')).map(str::to_owned).collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_is_read_again(tree in any_tree()) {
        let text = tree.to_yaml();
        let again = Tree::from_yaml(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{}", *text)))?;
        prop_assert_eq!(bare(&again), bare(&tree), "{}", *text);
        prop_assert_eq!(&*again.to_yaml(), &*text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "([a-z\"'#:{}\\[\\]|>&*!%@`, \n\t-]|sops:|\n  ){0,60}") {
        if let Ok(tree) = Tree::from_yaml(&text) {
            let written = tree.to_yaml();
            let again = Tree::from_yaml(&written).map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n=>\n{}", *written)))?;
            prop_assert_eq!(bare(&again), bare(&tree), "{} => {}", text, *written);
            prop_assert!(comments(&written).len() >= comments(&text).len() || text.contains(['"', '\'', '|', '>']), "{} => {}", text, *written);
        }
        let _ = Sealed::parse(&text);
    }
}

proptest! {
    // Each case makes a key agreement.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_sealed_is_opened_again(tree in any_tree()) {
        let identity = AgeIdentity::generate();
        let sealed = seal(&tree, &[identity.recipient().clone()], now()).unwrap();
        let opened = Sealed::parse(&sealed).unwrap().open(&[identity]).unwrap();
        prop_assert_eq!(bare(&opened.tree), bare(&tree));
    }
}

#[test]
fn yaml_that_sops_has_no_form_for_is_refused_with_the_line() {
    for (text, line, word) in [
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, ""),
        ("a: !!str 1\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 3, "second document"),
        ("- a\n", 1, "list"),
        ("text\n", 1, "single"),
        ("1: a\n", 1, "key"),
        ("true: a\n", 1, "key"),
        ("? [a]\n: b\n", 1, "key"),
        ("<<: {}\n", 1, "merge"),
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: 0123\n", 1, "quotes"),
        ("a: 1\nb: 1_000\n", 2, "quotes"),
        ("a: 'b\u{85}c'\n", 1, "line ends"),
        ("a: 1\nb: |\n  c\u{2028}d\n", 3, "line ends"),
        ("a: [1\n", 1, ""),
        ("a: \"x\n", 1, ""),
    ] {
        let refused = Tree::from_yaml(text).unwrap_err().to_string();
        assert!(refused.contains(word) && refused.starts_with("line "), "{text:?}: {refused}");
        if !word.is_empty() {
            assert!(refused.starts_with(&format!("line {line}:")), "{text:?}: {refused}");
        }
    }
}

#[test]
fn a_fault_never_quotes_a_value() {
    for text in
        ["a: \"hunter2\n", "a: hunter2: x\n", "a: [hunter2\n", "hunter2 hunter2\nb: c\n", "a: !hunter2 b\n"]
    {
        let refused = format!("{:?}", Tree::from_yaml(text).unwrap_err());
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for text in ["[".repeat(100_000), "{a: ".repeat(50_000), "a:\n".to_owned() + &"- ".repeat(50_000)] {
        assert!(Tree::from_yaml(&text).is_err());
    }
}
