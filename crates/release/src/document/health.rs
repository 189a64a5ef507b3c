//! What must work after a release was applied.

use std::net::IpAddr;

use crate::value::{InvalidValue, Period};

/// The health checks of a release.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Health {
    /// For how long everything must work before the release counts as good; at most an hour.
    pub probation: Period,
    /// The checks; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

impl Health {
    /// How many checks there may be.
    pub const LARGEST: usize = 64;
    /// The longest probation, in seconds.
    pub const LONGEST_PROBATION: u64 = 3_600;

    pub(super) fn check(&self) -> Result<(), String> {
        if self.checks.len() > Self::LARGEST {
            return Err(format!("has more than {} checks", Self::LARGEST));
        }
        if self.probation.as_secs() > Self::LONGEST_PROBATION {
            return Err("has a probation of more than an hour".to_owned());
        }
        let is_late = |check: &Check| check.grace.is_some_and(|grace| grace > self.probation);
        if self.checks.iter().any(is_late) {
            return Err("has a check whose grace outlasts the probation".to_owned());
        }
        Ok(())
    }
}

/// What follows when a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The host goes back to its former release.
    Required,
    /// The failure is reported.
    Wanted,
}

/// What a failed check says: something about this host, or about what lies between it and others. Only the former is
/// held against a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It looks at this host alone.
    Local,
    /// It needs the network to work.
    Network,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "WrittenCheck", into = "WrittenCheck")]
pub struct Check {
    /// What it looks at.
    pub look: Look,
    /// What follows when it fails.
    pub need: Need,
    /// How long it may fail at first; not at all when it is not given.
    pub grace: Option<Period>,
    /// How long one try may take.
    pub deadline: Period,
}

/// What a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// A systemd unit that must be active.
    Unit(String),
    /// A URL that must answer with success.
    Http(String),
    /// An address, `host:port`, that must take connections.
    Tcp(String),
    /// A program with its arguments that must succeed.
    Command(Vec<String>),
    /// The bots' gateways, with their channels.
    Gateway,
    /// The tailnet.
    Tailnet,
    /// Room on the disk.
    Disk,
    /// Free memory.
    Memory,
}

impl Check {
    /// Whether its failure says something about this host alone.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let of_address = |address: &str| {
            let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            if is_here { Reach::Local } else { Reach::Network }
        };
        match &self.look {
            Look::Unit(_) | Look::Command(_) | Look::Gateway | Look::Disk | Look::Memory => Reach::Local,
            Look::Tailnet => Reach::Network,
            Look::Tcp(address) => of_address(address),
            Look::Http(url) => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                // `host` and `host:port`, but `[::1]` has colons of its own.
                if authority.ends_with(']') || !authority.contains(':') {
                    of_address(&format!("{authority}:80"))
                } else {
                    of_address(authority)
                }
            }
        }
    }

    /// A short name for status and messages: `unit sshd.service`.
    #[must_use]
    pub fn label(&self) -> String {
        let (kind, what) = match &self.look {
            Look::Unit(unit) => ("unit", unit.as_str()),
            Look::Http(url) => ("http", url.as_str()),
            Look::Tcp(address) => ("tcp", address.as_str()),
            Look::Command(argv) => ("command", argv.first().map_or("", String::as_str)),
            Look::Gateway => ("gateway", ""),
            Look::Tailnet => ("tailnet", ""),
            Look::Disk => ("disk", ""),
            Look::Memory => ("memory", ""),
        };
        let what: String = what.chars().filter(|c| !c.is_control()).take(80).collect();
        if what.is_empty() { kind.to_owned() } else { format!("{kind} {what}") }
    }
}

/// A check as it is written: one object, whose `kind` says which other key it has.
#[derive(serde::Serialize, serde::Deserialize)]
struct WrittenCheck {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    argv: Vec<String>,
    need: Need,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grace: Option<Period>,
    deadline: Period,
}

impl TryFrom<WrittenCheck> for Check {
    type Error = InvalidValue;

    fn try_from(written: WrittenCheck) -> Result<Self, InvalidValue> {
        let word = |what: &'static str, value: Option<String>| match value {
            Some(text) if is_word(&text) => Ok(text),
            Some(text) => {
                Err(InvalidValue::new(what, &text, "1 to 512 characters without spaces or controls"))
            }
            None => Err(InvalidValue::new("check", &written.kind, "the key that this kind looks at")),
        };
        let look = match written.kind.as_str() {
            "unit" => Look::Unit(word("unit", written.unit)?),
            "http" => Look::Http(word("url", written.url)?),
            "tcp" => Look::Tcp(word("address", written.address)?),
            "command" => Look::Command(arguments(written.argv)?),
            "gateway" => Look::Gateway,
            "tailnet" => Look::Tailnet,
            "disk" => Look::Disk,
            "memory" => Look::Memory,
            other => {
                let expected = "unit, http, tcp, command, gateway, tailnet, disk or memory";
                return Err(InvalidValue::new("kind of check", other, expected));
            }
        };
        Ok(Self { look, need: written.need, grace: written.grace, deadline: written.deadline })
    }
}

fn is_word(text: &str) -> bool {
    (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn arguments(argv: Vec<String>) -> Result<Vec<String>, InvalidValue> {
    let is_argument = |text: &String| text.len() <= 4096 && !text.contains('\0');
    if argv.first().is_some_and(|program| is_word(program))
        && argv.len() <= 64
        && argv.iter().all(is_argument)
    {
        Ok(argv)
    } else {
        let first = argv.first().map_or("", String::as_str);
        Err(InvalidValue::new("argv", first, "a program and at most 63 arguments without NUL"))
    }
}

impl From<Check> for WrittenCheck {
    fn from(check: Check) -> Self {
        let Check { look, need, grace, deadline } = check;
        let of_kind = |kind: &str| Self {
            kind: kind.to_owned(),
            unit: None,
            url: None,
            address: None,
            argv: Vec::new(),
            need,
            grace,
            deadline,
        };
        match look {
            Look::Unit(unit) => Self { unit: Some(unit), ..of_kind("unit") },
            Look::Http(url) => Self { url: Some(url), ..of_kind("http") },
            Look::Tcp(address) => Self { address: Some(address), ..of_kind("tcp") },
            Look::Command(argv) => Self { argv, ..of_kind("command") },
            Look::Gateway => of_kind("gateway"),
            Look::Tailnet => of_kind("tailnet"),
            Look::Disk => of_kind("disk"),
            Look::Memory => of_kind("memory"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(look: Look) -> Reach {
        let deadline = Period::parse("5s").unwrap();
        Check { look, need: Need::Required, grace: None, deadline }.reach()
    }

    #[test]
    fn only_what_is_on_this_host_is_held_against_a_release() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/healthz", Reach::Local),
            ("http://localhost/healthz", Reach::Local),
            ("http://[::1]:8080/", Reach::Local),
            ("http://[::1]/", Reach::Local),
            ("https://example.org/127.0.0.1", Reach::Network),
            ("https://127.0.0.1.example.org/", Reach::Network),
        ] {
            assert_eq!(reach(Look::Http(url.to_owned())), expected, "{url}");
        }
        assert_eq!(reach(Look::Tcp("127.0.0.1:22".to_owned())), Reach::Local);
        assert_eq!(reach(Look::Tcp("100.64.0.1:22".to_owned())), Reach::Network);
        assert_eq!(reach(Look::Tailnet), Reach::Network);
    }
}
