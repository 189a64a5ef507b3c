//! Addresses: where to reach a host, who may administer it, and which addresses are the tailnet's.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::IpNet;

use crate::ident::InvalidName;

/// Whether an address belongs to the tailnet: `100.64.0.0/10` or `fd7a:115c:a1e0::/48`.
#[must_use]
pub fn is_tailnet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_tailnet_v4(v4),
        IpAddr::V6(v6) => v6.segments()[..3] == [0xfd7a, 0x115c, 0xa1e0],
    }
}

/// Whether an IPv4 address belongs to the tailnet (`100.64.0.0/10`).
#[must_use]
pub fn is_tailnet_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    a == 100 && (64..128).contains(&b)
}

/// Where `ssh` reaches a host: `[user@]name` or `[user@][ipv6]`, no port. Neither side starts with a dash, so it can
/// never be taken for an option.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TargetHost(String);

impl TargetHost {
    /// Reads a target host.
    ///
    /// # Errors
    /// [`InvalidName`] when it does not follow the grammar.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (user, host) = match text.split_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, text),
        };
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let host_is_valid = match bracketed {
            Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
            None => plain_part(host),
        };
        if host_is_valid && user.is_none_or(plain_part) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::new("target host", text, "[user@]name or [user@][ipv6], without a port"))
        }
    }

    /// Reads a target host that a person typed: surrounding white space is dropped first.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_input(text: &str) -> Result<Self, InvalidName> {
        Self::parse(text.trim())
    }

    /// The target as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The user, where one is named, and the name or address, without brackets: as `ssh -l USER -- ADDRESS` takes them.
    #[must_use]
    pub fn user_and_address(&self) -> (Option<&str>, &str) {
        let (user, host) = match self.0.split_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, self.0.as_str()),
        };
        (user, host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host))
    }
}

fn plain_part(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

impl TryFrom<String> for TargetHost {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<TargetHost> for String {
    fn from(target: TargetHost) -> String {
        target.0
    }
}

/// Whether a network that is open to (nearly) the whole world is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorldOpen {
    /// Refuse an IPv4 prefix below 8 and an IPv6 prefix below 16.
    Refuse,
    /// The operator asked for it in so many words.
    Allow,
}

/// A network in CIDR notation without host bits, from which a host may be administered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AdminCidr(IpNet);

impl AdminCidr {
    /// Reads a network. Surrounding white space is dropped: people type these.
    ///
    /// # Errors
    /// [`InvalidName`] when it is not an address with a prefix, has host bits, or is open to the world and that was
    /// not allowed.
    pub fn parse(text: &str, world_open: WorldOpen) -> Result<Self, InvalidName> {
        let trimmed = text.trim();
        let fault = |expected| InvalidName::new("admin CIDR", trimmed, expected);
        let digits = trimmed.split_once('/').map(|(_, prefix)| prefix);
        if !digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit())) {
            return Err(fault("an address and a prefix, such as 203.0.113.10/32"));
        }
        let net: IpNet =
            trimmed.parse().map_err(|_| fault("an address and a prefix, such as 203.0.113.10/32"))?;
        if net.addr() != net.network() {
            return Err(fault("no host bits beyond the prefix"));
        }
        let widest = match net {
            IpNet::V4(_) => 8,
            IpNet::V6(_) => 16,
        };
        match world_open {
            WorldOpen::Refuse if net.prefix_len() < widest => {
                Err(fault("a network that is not open to the world (IPv4 /8 or longer, IPv6 /16 or longer)"))
            }
            WorldOpen::Refuse | WorldOpen::Allow => Ok(Self(net)),
        }
    }

    /// The network.
    #[must_use]
    pub const fn net(&self) -> IpNet {
        self.0
    }
}

impl fmt::Display for AdminCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
