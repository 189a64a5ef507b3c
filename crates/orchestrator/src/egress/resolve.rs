//! From a destination on the allow-list to a connection.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use tokio::net::{TcpStream, lookup_host};

/// How long resolving and connecting may take together.
const PATIENCE: Duration = Duration::from_secs(15);

/// Connects to a destination that the allow-list allows.
///
/// # Errors
/// When the name does not resolve, resolves only to addresses that a name must not stand for, or nobody answers in time.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let slow = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "no connection in time"));
    tokio::time::timeout(PATIENCE, try_all(host, port)).await.unwrap_or_else(slow)
}

async fn try_all(host: &str, port: u16) -> io::Result<TcpStream> {
    let host = host.trim_matches(['[', ']']);
    let literal = host.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost");
    let mut last = io::Error::new(io::ErrorKind::PermissionDenied, "the name stands for no public address");
    let addresses: Vec<SocketAddr> = lookup_host((host, port)).await?.collect();
    for address in addresses.into_iter().filter(|address| literal || is_outside(address.ip())) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Whether an address may be what a name stands for. Whoever answers for a name could otherwise point it at this
/// machine's own services or at a metadata service.
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_loopback()
                || v4.is_unspecified()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast())
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_outside(IpAddr::V4(v4)),
            None => {
                !(v6.is_loopback() || v6.is_unspecified() || v6.is_unicast_link_local() || v6.is_multicast())
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_stands_for_this_machine_or_its_metadata() {
        for (address, expected) in [
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("0.0.0.0", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("fe80::1", false),
            ("203.0.113.9", true),
            ("10.1.2.3", true),
            ("2001:db8::1", true),
        ] {
            assert_eq!(is_outside(address.parse().unwrap()), expected, "{address}");
        }
    }
}
