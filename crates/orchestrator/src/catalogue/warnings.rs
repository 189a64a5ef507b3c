//! What is wrong with the configured types and places. Pure.

use clawlets_cloud::Deprecation;
use jiff::Timestamp;

use super::Offers;
use crate::{config::Cattle, spawn::Spot};

impl Offers {
    /// What the administrator should know of the types and locations that are configured.
    pub(super) fn warnings(&self, cattle: &Cattle, now: Timestamp) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.addresses.currency != "EUR" {
            warnings.push(format!("prices are in {}, and budgets are taken for it", self.addresses.currency));
        }
        for kind in std::iter::once(&cattle.server_type).chain(&cattle.fallback_server_types) {
            if self.kind(kind).is_none() {
                warnings.push(format!("the provider has no server type {kind}"));
            }
        }
        for spot in Spot::all(cattle) {
            let Some(kind) = self.kind(&spot.server_type) else { continue };
            if !self.sells(&spot) {
                warnings.push(format!("{spot} is not sold"));
            } else if let Some(deprecation) = kind.deprecation_in(&spot.location) {
                warnings.push(deprecated(&spot, deprecation, now));
            }
        }
        warnings
    }
}

fn deprecated(spot: &Spot, deprecation: Deprecation, now: Timestamp) -> String {
    let until = deprecation.unavailable_after;
    if until <= now {
        format!("{spot} is not to be had since {until:.0}")
    } else {
        format!("{spot} is deprecated and will not be to be had after {until:.0}")
    }
}
