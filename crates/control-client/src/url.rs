//! Where the control API is.

use std::{fmt, str::FromStr};

use clawlets_model::net::is_tailnet;
use clawlets_upstream::{BaseUrl, InvalidBaseUrl, Reach};
use url::{Host, Url};

/// The base URL of the control API. `https`; or `http` on loopback and inside a tailnet, which encrypts by itself:
/// elsewhere the token would travel in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlUrl(BaseUrl);

impl ControlUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        BaseUrl::parse_with(text.trim(), is_on_tailnet).map(Self)
    }

    /// How it is reached.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.0.reach()
    }

    /// The URL of the requests.
    pub(crate) fn requests(&self) -> Url {
        self.0.url().clone()
    }

    /// The URL that says whether it is up.
    pub(crate) fn health(&self) -> Url {
        self.0.join(&["healthz"])
    }
}

/// The addresses and names of a tailnet.
fn is_on_tailnet(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.ends_with(".ts.net"),
        Host::Ipv4(address) => is_tailnet((*address).into()),
        Host::Ipv6(address) => is_tailnet((*address).into()),
    }
}

impl FromStr for ControlUrl {
    type Err = InvalidBaseUrl;
    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        Self::parse(text)
    }
}

impl fmt::Display for ControlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.url().fmt(f)
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
