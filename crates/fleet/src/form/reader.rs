//! The place that is being read, and what was found wrong so far.

use std::collections::HashSet;

use crate::{
    json::{JsonPath, Lines, Node},
    problem::{Draft, Problem, ProblemCode, Severity, shown},
};

/// Collects every problem of one text.
pub(crate) struct Reader<'t> {
    lines: &'t Lines<'t>,
    path: JsonPath,
    problems: Vec<Problem>,
    refused: HashSet<JsonPath>,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(lines: &'t Lines<'t>) -> Self {
        Self { lines, path: JsonPath::root(), problems: Vec::new(), refused: HashSet::new() }
    }

    pub(crate) const fn path(&self) -> &JsonPath {
        &self.path
    }

    /// Reads what stands under a key of the current value.
    pub(crate) fn within<T>(&mut self, key: &str, node: &Node, read: impl FnOnce(&mut Self) -> T) -> T {
        match &node.origin {
            Some(origin) => {
                let outer = std::mem::replace(&mut self.path, origin.clone());
                let value = read(self);
                self.path = outer;
                value
            }
            None => {
                self.path.push(key);
                let value = read(self);
                self.path.pop();
                value
            }
        }
    }

    /// Takes note of a problem at the current path, at a byte of the text.
    pub(crate) fn report(&mut self, byte: usize, draft: Draft) {
        self.report_at(self.path.clone(), byte, draft);
    }

    pub(crate) fn report_at(&mut self, path: JsonPath, byte: usize, draft: Draft) {
        let problem = draft.at(path, self.lines.position(byte));
        if problem.severity == Severity::Error {
            self.refused.insert(problem.path.clone());
        }
        self.problems.push(problem);
    }

    /// Whether the value of this path was refused already, so that nothing needs to follow from it.
    pub(crate) fn is_refused(&self, path: &JsonPath) -> bool {
        self.refused.contains(path)
    }

    /// A value of another kind than the one that was expected.
    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str) {
        let what = format!("is {}", node.kind());
        let found = shown(node, &self.path);
        self.report(
            node.span.start,
            Draft::new(ProblemCode::WrongType, what).expected(expected).found(found),
        );
    }

    /// A value that breaks its grammar.
    pub(crate) fn invalid(
        &mut self,
        node: &Node,
        code: ProblemCode,
        expected: &str,
        suggestion: Option<String>,
    ) {
        let found = shown(node, &self.path);
        let draft = Draft::new(code, format!("{found} is not valid")).expected(expected).found(found);
        self.report(node.span.start, draft.suggest(suggestion));
    }

    /// Every problem in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        self.problems
    }
}
