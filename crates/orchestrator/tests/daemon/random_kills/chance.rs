//! What is drawn by chance, each from a sequence of its own, so that one cannot disturb another.

use std::time::Duration;

use clawlets_cloud::Jitter;
use sha2::{Digest, Sha256};

/// A sequence of draws that follows from a seed and a purpose.
pub(super) struct Chance(Jitter);

impl Chance {
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let digest = Sha256::digest(format!("{seed} {purpose}"));
        let first = digest.first_chunk::<8>().unwrap();
        Self(Jitter::seeded(u64::from_be_bytes(*first)))
    }

    /// A number below `most`.
    pub(super) fn below(&self, most: usize) -> usize {
        ((self.0.fraction() * most as f64) as usize).min(most - 1)
    }

    pub(super) fn between(&self, least: Duration, most: Duration) -> Duration {
        least + (most - least).mul_f64(self.0.fraction())
    }
}
