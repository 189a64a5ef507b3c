//! A template in a folder.

use std::{fs, io::ErrorKind, os::unix::fs::PermissionsExt, path::Path};

use crate::{
    error::ScaffoldError,
    template::{Template, TemplateFile},
};

/// Reads a folder. A `.git` at its top is passed over, since a template is often a repository of its own; links,
/// sockets and devices are refused wherever they are.
pub(crate) fn template(root: &Path) -> Result<Template, ScaffoldError> {
    match fs::metadata(root) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(ScaffoldError::NoFolder(root.display().to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(ScaffoldError::NoFolder(root.display().to_string()));
        }
        Err(error) => return Err(ScaffoldError::io("read", root)(error)),
    }
    let mut template = Template::default();
    read(root, "", &mut template)?;
    Ok(template)
}

fn read(folder: &Path, below: &str, template: &mut Template) -> Result<(), ScaffoldError> {
    for entry in fs::read_dir(folder).map_err(ScaffoldError::io("read", folder))? {
        let entry = entry.map_err(ScaffoldError::io("read", folder))?;
        let name = entry.file_name();
        let refuse = |reason| ScaffoldError::Path { path: format!("{below}{}", name.display()), reason };
        let name = name.to_str().ok_or_else(|| refuse("is not UTF-8"))?;
        if below.is_empty() && name == ".git" {
            continue;
        }
        let path = format!("{below}{name}");
        let kind = entry.file_type().map_err(ScaffoldError::io("look at", entry.path()))?;
        if kind.is_dir() {
            read(&entry.path(), &format!("{path}/"), template)?;
        } else if kind.is_file() {
            let metadata = entry.metadata().map_err(ScaffoldError::io("look at", entry.path()))?;
            let content = fs::read(entry.path()).map_err(ScaffoldError::io("read", entry.path()))?;
            let is_executable = metadata.permissions().mode() & 0o100 != 0;
            template.put(&path, TemplateFile { content, is_executable })?;
        } else if kind.is_symlink() {
            return Err(refuse("is a symbolic link"));
        } else {
            return Err(refuse("is not a file"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::{fs::symlink, net::UnixListener};

    #[test]
    fn a_folder_is_read_with_its_modes_and_without_its_repository() {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in [(".git/config", "x"), ("a/b.md", "text"), ("run", "#!/bin/sh\n")] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        fs::set_permissions(root.path().join("run"), fs::Permissions::from_mode(0o755)).unwrap();
        let template = template(root.path()).unwrap();
        let paths: Vec<_> =
            template.files().map(|(path, file)| (path.as_str(), file.is_executable)).collect();
        assert_eq!(paths, [("a/b.md", false), ("run", true)]);
    }

    #[test]
    fn links_and_other_odd_files_are_refused_by_name() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("deep")).unwrap();
        symlink("/etc/passwd", root.path().join("deep/link")).unwrap();
        let error = template(root.path()).unwrap_err().to_string();
        assert_eq!(error, "the template holds 'deep/link', which is a symbolic link");
        fs::remove_file(root.path().join("deep/link")).unwrap();
        let _socket = UnixListener::bind(root.path().join("deep/socket")).unwrap();
        let error = template(root.path()).unwrap_err().to_string();
        assert_eq!(error, "the template holds 'deep/socket', which is not a file");
    }
}
