//! The way out of a host that has only one.

use std::{fmt, str::FromStr};

use reqwest::{NoProxy, Proxy};
use thiserror::Error;
use url::Url;

/// What is reached without a proxy, whatever it is.
const HERE: &str = "localhost,127.0.0.0/8,::1";

/// The address of an HTTP proxy, such as `http://127.0.0.1:18338`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(Url);

/// A text that is no address of an HTTP proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected the address of an HTTP proxy, such as http://127.0.0.1:18338")]
pub struct InvalidProxyUrl;

impl ProxyUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidProxyUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidProxyUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidProxyUrl)?;
        let fits = url.scheme() == "http" && url.has_host() && url.path() == "/" && url.query().is_none();
        if fits { Ok(Self(url)) } else { Err(InvalidProxyUrl) }
    }

    /// What sends everything through it but what is on this machine.
    pub(crate) fn proxy(&self) -> Result<Proxy, reqwest::Error> {
        Ok(Proxy::all(self.0.clone())?.no_proxy(NoProxy::from_string(HERE)))
    }
}

impl FromStr for ProxyUrl {
    type Err = InvalidProxyUrl;
    fn from_str(text: &str) -> Result<Self, InvalidProxyUrl> {
        Self::parse(text)
    }
}

/// Without what it may hold of a password.
impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({:?})", self.0.host_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_speaks_plain_http_and_has_no_path() {
        for text in ["http://127.0.0.1:18338", "http://proxy.example.com:3128/", " http://[::1]:8080 "] {
            assert!(ProxyUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "127.0.0.1:18338",
            "socks5://127.0.0.1:1080",
            "https://proxy/",
            "http://proxy/x",
            "http://proxy/?x",
        ] {
            assert!(ProxyUrl::parse(text).is_err(), "{text}");
        }
        let with_password = ProxyUrl::parse("http://bot:hunter2@proxy:3128").unwrap();
        assert!(!format!("{with_password:?}").contains("hunter2"));
    }
}
