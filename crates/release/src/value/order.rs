//! Which release is newer, and what a release is called.

use std::fmt;

use clawlets_model::{Channel, HostName};

use super::InvalidValue;

/// The largest whole number that every JSON reader holds exactly: 2^53 − 1.
const LARGEST: u64 = (1 << 53) - 1;

/// The number of a release on one host and channel: from 1 to 2^53 − 1, rising by one with each release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct ReleaseId(u64);

impl ReleaseId {
    /// The first release of a host and channel.
    pub const FIRST: Self = Self(1);
    /// The last that can be: whoever signs it leaves room for nothing but a new epoch.
    pub const LAST: Self = Self(LARGEST);

    /// A release number.
    ///
    /// # Errors
    /// [`InvalidValue`] for zero and beyond 2^53 − 1.
    pub fn new(number: u64) -> Result<Self, InvalidValue> {
        if (1..=LARGEST).contains(&number) {
            Ok(Self(number))
        } else {
            Err(InvalidValue::new("release id", &number.to_string(), "a whole number from 1 to 2^53 - 1"))
        }
    }

    /// The number behind this one, if there is one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The epoch of a release: from 0 to 2^53 − 1. It rises only in a release that a recovery key signs, and any release of
/// a higher epoch is newer than all of a lower one, whatever their numbers.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "u64", into = "u64")]
pub struct Epoch(u64);

impl Epoch {
    /// An epoch.
    ///
    /// # Errors
    /// [`InvalidValue`] beyond 2^53 − 1.
    pub fn new(number: u64) -> Result<Self, InvalidValue> {
        if number <= LARGEST {
            Ok(Self(number))
        } else {
            Err(InvalidValue::new("epoch", &number.to_string(), "a whole number from 0 to 2^53 - 1"))
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

macro_rules! as_number {
    ($name:ident) => {
        impl TryFrom<u64> for $name {
            type Error = InvalidValue;
            fn try_from(number: u64) -> Result<Self, InvalidValue> {
                Self::new(number)
            }
        }
        impl From<$name> for u64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = InvalidValue;
            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                let number = text.trim().parse::<u64>();
                let invalid = |_| InvalidValue::new("number", text, "a whole number below 2^53");
                Self::new(number.map_err(invalid)?)
            }
        }
    };
}
as_number!(ReleaseId);
as_number!(Epoch);

/// Which of two releases of one host and channel is newer: first by epoch, then by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The epoch.
    pub epoch: Epoch,
    /// The number within it.
    pub release_id: ReleaseId,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.epoch, self.release_id)
    }
}

/// What a release is called: `host/channel/epoch/releaseId`. The trusted comment of its signatures says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseName {
    /// The host that it is for.
    pub host: HostName,
    /// The channel that it was published on.
    pub channel: Channel,
    /// Its place among the others.
    pub order: Order,
}

impl fmt::Display for ReleaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.channel, self.order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_epoch_is_newer_whatever_the_numbers() {
        let order = |epoch, id| Order { epoch: Epoch(epoch), release_id: ReleaseId(id) };
        assert!(order(1, 1) > order(0, LARGEST));
        assert!(order(0, 2) > order(0, 1));
    }

    #[test]
    fn numbers_that_json_readers_would_round_are_refused() {
        for (number, is_fine) in
            [(0, false), (1, true), (LARGEST, true), (LARGEST + 1, false), (u64::MAX, false)]
        {
            assert_eq!(ReleaseId::new(number).is_ok(), is_fine, "{number}");
        }
        assert_eq!(ReleaseId::LAST.next(), None);
    }
}
