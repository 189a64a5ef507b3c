//! A set of opened secrets, and the link that leads to the one in use.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
};

use clawlets_model::{Secret, SecretName};

use super::{ActivateError, owner::Ids};
use crate::{
    config::{Mode, SecretsSettings},
    nix::point,
};

/// What `statfs` says of file systems that lie in memory.
const IN_MEMORY: [i64; 2] = [0x0102_1994, 0x8584_58f6];
/// Whoever owns a secret may reach it by name; nobody may look what there is.
const FOLDER: u32 = 0o711;

/// A secret that is ready to be written.
#[derive(Debug)]
pub(in crate::secrets) struct Ready {
    pub(super) secret: SecretName,
    pub(super) value: Secret<String>,
    pub(super) ids: Ids,
    pub(super) mode: Mode,
}

/// Writes a set and puts it in use. The folder that it lies in.
pub(in crate::secrets) fn put_in_use(
    settings: &SecretsSettings,
    ready: &[Ready],
) -> Result<PathBuf, ActivateError> {
    let folder = settings.generations();
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |source| ActivateError::Write { path, source }
    };
    make_folder(&folder).map_err(wrong(&folder))?;
    if settings.memory_only && !is_in_memory(&folder).map_err(wrong(&folder))? {
        return Err(ActivateError::NotMemory { path: folder });
    }
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(&folder).map_err(wrong(&folder))?;
    for secret in ready {
        let path = new.path().join(secret.secret.as_str());
        write(&path, secret).map_err(wrong(&path))?;
    }
    let place = folder.join(next(&folder).map_err(wrong(&folder))?.to_string());
    // Until here nobody else could reach it, and it goes away by itself.
    let new = new.keep();
    let publish = || {
        fs::set_permissions(&new, Permissions::from_mode(FOLDER))?;
        fs::rename(&new, &place)?;
        lead_to(&settings.link, &place)
    };
    if let Err(source) = publish() {
        let _ = fs::remove_dir_all(&new);
        let _ = fs::remove_dir_all(&place);
        return Err(ActivateError::Write { path: settings.link.clone(), source });
    }
    remove_others(&folder, &place);
    Ok(place)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        DirBuilder::new().recursive(true).mode(0o755).create(above)?;
    }
    DirBuilder::new().recursive(true).mode(FOLDER).create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(FOLDER))
}

fn is_in_memory(folder: &Path) -> io::Result<bool> {
    Ok(IN_MEMORY.contains(&(rustix::fs::statfs(folder)?.f_type & 0xffff_ffff)))
}

fn write(path: &Path, secret: &Ready) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret.value.expose().as_bytes())?;
    // The mode comes first: only its owner may change it, and that may be somebody else soon.
    file.set_permissions(Permissions::from_mode(secret.mode.bits()))?;
    let Ids { user, group } = secret.ids;
    fchown(&file, user.map(nix::unistd::Uid::as_raw), group.map(nix::unistd::Gid::as_raw))
}

/// The number after the highest that is there.
fn next(folder: &Path) -> io::Result<u64> {
    let mut highest = 0;
    for entry in fs::read_dir(folder)? {
        let number = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(highest + 1)
}

/// Makes the link lead to a set. An empty folder in its place makes way.
fn lead_to(link: &Path, place: &Path) -> io::Result<()> {
    if fs::symlink_metadata(link).is_ok_and(|found| found.is_dir()) {
        fs::remove_dir(link)?;
    }
    let folder = place.parent().and_then(Path::file_name).unwrap_or_default();
    let name = place.file_name().unwrap_or_default();
    point(link, &Path::new(folder).join(name))
}

/// What is not in use any more. What cannot be removed now is removed with the next set.
fn remove_others(folder: &Path, place: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path != place) {
        let _ = fs::remove_dir_all(path);
    }
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
