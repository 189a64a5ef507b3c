//! The kernel proper, out of the compressed file that boot loaders read.
//!
//! QEMU starts an unpacked kernel directly, which saves the guest from unpacking it at every boot.

use std::{io::Write, path::Path, process::Command};

use super::{error::ImageError, tools::run};

/// Where the boot protocol keeps the number of 512-byte sectors before the protected-mode part.
const SETUP_SECTORS: usize = 0x1F1;
/// `HdrS`
const MAGIC: usize = 0x202;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24C;
/// Behind the compressed bytes, the length of the unpacked ones.
const TRAILER: usize = 4;
/// The largest block of the old LZ4 format.
const LZ4_BLOCK: usize = 8 << 20;

/// Unpacks the bytes of a `vmlinuz`; `path` is for messages.
pub(super) fn unpack(vmlinuz: &[u8], path: &Path) -> Result<Vec<u8>, ImageError> {
    let broken = |reason: &str| ImageError::Kernel { path: path.to_path_buf(), reason: reason.to_owned() };
    if vmlinuz.get(MAGIC..MAGIC + 4) != Some(b"HdrS".as_slice()) {
        return Err(broken("it is not a bzImage"));
    }
    let word = |at: usize| Some(u32::from_le_bytes(*vmlinuz.get(at..)?.first_chunk()?) as usize);
    let payload = || {
        let begin = (usize::from(*vmlinuz.get(SETUP_SECTORS)?) + 1) * 512 + word(PAYLOAD_OFFSET)?;
        vmlinuz.get(begin..begin.checked_add(word(PAYLOAD_LENGTH)?)?)
    };
    let payload = payload().ok_or_else(|| broken("its header points outside"))?;
    let (packed, trailer) =
        payload.split_last_chunk::<TRAILER>().ok_or_else(|| broken("it holds no kernel"))?;
    let unpacked = match payload {
        [0x02, 0x21, 0x4C, 0x18, ..] => {
            unpack_lz4(&packed[4..]).ok_or_else(|| broken("its LZ4 data are damaged"))?
        }
        [0xFD, b'7', b'z', b'X', b'Z', ..] => unpack_with("xz", packed)?,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => unpack_with("zstd", packed)?,
        // The trailer is gzip's own.
        [0x1F, 0x8B, ..] => unpack_with("gzip", payload)?,
        _ => return Err(broken("its compression is not known")),
    };
    if unpacked.len() != u32::from_le_bytes(*trailer) as usize || !unpacked.starts_with(b"\x7FELF") {
        return Err(broken("its unpacked form is not what it promises"));
    }
    Ok(unpacked)
}

/// Unpacks the old LZ4 format: blocks behind their lengths.
fn unpack_lz4(mut packed: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    while let Some((length, rest)) = packed.split_first_chunk::<4>() {
        let (block, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        unpacked.extend_from_slice(&lz4_flex::block::decompress(block, LZ4_BLOCK).ok()?);
        packed = rest;
    }
    Some(unpacked)
}

/// Unpacks bytes with a program that every Debian has.
pub(super) fn unpack_with(program: &str, packed: &[u8]) -> Result<Vec<u8>, ImageError> {
    let write = || {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(packed)?;
        Ok(file)
    };
    let file = write().map_err(ImageError::file("write", "a temporary file"))?;
    run(Command::new(program).arg("-dc").arg("--").arg(file.path()), "unpack the kernel")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vmlinuz(payload: &[u8], unpacked_length: u32) -> Vec<u8> {
        let mut file = vec![0; 1024];
        file[SETUP_SECTORS] = 1;
        file[MAGIC..MAGIC + 4].copy_from_slice(b"HdrS");
        let length = u32::try_from(payload.len() + TRAILER).unwrap();
        file[PAYLOAD_LENGTH..PAYLOAD_LENGTH + 4].copy_from_slice(&length.to_le_bytes());
        file.extend_from_slice(payload);
        file.extend_from_slice(&unpacked_length.to_le_bytes());
        file
    }

    /// The old LZ4 format with one block of literals.
    fn lz4(literals: &[u8]) -> Vec<u8> {
        let token = u8::try_from(literals.len()).unwrap() << 4;
        let block = [&[token], literals].concat();
        [&[0x02, 0x21, 0x4C, 0x18], u32::try_from(block.len()).unwrap().to_le_bytes().as_slice(), &block]
            .concat()
    }

    #[test]
    fn an_lz4_kernel_is_unpacked() {
        let file = vmlinuz(&lz4(b"\x7FELF kernel"), 11);
        assert_eq!(unpack(&file, Path::new("vmlinuz")).unwrap(), b"\x7FELF kernel");
    }

    #[test]
    fn what_is_not_a_whole_kernel_is_refused() {
        let good = vmlinuz(&lz4(b"\x7FELF kernel"), 11);
        let cases = [
            ("empty", Vec::new()),
            ("no boot header", vec![0; 4096]),
            ("cut off", good[..good.len() - 3].to_vec()),
            ("another length", vmlinuz(&lz4(b"\x7FELF kernel"), 12)),
            ("no program", vmlinuz(&lz4(b"no program.."), 12)),
            ("unknown compression", vmlinuz(b"????????????", 12)),
            ("damaged", vmlinuz(&[0x02, 0x21, 0x4C, 0x18, 0xFF, 0, 0, 0, 1], 12)),
        ];
        for (name, file) in cases {
            assert!(matches!(unpack(&file, Path::new("vmlinuz")), Err(ImageError::Kernel { .. })), "{name}");
        }
    }
}
