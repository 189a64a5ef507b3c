//! Writing a template, all of it or nothing.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{error::ScaffoldError, template::Template};

/// Whether a template may be written to `target`: nothing is there, or an empty folder.
///
/// # Errors
/// [`ScaffoldError::NotEmpty`], [`ScaffoldError::NotAFolder`], or what the system says.
pub fn check_target(target: &Path) -> Result<(), ScaffoldError> {
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ScaffoldError::io("look at", target)(error)),
        Ok(found) if !found.is_dir() => return Err(ScaffoldError::NotAFolder(target.to_owned())),
        Ok(_) => {}
    }
    match fs::read_dir(target).map_err(ScaffoldError::io("read", target))?.next() {
        None => Ok(()),
        Some(Err(error)) => Err(ScaffoldError::io("read", target)(error)),
        Some(Ok(found)) => Err(ScaffoldError::NotEmpty {
            target: target.to_owned(),
            found: found.file_name().to_string_lossy().into_owned(),
        }),
    }
}

/// Writes the template to `target`, whose parents are made if they are missing.
///
/// Everything is written beside the target first and moved there in the end, so an error or a power cut leaves the
/// target as it was. Folders are 0755 and files 0644 or 0755, less what the process's umask takes away.
///
/// # Errors
/// Those of [`check_target`], and what the system says of a file. Nothing stays behind then.
pub fn write(template: &Template, target: &Path) -> Result<(), ScaffoldError> {
    check_target(target)?;
    let parent = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(ScaffoldError::io("make the folder", parent))?;
    let (staging, root) = stage(parent)?;
    for (path, file) in template.files() {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(&root);
        fs::create_dir_all(folder).map_err(ScaffoldError::io("make the folder", folder))?;
        let mode = if file.is_executable { 0o755 } else { 0o644 };
        let written = || {
            let mut new = File::options().write(true).create_new(true).mode(mode).open(&path)?;
            new.write_all(&file.content)?;
            new.sync_all()
        };
        written().map_err(ScaffoldError::io("write", &path))?;
    }
    settle(&root, target)?;
    drop(staging);
    sync(parent).map_err(ScaffoldError::io("write", parent))
}

/// A private folder beside the target, and in it the one that becomes the target.
fn stage(parent: &Path) -> Result<(TempDir, PathBuf), ScaffoldError> {
    let failed = || ScaffoldError::io("write to", parent);
    let staging = tempfile::Builder::new().prefix(".clawlets-init-").tempdir_in(parent).map_err(failed())?;
    let root = staging.path().join("root");
    fs::DirBuilder::new().mode(0o755).create(&root).map_err(failed())?;
    Ok((staging, root))
}

/// Moves the written folder to its place. An empty folder that is there stays the same folder, since somebody may be
/// standing in it.
fn settle(root: &Path, target: &Path) -> Result<(), ScaffoldError> {
    if fs::symlink_metadata(target).is_err() {
        return fs::rename(root, target).map_err(ScaffoldError::io("make", target));
    }
    check_target(target)?;
    for entry in fs::read_dir(root).map_err(ScaffoldError::io("read", root))? {
        let name = entry.map_err(ScaffoldError::io("read", root))?.file_name();
        let place = target.join(&name);
        fs::rename(root.join(&name), &place).map_err(ScaffoldError::io("write", place))?;
    }
    Ok(())
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::TemplateFile;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn template() -> Template {
        let mut template = Template::default();
        template.put("a/b.md", TemplateFile::new("text")).unwrap();
        template.put("run", TemplateFile::new("#!/bin/sh\n")).unwrap();
        template
    }

    #[test]
    fn a_template_is_written_to_a_new_place_or_an_empty_folder() {
        let home = tempfile::tempdir().unwrap();
        let empty = home.path().join("empty");
        fs::create_dir(&empty).unwrap();
        for target in [home.path().join("new/deep"), empty] {
            write(&template(), &target).unwrap();
            assert_eq!(fs::read_to_string(target.join("a/b.md")).unwrap(), "text");
            let mode = fs::metadata(target.join("run")).unwrap().permissions().mode();
            assert_eq!(mode & 0o700, 0o700);
            let beside: Vec<_> = fs::read_dir(target.parent().unwrap()).unwrap().flatten().collect();
            assert!(
                beside.iter().all(|entry| !entry.file_name().to_string_lossy().starts_with(".clawlets-init"))
            );
        }
    }

    #[test]
    fn a_target_that_holds_anything_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".hidden"), "mine").unwrap();
        let error = write(&template(), home.path()).unwrap_err();
        assert!(error.to_string().ends_with("is not empty: it holds '.hidden'"), "{error}");
        let link = home.path().join("link");
        symlink("/nonexistent", &link).unwrap();
        assert!(matches!(write(&template(), &link), Err(ScaffoldError::NotAFolder(_))));
        assert!(matches!(
            write(&template(), &home.path().join(".hidden")),
            Err(ScaffoldError::NotAFolder(_))
        ));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_target_that_cannot_be_written_stays_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let error = write(&template(), Path::new("/proc/self/fleet")).unwrap_err();
        assert!(matches!(error, ScaffoldError::Io { .. }), "{error}");
        fs::write(home.path().join("file"), "").unwrap();
        assert!(write(&template(), &home.path().join("file/below")).is_err());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
