//! Repairs that cannot do harm.

use std::{
    fs::{self, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A repair that loses nothing and can be done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Set the mode of a file or folder.
    Mode {
        /// Which.
        path: PathBuf,
        /// The mode's permission bits.
        mode: u32,
    },
    /// Replace a file that is generated.
    Generate {
        /// Which.
        path: PathBuf,
        /// What it holds then.
        content: String,
    },
    /// Add a line to the end of a text file, which is made if it is missing.
    Line {
        /// Which.
        path: PathBuf,
        /// The line, without its end.
        line: String,
    },
    /// Set a value of the repository's git configuration.
    GitConfig {
        /// The repository.
        root: PathBuf,
        /// The key.
        key: &'static str,
        /// The value.
        value: &'static str,
    },
}

impl Mend {
    /// Does it.
    ///
    /// # Errors
    /// What the system, or git, says.
    pub fn apply(&self) -> io::Result<()> {
        match self {
            Self::Mode { path, mode } => fs::set_permissions(path, Permissions::from_mode(*mode)),
            Self::Generate { path, content } => replace(path, content),
            Self::Line { path, line } => {
                let known = match fs::read_to_string(path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
                    read => read?,
                };
                let between = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
                replace(path, &format!("{known}{between}{line}\n"))
            }
            Self::GitConfig { root, key, value } => {
                let mut git = Command::new("git");
                git.arg("-C").arg(root).args(["config", key, value]).stdin(Stdio::null());
                let output = git.output()?;
                if output.status.success() {
                    return Ok(());
                }
                Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
            }
        }
    }
}

/// Writes beside the file and moves it into place, so that it is never half written.
fn replace(path: &Path, content: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().permissions(Permissions::from_mode(0o644)).tempfile_in(folder)?;
    file.write_all(content.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_added_behind_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".gitignore");
        let mend = Mend::Line { path: path.clone(), line: "/.clawlets/".into() };
        mend.apply().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "/.clawlets/\n");
        fs::write(&path, "result").unwrap();
        mend.apply().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "result\n/.clawlets/\n");
    }
}
