//! How guests are made ready before they are ordered, as flags.

use clap::Args;
use clawlets_local_cloud::{Copies, PoolSize};

/// What `up` and `serve` are told about it.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Readiness {
    /// How many guests to keep ready, warmed up and paused, each for some 60 MB of memory; 0 keeps none. Without it: 2, if
    /// the machine has memory to spare.
    #[arg(long, value_name = "GUESTS", value_parser = clap::value_parser!(u8).range(0..=64))]
    pub(super) pool: Option<u8>,
    /// Boot every guest from nothing instead of copying a template, which takes 90 MB of memory.
    #[arg(long, conflicts_with = "pool")]
    pub(super) cold: bool,
}

impl Readiness {
    /// The setting that they stand for.
    pub(super) fn copies(&self) -> Copies {
        if self.cold {
            return Copies::Never;
        }
        Copies::FromTemplates(self.pool.map_or(PoolSize::BySpareMemory, |size| PoolSize::Fixed(size.into())))
    }

    /// The same flags, for another process.
    pub(super) fn arguments(&self) -> Vec<String> {
        let pool = self.pool.map(|size| format!("--pool={size}"));
        pool.into_iter().chain(self.cold.then(|| "--cold".to_owned())).collect()
    }
}
