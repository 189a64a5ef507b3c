//! The file itself: who may own it, how it is read and how it is written.

use std::{
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
use clawlets_secrets::project::write_atomic;
use rustix::{
    fs::{Mode, OFlags, fsync, open},
    io::Errno,
};

use super::{Key, parse::key_of, values::values_in};

/// The file's name in the folder of what is not committed.
pub(crate) const NAME: &str = "env";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 * 1024;
const MODE: u32 = 0o600;

/// Reads the file, if it is there and the operator's alone.
///
/// # Errors
/// A fault when it is not.
pub(super) fn read(path: &Path) -> Result<Option<Secret<String>>, Fault> {
    let failed = |error: &io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(error)
    };
    // Without O_NONBLOCK a pipe in its place would keep us waiting.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
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
    match std::str::from_utf8(bytes.expose()) {
        Ok(text) => Ok(Some(Secret::from(text))),
        Err(_) => Err(refused(path, "is not text", "it holds a few lines KEY=value")),
    }
}

fn refused(path: &Path, what: &str, hint: &str) -> Fault {
    Fault::new(FaultCode::EnvFileRefused, format!("{} {what}", path.display())).hint(hint)
}

/// Every key with its meaning and without a value.
fn blank() -> String {
    let mut text = String::from("# Never committed. The environment of a command wins over this file.\n");
    for key in Key::ALL {
        text.push_str(&format!("# {}\n{}=\n", key.meaning(), key.name()));
    }
    text
}

/// Writes a file to start from: every key, without values. The file's path.
///
/// # Errors
/// A fault when there is one already, and when it cannot be written.
pub(crate) fn write_new(runtime: &Path) -> Result<PathBuf, Fault> {
    let path = runtime.join(NAME);
    let write = || -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(runtime)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(open(&path, flags, Mode::from_raw_mode(MODE))?);
        let written = file.write_all(blank().as_bytes()).and_then(|()| file.sync_all());
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

/// Gives a key its value, in the line that it has or in a new one. Everything else in the file stays; a file that is not
/// there is made. The file's path.
///
/// # Errors
/// A fault when the file is not the operator's alone, cannot be written, or could not be read with the value in it.
pub(crate) fn set(runtime: &Path, key: Key, value: &Secret<String>) -> Result<PathBuf, Fault> {
    let path = runtime.join(NAME);
    let known = read(&path)?.unwrap_or_else(|| Secret::new(blank()));
    let text = with(&known, key, value);
    values_in(&path, &text)?;
    DirBuilder::new().recursive(true).mode(0o700).create(runtime).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to make {}", runtime.display())).because(&error)
    })?;
    write_atomic(&path, text.expose().as_bytes(), MODE).map_err(|error| {
        let source = std::error::Error::source(&error);
        let fault = Fault::new(FaultCode::Io, error.to_string());
        source.map_or(fault.clone(), |source| fault.because(source))
    })?;
    Ok(path)
}

fn with(known: &Secret<String>, key: Key, value: &Secret<String>) -> Secret<String> {
    let line = Secret::new(format!("{}={}\n", key.name(), value.expose()));
    let mut text = String::with_capacity(known.expose().len() + line.expose().len() + 1);
    let mut is_there = false;
    for old in known.expose().split_inclusive('\n') {
        if key_of(old) == Some(key) {
            // A second line of the key would be refused.
            if !is_there {
                text.push_str(line.expose());
            }
            is_there = true;
        } else {
            text.push_str(old);
        }
    }
    if !is_there {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(line.expose());
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt,
    };

    use super::*;

    fn write(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(MODE)).unwrap();
    }

    #[test]
    fn a_new_file_is_private_and_never_replaces_one() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join(".clawlets");
        let path = write_new(&runtime).unwrap();
        assert_eq!(fs::metadata(&runtime).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        write(&path, "AWS_PROFILE=x");
        assert_eq!(write_new(&runtime).unwrap_err().code(), FaultCode::EnvFileExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "AWS_PROFILE=x");
    }

    #[test]
    fn a_value_takes_the_line_of_its_key_and_leaves_the_others() {
        let with = |known: &str, value: &str| {
            let text = with(&Secret::from(known), Key::AwsProfile, &Secret::from(value));
            text.expose().clone()
        };
        for (known, expected) in [
            ("", "AWS_PROFILE=new\n"),
            ("# mine\nNIX_BIN=/nix", "# mine\nNIX_BIN=/nix\nAWS_PROFILE=new\n"),
            ("AWS_PROFILE=\nNIX_BIN=/nix\n", "AWS_PROFILE=new\nNIX_BIN=/nix\n"),
            (" AWS_PROFILE = old # x\n", "AWS_PROFILE=new\n"),
            ("# AWS_PROFILE=old\n", "# AWS_PROFILE=old\nAWS_PROFILE=new\n"),
            ("AWS_PROFILE=a\nAWS_PROFILE=b\n", "AWS_PROFILE=new\n"),
        ] {
            assert_eq!(with(known, "new"), expected, "{known:?}");
        }
    }

    #[test]
    fn a_value_that_could_not_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join(".clawlets");
        set(&runtime, Key::AwsProfile, &Secret::from("first")).unwrap();
        let before = fs::read_to_string(runtime.join(NAME)).unwrap();
        let fault = set(&runtime, Key::AwsProfile, &Secret::from("\"open")).unwrap_err();
        assert_eq!(fault.code(), FaultCode::EnvFileInvalid);
        assert_eq!(fs::read_to_string(runtime.join(NAME)).unwrap(), before);
        assert_eq!(fs::metadata(runtime.join(NAME)).unwrap().mode() & 0o777, MODE);
    }
}
