//! SSH keys, which belong to the fleet and not to a host.

use super::edit::{Editor, keys, object, take};
use crate::json::{Entry, JsonPath, Node, Value};

/// `hosts.HOST.sshAuthorizedKeys` and `sshKnownHosts` moved to `fleet`.
pub(super) fn to_fleet(tree: &mut Node, editor: &mut Editor) {
    for host in keys(tree, &["hosts"]) {
        for key in ["sshAuthorizedKeys", "sshKnownHosts"] {
            let path = ["hosts", host.as_str(), key];
            let is_list = path
                .iter()
                .try_fold(&*tree, |node, key| node.child(key))
                .is_some_and(|n| n.items().is_some());
            let Some(taken) = is_list.then(|| take(tree, &path)).flatten() else { continue };
            let byte = taken.byte();
            let Value::List(items) = taken.node.value else { continue };
            let (moved, of) = (add(tree, key, items, &path), path.join("."));
            editor.done(
                &path,
                byte,
                format!("{of}: {moved} of its lines moved to fleet.{key}, for every host"),
            );
        }
    }
}

/// Adds the lines that the fleet does not have yet, and counts them.
fn add(tree: &mut Node, key: &str, items: Vec<Node>, path: &[&str]) -> usize {
    let Some(entries) = object(tree, &["fleet"]).and_then(Node::entries_mut) else { return 0 };
    if !entries.iter().any(|entry| entry.key == key) {
        let Some(span) = items.first().map(|item| item.span) else { return 0 };
        entries.push(Entry {
            key: key.to_owned(),
            key_span: span,
            node: Node::new(Value::List(Vec::new()), span),
        });
    }
    let list = entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node.value);
    let Some(Value::List(list)) = list else { return 0 };
    let mut moved = 0;
    for (at, mut item) in items.into_iter().enumerate() {
        if list.iter().all(|known| known.value != item.value) {
            item.origin = Some(JsonPath::of(path.iter().copied()).child(&at.to_string()));
            list.push(item);
            moved += 1;
        }
    }
    moved
}
