//! Where the API is.

use std::{fmt, net::IpAddr, str::FromStr};

use thiserror::Error;
use url::{Host, Url};

/// The base URL of the API, without a slash at its end. `https`, or `http` on loopback only: the token would travel in
/// the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// A text that cannot be the base URL of the API.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidEndpoint {
    /// It is not a URL.
    #[error("the cloud endpoint {text:?} is not a URL: {source}")]
    NotAUrl {
        /// The text, cut to 200 characters.
        text: String,
        /// What is wrong with it.
        #[source]
        source: url::ParseError,
    },
    /// It has a user, a password, a query or a fragment.
    #[error("the cloud endpoint must be a plain URL without user, password, query or fragment")]
    NotPlain,
    /// It would send the token in the clear.
    #[error("the cloud endpoint {0} must use https: http is for loopback only")]
    NotSecure(String),
}

impl Endpoint {
    /// The vendor's own API.
    pub const VENDOR: &'static str = "https://api.hetzner.cloud/v1";

    /// Reads a base URL; the empty text is the vendor's.
    ///
    /// # Errors
    /// [`InvalidEndpoint`] when it is not a plain `https` URL, nor `http` with a loopback host.
    pub fn parse(text: &str) -> Result<Self, InvalidEndpoint> {
        let text = if text.is_empty() { Self::VENDOR } else { text };
        let mut url = Url::parse(text)
            .map_err(|source| InvalidEndpoint::NotAUrl { text: text.chars().take(200).collect(), source })?;
        let bare = url.username().is_empty() && url.password().is_none();
        if !bare || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidEndpoint::NotPlain);
        }
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !secure || !url.has_host() {
            return Err(InvalidEndpoint::NotSecure(url.to_string()));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Whether it is reached through TLS.
    pub(crate) fn uses_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The URL of a path below the base, given by its segments; they are percent-encoded.
    #[must_use]
    pub fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("an http URL always has path segments")
            .pop_if_empty()
            .extend(segments);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;
    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        Self::parse(text)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_https_or_loopback() {
        let cases = [
            ("", "https://api.hetzner.cloud/v1"),
            ("https://cloud.example/v1/", "https://cloud.example/v1"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
            ("http://localhost:4000/v1", "http://localhost:4000/v1"),
            ("http://[::1]:4000/v1//", "http://[::1]:4000/v1"),
        ];
        for (text, expected) in cases {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn an_endpoint_that_would_leak_the_token_is_refused() {
        let texts = [
            "http://cloud.example/v1",
            "http://127.0.0.1.example/v1",
            "http://localhost.example/",
            "http://10.0.2.2/v1",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://user:password@cloud.example/",
            "https://cloud.example/?a=b",
            "cloud.example",
            "unix:/run/cloud.sock",
        ];
        for text in texts {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let endpoint = Endpoint::parse("http://127.0.0.1:1/v1").unwrap();
        let url = endpoint.join(&["servers", "1/../../etc?x#y"]);
        assert_eq!(url.as_str(), "http://127.0.0.1:1/v1/servers/1%2F..%2F..%2Fetc%3Fx%23y");
    }
}
