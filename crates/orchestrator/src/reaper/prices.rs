//! What VMs cost.

use std::time::{Duration, Instant};

use clawlets_cloud::{Cloud, CloudError, MicroEuros, Pricing, Server, ServerType};
use jiff::Timestamp;
use tokio::sync::Mutex;

/// How long prices are believed.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// The provider's prices, read when somebody first wants to know and once an hour at most.
#[derive(Debug, Default)]
pub(crate) struct Prices(Mutex<Option<(Instant, PriceList)>>);

/// The provider's prices as they were read.
#[derive(Debug, Clone, Default)]
pub(super) struct PriceList {
    types: Vec<ServerType>,
    addresses: Option<Pricing>,
}

impl Prices {
    /// The prices; an empty list when the provider does not tell them, since a list of VMs is worth more than its
    /// prices.
    pub(super) async fn list(&self, cloud: &dyn Cloud) -> PriceList {
        let mut known = self.0.lock().await;
        match &*known {
            Some((read, list)) if read.elapsed() < FRESH => list.clone(),
            Some(_) | None => match read(cloud).await {
                Ok(list) => {
                    *known = Some((Instant::now(), list.clone()));
                    list
                }
                Err(error) => {
                    tracing::warn!(error = super::chain(&error), "failed to read prices");
                    PriceList::default()
                }
            },
        }
    }
}

async fn read(cloud: &dyn Cloud) -> Result<PriceList, CloudError> {
    let types = cloud.server_types().await?;
    let addresses = cloud.pricing().await?;
    Ok(PriceList { types, addresses: Some(addresses) })
}

impl PriceList {
    /// What a VM has cost until `now`, in euros before tax: every hour that has begun, its IPv4 address included, the
    /// monthly price at most. `None` when the provider does not sell such a thing any more.
    pub(super) fn cost(&self, server: &Server, now: Timestamp) -> Option<f64> {
        let kind = self.types.iter().find(|kind| kind.name == server.server_type)?;
        let price = kind.price_in(&server.location)?;
        let address = self.addresses.as_ref().and_then(|pricing| pricing.ipv4_in(&server.location));
        let address = address.filter(|_| server.ipv4.is_some());
        let hours = hours_begun(server.created, now);
        let none = MicroEuros::default();
        let hourly = price.hourly.plus(address.map_or(none, |price| price.hourly));
        let monthly = price.monthly.plus(address.map_or(none, |price| price.monthly));
        Some(hourly.times(hours).min(monthly).get() as f64 / 1e6)
    }
}

fn hours_begun(created: Timestamp, now: Timestamp) -> u64 {
    let seconds = u64::try_from(now.as_second() - created.as_second()).unwrap_or(0);
    seconds.div_ceil(3_600).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_has_begun_counts_whole() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for (age, hours) in [(-5, 1), (0, 1), (1, 1), (3_600, 1), (3_601, 2), (86_400, 24)] {
            assert_eq!(hours_begun(at(1_000), at(1_000 + age)), hours, "{age} s");
        }
    }
}
