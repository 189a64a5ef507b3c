//! What a ref may point to besides a commit: a tag with a message, and what tags are of, which may be any file.

use std::collections::BTreeSet;

use super::{
    error::GitError,
    objects,
    repository::{Repository, Version},
};
use crate::{finding::Finding, scan::scan_tag};

impl Repository {
    /// Looks at tags on the way from these objects to commits, and at files and folders that are pointed to directly.
    pub(super) fn scan_pointed(&self, ids: &[&str]) -> Result<Vec<Finding>, GitError> {
        let mut found = Vec::new();
        let mut versions = BTreeSet::new();
        let mut ids: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        while !ids.is_empty() {
            let mut tags = Vec::new();
            for (id, kind) in self.kinds(&ids)? {
                match kind.as_str() {
                    "tag" => tags.push(id),
                    "tree" => versions.extend(self.files_of(&id)?),
                    "blob" => {
                        versions.insert(Version {
                            object: id,
                            path: "(tagged file)".into(),
                            commit: String::new(),
                        });
                    }
                    // Commits are listed by who asks, and an object that is not there is not pushed.
                    _ => {}
                }
            }
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            let mut tagged = BTreeSet::new();
            objects::read(self.git(), &tags, |index, content| {
                found.extend(scan_tag(tags[index], content));
                tagged.extend(object_of(content));
            })?;
            // A tag may be of a tag.
            ids = tagged;
        }
        found.extend(self.scan_versions(&versions)?);
        Ok(found)
    }

    /// What kind of object each is.
    fn kinds(&self, ids: &BTreeSet<String>) -> Result<Vec<(String, String)>, GitError> {
        let asked: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let answer =
            self.ask_of(&["cat-file", "--batch-check=%(objectname) %(objecttype)"], asked.as_bytes())?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let pair = |line: &str| line.split_once(' ').map(|(id, kind)| (id.to_owned(), kind.to_owned()));
        answer.lines().map(pair).collect::<Option<_>>().ok_or(GitError::Answer { verb: "cat-file" })
    }

    fn files_of(&self, tree: &str) -> Result<Vec<Version>, GitError> {
        let listed = self.ask_of(&["ls-tree", "-r", "-z", tree], &[])?;
        let lines = listed.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let entries: Option<Vec<_>> = lines.map(in_tree).collect();
        Ok(entries.ok_or(GitError::Answer { verb: "ls-tree" })?.into_iter().flatten().collect())
    }
}

/// The object that a tag is of, which its first line names.
fn object_of(tag: &[u8]) -> Option<String> {
    let line = tag.split(|byte| *byte == b'\n').next()?;
    let id = str::from_utf8(line).ok()?.strip_prefix("object ")?;
    id.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| id.to_owned())
}

/// Reads `mode kind id TAB path`: nothing for another repository's commit, which has no content here, and an outer none
/// for a line of another form.
fn in_tree(line: &[u8]) -> Option<Option<Version>> {
    let line = String::from_utf8_lossy(line);
    let (about, path) = line.split_once('\t')?;
    let [_, kind, object]: [&str; 3] = about.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let version = || Version { object: object.to_owned(), path: path.to_owned(), commit: String::new() };
    Some((kind == "blob").then(version))
}
