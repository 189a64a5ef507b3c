//! Where a token may be sent.

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

/// A scheme, a host and a port: `https`, or `http` on loopback. A token is for one of them and is sent to no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// A text that is no origin for tokens.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "not where a token may be sent: expected https:// and a host, without user or path; http:// is for loopback only"
)]
pub struct InvalidOrigin;

impl Origin {
    /// Reads an origin such as `https://github.com`.
    ///
    /// # Errors
    /// [`InvalidOrigin`].
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).map_err(|_| InvalidOrigin)?;
        let is_bare = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        Self::of(&url).filter(|_| is_bare).ok_or(InvalidOrigin)
    }

    /// The origin of a URL; none where nothing secret may be sent.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let may_be_told = match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(url),
            _ => false,
        };
        may_be_told.then(|| Self(url.origin().ascii_serialization()))
    }

    /// The origin, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
