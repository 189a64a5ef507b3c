//! What no longer exists.

use super::edit::{Editor, find_mut, keys, take};
use crate::json::{Node, Value};

/// `fleet.codex` switched a tool on for some bots; a bot's own settings do that now.
pub(super) fn codex(tree: &mut Node, editor: &mut Editor) {
    let path = ["fleet", "codex"];
    if let Some(taken) = take(tree, &path) {
        let was_on = matches!(taken.node.child("enable").map(|node| &node.value), Some(Value::Bool(true)));
        let what = if was_on {
            "removed: give the bots that use it the tool in their own settings"
        } else {
            "removed, since it was off"
        };
        editor.done(&path, taken.byte(), format!("fleet.codex: {what}"));
    }
}

/// The folder of state on a host was named after the earlier tool.
pub(super) fn state_folder(tree: &mut Node, editor: &mut Editor) {
    let mut maps = vec![vec!["fleet".to_owned(), "secretFiles".to_owned()]];
    for bot in keys(tree, &["fleet", "bots"]) {
        maps.push(["fleet", "bots", &bot, "profile", "secretFiles"].map(str::to_owned).to_vec());
    }
    for map in maps {
        let map: Vec<_> = map.iter().map(String::as_str).collect();
        for id in keys(tree, &map) {
            let path: Vec<_> = map.iter().copied().chain([id.as_str(), "targetPath"]).collect();
            let Some(node) = find_mut(tree, &path) else { continue };
            let rest = node.text().and_then(|text| text.trim().strip_prefix("/var/lib/clawdlets/"));
            let Some(new) = rest.map(|rest| format!("/var/lib/clawlets/{rest}")) else { continue };
            editor.done(&path, node.span.start, format!("{}: became {new}", path.join(".")));
            node.value = Value::Text(new);
        }
    }
}

/// The queue mode `queue` is gone from the gateway; on Discord a new message interrupts.
pub(super) fn queue_mode(tree: &mut Node, editor: &mut Editor) {
    for bot in keys(tree, &["fleet", "bots"]) {
        for gateway in ["clawdbot", "openclaw"] {
            let path = ["fleet", "bots", &bot, gateway, "messages", "queue", "byChannel", "discord"];
            if let Some(node) = find_mut(tree, &path).filter(|node| node.text() == Some("queue")) {
                node.value = Value::Text("interrupt".to_owned());
                editor.done(&path, node.span.start, format!("{}: queue became interrupt", path.join(".")));
            }
        }
    }
}

/// What a setting was when nobody said it, where that has changed.
pub(super) fn defaults(tree: &mut Node, editor: &mut Editor) {
    let says = |host: &String| {
        let path = ["hosts", host.as_str(), "agentModelPrimary"];
        path.iter().try_fold(&*tree, |node, key| node.child(key)).is_some()
    };
    let silent: Vec<_> = keys(tree, &["hosts"]).into_iter().filter(|host| !says(host)).collect();
    if let (Some(hosts), false) = (tree.child("hosts"), silent.is_empty()) {
        let what =
            "name no agentModelPrimary; it used to be anthropic/claude-opus-4-5 then, and is no model now";
        editor.done(&["hosts"], hosts.span.start, format!("hosts {}: {what}", silent.join(", ")));
    }
}
