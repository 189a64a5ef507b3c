//! Where the control API is.

use std::{fmt, net::Ipv4Addr, str::FromStr};

use thiserror::Error;
use url::{Host, Url};

/// The base URL of the control API. `https`; or `http` on loopback and inside a tailnet, which encrypts by itself:
/// elsewhere the token would travel in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlUrl(Url);

/// A text that cannot be the URL of the control API. The text is not quoted: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidControlUrl {
    /// It is not a URL.
    #[error("the URL of the control API is no URL")]
    NotAUrl(#[source] url::ParseError),
    /// It has a user, a password, a query or a fragment.
    #[error("the URL of the control API must have no user, password, query or fragment")]
    NotPlain,
    /// It would send tokens in the clear.
    #[error("the URL of the control API must use https: http is for loopback and the tailnet only")]
    NotSecure,
}

impl ControlUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`InvalidControlUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidControlUrl> {
        let url = Url::parse(text.trim()).map_err(InvalidControlUrl::NotAUrl)?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_bare || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidControlUrl::NotPlain);
        }
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_private(&url));
        if is_secure && url.has_host() { Ok(Self(url)) } else { Err(InvalidControlUrl::NotSecure) }
    }

    /// Whether it is reached through TLS.
    #[must_use]
    pub fn uses_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The URL of the requests.
    pub(crate) fn requests(&self) -> Url {
        self.0.clone()
    }

    /// The URL that says whether it is up.
    pub(crate) fn health(&self) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut().expect("an http URL always has path segments").pop_if_empty().push("healthz");
        url
    }
}

/// Loopback, and the addresses (100.64.0.0/10) and names of a tailnet.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".ts.net"),
        Some(Host::Ipv4(address)) => address.is_loopback() || is_tailnet(address),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.segments()[..3] == [0xfd7a, 0x115c, 0xa1e0]
        }
        None => false,
    }
}

fn is_tailnet(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}

impl FromStr for ControlUrl {
    type Err = InvalidControlUrl;
    fn from_str(text: &str) -> Result<Self, InvalidControlUrl> {
        Self::parse(text)
    }
}

impl fmt::Display for ControlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_travels_only_where_nobody_listens() {
        for text in [
            "https://abc.lambda-url.eu-central-1.on.aws/",
            "http://127.0.0.1:8787",
            "http://[::1]:8787/",
            "http://localhost:8787\n",
            "http://100.101.102.103:8787",
            "http://web-1.tail1234.ts.net:8787/",
            "http://[fd7a:115c:a1e0::1]:8787/",
        ] {
            assert!(ControlUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "control.example",
            "http://control.example/",
            "http://10.0.0.1:8787",
            "http://100.128.0.1:8787",
            "http://127.0.0.1.example/",
            "https://user:hunter2@control.example/",
            "https://control.example/?token=hunter2",
            "file:///etc/passwd",
        ] {
            let error = ControlUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn health_stands_below_the_base() {
        for (base, expected) in [
            ("https://control.example", "https://control.example/healthz"),
            ("https://control.example/api/", "https://control.example/api/healthz"),
        ] {
            assert_eq!(ControlUrl::parse(base).unwrap().health().as_str(), expected);
        }
    }
}
