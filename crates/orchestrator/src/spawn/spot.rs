//! Where a VM may come to be.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::config::Cattle;

/// A server type in a location.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spot {
    /// The server type's name.
    pub(crate) server_type: String,
    /// The location's name.
    pub(crate) location: String,
}

impl Spot {
    /// Every place that is configured, in the order in which they are tried: all types in the first location, then all
    /// in the next.
    pub(crate) fn all(cattle: &Cattle) -> Vec<Self> {
        Self::of(None, None, cattle)
    }

    /// As [`Spot::all`], for a spawn that may name a type or a location: what it names has no fallback.
    pub(crate) fn of(server_type: Option<&str>, location: Option<&str>, cattle: &Cattle) -> Vec<Self> {
        let choices = |named: Option<&str>, first: &String, others: &[String]| match named {
            Some(named) => vec![named.to_owned()],
            None => std::iter::once(first).chain(others).cloned().collect(),
        };
        let types = choices(server_type, &cattle.server_type, &cattle.fallback_server_types);
        let locations = choices(location, &cattle.location, &cattle.fallback_locations);
        let mut spots: Vec<Self> = Vec::new();
        for location in &locations {
            for server_type in &types {
                let spot = Self { server_type: server_type.clone(), location: location.clone() };
                if !spots.contains(&spot) {
                    spots.push(spot);
                }
            }
        }
        spots
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.server_type, self.location)
    }
}
