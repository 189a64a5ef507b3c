//! Chance, to spread out the retries of programs that failed together.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of fractions from 0 to 1 for the waits between tries. Not for secrets.
#[derive(Debug)]
pub struct Jitter(AtomicU64);

impl Jitter {
    /// A source that always gives the same sequence for the same seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A source that differs from process to process.
    #[must_use]
    pub fn from_system() -> Self {
        // Without randomness the retries of several processes may coincide, which is no reason to fail.
        Self::seeded(getrandom::u64().unwrap_or_default())
    }

    /// The next fraction: at least 0, less than 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        // SplitMix64: one add and three shifts, so that several tasks can draw at once without a lock.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_own_sequence_of_fractions() {
        let draw = |seed| {
            let jitter = Jitter::seeded(seed);
            (0..1_000).map(|_| jitter.fraction()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|fraction| (0.0..1.0).contains(fraction)));
        assert!(
            draw(7).iter().any(|fraction| *fraction < 0.1) && draw(7).iter().any(|fraction| *fraction > 0.9)
        );
    }
}
