//! The host's address on its tailnet.

use std::net::{IpAddr, SocketAddr};

use clawlets_model::net::is_tailnet;
use serde_json::Value;

use super::look::output;
use crate::config::Config;

/// The address to serve the status on, if the host is on its tailnet.
#[must_use]
pub fn tailnet_address(config: &Config) -> Option<SocketAddr> {
    let said = output(&config.health.tailscale, config.watch.deadline.duration(), || Ok(()))?;
    address(&said, config.watch.port)
}

/// The address to serve on, from what `tailscale status --json` prints. An address that is not the tailnet's is none,
/// whoever says so: the status is for the tailnet.
fn address(status: &str, port: u16) -> Option<SocketAddr> {
    let status: Value = serde_json::from_str(status).ok()?;
    let addresses = status["Self"]["TailscaleIPs"].as_array()?;
    let mut found = addresses.iter().filter_map(|address| address.as_str()?.parse::<IpAddr>().ok());
    found.find(|address| is_tailnet(*address)).map(|address| SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_tailnet_is_served_on() {
        for (status, expected) in [
            (r#"{"Self":{"TailscaleIPs":["100.101.1.2","fd7a:115c:a1e0::1"]}}"#, Some("100.101.1.2:7")),
            (r#"{"Self":{"TailscaleIPs":["0.0.0.0","fd7a:115c:a1e0::1"]}}"#, Some("[fd7a:115c:a1e0::1]:7")),
            (r#"{"Self":{"TailscaleIPs":["203.0.113.1"]}}"#, None),
            (r#"{"Self":{"TailscaleIPs":null}}"#, None),
            ("Tailscale is stopped.", None),
        ] {
            let expected = expected.map(|address| address.parse().unwrap());
            assert_eq!(address(status, 7), expected, "{status}");
        }
    }
}
