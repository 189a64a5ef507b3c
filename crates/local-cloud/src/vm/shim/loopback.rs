//! Loopback inside the guest's network namespace, with the address of the metadata service on it.

use std::{io, net::Ipv4Addr};

use rustix::{
    io::Errno,
    net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, send, socket},
};

use super::{
    error::ShimError,
    netlink::{add_to_loopback, answer, bring_loopback_up},
};

/// Where guests of cloud providers look for what they should know about themselves.
pub(super) const METADATA_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// Switches loopback on and adds [`METADATA_ADDRESS`] to it, so that QEMU's user network can connect there.
pub(super) fn bring_up() -> Result<(), ShimError> {
    request(&bring_loopback_up()).map_err(ShimError::namespace("bring loopback up"))?;
    request(&add_to_loopback(METADATA_ADDRESS)).map_err(ShimError::namespace("add the metadata address"))
}

fn request(message: &[u8]) -> io::Result<()> {
    // The routing protocol has the number zero, which is also what no protocol means.
    let kernel = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    send(&kernel, message, SendFlags::empty())?;
    let mut buffer = [0; 4096];
    let (length, _) = recv(&kernel, &mut buffer, RecvFlags::empty())?;
    match answer(&buffer[..length]) {
        Some(0) => Ok(()),
        Some(code) => Err(Errno::from_raw_os_error(code).into()),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "the kernel did not answer the request")),
    }
}
