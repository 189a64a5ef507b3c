//! The Discord server of the fleet.

use super::edit::{Editor, is_blank, put, take};
use crate::json::{Node, Value};

/// `fleet.guildId` became `fleet.discord.guildId`.
pub(super) fn guild(tree: &mut Node, editor: &mut Editor) {
    let path = ["fleet", "guildId"];
    let Some(mut guild) = take(tree, &path) else { return };
    let byte = guild.byte();
    if is_blank(&guild.node) {
        editor.done(&path, byte, "fleet.guildId: removed, since it was empty");
        return;
    }
    // Some files have the id as a number, which loses digits in other programs.
    if let Value::Number(digits) = &guild.node.value {
        guild.node.value = Value::Text(digits.clone());
    }
    match put(tree, &["fleet", "discord"], "guildId", guild) {
        Ok(()) => editor.done(&path, byte, "fleet.guildId: moved to fleet.discord.guildId"),
        Err(_) => editor.done(&path, byte, "fleet.guildId: removed, since fleet.discord.guildId is set"),
    }
}
