//! Where guests may go.

use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// The port of an entry that names none.
const HTTPS: u16 = 443;

/// One destination that guests may reach through the egress proxy: a host name or an IP address, and a port. A name
/// stands for itself only, not for the names below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct EgressRule {
    host: String,
    port: u16,
}

/// A text that is not a destination.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not a destination: expected host or host:port, such as 'api.example.com' or '[2001:db8::1]:8443'"
)]
pub struct InvalidDestination(String);

impl EgressRule {
    /// Reads `host`, `host:port`, `[ipv6]` or `[ipv6]:port`. Without a port, 443 is meant.
    ///
    /// # Errors
    /// [`InvalidDestination`] on anything else, and on port 0.
    pub fn parse(text: &str) -> Result<Self, InvalidDestination> {
        let fault = || InvalidDestination(text.chars().take(80).collect());
        let (host, port) = split_port(text).ok_or_else(fault)?;
        let port = match port {
            Some(digits) => digits.parse().ok().filter(|port| *port != 0).ok_or_else(fault)?,
            None => HTTPS,
        };
        let is_name = !host.is_empty()
            && host.len() <= 253
            && host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            });
        let is_valid =
            if text.starts_with('[') { host.parse::<std::net::Ipv6Addr>().is_ok() } else { is_name };
        if is_valid { Ok(Self { host: host.to_ascii_lowercase(), port }) } else { Err(fault()) }
    }

    /// The host, in lower case, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// The host without brackets, and the digits behind the colon if there is one.
fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']')?;
        return match tail {
            "" => Some((host, None)),
            _ => tail.strip_prefix(':').map(|port| (host, Some(port))),
        };
    }
    match text.split_once(':') {
        Some((_, port)) if port.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

impl TryFrom<String> for EgressRule {
    type Error = InvalidDestination;
    fn try_from(text: String) -> Result<Self, InvalidDestination> {
        Self::parse(&text)
    }
}

impl fmt::Display for EgressRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_entry_without_a_port_means_https() {
        for (text, host, port) in [
            ("API.example.com", "api.example.com", 443),
            ("127.0.0.1:8080", "127.0.0.1", 8080),
            ("[::1]:9", "::1", 9),
            ("[2001:db8::1]", "2001:db8::1", 443),
        ] {
            let rule = EgressRule::parse(text).unwrap();
            assert_eq!((rule.host(), rule.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn what_is_no_destination_is_refused() {
        for bad in [
            "",
            ":443",
            "a:",
            "a:0",
            "a:65536",
            "a:b",
            "*.example.com",
            "https://x",
            "a b",
            "::1",
            "[::1",
            "[x]:1",
            "-a",
            "a..b",
            "a/b",
        ] {
            assert!(EgressRule::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_rule_reads_back_as_it_is_shown(text in "[a-z0-9.:\\[\\]-]{0,24}") {
            if let Ok(rule) = EgressRule::parse(&text) {
                prop_assert_eq!(EgressRule::parse(&rule.to_string()), Ok(rule));
            }
        }
    }
}
