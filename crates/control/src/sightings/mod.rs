//! What is seen of the fleet: machines at the providers, and what hosts say of themselves.
//!
//! Each source is asked anew for each look, and those who look at once share one answer. What a source said last is kept
//! for when it does not answer.

mod ec2;
mod hetzner;
mod join;
mod reports;
mod source;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use clawlets_model::control::InstanceView;
use jiff::Timestamp;

use crate::registry::{Provider, Registry};

pub use ec2::Ec2Source;
pub use hetzner::HetznerSource;
pub use reports::Reports;
pub use source::Source;

/// How long a source may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A machine as a provider describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The host that it is, by its name.
    pub name: String,
    /// Its id at the provider.
    pub id: String,
    /// What it does, in the provider's word.
    pub state: String,
    /// What it was made from.
    pub image: Option<String>,
    /// Its public address.
    pub ip: Option<String>,
    /// Whether it is gone, or about to be.
    pub is_gone: bool,
}

/// A provider that knows machines of ours.
#[async_trait]
pub trait Provides: Send + Sync {
    /// The machines of ours that it has.
    ///
    /// # Errors
    /// In words for people, without a token.
    async fn machines(&self) -> Result<Vec<Machine>, String>;
}

/// Everything that can be looked at.
#[derive(Debug, Default)]
pub struct Sightings {
    /// The providers that are asked.
    pub sources: Vec<(Provider, Arc<Source>)>,
    /// What hosts say of themselves.
    pub reports: Reports,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The hosts.
    pub instances: Vec<InstanceView>,
    /// The time of the oldest part.
    pub as_of: Timestamp,
    /// The sources that did not answer, each with why.
    pub unavailable: Vec<String>,
}

impl Sightings {
    /// Looks at everything at once.
    pub async fn look(&self, registry: &Registry, now: Timestamp) -> Seen {
        let used = self.sources.iter().filter(|(provider, _)| registry.uses(*provider));
        let looks = used.map(async |(provider, source)| (*provider, source.look(now, PATIENCE).await));
        let (looks, reports) = tokio::join!(futures_util::future::join_all(looks), self.reports.look());
        let known = looks.iter().filter_map(|(_, look)| look.at);
        let as_of = known.min().unwrap_or(now).min(now);
        let unavailable = looks.iter().filter_map(|(provider, look)| {
            look.fault.as_ref().map(|why| format!("{}: {why}", join::name(*provider)))
        });
        let unavailable = unavailable.chain(self.not_asked(registry)).collect();
        let instances = join::join(registry, &looks, &reports);
        Seen { instances, as_of, unavailable }
    }

    /// Providers that hosts are declared at, and of which nothing is known here.
    fn not_asked<'a>(&'a self, registry: &'a Registry) -> impl Iterator<Item = String> + 'a {
        let providers = [Provider::Aws, Provider::Hetzner].into_iter();
        let missing = providers.filter(|provider| {
            registry.uses(*provider) && self.sources.iter().all(|(known, _)| known != provider)
        });
        missing.map(|provider| format!("{}: no credentials are configured", join::name(provider)))
    }
}
