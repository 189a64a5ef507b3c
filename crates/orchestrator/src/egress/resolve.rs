//! From a destination on the allow-list to a connection.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use tokio::net::{TcpStream, lookup_host};

/// How long resolving and connecting may take together.
const PATIENCE: Duration = Duration::from_secs(15);
/// Any port does to find out where something would be sent from.
const DISCARD: u16 = 9;

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
    for address in addresses.into_iter().filter(|address| literal || is_elsewhere(address.ip())) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Whether an address may be what a name stands for, and is not one of this machine's own.
fn is_elsewhere(address: IpAddr) -> bool {
    is_outside(address) && !is_own(address).unwrap_or(false)
}

/// Whether an address belongs to this machine: what is sent to it would come from it. Nothing is sent.
fn is_own(address: IpAddr) -> io::Result<bool> {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect((address, DISCARD))?;
    Ok(socket.local_addr()?.ip() == address)
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
    fn this_machines_own_addresses_are_known_as_such() {
        assert!(is_own(Ipv4Addr::LOCALHOST.into()).unwrap());
        // One of the addresses for documentation: nobody has it. A machine without a network reaches nothing.
        assert!(!is_own("192.0.2.1".parse().unwrap()).unwrap_or(false));
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        if socket.connect("192.0.2.1:9").is_ok() {
            let own = socket.local_addr().unwrap().ip();
            assert!(!is_elsewhere(own), "{own}");
        }
    }

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
