//! Prices, exact to a millionth of a euro.

use clawlets_model::MicroEuros;
use serde::Deserialize;

/// What something costs in one location, without VAT.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WirePrice")]
pub struct Price {
    /// The name of the location.
    pub location: String,
    /// For every hour that has begun.
    pub hourly: MicroEuros,
    /// At most, for one month.
    pub monthly: MicroEuros,
}

/// The currency of all prices, and what public addresses cost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WirePricing")]
pub struct Pricing {
    /// Usually `EUR`.
    pub currency: String,
    /// A public IPv4 address, for each location.
    pub ipv4: Vec<Price>,
}

impl Pricing {
    /// What a public IPv4 address costs in a location; `None` when the provider does not say.
    #[must_use]
    pub fn ipv4_in(&self, location: &str) -> Option<&Price> {
        self.ipv4.iter().find(|price| price.location == location)
    }
}

#[derive(Deserialize)]
struct Net {
    net: MicroEuros,
}

#[derive(Deserialize)]
struct WirePrice {
    location: String,
    price_hourly: Net,
    price_monthly: Net,
}

impl From<WirePrice> for Price {
    fn from(wire: WirePrice) -> Self {
        Self { location: wire.location, hourly: wire.price_hourly.net, monthly: wire.price_monthly.net }
    }
}

#[derive(Deserialize)]
struct WirePricing {
    currency: Option<String>,
    primary_ips: Option<Vec<PrimaryIpPrices>>,
}

#[derive(Deserialize)]
struct PrimaryIpPrices {
    #[serde(rename = "type")]
    kind: String,
    prices: Vec<Price>,
}

impl From<WirePricing> for Pricing {
    fn from(wire: WirePricing) -> Self {
        let kinds = wire.primary_ips.unwrap_or_default().into_iter();
        Self {
            currency: wire.currency.unwrap_or_else(|| "EUR".to_owned()),
            ipv4: kinds.filter(|entry| entry.kind == "ipv4").flat_map(|entry| entry.prices).collect(),
        }
    }
}
