//! Who signs in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::AppKey;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name(std::num::NonZeroU64);

        impl $name {
            /// The id with this number; `None` for 0, which is nobody's.
            #[must_use]
            pub const fn new(number: u64) -> Option<Self> {
                match std::num::NonZeroU64::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0.get()
            }
        }

        impl TryFrom<u64> for $name {
            type Error = &'static str;
            fn try_from(number: u64) -> Result<Self, &'static str> {
                Self::new(number).ok_or("an id at GitHub is a number above 0")
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// The id of a GitHub App, as its settings page shows it.
    AppId
}

id! {
    /// The id of one installation of an App: the last part of the URL of the installation's settings page.
    InstallationId
}

/// A GitHub App that can sign in.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Its private key.
    pub key: AppKey,
}
