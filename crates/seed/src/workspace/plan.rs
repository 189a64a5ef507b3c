//! What is done about each file, and doing it.

use std::path::{Path, PathBuf};

use super::{
    Source, WorkspaceError,
    error::io,
    folder::{Folder, Found},
    record::{Record, hash},
    source::{WITH_TOOLS, is_managed},
};
use crate::tools::{ToolList, with_tools};

/// What is done about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is given for the first time.
    Add,
    /// It is brought to what the fleet has now.
    Refresh,
    /// It is what the fleet has.
    Unchanged,
    /// It is the bot's own, and stays as it is.
    Keep,
    /// The fleet has it no more, and the bot never changed it.
    Remove,
}

/// One file and what is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path in the workspace.
    pub path: PathBuf,
    /// What is done about it.
    pub action: Action,
}

/// Whether changes are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are.
    Apply,
    /// They are only said.
    DryRun,
}

/// Seeds a workspace that is there, and says what was done, in the order of the paths. `record` is the file in which is
/// kept what was given; it is best kept where the bot cannot write.
///
/// # Errors
/// [`WorkspaceError`]. What was done before is done; the next seeding goes on.
pub fn seed(
    source: &Source,
    workspace: &Path,
    record_file: &Path,
    mode: Mode,
) -> Result<Vec<Change>, WorkspaceError> {
    let mut record = Record::read(record_file)?;
    let folder = Folder::open(workspace).map_err(io("open", workspace))?;
    let mut changes = Vec::new();
    let mut outcome = Ok(());
    for path in source.paths() {
        let key = path.to_string_lossy().into_owned();
        let done = give(source, &folder, path, record.files.get(&key).map(String::as_str), mode);
        match done.map_err(|error| place(error, workspace)) {
            Ok((action, given)) => {
                if action != Action::Keep {
                    record.files.insert(key, given);
                }
                changes.push(Change { path: path.to_owned(), action });
            }
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    if outcome.is_ok() {
        outcome = withdraw(source, &folder, workspace, &mut record, mode, &mut changes);
    }
    if mode == Mode::Apply {
        record.write(record_file)?;
    }
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    outcome.map(|()| changes)
}

/// Shows a list of tools under `## Tools` in the documents of a workspace that have a place for it, as they are. A document
/// that is missing, or is no text, is passed over.
///
/// # Errors
/// [`WorkspaceError`].
pub fn show_tools(workspace: &Path, tools: &ToolList, mode: Mode) -> Result<Vec<Change>, WorkspaceError> {
    let folder = Folder::open(workspace).map_err(io("open", workspace))?;
    let mut changes = Vec::new();
    for name in WITH_TOOLS {
        let path = Path::new(name);
        let failed = |tried| move |error| place(io(tried, path)(error), workspace);
        let Found::File(bytes) = folder.look(path).map_err(failed("look at"))? else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let new = with_tools(&text, tools);
        let action = if new == text { Action::Unchanged } else { Action::Refresh };
        if mode == Mode::Apply && action == Action::Refresh {
            folder.put(path, new.as_bytes(), 0o644).map_err(failed("write"))?;
        }
        changes.push(Change { path: path.to_owned(), action });
    }
    Ok(changes)
}

/// Gives one file: what was done, and the hash of what is given.
fn give(
    source: &Source,
    folder: &Folder,
    path: &Path,
    recorded: Option<&str>,
    mode: Mode,
) -> Result<(Action, String), WorkspaceError> {
    let given = source.file(path)?;
    let (new, found) = (hash(&given.bytes), folder.look(path).map_err(io("look at", path))?);
    let action = match &found {
        Found::Nothing => Action::Add,
        Found::File(bytes) if *bytes == given.bytes => Action::Unchanged,
        Found::File(_) | Found::Foreign if is_managed(path) => Action::Refresh,
        Found::File(bytes) if recorded == Some(hash(bytes).as_str()) => Action::Refresh,
        Found::File(_) | Found::Foreign => Action::Keep,
    };
    let file_mode = if given.is_executable { 0o755 } else { 0o644 };
    match (mode, action) {
        (Mode::Apply, Action::Add | Action::Refresh) => match folder.put(path, &given.bytes, file_mode) {
            Ok(()) => {}
            // A folder on the way is the bot's own link or file.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Action::Keep, new)),
            Err(error) => return Err(io("write", path)(error)),
        },
        (Mode::Apply, Action::Unchanged | Action::Keep | Action::Remove) | (Mode::DryRun, _) => {}
    }
    Ok((action, new))
}

/// Takes back what the fleet has no more, where the bot has not made it its own.
fn withdraw(
    source: &Source,
    folder: &Folder,
    workspace: &Path,
    record: &mut Record,
    mode: Mode,
    changes: &mut Vec<Change>,
) -> Result<(), WorkspaceError> {
    let given: std::collections::BTreeSet<&Path> = source.paths().collect();
    let gone: Vec<String> =
        record.files.keys().filter(|key| !given.contains(Path::new(key.as_str()))).cloned().collect();
    for key in gone {
        let path = Path::new(&key);
        let failed = |error| place(io("take back", path)(error), workspace);
        let recorded = record.files.remove(&key).unwrap_or_default();
        let is_as_given =
            matches!(folder.look(path).map_err(failed)?, Found::File(bytes) if hash(&bytes) == recorded);
        if is_as_given && !is_managed(path) {
            if mode == Mode::Apply {
                folder.remove(path).map_err(failed)?;
            }
            changes.push(Change { path: path.to_owned(), action: Action::Remove });
        }
    }
    Ok(())
}

/// Says in which workspace a path lies.
fn place(error: WorkspaceError, workspace: &Path) -> WorkspaceError {
    match error {
        WorkspaceError::Io { tried, path, source } => {
            WorkspaceError::Io { tried, path: workspace.join(path), source }
        }
        other @ (WorkspaceError::Source { .. } | WorkspaceError::Record { .. }) => other,
    }
}
