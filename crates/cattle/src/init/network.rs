//! The network of a local guest: one link, whose addresses are always the same.

use std::{fs, io, net::Ipv4Addr, path::Path, thread, time::Duration};

use super::InitError;
use crate::{clock::since_boot, netlink};

/// What QEMU's user network gives to its one guest.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);
const PREFIX: u8 = 24;
/// The way out, behind which the relays are.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);

const LINKS: &str = "/sys/class/net";
const LOOPBACK: &str = "lo";
/// How long the link may take to appear once its driver is loaded.
const LINK_WAIT: Duration = Duration::from_secs(20);

/// Brings the loopback and the one other link up.
pub(super) fn configure() -> Result<(), InitError> {
    let failed = |step| move |source| InitError::Network { step, source };
    let loopback = index(LOOPBACK).map_err(failed("finding the loopback"))?;
    netlink::link_up(loopback).map_err(failed("bringing the loopback up"))?;
    let link = wait_for_link().map_err(failed("finding a link"))?;
    netlink::link_up(link).map_err(failed("bringing the link up"))?;
    netlink::add_address(link, ADDRESS, PREFIX).map_err(failed("setting the address"))?;
    netlink::add_default_route(link, GATEWAY).map_err(failed("setting the route"))
}

/// Takes every link but the loopback down: from now on the machine reaches nobody and nobody reaches it.
///
/// # Errors
/// When one of them stays up.
pub fn leave() -> io::Result<()> {
    links()?.iter().try_for_each(|name| netlink::link_down(index(name)?))
}

fn links() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(LINKS)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != LOOPBACK && Path::new(LINKS).join(&name).join("ifindex").exists() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn index(name: &str) -> io::Result<u32> {
    let text = fs::read_to_string(Path::new(LINKS).join(name).join("ifindex"))?;
    text.trim().parse().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
}

fn wait_for_link() -> io::Result<u32> {
    let began = since_boot();
    loop {
        match links()?.first() {
            Some(name) => return index(name),
            None if since_boot().saturating_sub(began) > LINK_WAIT => {
                return Err(io::Error::other("this machine has none"));
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}
