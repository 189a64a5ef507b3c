//! `/pricing`: what everything would cost.

use axum::{Router, response::Response, routing::get};
use serde_json::{Value, json};

use super::{catalog::price_view, envelope::found, shared::Shared};
use crate::cloud::CATALOG;

/// Net monthly prices in ten-thousandths of a euro.
const IPV4_MONTHLY: u32 = 5_000;
const IPV4_HOURLY: u32 = 8;
const FLOATING_IPV4: u32 = 30_000;
const FLOATING_IPV6: u32 = 10_000;
const VOLUME_GB: u32 = 440;
const IMAGE_GB: u32 = 110;
/// Value-added tax in per cent.
const VAT: u32 = 19;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/pricing", get(pricing))
}

/// A net price in ten-thousandths of a euro, with its gross, as decimal texts.
pub(super) fn gross(net: u32) -> Value {
    // Six digits of the gross are exact: a hundredth of a ten-thousandth.
    let gross = u64::from(net) * u64::from(100 + VAT);
    json!({
        "net": format!("{}.{:04}000000", net / 10_000, net % 10_000),
        "gross": format!("{}.{:06}0000000000", gross / 1_000_000, gross % 1_000_000),
    })
}

async fn pricing() -> Response {
    let everywhere = |price: fn(&str) -> Value| -> Vec<Value> {
        CATALOG.locations.iter().map(|location| price(location.name)).collect()
    };
    let server_types: Vec<Value> = CATALOG
        .server_types
        .iter()
        .map(|one| {
            let prices: Vec<Value> = one.locations.iter().map(|name| price_view(name, one.price)).collect();
            json!({ "id": one.id, "name": one.name, "prices": prices })
        })
        .collect();
    found(&json!({ "pricing": {
        "currency": "EUR",
        "vat_rate": format!("{VAT}.00"),
        "image": { "price_per_gb_month": gross(IMAGE_GB) },
        "volume": { "price_per_gb_month": gross(VOLUME_GB) },
        "server_backup": { "percentage": "20.00" },
        "floating_ip": { "price_monthly": gross(FLOATING_IPV4) },
        "floating_ips": [
            { "type": "ipv4", "prices": everywhere(|name| monthly(name, FLOATING_IPV4)) },
            { "type": "ipv6", "prices": everywhere(|name| monthly(name, FLOATING_IPV6)) },
        ],
        "primary_ips": [
            { "type": "ipv4", "prices": everywhere(|name| primary(name, IPV4_HOURLY, IPV4_MONTHLY)) },
            { "type": "ipv6", "prices": everywhere(|name| primary(name, 0, 0)) },
        ],
        "load_balancer_types": [],
        "server_types": server_types,
    } }))
}

fn monthly(location: &str, net: u32) -> Value {
    json!({ "location": location, "price_monthly": gross(net) })
}

fn primary(location: &str, hourly: u32, month: u32) -> Value {
    json!({ "location": location, "price_hourly": gross(hourly), "price_monthly": gross(month) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact_decimals() {
        assert_eq!(gross(34_900), json!({ "net": "3.4900000000", "gross": "4.1531000000000000" }));
        assert_eq!(gross(56), json!({ "net": "0.0056000000", "gross": "0.0066640000000000" }));
    }
}
