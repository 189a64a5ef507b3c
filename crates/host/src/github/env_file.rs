//! The file with a token.

use std::{
    fs::{self, File, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{PermissionsExt, fchown},
    path::Path,
};

use clawlets_github::InstallationToken;
use clawlets_model::Secret;
use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::Group;

/// The names under which programs look for the token.
const NAMES: [&str; 3] = ["GITHUB_APP_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];
/// Readable by its group and nobody else.
const MODE: u32 = 0o640;
/// The largest file that is read, in bytes.
const MAX: u64 = 64 << 10;

/// What the file with a token says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFile {
    /// The token.
    pub token: Secret<String>,
    /// When it ends; not known of a file that somebody else has written.
    pub expires_at: Option<Timestamp>,
    /// What it was made for.
    pub(super) mark: Option<String>,
}

impl EnvFile {
    /// Reads a file of variables. None if there is no such file, or no token in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut text = String::new();
        match File::open(path) {
            Ok(file) => file.take(MAX).read_to_string(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = Secret::from(text);
        Ok(Self::parse(text.expose()))
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
            Some(line.trim().trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty())
        };
        let token = NAMES.iter().find_map(|name| value(name))?;
        let said = |key: &str| {
            let words = text.lines().filter(|line| line.starts_with('#')).flat_map(str::split_whitespace);
            words.filter_map(|word| word.split_once('=')).find(|(name, _)| *name == key)
        };
        Some(Self {
            token: Secret::from(token),
            expires_at: said("expires_at").and_then(|(_, text)| text.parse().ok()),
            mark: said("for").map(|(_, text)| text.to_owned()),
        })
    }

    /// Replaces the file at `path` in one step. Its group may read it and nobody else.
    ///
    /// # Errors
    /// When it cannot be written; the file that was there before is untouched then.
    pub(super) fn write(
        path: &Path,
        token: &InstallationToken,
        mark: &str,
        group: Option<&Group>,
    ) -> io::Result<()> {
        let folder = path.parent().ok_or_else(|| io::Error::other("a file lies in a folder"))?;
        fs::create_dir_all(folder)?;
        let mut text = format!("# Made by clawlets-host. expires_at={:.0} for={mark}\n", token.expires_at);
        for name in NAMES {
            text.push_str(&format!("{name}={}\n", token.token.expose()));
        }
        let text = Secret::from(text);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = format!(".{name}.new-");
        clear(folder, &unfinished)?;
        let mut file = NamedTempFile::with_prefix_in(&unfinished, folder)?;
        file.write_all(text.expose().as_bytes())?;
        if let Some(group) = group {
            fchown(file.as_file(), None, Some(group.id()))?;
        }
        file.as_file().set_permissions(Permissions::from_mode(MODE))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    }
}

/// Removes what one left that was killed before it was done. Whoever writes has the turn, so nobody else is at it.
fn clear(folder: &Path, unfinished: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(unfinished) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_written_and_as_people_write_it() {
        let ours = "# Made by clawlets-host. expires_at=2026-11-21T12:00:00Z for=abc\nGITHUB_APP_TOKEN=t1\nGITHUB_TOKEN=t1\n";
        let read = EnvFile::parse(ours).unwrap();
        assert_eq!((read.token.expose().as_str(), read.mark.as_deref()), ("t1", Some("abc")));
        assert_eq!(read.expires_at.unwrap().to_string(), "2026-11-21T12:00:00Z");
        let theirs = EnvFile::parse("GH_TOKEN=\"t2\"\n").unwrap();
        assert_eq!((theirs.token.expose().as_str(), theirs.expires_at), ("t2", None));
        for text in ["", "# nothing\n", "GITHUB_TOKEN=\n", "MY_GITHUB_TOKEN=x\n"] {
            assert_eq!(EnvFile::parse(text), None, "{text:?}");
        }
    }
}
