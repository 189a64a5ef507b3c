//! Keys that were renamed and are still understood under their old name.

use super::edit::{Editor, find_mut, keys};
use crate::json::{JsonPath, Node};

/// The gateway was called clawdbot.
pub(super) fn gateway(tree: &mut Node, editor: &mut Editor) {
    for bot in keys(tree, &["fleet", "bots"]) {
        let path = ["fleet", "bots", bot.as_str()];
        let Some(entries) = find_mut(tree, &path).and_then(Node::entries_mut) else { continue };
        if entries.iter().any(|entry| entry.key == "openclaw") {
            continue;
        }
        let Some(entry) = entries.iter_mut().find(|entry| entry.key == "clawdbot") else { continue };
        let path = ["fleet", "bots", bot.as_str(), "clawdbot"];
        entry.key = "openclaw".to_owned();
        entry.node.origin = Some(JsonPath::of(path));
        editor.done(&path, entry.key_span.start, format!("fleet.bots.{bot}: clawdbot is called openclaw"));
    }
}
