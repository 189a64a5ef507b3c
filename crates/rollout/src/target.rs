//! What is to be deployed.

use std::fmt;

use clawlets_model::HostName;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Every host at AWS, or one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// Every host that is declared, in the order of the declaration.
    All,
    /// One host.
    One(HostName),
}

/// A target that is not in the registry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no host at AWS is called {host}")]
pub struct UnknownTarget {
    /// The name that was asked for.
    pub host: HostName,
}

impl Target {
    /// Reads `all` or the name of a host. Nothing is trimmed and no case is folded.
    ///
    /// # Errors
    /// [`clawlets_model::ident::InvalidName`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, clawlets_model::ident::InvalidName> {
        if text == "all" { Ok(Self::All) } else { HostName::parse(text).map(Self::One) }
    }

    /// The hosts that are meant, of those that are declared.
    ///
    /// # Errors
    /// [`UnknownTarget`] when the one that is meant is not declared.
    pub fn select<'h>(&self, declared: &[&'h HostName]) -> Result<Vec<&'h HostName>, UnknownTarget> {
        match self {
            Self::All => Ok(declared.to_vec()),
            Self::One(host) => {
                let found = declared.iter().find(|known| **known == host);
                found.map(|host| vec![*host]).ok_or_else(|| UnknownTarget { host: host.clone() })
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::One(host) => host.fmt(f),
        }
    }
}

impl std::str::FromStr for Target {
    type Err = clawlets_model::ident::InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Target {
    type Error = clawlets_model::ident::InvalidName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_all_or_one_that_is_declared() {
        let [a, b] = ["a", "b"].map(|name| HostName::parse(name).unwrap());
        let declared = [&a, &b];
        assert_eq!(Target::parse("all").unwrap().select(&declared), Ok(vec![&a, &b]));
        assert_eq!(Target::parse("b").unwrap().select(&declared), Ok(vec![&b]));
        let c = Target::parse("c").unwrap();
        assert_eq!(c.select(&declared), Err(UnknownTarget { host: HostName::parse("c").unwrap() }));
        for text in ["ALL", "All", " all", "a b", "; rm -rf", "а", "{\"a\":1}", ""] {
            assert!(Target::parse(text).is_err(), "{text:?}");
        }
    }
}
