//! The readers of what a mirror serves, each with what must hold for any bytes. They are driven by libFuzzer, and by a test of
//! `clawlets-release` that mutates the same seeds.

use std::{collections::BTreeSet, io::Write};

use clawlets_release::{
    bundle::Bundle,
    document::{Manifest, Pointer},
    signature::{PublicKey, Signature},
};
use flate2::{Compression, write::GzEncoder};

/// What a tar archive is made of.
const BLOCK: usize = 512;

/// A pointer that is read says the same when it is written again.
pub(crate) fn pointer(bytes: &[u8]) {
    if let Ok(pointer) = Pointer::parse(bytes) {
        let again = Pointer::parse(&pointer.to_bytes()).expect("what was read can be written");
        assert_eq!(again, pointer);
    }
}

/// A manifest that is read says the same when it is written again, and has no more than it may.
pub(crate) fn manifest(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert!(manifest.toplevel.as_str().starts_with("/nix/store/"));
        let again = Manifest::parse(&manifest.to_bytes()).expect("what was read can be written");
        assert_eq!(again, manifest);
    }
}

/// A signature that is read has a comment on one line.
pub(crate) fn signature(bytes: &[u8]) {
    if let Ok(signature) = Signature::parse(bytes) {
        assert!(!signature.trusted_comment().contains('\n'));
    }
}

/// A key that is read is read again from the form in which configurations name it, and from that of its file.
pub(crate) fn public_key(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = PublicKey::parse(text) {
        assert_eq!(PublicKey::parse(&key.to_string()).as_ref(), Ok(&key));
        assert_eq!(PublicKey::parse(&key.to_file()).as_ref(), Ok(&key));
    }
}

/// The files of a bundle that is read have names of secrets, each once, and fit into what a bundle may hold.
pub(crate) fn bundle(bytes: &[u8]) {
    if let Ok(bundle) = Bundle::parse(bytes) {
        let names: BTreeSet<_> = bundle.files().map(|file| file.secret.to_string()).collect();
        assert_eq!(names.len(), bundle.files().len(), "a name comes once");
        assert!(names.len() <= 256);
    }
}

/// The same of any archive, in a frame and with checksums that fit, which chance alone would not find.
pub(crate) fn archive(bytes: &[u8]) {
    let mut archive = bytes.to_vec();
    archive.resize(bytes.len().next_multiple_of(BLOCK) + 2 * BLOCK, 0);
    let mut at = 0;
    while let Some(header) =
        archive.get_mut(at..at + BLOCK).filter(|header| header.iter().any(|byte| *byte != 0))
    {
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let digits = header[124..136].iter().take_while(|byte| byte.is_ascii_digit());
        let size = digits
            .fold(0usize, |size, digit| size.saturating_mul(8).saturating_add(usize::from(digit - b'0')));
        at = at.saturating_add(BLOCK).saturating_add(size.min(archive.len()).next_multiple_of(BLOCK));
    }
    let mut frame = GzEncoder::new(Vec::new(), Compression::none());
    frame.write_all(&archive).and_then(|()| frame.try_finish()).expect("a frame in memory can be written");
    bundle(frame.get_ref());
}
