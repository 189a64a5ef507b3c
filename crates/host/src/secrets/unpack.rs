//! From a bundle to a folder.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use clawlets_release::bundle::Bundle;
use clawlets_secrets::sops::Sealed;

use super::InstallError;
use crate::records;

/// Every file of a bundle must be ciphertext as a whole: what is readable in one was never meant to leave a desk.
pub(super) fn check_sealed(bundle: &Bundle) -> Result<(), InstallError> {
    for file in bundle.files() {
        let secret = || file.secret.clone();
        let text = std::str::from_utf8(file.bytes).map_err(|_| InstallError::NotText { secret: secret() })?;
        let sealed = Sealed::parse(text).and_then(|sealed| sealed.check_sealed());
        sealed.map_err(|source| InstallError::NotSealed { secret: secret(), source })?;
    }
    Ok(())
}

/// Writes the files to a new folder, which is there as a whole or not at all.
pub(super) fn unpack(bundle: &Bundle, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().ok_or_else(|| io::Error::other("a folder lies in a folder"))?;
    records::make_folder(above)?;
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(above)?;
    for file in bundle.files() {
        let path = new.path().join(format!("{}.yaml", file.secret));
        let mut written = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path)?;
        written.write_all(file.bytes)?;
        written.sync_all()?;
    }
    File::open(new.path())?.sync_all()?;
    let new = new.keep();
    match fs::rename(&new, folder) {
        Ok(()) => {}
        // Somebody else was faster with the same bytes.
        Err(_) if folder.is_dir() => fs::remove_dir_all(&new)?,
        Err(error) => {
            let _ = fs::remove_dir_all(&new);
            return Err(error);
        }
    }
    File::open(above)?.sync_all()
}
