//! Whether an edit makes a configuration worse.

use thiserror::Error;

use super::FleetText;
use crate::{
    fleet::Fleet,
    json::JsonPath,
    problem::{Problem, ProblemCode, Severity},
    version::SchemaVersion,
};

/// An edit that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Errors that were there before, and are there still.
    pub remaining: Vec<Problem>,
    /// Warnings that the edit brought.
    pub warnings: Vec<Problem>,
}

/// An edit that must not be kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The text is of an earlier version, whose keys have other names: it is rewritten as a whole first.
    #[error("the configuration is of version {version}, and is edited as version {}", SchemaVersion::CURRENT)]
    EarlierVersion {
        /// Its version.
        version: u32,
    },
    /// The edit brings errors that were not there before.
    #[error("the edit would bring {} that were not there before", count(problems.len()))]
    Worse {
        /// At least one.
        problems: Vec<Problem>,
    },
}

/// Holds an edited text against the one before. Errors that were there already do not stand in the way, so that a
/// configuration with several can be repaired one at a time; a value that was wrong and is wrong in another way is a new
/// error.
///
/// # Errors
/// [`Refusal`], with every error that is new.
pub fn review(before: &FleetText, after: &FleetText) -> Result<Review, Refusal> {
    if let Some(version) = earlier_version(before).or_else(|| earlier_version(after)) {
        return Err(Refusal::EarlierVersion { version });
    }
    let (old, new) = (problems(before), problems(after));
    // Nothing behind an unreadable version was ever looked at: what shows now was there before.
    let was_hidden = old.iter().any(|problem| problem.code == ProblemCode::Version)
        && new.iter().all(|problem| problem.code != ProblemCode::Version);
    let mut unmatched: Vec<&Problem> = old.iter().collect();
    let (mut remaining, mut worse, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for problem in new {
        let same = unmatched.iter().position(|other| is_same(other, before, &problem, after));
        let was_there = same.map(|at| unmatched.swap_remove(at)).is_some();
        match problem.severity {
            Severity::Error if was_there || was_hidden => remaining.push(problem),
            Severity::Error => worse.push(problem),
            Severity::Warning if was_there => {}
            Severity::Warning => warnings.push(problem),
        }
    }
    if worse.is_empty() {
        Ok(Review { remaining, warnings })
    } else {
        Err(Refusal::Worse { problems: worse })
    }
}

fn problems(text: &FleetText) -> Vec<Problem> {
    match Fleet::read(text.as_str()) {
        Ok(loaded) => loaded.warnings,
        Err(invalid) => invalid.problems,
    }
}

/// The version of a text, if it is one that is read and not written.
fn earlier_version(text: &FleetText) -> Option<u32> {
    let version = text.get(&JsonPath::of(["schemaVersion"]))?.as_f64()?;
    (SchemaVersion::OLDEST.number()..SchemaVersion::CURRENT.number())
        .find(|earlier| f64::from(*earlier) == version)
}

/// Whether two problems are one that an edit left as it was.
fn is_same(old: &Problem, before: &FleetText, new: &Problem, after: &FleetText) -> bool {
    if old.code != new.code || old.severity != new.severity {
        return false;
    }
    if old.path != new.path {
        // An element of a list that moved up when one before it was taken away.
        return old.message == new.message
            && parent(&old.path) == parent(&new.path)
            && is_element(after, &new.path);
    }
    let (old_value, new_value) = (before.get(&old.path), after.get(&new.path));
    let is_leaf = new_value.as_ref().is_some_and(|value| !value.is_object() && !value.is_array());
    !is_leaf || old_value == new_value
}

fn is_element(text: &FleetText, path: &JsonPath) -> bool {
    parent(path).and_then(|list| text.get(&list)).is_some_and(|list| list.is_array())
}

fn parent(path: &JsonPath) -> Option<JsonPath> {
    let depth = path.segments().len().checked_sub(1)?;
    Some(JsonPath::of(path.segments().take(depth)))
}

fn count(errors: usize) -> String {
    if errors == 1 { "an error".to_owned() } else { format!("{errors} errors") }
}
