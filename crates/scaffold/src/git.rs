//! A template in a GitHub repository, read with the `git` program, so that the user's own access to it counts.
//!
//! Objects are fetched into a folder of their own and read from there; nothing is checked out, so no hook, filter or
//! link of the repository can do anything.

use std::{path::Path, process::Stdio};

use tokio::{io::AsyncWriteExt, process::Command};

use crate::{
    error::ScaffoldError,
    source::GitSource,
    template::{Template, TemplateFile},
};

const HOST: &str = "https://github.com";
/// The variables that tell git which repository it is about. They are set inside of hooks, and must not reach a git that
/// is about another one.
pub const REPOSITORY_VARIABLES: [&str; 11] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];
/// The most of git's words that are repeated, in bytes.
const LAST_WORDS: usize = 500;

pub(crate) async fn template(source: &GitSource) -> Result<Template, ScaffoldError> {
    let objects = tempfile::tempdir().map_err(ScaffoldError::io("make a folder in", std::env::temp_dir()))?;
    let git = Git { objects: objects.path() };
    git.run("prepare a folder", &["init", "--quiet", "--bare"], b"").await?;
    let url = format!("{HOST}/{}.git", source.repository);
    let fetch =
        ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", &url, &source.reference];
    git.run("fetch", &fetch, b"").await.map_err(|error| not_fetched(source, error))?;
    let tree = git.tree(source).await?;
    let listed = git.run("list the template", &["ls-tree", "-r", "-z", "--full-tree", &tree], b"").await?;
    git.files(&entries(&listed)?).await
}

/// What git says when there is no such repository, when it has no such ref, and when the network is down.
fn not_fetched(source: &GitSource, error: ScaffoldError) -> ScaffoldError {
    let ScaffoldError::Git { said, .. } = error else { return error };
    ScaffoldError::Fetch { source_name: format!("{}#{}", source.repository, source.reference), said }
}

/// One file as `git ls-tree` lists it.
struct Entry<'a> {
    path: &'a str,
    object: &'a str,
    is_executable: bool,
}

/// Reads `mode SP type SP object TAB path NUL …`.
fn entries(listed: &[u8]) -> Result<Vec<Entry<'_>>, ScaffoldError> {
    let lines = listed.split(|byte| *byte == 0).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let odd =
                |reason| ScaffoldError::Path { path: String::from_utf8_lossy(line).into_owned(), reason };
            let line = str::from_utf8(line).map_err(|_| odd("is not UTF-8"))?;
            let (about, path) = line.split_once('\t').ok_or_else(|| odd("git lists in an unknown way"))?;
            let mut about = about.split(' ');
            let (mode, object) = (about.next().unwrap_or_default(), about.nth(1).unwrap_or_default());
            let refuse = |reason| Err(ScaffoldError::Path { path: path.to_owned(), reason });
            match mode {
                "100644" | "100755" => Ok(Entry { path, object, is_executable: mode == "100755" }),
                "120000" => refuse("is a symbolic link"),
                "160000" => refuse("is another repository"),
                _ => refuse("is not a file"),
            }
        })
        .collect()
}

struct Git<'a> {
    objects: &'a Path,
}

impl Git<'_> {
    /// The object that holds the template's files.
    async fn tree(&self, source: &GitSource) -> Result<String, ScaffoldError> {
        let wanted = format!("FETCH_HEAD:{}", source.folder);
        let kind = self.run("find the template", &["cat-file", "-t", &wanted], b"").await;
        match kind {
            Ok(kind) if kind.trim_ascii() == b"tree" => Ok(wanted),
            Ok(_) | Err(ScaffoldError::Git { .. }) => Err(ScaffoldError::NoFolder(format!(
                "'{}' in {} at {}",
                source.folder, source.repository, source.reference
            ))),
            Err(error) => Err(error),
        }
    }

    /// Reads the contents of all entries with one process.
    async fn files(&self, entries: &[Entry<'_>]) -> Result<Template, ScaffoldError> {
        let asked: String = entries.iter().map(|entry| format!("{}\n", entry.object)).collect();
        let answer = self.run("read the template", &["cat-file", "--batch"], asked.as_bytes()).await?;
        let mut rest = answer.as_slice();
        let mut template = Template::default();
        for entry in entries {
            let content = next_object(&mut rest).ok_or_else(|| ScaffoldError::Git {
                action: "read the template",
                said: format!("'{}' is missing", entry.path),
            })?;
            let file = TemplateFile { content: content.to_vec(), is_executable: entry.is_executable };
            template.put(entry.path, file)?;
        }
        Ok(template)
    }

    async fn run(
        &self,
        action: &'static str,
        words: &[&str],
        input: &[u8],
    ) -> Result<Vec<u8>, ScaffoldError> {
        let mut git = Command::new("git");
        for variable in REPOSITORY_VARIABLES {
            git.env_remove(variable);
        }
        let mut git = git
            // A server that stops sending is given up after a while.
            .args(["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30", "-c", "gc.auto=0"])
            .arg("--git-dir")
            .arg(self.objects)
            .args(words)
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(ScaffoldError::GitStart)?;
        let mut stdin = git.stdin.take().expect("standard input was asked for");
        let feed = async {
            // A git that ends early says why on standard error.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let ((), output) = tokio::join!(feed, git.wait_with_output());
        let output = output.map_err(ScaffoldError::GitStart)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim();
        let begin = (said.len().saturating_sub(LAST_WORDS)..said.len()).find(|at| said.is_char_boundary(*at));
        Err(ScaffoldError::Git { action, said: said[begin.unwrap_or_default()..].replace('\n', "; ") })
    }
}

/// Takes `object SP type SP size LF content LF` off the front.
fn next_object<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size: usize = str::from_utf8(&rest[..end]).ok()?.split(' ').nth(2)?.parse().ok()?;
    let content = rest.get(end + 1..(end + 1).checked_add(size)?)?;
    *rest = rest.get(end + 1 + size + 1..)?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_repositories_in_a_listing_are_refused() {
        let listed = b"100644 blob aaaa\ta/b.md\x00100755 blob bbbb\trun\x00";
        let found = entries(listed).unwrap();
        assert_eq!((found[0].path, found[0].is_executable), ("a/b.md", false));
        assert_eq!((found[1].object, found[1].is_executable), ("bbbb", true));
        for (listed, reason) in [
            (&b"120000 blob aaaa\tlink\x00"[..], "symbolic link"),
            (b"160000 commit aaaa\tmodule\x00", "another repository"),
            (b"100644 blob aaaa\t\xff\x00", "not UTF-8"),
            (b"nonsense\x00", "unknown way"),
        ] {
            let error = entries(listed).err().unwrap().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_is_no_object() {
        let mut whole = &b"aaaa blob 3\nxyz\nbbbb missing\n"[..];
        assert_eq!(next_object(&mut whole), Some(&b"xyz"[..]));
        assert_eq!(next_object(&mut whole), None);
        for cut in [&b"aaaa blob 3\nxy"[..], b"aaaa blob 3", b"", b"aaaa blob 99999999999999999999\n"] {
            assert_eq!(next_object(&mut &cut[..]), None);
        }
    }
}
