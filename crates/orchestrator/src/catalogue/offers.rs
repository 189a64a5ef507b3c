//! Types and prices as they were read.

use clawlets_cloud::{Cloud, CloudError, MicroEuros, Pricing, Server, ServerType};
use clawlets_jobs::Rate;
use jiff::Timestamp;

use crate::spawn::Spot;

/// What the provider sells.
#[derive(Debug, Clone)]
pub(crate) struct Offers {
    pub(super) types: Vec<ServerType>,
    pub(super) addresses: Pricing,
}

impl Offers {
    /// Reads them: two requests.
    ///
    /// # Errors
    /// [`CloudError`].
    pub(super) async fn read(cloud: &dyn Cloud) -> Result<Self, CloudError> {
        Ok(Self { types: cloud.server_types().await?, addresses: cloud.pricing().await? })
    }

    pub(super) fn kind(&self, name: &str) -> Option<&ServerType> {
        self.types.iter().find(|kind| kind.name == name)
    }

    /// Whether the type can be had there.
    pub(crate) fn sells(&self, spot: &Spot) -> bool {
        self.rate(spot).is_some()
    }

    /// What a VM costs there, with its IPv4 address. `None` when the type is not sold there.
    pub(crate) fn rate(&self, spot: &Spot) -> Option<Rate> {
        let price = self.kind(&spot.server_type)?.price_in(&spot.location)?;
        let address = self.addresses.ipv4_in(&spot.location);
        let none = MicroEuros::default();
        Some(Rate {
            hourly: price.hourly.plus(address.map_or(none, |price| price.hourly)),
            monthly: price.monthly.plus(address.map_or(none, |price| price.monthly)),
        })
    }

    /// What a VM has cost until `now`, in euros before tax: every hour that has begun, its IPv4 address included, the
    /// monthly price at most. `None` when the provider does not sell such a thing any more.
    pub(crate) fn cost(&self, server: &Server, now: Timestamp) -> Option<f64> {
        let price = self.kind(&server.server_type)?.price_in(&server.location)?;
        let address = self.addresses.ipv4_in(&server.location).filter(|_| server.ipv4.is_some());
        let none = MicroEuros::default();
        let rate = Rate {
            hourly: price.hourly.plus(address.map_or(none, |price| price.hourly)),
            monthly: price.monthly.plus(address.map_or(none, |price| price.monthly)),
        };
        let age = std::time::Duration::try_from(now.duration_since(server.created)).unwrap_or_default();
        // For people to look at only.
        Some(rate.for_span(age).get() as f64 / 1e6)
    }
}
