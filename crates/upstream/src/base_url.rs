//! Where an API is.

use std::{fmt, str::FromStr};

use thiserror::Error;
use url::{Host, Url};

use crate::Reach;

/// The base URL of an API, without user, password, query or fragment. `https`, or `http` where nobody listens on the
/// way: keys and tokens are sent there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// A text that cannot be the base URL of an API. The text is not quoted: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidBaseUrl {
    /// It is not a URL.
    #[error("the base URL is no URL: {0}")]
    NotAUrl(#[source] url::ParseError),
    /// It has a user, a password, a query or a fragment.
    #[error("the base URL must have no user, password, query or fragment")]
    NotPlain,
    /// It would send secrets in the clear.
    #[error("the base URL must use https: over http, secrets would travel in the clear")]
    NotSecure,
}

impl BaseUrl {
    /// Reads a base URL that is reached over `https`, or on loopback over `http`.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        Self::parse_with(text, |_| false)
    }

    /// As [`Self::parse`]; over `http` also where `is_private` says that nobody listens on the way.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`].
    pub fn parse_with(text: &str, is_private: impl Fn(&Host<&str>) -> bool) -> Result<Self, InvalidBaseUrl> {
        let url = Url::parse(text).map_err(InvalidBaseUrl::NotAUrl)?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_bare || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl::NotPlain);
        }
        let is_secure = match (url.scheme(), url.host()) {
            ("https", Some(_)) => true,
            ("http", Some(host)) => is_loopback(&host) || is_private(&host),
            _ => false,
        };
        if is_secure { Ok(Self(url)) } else { Err(InvalidBaseUrl::NotSecure) }
    }

    /// How it is reached.
    #[must_use]
    pub fn reach(&self) -> Reach {
        Reach::of(&self.0)
    }

    /// The URL itself, as it was given.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The URL of a path below the base, given by its segments; they are percent-encoded.
    #[must_use]
    pub fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        url.set_path(self.path());
        url.path_segments_mut()
            .expect("an http URL always has path segments")
            .pop_if_empty()
            .extend(segments);
        url
    }

    /// The URL of a path below the base that is encoded already, without a slash at its beginning.
    #[must_use]
    pub fn join_encoded(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.path()));
        url
    }

    /// Whether a URL lies below the base: at the same place, by the same scheme, and without a user.
    #[must_use]
    pub fn holds(&self, url: &Url) -> bool {
        url.origin() == self.0.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path().strip_prefix(self.path()).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Its path, without a slash at its end.
    fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;
    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        Self::parse(text)
    }
}

/// Without a slash at its end.
impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_https_or_loopback() {
        for (text, expected) in [
            ("https://cloud.example/v1/", "https://cloud.example/v1"),
            ("https://github.example/api/v3", "https://github.example/api/v3"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
            ("http://localhost:4000/v1", "http://localhost:4000/v1"),
            ("http://[::1]:4000/v1//", "http://[::1]:4000/v1"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_base_url_that_would_leak_secrets_is_refused_without_quoting_it() {
        for text in [
            "",
            "cloud.example",
            "http://cloud.example/v1",
            "http://127.0.0.1.example/v1",
            "http://localhost.example/",
            "http://10.0.2.2/v1",
            "http://169.254.169.254",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "unix:/run/cloud.sock",
            "https://user:hunter2@cloud.example/",
            "https://user@cloud.example/",
            "https://cloud.example/?token=hunter2",
            "https://cloud.example/#hunter2",
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn plain_http_reaches_only_what_is_said_to_be_private() {
        let is_private = |host: &Host<&str>| *host == Host::Domain("private.example");
        assert!(BaseUrl::parse_with("http://private.example/", is_private).is_ok());
        assert!(BaseUrl::parse_with("http://127.0.0.1/", is_private).is_ok());
        assert!(BaseUrl::parse_with("http://public.example/", is_private).is_err());
        assert!(BaseUrl::parse_with("ftp://private.example/", is_private).is_err());
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        for (base, expected) in [
            ("http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1/servers/1%2F..%2F..%2Fetc%3Fx%23y"),
            ("http://127.0.0.1:1//", "http://127.0.0.1:1/servers/1%2F..%2F..%2Fetc%3Fx%23y"),
        ] {
            let url = BaseUrl::parse(base).unwrap().join(&["servers", "1/../../etc?x#y"]);
            assert_eq!(url.as_str(), expected);
        }
    }

    #[test]
    fn a_url_below_the_base_is_told_from_its_neighbours() {
        let base = BaseUrl::parse("https://github.example/api/v3/").unwrap();
        for (text, is_below) in [
            ("https://github.example/api/v3/repos", true),
            ("https://github.example/api/v30/repos", false),
            ("https://github.example/elsewhere", false),
            ("http://github.example/api/v3/repos", false),
            ("https://other.example/api/v3/repos", false),
            ("https://user@github.example/api/v3/repos", false),
        ] {
            assert_eq!(base.holds(&Url::parse(text).unwrap()), is_below, "{text}");
        }
    }
}
