//! Where the orchestrator may be: the tunnel, or the relay, is what proves that it is the orchestrator.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use clawlets_model::net::is_tailnet;
use thiserror::Error;
use ureq::http::Uri;

/// Where a local guest finds the relay to the orchestrator.
pub const RELAY_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 2, 2));

/// An orchestrator's address that is worth a token: plain HTTP, to an address on the tailnet or to the relay.
///
/// Names are refused: whoever answers for a name would be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// Why an address is not worth a token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the orchestrator's address {url:?} is refused: {why}")]
pub struct BaseUrlError {
    url: String,
    why: &'static str,
}

impl BaseUrl {
    /// Checks a base URL. `relays` are the addresses that are believed besides the tailnet's.
    ///
    /// # Errors
    /// [`BaseUrlError`] when it is not `http://address[:port]`, or the address is outside 100.64.0.0/10,
    /// fd7a:115c:a1e0::/48 and the relays.
    pub fn parse(text: &str, relays: &[IpAddr]) -> Result<Self, BaseUrlError> {
        let refuse = |why| BaseUrlError { url: text.to_owned(), why };
        let uri: Uri = text.parse().map_err(|_| refuse("it is not a URL"))?;
        if uri.scheme_str() != Some("http") {
            return Err(refuse("its scheme is not http"));
        }
        let authority = uri.authority().ok_or_else(|| refuse("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("it holds a user name"));
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refuse("it has a path"));
        }
        let host = authority.host();
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let address: IpAddr = bare.parse().map_err(|_| refuse("its host is a name, not an address"))?;
        if !is_tailnet(address) && !relays.contains(&address) {
            return Err(refuse("the address is neither on the tailnet nor a relay"));
        }
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str() == host => 80,
            None => return Err(refuse("its port is not a number")),
        };
        Ok(Self(format!("http://{}", std::net::SocketAddr::new(address, port))))
    }

    /// The URL of a path, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tailnet_and_the_relay_are_believed() {
        for (text, expected) in [
            ("http://100.64.0.5:18337", "http://100.64.0.5:18337/v1"),
            ("http://100.127.255.254", "http://100.127.255.254:80/v1"),
            ("http://[fd7a:115c:a1e0::1]:18337/", "http://[fd7a:115c:a1e0::1]:18337/v1"),
            ("http://10.0.2.2:18337", "http://10.0.2.2:18337/v1"),
        ] {
            assert_eq!(BaseUrl::parse(text, &[RELAY_ADDRESS]).unwrap().join("/v1"), expected);
        }
    }

    #[test]
    fn everybody_else_is_refused() {
        for text in [
            "",
            "100.64.0.5:18337",
            "https://100.64.0.5:18337",
            "ftp://100.64.0.5",
            "http://100.63.255.255:18337",
            "http://100.128.0.0:18337",
            "http://127.0.0.1:18337",
            "http://10.0.2.3:18337",
            "http://169.254.169.254",
            "http://[::1]:18337",
            "http://[fd7a:115c:a1e1::1]:18337",
            "http://[::ffff:100.64.0.5]:18337",
            "http://orchestrator:18337",
            "http://100.64.0.5.example.com",
            "http://100.64.0.5:18337@example.com",
            "http://example.com@100.64.0.5:18337",
            "http://100.64.0.5:18337/path",
            "http://100.64.0.5:18337?x",
            "http://100.64.0.5:99999",
            "http://0x64400005",
            "http://1681915909",
        ] {
            assert!(BaseUrl::parse(text, &[RELAY_ADDRESS]).is_err(), "{text}");
        }
        assert!(BaseUrl::parse("http://10.0.2.2:18337", &[]).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(http://)?\\PC{0,40}") {
            if let Ok(url) = BaseUrl::parse(&text, &[]) {
                prop_assert!(url.to_string().starts_with("http://100.") || url.to_string().starts_with("http://[fd7a"));
            }
        }
    }
}
