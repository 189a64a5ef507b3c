//! What the operator set: in the environment, or in the file.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{DirBuilder, File},
    io::{self, Read, Write},
    os::{
        fd::AsFd,
        unix::fs::{DirBuilderExt, MetadataExt},
    },
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use clawlets_printer::{Fault, FaultCode};
use rustix::{
    fs::{Mode, OFlags, fsync, open},
    io::Errno,
};

use super::{Key, parse::parse};

/// The file's name in the folder of what is not committed.
pub(crate) const NAME: &str = "env";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 * 1024;
const MODE: u32 = 0o600;

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Environment,
    File,
}

/// The settings of this process in one project.
#[derive(Debug)]
pub(crate) struct Settings {
    values: BTreeMap<Key, (Source, Secret<String>)>,
}

impl Settings {
    /// Joins a project's file with the environment of this process. An empty variable counts as not set, and so does a
    /// file that is not there.
    ///
    /// # Errors
    /// A fault when the file is not the operator's alone, or has a line that cannot be used.
    pub(crate) fn load(runtime: &Path) -> Result<Self, Fault> {
        let from_file = load(&runtime.join(NAME))?;
        Ok(Self::joined(from_file, &|key| std::env::var_os(key.name())))
    }

    fn joined(
        from_file: BTreeMap<Key, Secret<String>>,
        environment: &dyn Fn(Key) -> Option<OsString>,
    ) -> Self {
        let mut values: BTreeMap<_, _> =
            from_file.into_iter().map(|(key, value)| (key, (Source::File, value))).collect();
        for key in Key::ALL {
            let value = environment(key).and_then(|value| value.into_string().ok());
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                values.insert(key, (Source::Environment, Secret::new(value)));
            }
        }
        Self { values }
    }

    /// A setting and where it comes from.
    pub(crate) fn get(&self, key: Key) -> Option<(Source, &Secret<String>)> {
        self.values.get(&key).map(|(source, value)| (*source, value))
    }
}

/// Reads the file, if it is there and the operator's alone.
fn load(path: &Path) -> Result<BTreeMap<Key, Secret<String>>, Fault> {
    let failed = |error: &io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(error)
    };
    // Without O_NONBLOCK a pipe in its place would keep us waiting.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(BTreeMap::new()),
        Err(Errno::LOOP) => {
            return Err(refused(path, "is a symbolic link", "put the file itself in its place"));
        }
        Err(error) => return Err(failed(&error.into())),
    };
    let metadata = file.metadata().map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(refused(path, "is no regular file", "'clawlets env init' makes one"));
    }
    let me = rustix::process::geteuid().as_raw();
    if metadata.uid() != me {
        return Err(refused(path, "belongs to another user", &format!("chown {me} {}", path.display())));
    }
    let mode = metadata.mode() & 0o7777;
    if mode != MODE {
        let fault = format!("has mode {mode:04o}, and must have {MODE:04o}");
        return Err(refused(path, &fault, &format!("chmod 600 {}", path.display())));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    let bytes = Secret::new(bytes);
    if bytes.expose().len() as u64 > LARGEST {
        return Err(refused(path, "is larger than 64 KiB", "it holds a few lines KEY=value"));
    }
    let Ok(text) = std::str::from_utf8(bytes.expose()) else {
        return Err(refused(path, "is not text", "it holds a few lines KEY=value"));
    };
    parse(text).map_err(|faults| {
        let fault = Fault::new(FaultCode::EnvFileInvalid, format!("{} cannot be used", path.display()));
        faults.iter().fold(fault, |fault, line| fault.because(line))
    })
}

fn refused(path: &Path, what: &str, hint: &str) -> Fault {
    Fault::new(FaultCode::EnvFileRefused, format!("{} {what}", path.display())).hint(hint)
}

/// Writes a file to start from: every key, without values. The file's path.
///
/// # Errors
/// A fault when there is one already, and when it cannot be written.
pub(crate) fn write_new(runtime: &Path) -> Result<PathBuf, Fault> {
    let path = runtime.join(NAME);
    let mut text = String::from("# Never committed. The environment of a command wins over this file.\n");
    for key in Key::ALL {
        text.push_str(&format!("# {}\n{}=\n", key.meaning(), key.name()));
    }
    let write = || -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(runtime)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(open(&path, flags, Mode::from_raw_mode(MODE))?);
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half of it would be in the way of the next try.
            std::fs::remove_file(&path)?;
            return Err(error);
        }
        fsync(File::open(runtime)?.as_fd())?;
        Ok(())
    };
    match write() {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Fault::new(FaultCode::EnvFileExists, format!("{} exists already", path.display()))
                .hint("nothing was changed; edit it, or look at it with 'clawlets env show'"))
        }
        Err(error) => {
            Err(Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(&error))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join(NAME), "AWS_PROFILE=file\nNIX_BIN=/file\nHCLOUD_TOKEN=file\n", MODE);
        let from_file = load(&folder.path().join(NAME)).unwrap();
        let settings = Settings::joined(from_file, &|key| match key {
            Key::AwsProfile => Some("environment".into()),
            Key::NixBin => Some("".into()),
            Key::HcloudToken | Key::GithubToken | Key::SopsAgeKeyFile => None,
        });
        let get = |key| settings.get(key).map(|(source, value)| (source, value.expose().as_str()));
        assert_eq!(get(Key::AwsProfile), Some((Source::Environment, "environment")));
        assert_eq!(get(Key::NixBin), Some((Source::File, "/file")));
        assert_eq!(get(Key::HcloudToken), Some((Source::File, "file")));
        assert_eq!(get(Key::GithubToken), None);
    }

    #[test]
    fn only_a_file_of_ones_own_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        assert!(load(&path).unwrap().is_empty());
        for mode in [0o644, 0o640, 0o602, 0o400, 0o700, 0o4600] {
            write(&path, "AWS_PROFILE=x", mode);
            assert_eq!(load(&path).unwrap_err().code(), FaultCode::EnvFileRefused, "{mode:o}");
        }
        write(&path, "AWS_PROFILE=x", MODE);
        assert_eq!(load(&path).unwrap().len(), 1);
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert_eq!(load(&link).unwrap_err().code(), FaultCode::EnvFileRefused);
        assert_eq!(load(folder.path()).unwrap_err().code(), FaultCode::EnvFileRefused);
        write(&path, &"#".repeat(70_000), MODE);
        assert_eq!(load(&path).unwrap_err().code(), FaultCode::EnvFileRefused);
    }

    #[test]
    fn a_new_file_is_private_and_never_replaces_one() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join(".clawlets");
        let path = write_new(&runtime).unwrap();
        assert_eq!(fs::metadata(&runtime).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(load(&path).unwrap().is_empty());
        write(&path, "AWS_PROFILE=x", MODE);
        assert_eq!(write_new(&runtime).unwrap_err().code(), FaultCode::EnvFileExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "AWS_PROFILE=x");
    }
}
