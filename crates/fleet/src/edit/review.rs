//! Whether an edit makes a configuration worse.

use std::collections::HashMap;

use thiserror::Error;

use super::{FleetText, tree::Tree};
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
    let mut earlier = Earlier::of(&old, before, after);
    let (mut remaining, mut worse, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for problem in new {
        let was_there = earlier.takes(&problem);
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

/// The problems of the text before, each to be found again once. There may be one for every host of a large fleet.
struct Earlier<'a> {
    problems: &'a [Problem],
    is_taken: Vec<bool>,
    by_path: HashMap<&'a JsonPath, Vec<usize>>,
    by_parent: HashMap<JsonPath, Vec<usize>>,
    before: Tree<'a>,
    after: Tree<'a>,
}

impl<'a> Earlier<'a> {
    fn of(problems: &'a [Problem], before: &'a FleetText, after: &'a FleetText) -> Self {
        let mut by_path: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_parent: HashMap<_, Vec<_>> = HashMap::new();
        for (at, problem) in problems.iter().enumerate() {
            by_path.entry(&problem.path).or_default().push(at);
            if let Some(parent) = parent(&problem.path) {
                by_parent.entry(parent).or_default().push(at);
            }
        }
        let is_taken = vec![false; problems.len()];
        Self { problems, is_taken, by_path, by_parent, before: before.tree(), after: after.tree() }
    }

    /// Whether a problem is one of these that the edit left as it was, and takes that one out.
    fn takes(&mut self, new: &Problem) -> bool {
        let found = self.at_its_path(new).or_else(|| self.moved_up(new));
        if let Some(at) = found {
            self.is_taken[at] = true;
        }
        found.is_some()
    }

    fn at_its_path(&self, new: &Problem) -> Option<usize> {
        let at = self.first(self.by_path.get(&new.path)?, new, |_| true)?;
        let (old_value, new_value) = (self.before.get(&new.path), self.after.get(&new.path));
        let is_leaf = new_value.as_ref().is_some_and(|value| !value.is_object() && !value.is_array());
        (!is_leaf || old_value == new_value).then_some(at)
    }

    /// The problem of an element of a list that moved up when one before it was taken away.
    fn moved_up(&self, new: &Problem) -> Option<usize> {
        let list = parent(&new.path)?;
        let candidates = self.by_parent.get(&list)?;
        if !self.after.get(&list).is_some_and(|list| list.is_array()) {
            return None;
        }
        self.first(candidates, new, |old| old.path != new.path && old.message == new.message)
    }

    fn first(&self, among: &[usize], new: &Problem, is_it: impl Fn(&Problem) -> bool) -> Option<usize> {
        among.iter().copied().find(|at| {
            let old = &self.problems[*at];
            !self.is_taken[*at] && old.code == new.code && old.severity == new.severity && is_it(old)
        })
    }
}

fn parent(path: &JsonPath) -> Option<JsonPath> {
    let depth = path.segments().len().checked_sub(1)?;
    Some(JsonPath::of(path.segments().take(depth)))
}

fn count(errors: usize) -> String {
    if errors == 1 { "an error".to_owned() } else { format!("{errors} errors") }
}
