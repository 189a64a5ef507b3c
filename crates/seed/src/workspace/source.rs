//! What the fleet gives.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{WorkspaceError, error::io};
use crate::tools::{ToolList, with_tools};

/// The documents that are the fleet's at every seeding.
pub const MANAGED: [&str; 6] = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "TOOLS.md", "USER.md", "HEARTBEAT.md"];
/// Those of them that show the list of tools.
pub(super) const WITH_TOOLS: [&str; 2] = ["AGENTS.md", "TOOLS.md"];

/// How many files a bot is given at most.
const MOST_FILES: usize = 10_000;
/// How large one of them may be, in bytes.
const MAX_FILE: u64 = 8 << 20;
/// How deep folders lie in each other.
const MAX_DEPTH: usize = 16;

/// One file that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) bytes: Vec<u8>,
    pub(super) is_executable: bool,
}

/// What the fleet gives to one bot: the files of all bots, its own over them.
#[derive(Debug, Clone)]
pub struct Source {
    files: BTreeMap<PathBuf, PathBuf>,
    tools: Option<ToolList>,
}

impl Source {
    /// Looks through the folder of all bots and, where there is one, the folder of this bot. With a list of tools it is
    /// shown under `## Tools` in `AGENTS.md` and `TOOLS.md`.
    ///
    /// # Errors
    /// [`WorkspaceError`] when a folder cannot be read, or holds something else than files and folders.
    pub fn read(common: &Path, own: Option<&Path>, tools: Option<ToolList>) -> Result<Self, WorkspaceError> {
        let mut files = BTreeMap::new();
        collect(common, Path::new(""), &mut files)?;
        if let Some(own) = own.filter(|own| own.exists()) {
            collect(own, Path::new(""), &mut files)?;
        }
        if files.len() > MOST_FILES {
            let why = "it holds too many files";
            return Err(WorkspaceError::Source { path: common.to_owned(), why });
        }
        Ok(Self { files, tools })
    }

    /// The paths of the files in a workspace.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// One file as it is given.
    pub(super) fn file(&self, path: &Path) -> Result<Given, WorkspaceError> {
        let from = &self.files[path];
        let found = fs::metadata(from).map_err(io("read", from))?;
        if found.len() > MAX_FILE {
            return Err(WorkspaceError::Source { path: from.clone(), why: "it is too large" });
        }
        let bytes = fs::read(from).map_err(io("read", from))?;
        let shows_tools = WITH_TOOLS.iter().any(|name| Path::new(name) == path);
        let bytes = match self.tools.as_ref().filter(|_| shows_tools) {
            Some(tools) => {
                let text = String::from_utf8(bytes)
                    .map_err(|_| WorkspaceError::Source { path: from.clone(), why: "it is not UTF-8" })?;
                with_tools(&text, tools).into_bytes()
            }
            None => bytes,
        };
        Ok(Given { bytes, is_executable: found.permissions().mode() & 0o111 != 0 })
    }
}

fn collect(root: &Path, below: &Path, files: &mut BTreeMap<PathBuf, PathBuf>) -> Result<(), WorkspaceError> {
    let here = root.join(below);
    let refused = |path: PathBuf, why| Err(WorkspaceError::Source { path, why });
    if below.components().count() > MAX_DEPTH {
        return refused(here, "its folders lie too deep in each other");
    }
    for entry in fs::read_dir(&here).map_err(io("read", &here))? {
        let entry = entry.map_err(io("read", &here))?;
        let (name, from) = (entry.file_name(), entry.path());
        let path = below.join(&name);
        let kind = entry.file_type().map_err(io("read", &from))?;
        if name.to_str().is_none() {
            return refused(from, "its name is not UTF-8");
        }
        if kind.is_dir() {
            collect(root, &path, files)?;
        } else if !kind.is_file() {
            return refused(from, "it is neither a file nor a folder");
        } else if name != ".gitkeep" {
            files.insert(path, from);
        }
    }
    Ok(())
}

/// Whether a path is one of the documents that are the fleet's.
pub(super) fn is_managed(path: &Path) -> bool {
    MANAGED.iter().any(|name| Path::new(name) == path)
}
