//! The files that the task finds.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, PermissionsExt, chown},
    path::Path,
};

use clawlets_model::{ArtifactName, task};

use super::{Work, WorkError};
use crate::layout::Layout;

/// Who owns the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

/// Writes the persona, the task and the inputs where an agent or a program looks for them. The workspace belongs to
/// `owner`, or to whoever runs this when there is none; the rest can be read by everybody and changed by nobody else.
///
/// For an agent the persona is copied into the workspace and wins over an input of the same name.
///
/// # Errors
/// [`WorkError::Write`].
pub fn prepare(layout: &Layout, work: &Work, owner: Option<Owner>) -> Result<(), WorkError> {
    folder(&layout.state(), 0o755)?;
    let persona = work.persona.to_files();
    let (persona_dir, workspace) = (layout.persona(), layout.workspace());
    folder(&persona_dir, 0o755)?;
    for (name, content) in &persona {
        write(&persona_dir, name, content, None)?;
    }
    write_file(&layout.task(), &work.task.to_json(), None)?;
    folder(&workspace, 0o700)?;
    own(&workspace, owner)?;
    for (name, content) in &work.inputs {
        write(&workspace, name, content, owner)?;
    }
    match work.task.work() {
        task::Work::Command { .. } => {}
        task::Work::Agent { message } => {
            write_file(&layout.message(), message.as_bytes(), None)?;
            for (name, content) in &persona {
                write(&workspace, name, content, owner)?;
            }
        }
    }
    Ok(())
}

fn write(
    folder_path: &Path,
    name: &ArtifactName,
    content: &[u8],
    owner: Option<Owner>,
) -> Result<(), WorkError> {
    let mut path = folder_path.to_path_buf();
    let mut segments = name.as_str().split('/').peekable();
    while let Some(segment) = segments.next() {
        path.push(segment);
        if segments.peek().is_some() {
            folder(&path, 0o755)?;
            own(&path, owner)?;
        }
    }
    write_file(&path, content, owner)
}

fn write_file(path: &Path, content: &[u8], owner: Option<Owner>) -> Result<(), WorkError> {
    fs::write(path, content).map_err(|source| failed(path, source))?;
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(path, mode).map_err(|source| failed(path, source))?;
    own(path, owner)
}

fn folder(path: &Path, mode: u32) -> Result<(), WorkError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o755).create(path).map_err(|source| failed(path, source))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|source| failed(path, source))
}

fn own(path: &Path, owner: Option<Owner>) -> Result<(), WorkError> {
    match owner {
        Some(Owner { uid, gid }) => chown(path, Some(uid), Some(gid)).map_err(|source| failed(path, source)),
        None => Ok(()),
    }
}

fn failed(path: &Path, source: io::Error) -> WorkError {
    WorkError::Write { path: path.to_path_buf(), source }
}
