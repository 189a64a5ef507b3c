//! Reading the catalogue, seldom.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use clawlets_cloud::Cloud;
use clawlets_model::cause::chain;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::Offers;
use crate::daemon::Shared;

/// How often it is read.
const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// The pause after it could not be read.
const RETRY: Duration = Duration::from_secs(60);

/// What the provider sells, as it was last read.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    known: RwLock<Option<Arc<Offers>>>,
    /// Held by whoever reads; holds when reading failed last.
    reading: Mutex<Option<Instant>>,
}

impl Catalogue {
    /// What was read, without any request.
    pub(crate) fn known(&self) -> Option<Arc<Offers>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was read, else what can be read now. `None` when the provider does not tell; then it is not asked again for
    /// a while.
    pub(crate) async fn offers(&self, cloud: &dyn Cloud) -> Option<Arc<Offers>> {
        if let Some(known) = self.known() {
            return Some(known);
        }
        let mut failed = self.reading.lock().await;
        // Whoever held it before may have read them.
        if let Some(known) = self.known() {
            return Some(known);
        }
        if failed.is_some_and(|at| at.elapsed() < RETRY) {
            return None;
        }
        let offers = self.read(cloud).await;
        *failed = offers.is_none().then(Instant::now);
        offers
    }

    async fn read(&self, cloud: &dyn Cloud) -> Option<Arc<Offers>> {
        match Offers::read(cloud).await {
            Ok(offers) => {
                let offers = Arc::new(offers);
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&offers));
                Some(offers)
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "failed to read server types and prices");
                None
            }
        }
    }
}

/// Reads the catalogue at start and every day, and warns of what is wrong with the configured types, until the daemon
/// stops.
pub(crate) async fn run(shared: &Shared, stop: &CancellationToken) {
    loop {
        let offers = tokio::select! {
            () = stop.cancelled() => return,
            offers = shared.catalogue.read(&*shared.cloud) => offers,
        };
        for warning in offers.iter().flat_map(|offers| offers.warnings(&shared.config.cattle, shared.now())) {
            tracing::warn!(warning, "check the configured server types");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(if offers.is_some() { INTERVAL } else { RETRY }) => {}
        }
    }
}
