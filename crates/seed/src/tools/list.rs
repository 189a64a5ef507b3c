//! The list.

use std::collections::BTreeMap;

use crate::table::{LineProblem, Row, TableError, rows};

/// How many tools a list may name.
const MOST: usize = 500;
/// The longest name of a tool or a package, in bytes.
const MAX_NAME: usize = 100;
/// The longest line about a tool, in characters.
const MAX_LINE: usize = 300;

/// One program that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// What is typed.
    pub name: String,
    /// The package that it comes from.
    pub package: String,
    /// What it is for, in one line.
    pub line: String,
}

/// What is installed, in the order of the file. Each name stands once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolList(Vec<Tool>);

impl ToolList {
    /// Reads a table of name, package and one line, separated by tabs.
    ///
    /// # Errors
    /// [`TableError`] names every line that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, TableError> {
        let (mut tools, mut problems) = (Vec::new(), Vec::new());
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows(bytes)? {
            let read = tool(&row).and_then(|tool| match lines.insert(tool.name.clone(), row.line) {
                Some(line) => Err(format!("{} stands in line {line} already", tool.name)),
                None if tools.len() == MOST => Err(format!("more than {MOST} tools")),
                None => Ok(tool),
            });
            match read {
                Ok(tool) => tools.push(tool),
                Err(what) => problems.push(LineProblem { line: row.line, what }),
            }
        }
        if problems.is_empty() { Ok(Self(tools)) } else { Err(TableError::Lines(problems)) }
    }

    /// The tools.
    pub fn iter(&self) -> std::slice::Iter<'_, Tool> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn tool(row: &Row<'_>) -> Result<Tool, String> {
    let [name, package, line] = row.columns[..] else {
        let found = row.columns.len();
        return Err(format!(
            "expected name, package and one line, separated by tabs, and found {found} columns"
        ));
    };
    let is_name = |text: &str| {
        (1..=MAX_NAME).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+@/".contains(&b))
    };
    if let Some(wrong) = [name, package].into_iter().find(|text| !is_name(text)) {
        return Err(format!("{wrong:?} is not the name of a tool or a package"));
    }
    let is_line = line.chars().count() <= MAX_LINE && !line.chars().any(|c| c.is_control() || turns_text(c));
    if !is_line {
        return Err(format!("what {name} is for takes at most {MAX_LINE} characters that can be seen"));
    }
    Ok(Tool { name: name.to_owned(), package: package.to_owned(), line: line.to_owned() })
}

/// Whether a character changes the direction of what stands beside it, or cannot be seen.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

impl<'a> IntoIterator for &'a ToolList {
    type Item = &'a Tool;
    type IntoIter = std::slice::Iter<'a, Tool>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_says_what_is_typed_where_it_comes_from_and_what_for() {
        let list = ToolList::parse(b"# ours\nrg\tripgrep\tSearch in files\r\ngh\tgh\tGitHub").unwrap();
        let names: Vec<_> = list.iter().map(|tool| (tool.name.as_str(), tool.line.as_str())).collect();
        assert_eq!(names, [("rg", "Search in files"), ("gh", "GitHub")]);
        let wrong = "rg\tripgrep\nrg x\ta\tb\nrg\ta\tb\nrg\ta\tc\nok\ta\tb\u{202e}c\n";
        let Err(TableError::Lines(problems)) = ToolList::parse(wrong.as_bytes()) else { panic!() };
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 2, 4, 5]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = ToolList::parse(&bytes);
        }
    }
}
