//! Settings of hosts that have another form now.

use super::edit::{Editor, in_place_of, is_blank, keys, object, put, put_back, take, text};
use crate::json::{Node, Value};

/// `opentofu` became `provisioning`, and `publicSsh` a mode of `sshExposure`.
pub(super) fn provisioning(tree: &mut Node, editor: &mut Editor) {
    for host in keys(tree, &["hosts"]) {
        let of_host = ["hosts", host.as_str()];
        let old = ["hosts", host.as_str(), "opentofu"];
        if let Some(taken) = take(tree, &old) {
            let byte = taken.byte();
            match put(tree, &of_host, "provisioning", taken) {
                Ok(()) => editor.done(&old, byte, format!("hosts.{host}.opentofu: is called provisioning")),
                // Both are there: the reader points at the old one.
                Err(taken) => put_back(tree, "opentofu", taken),
            }
        }
        let old = ["hosts", host.as_str(), "publicSsh"];
        if let Some(taken) = take(tree, &old) {
            let byte = taken.byte();
            let switch = taken.node.child("enable").unwrap_or(&taken.node);
            let mode = match switch.value {
                Value::Bool(true) => "public",
                Value::Bool(false) => "tailnet",
                Value::Null | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Object(_) => {
                    "bootstrap"
                }
            };
            let exposure = ["hosts", host.as_str(), "sshExposure"];
            let what = match put(tree, &exposure, "mode", taken.map(|node| text(mode, node.span))) {
                Ok(()) => format!("became sshExposure.mode '{mode}'"),
                Err(_) => "removed, since sshExposure.mode is set".to_owned(),
            };
            editor.done(&old, byte, format!("hosts.{host}.publicSsh: {what}"));
        }
    }
}

/// `cache.garnix.private` became `cache.netrc`.
pub(super) fn cache(tree: &mut Node, editor: &mut Editor) {
    for host in keys(tree, &["hosts"]) {
        let old = ["hosts", host.as_str(), "cache", "garnix", "private"];
        let netrc = ["hosts", host.as_str(), "cache", "netrc"];
        for (from, to) in [
            ("enable", "enable"),
            ("netrcSecret", "secretName"),
            ("netrcPath", "path"),
            ("narinfoCachePositiveTtl", "narinfoCachePositiveTtl"),
        ] {
            let path: Vec<_> = old.iter().copied().chain([from]).collect();
            let Some(taken) = take(tree, &path) else { continue };
            let byte = taken.byte();
            if is_blank(&taken.node) || put(tree, &netrc, to, taken).is_err() {
                editor.done(
                    &path,
                    byte,
                    format!("{}: removed, since cache.netrc says it or it was empty", path.join(".")),
                );
            } else {
                editor.done(&path, byte, format!("{}: moved to cache.netrc.{to}", path.join(".")));
            }
        }
        remove_blank(tree, &old);
        remove_blank(tree, &old[..4]);
    }
}

/// Removes an object from which everything was taken.
fn remove_blank(tree: &mut Node, path: &[&str]) {
    let is_there = path.iter().try_fold(&*tree, |node, key| node.child(key)).is_some_and(is_blank);
    if is_there {
        take(tree, path);
    }
}

/// Wraps a value into a list of one; one that says nothing into an empty list.
pub(super) fn listed(node: &Node) -> Node {
    let items = if is_blank(node) { Vec::new() } else { vec![node.clone()] };
    let mut list = in_place_of(node, Value::List(items));
    list.origin = None;
    list
}

/// The keys of an object, made if need be.
pub(super) fn has(tree: &mut Node, path: &[&str], key: &str) -> bool {
    object(tree, path).and_then(|node| node.child(key)).is_some_and(|node| !is_blank(node))
}
