//! The list as a whole.

use std::collections::BTreeMap;

use super::{BranchName, FileUrls, RemoteUrl, RepoName};
use crate::table::{LineProblem, Row, TableError, rows};

/// How many repositories a list may name.
const MOST: usize = 1000;

/// One repository that a host keeps a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoSeed {
    /// The name of the copy.
    pub name: RepoName,
    /// Where it comes from.
    pub url: RemoteUrl,
    /// The branch that is checked out; without one it is the remote's own choice.
    pub branch: Option<BranchName>,
}

/// The repositories that a host keeps copies of, in the order of the file. Each name stands once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepoList(Vec<RepoSeed>);

impl RepoList {
    /// Reads a `repos.tsv`: name, URL and branch, separated by tabs; the branch may be left out.
    ///
    /// # Errors
    /// [`TableError`] names every line that is wrong.
    pub fn parse(bytes: &[u8], files: FileUrls) -> Result<Self, TableError> {
        let (mut seeds, mut problems) = (Vec::new(), Vec::new());
        let mut lines: BTreeMap<RepoName, usize> = BTreeMap::new();
        for row in rows(bytes)? {
            let problem = |what: String| LineProblem { line: row.line, what };
            match seed(&row, files) {
                Err(what) => problems.push(problem(what)),
                Ok(seed) => match lines.get(&seed.name) {
                    Some(line) => {
                        problems.push(problem(format!("{} stands in line {line} already", seed.name)));
                    }
                    None if seeds.len() == MOST => {
                        problems.push(problem(format!("more than {MOST} repositories")));
                        break;
                    }
                    None => {
                        lines.insert(seed.name.clone(), row.line);
                        seeds.push(seed);
                    }
                },
            }
        }
        if problems.is_empty() { Ok(Self(seeds)) } else { Err(TableError::Lines(problems)) }
    }

    /// The repositories.
    pub fn iter(&self) -> std::slice::Iter<'_, RepoSeed> {
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

fn seed(row: &Row<'_>, files: FileUrls) -> Result<RepoSeed, String> {
    let (name, url, branch) = match row.columns[..] {
        [name, url] => (name, url, None),
        [name, url, branch] => (name, url, Some(branch).filter(|branch| !branch.is_empty())),
        _ => {
            let found = row.columns.len();
            return Err(format!(
                "expected name, URL and branch, separated by tabs, and found {found} columns"
            ));
        }
    };
    Ok(RepoSeed {
        name: RepoName::parse(name).map_err(|error| error.to_string())?,
        url: RemoteUrl::parse(url, files).map_err(|error| error.to_string())?,
        branch: branch.map(BranchName::parse).transpose().map_err(|error| error.to_string())?,
    })
}

impl<'a> IntoIterator for &'a RepoList {
    type Item = &'a RepoSeed;
    type IntoIter = std::slice::Iter<'a, RepoSeed>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_line_counts_without_a_newline_and_crlf_is_no_part_of_a_url() {
        let text =
            "# ours\r\nsite\thttps://github.com/acme/site.git\tmain\r\n\r\nlib\tgit@github.com:acme/lib.git";
        let list = RepoList::parse(text.as_bytes(), FileUrls::Refused).unwrap();
        let shown: Vec<_> =
            list.iter().map(|seed| (seed.name.as_str(), seed.url.as_str(), seed.branch.is_some())).collect();
        assert_eq!(
            shown,
            [
                ("site", "https://github.com/acme/site.git", true),
                ("lib", "git@github.com:acme/lib.git", false)
            ]
        );
    }

    #[test]
    fn every_wrong_line_is_named_at_once() {
        let text = "../x\thttps://github.com/a/b\tmain\nsite\n\
                    ok\thttps://github.com/a/b\t-f\nok\thttps://github.com/a/b\nok\thttps://github.com/a/c\n";
        let Err(TableError::Lines(problems)) = RepoList::parse(text.as_bytes(), FileUrls::Refused) else {
            panic!("it is wrong");
        };
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 2, 3, 5]);
        assert!(problems[3].what.contains("line 4 already"), "{:?}", problems[3]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic_and_names_stand_once(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            lines in proptest::collection::vec("[-a-c./]{1,4}\thttps://github.com/[a-c/]{1,5}(\t[-a-c./]{0,4})?\r?", 0..6),
        ) {
            let _ = RepoList::parse(&bytes, FileUrls::Allowed);
            if let Ok(list) = RepoList::parse(lines.join("\n").as_bytes(), FileUrls::Refused) {
                let names: std::collections::BTreeSet<_> = list.iter().map(|seed| seed.name.clone()).collect();
                prop_assert_eq!(names.len(), list.len());
            }
        }
    }
}
