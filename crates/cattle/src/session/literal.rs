//! Addresses without names.

use std::net::{IpAddr, SocketAddr};

use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

/// The port of a URL that names none.
const HTTP_PORT: u16 = 80;

/// Takes the address that a URL holds. A name is found nowhere: whoever answers for it would be believed. The usual
/// resolver starts a thread for every question, and for an address as well.
#[derive(Debug)]
pub(super) struct LiteralAddress;

impl Resolver for LiteralAddress {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let address = address(uri).ok_or(Error::HostNotFound)?;
        let mut found = self.empty();
        found.push(address);
        Ok(found)
    }
}

fn address(uri: &Uri) -> Option<SocketAddr> {
    let authority = uri.authority()?;
    let host = authority.host();
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let address: IpAddr = host.parse().ok()?;
    Some(SocketAddr::new(address, authority.port_u16().unwrap_or(HTTP_PORT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_and_a_name_is_not_found() {
        for (url, expected) in [
            ("http://10.0.2.2:18337/v1", Some("10.0.2.2:18337")),
            ("http://169.254.169.254/hetzner", Some("169.254.169.254:80")),
            ("http://[fd7a:115c:a1e0::1]:1/", Some("[fd7a:115c:a1e0::1]:1")),
            ("http://localhost:18337/", None),
            ("http://0x0a000202/", None),
            ("/v1", None),
        ] {
            let found = address(&url.parse().unwrap()).map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{url}");
        }
    }
}
