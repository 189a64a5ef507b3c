//! The migration as a whole.

use super::{discord, edit::Editor, hosts, names, retired, secrets, ssh_keys, updates};
use crate::{
    form::Reader,
    json::{JsonPath, Layout, Lines, Node, Value, parse, render},
    problem::InvalidFleet,
    read::no_json,
    version::SchemaVersion,
};

/// A file that was brought to the current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The new text. It is the old one, byte by byte, when nothing was to be done.
    pub text: String,
    /// The version that the old text is of.
    pub from_version: SchemaVersion,
    /// What was done, in sentences for people. Empty when nothing was to be done.
    pub steps: Vec<String>,
}

/// One thing that was done, and where.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) path: JsonPath,
    pub(crate) byte: usize,
}

/// Rewrites a file of an earlier version as one of the current version. Keys keep their order; lines are laid out with
/// the indentation that the file has. Migrating the outcome again changes nothing.
///
/// The outcome may still break a rule: what was wrong before is wrong after. [`Fleet::read`](crate::Fleet::read) tells.
///
/// # Errors
/// [`InvalidFleet`] when the text is no JSON object, or of a version that cannot be read.
pub fn migrate(text: &str) -> Result<Migrated, InvalidFleet> {
    let lines = Lines::of(text);
    let mut tree = parse(text).map_err(|fault| no_json(fault, &lines))?;
    let mut reader = Reader::new(&lines);
    let version = SchemaVersion::of(&tree, &mut reader);
    let problems = reader.finish();
    let from_version = match version {
        Some(version) if problems.is_empty() => version,
        Some(_) | None => return Err(InvalidFleet { problems }),
    };
    let steps: Vec<_> = upgrade(&mut tree, from_version).into_iter().map(|step| step.text).collect();
    let text = if steps.is_empty() { text.to_owned() } else { render(&tree, &Layout::of(text)) };
    Ok(Migrated { text, from_version, steps })
}

/// Brings a tree to the current version.
pub(crate) fn upgrade(tree: &mut Node, from: SchemaVersion) -> Vec<Step> {
    let mut editor = Editor::default();
    if !from.is_current() {
        number(tree, from, &mut editor);
        discord::guild(tree, &mut editor);
        secrets::environment(tree, &mut editor);
        secrets::models(tree, &mut editor);
        secrets::discord_tokens(tree, &mut editor);
        secrets::credentials(tree, &mut editor);
        ssh_keys::to_fleet(tree, &mut editor);
        hosts::provisioning(tree, &mut editor);
        hosts::cache(tree, &mut editor);
        updates::update(tree, &mut editor);
        retired::codex(tree, &mut editor);
        retired::state_folder(tree, &mut editor);
        retired::queue_mode(tree, &mut editor);
        retired::defaults(tree, &mut editor);
    }
    names::gateway(tree, &mut editor);
    editor.finish()
}

fn number(tree: &mut Node, from: SchemaVersion, editor: &mut Editor) {
    if let Some(node) = tree.child_mut("schemaVersion") {
        node.value = Value::Number(SchemaVersion::CURRENT.to_string());
        let text = format!("schemaVersion: {from} became {}", SchemaVersion::CURRENT);
        editor.done(&["schemaVersion"], node.span.start, text);
    }
}
