//! The gzip frame around an archive.

use std::io::Read;

use flate2::bufread::GzDecoder;

use super::BundleFault;
use crate::document::Document;

/// How much an archive may have: 256 files with their headers do not come near to it.
pub(super) const LARGEST_ARCHIVE: usize = 4 << 20;

/// What is in the frame, which must be the only one and end where the bytes end.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, BundleFault> {
    let limit = Document::Bundle.limit();
    if bytes.len() > limit {
        return Err(BundleFault::TooLarge { limit });
    }
    let mut decoder = GzDecoder::new(bytes);
    let mut archive = Vec::new();
    // One byte more than allowed tells too much from just enough, whatever the frame says about its size.
    let mut bounded = decoder.by_ref().take(LARGEST_ARCHIVE as u64 + 1);
    bounded.read_to_end(&mut archive).map_err(|_| BundleFault::Frame("it is damaged or cut off"))?;
    if archive.len() > LARGEST_ARCHIVE {
        return Err(BundleFault::UnpacksTooLarge { limit: LARGEST_ARCHIVE });
    }
    if !decoder.into_inner().is_empty() {
        return Err(BundleFault::Frame("there is something behind it"));
    }
    Ok(archive)
}
