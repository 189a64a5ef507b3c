//! Time, as an updater sees it: the clock may jump, the time since boot does not, and a reboot ends it.

use std::fmt;

use jiff::Timestamp;

use crate::value::{InvalidValue, as_text};

/// One boot of a machine: what `/proc/sys/kernel/random/boot_id` says, 32 hexadecimal digits, dashes aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BootId(u128);

impl BootId {
    /// A boot.
    #[must_use]
    pub const fn new(id: u128) -> Self {
        Self(id)
    }

    /// Reads 32 hexadecimal digits, with or without dashes.
    ///
    /// # Errors
    /// [`InvalidValue`] on anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let invalid = || InvalidValue::new("boot id", text, "32 hexadecimal digits");
        if is_hex {
            u128::from_str_radix(&digits, 16).map(Self).map_err(|_| invalid())
        } else {
            Err(invalid())
        }
    }
}

as_text!(BootId);

impl fmt::Display for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In which boot.
    pub boot: BootId,
    /// Seconds since that boot, suspended time included. Deadlines count in these.
    pub uptime: u64,
    /// What the clock shows. Only waits between attempts count in this.
    pub wall: Timestamp,
}
