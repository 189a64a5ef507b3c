//! Hashes of files.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use clawlets_release::value::Sha256Digest;
use sha2::{Digest, Sha256};

/// The hash of a file that may be large.
pub(super) fn sha256(path: &Path) -> io::Result<Sha256Digest> {
    let (mut hash, mut file) = (Sha256::new(), File::open(path)?);
    let mut block = vec![0; 256 << 10];
    loop {
        match file.read(&mut block)? {
            0 => break,
            bytes => hash.update(&block[..bytes]),
        }
    }
    let text: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Sha256Digest::parse(&text).expect("a digest has 64 hexadecimal digits"))
}
