//! Where GitHub's API is.

use std::{fmt, str::FromStr};

use thiserror::Error;
use url::{Host, Url};

/// The base URL of the API, without a slash at its end. `https`, or `http` on loopback only: keys and tokens would travel
/// in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl(Url);

/// A text that cannot be the base URL of the API. The text is not quoted: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidApiUrl {
    /// It is not a URL.
    #[error("GitHub's API is not reached at what is no URL: {0}")]
    NotAUrl(#[source] url::ParseError),
    /// It has a user, a password, a query or a fragment.
    #[error("the URL of GitHub's API must have no user, password, query or fragment")]
    NotPlain,
    /// It would send tokens in the clear.
    #[error("the URL of GitHub's API must use https: http is for loopback only")]
    NotSecure,
}

impl ApiUrl {
    /// GitHub's own.
    pub const VENDOR: &'static str = "https://api.github.com";

    /// Reads a base URL; the empty text is GitHub's own. A GitHub Enterprise server has a path, such as `/api/v3`.
    ///
    /// # Errors
    /// [`InvalidApiUrl`] when it is not a plain `https` URL, nor `http` with a loopback host.
    pub fn parse(text: &str) -> Result<Self, InvalidApiUrl> {
        let text = if text.is_empty() { Self::VENDOR } else { text };
        let mut url = Url::parse(text).map_err(InvalidApiUrl::NotAUrl)?;
        let bare = url.username().is_empty() && url.password().is_none();
        if !bare || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidApiUrl::NotPlain);
        }
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !is_secure || !url.has_host() {
            return Err(InvalidApiUrl::NotSecure);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The URL of a path below the base, given by its segments; they are percent-encoded.
    pub(crate) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("an http URL always has path segments")
            .pop_if_empty()
            .extend(segments);
        url
    }

    /// Whether a URL lies below the base: at the same place, by the same scheme, and without a user.
    pub(crate) fn holds(&self, url: &Url) -> bool {
        let base = self.0.path().trim_end_matches('/');
        url.origin() == self.0.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl FromStr for ApiUrl {
    type Err = InvalidApiUrl;
    fn from_str(text: &str) -> Result<Self, InvalidApiUrl> {
        Self::parse(text)
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_reached_over_https_or_on_loopback() {
        for (text, expected) in [
            ("", "https://api.github.com"),
            ("https://github.example/api/v3/", "https://github.example/api/v3"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
            ("http://[::1]:4000//", "http://[::1]:4000"),
        ] {
            assert_eq!(ApiUrl::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn an_api_that_would_leak_tokens_is_refused_without_quoting_it() {
        for text in [
            "http://github.example",
            "http://127.0.0.1.example/",
            "https://user:hunter2@github.example/",
            "https://github.example/?token=hunter2",
            "file:///etc/passwd",
            "github.example",
        ] {
            let error = ApiUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let url = ApiUrl::parse("http://127.0.0.1:1").unwrap().join(&["app", "../x?y"]);
        assert_eq!(url.as_str(), "http://127.0.0.1:1/app/..%2Fx%3Fy");
    }
}
