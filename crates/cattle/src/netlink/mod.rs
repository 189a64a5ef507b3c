//! The few things this program tells the kernel's network: bring a link up or down, set an address, a route, a rule.
//!
//! It speaks rtnetlink itself because the smallest image has no `ip` program.

mod message;
mod socket;

use std::{io, net::Ipv4Addr};

use message::Message;
use socket::Netlink;

const AF_INET: u8 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const RTM_NEWRULE: u16 = 32;

/// Brings a link up.
///
/// # Errors
/// What the kernel says.
pub fn link_up(index: u32) -> io::Result<()> {
    set_link(index, IFF_UP)
}

/// Takes a link down.
///
/// # Errors
/// What the kernel says.
pub fn link_down(index: u32) -> io::Result<()> {
    set_link(index, 0)
}

const IFF_UP: u32 = 1;

fn set_link(index: u32, flags: u32) -> io::Result<()> {
    let mut message = Message::new(RTM_NEWLINK);
    // ifinfomsg: family and padding, device type, index, flags, which flags change.
    message.bytes(&[0; 4]).number(index).number(flags).number(IFF_UP);
    Netlink::open()?.request(message)
}

/// Gives a link an address with a prefix.
///
/// # Errors
/// What the kernel says.
pub fn add_address(index: u32, address: Ipv4Addr, prefix: u8) -> io::Result<()> {
    const IFA_ADDRESS: u16 = 1;
    const IFA_LOCAL: u16 = 2;
    let mut message = Message::creating(RTM_NEWADDR);
    // ifaddrmsg: family, prefix, flags, scope, index.
    message.bytes(&[AF_INET, prefix, 0, 0]).number(index);
    message.attribute(IFA_LOCAL, &address.octets()).attribute(IFA_ADDRESS, &address.octets());
    Netlink::open()?.request(message)
}

/// Sends everything that has no better route through a gateway.
///
/// # Errors
/// What the kernel says.
pub fn add_default_route(index: u32, gateway: Ipv4Addr) -> io::Result<()> {
    const RT_TABLE_MAIN: u8 = 254;
    const RTPROT_BOOT: u8 = 3;
    const RTN_UNICAST: u8 = 1;
    const RTA_OIF: u16 = 4;
    const RTA_GATEWAY: u16 = 5;
    let mut message = Message::creating(RTM_NEWROUTE);
    // rtmsg: family, lengths of destination and source, type of service, table, protocol, scope, type, flags.
    message.bytes(&[AF_INET, 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST]).number(0);
    message.attribute(RTA_GATEWAY, &gateway.octets()).attribute(RTA_OIF, &index.to_ne_bytes());
    Netlink::open()?.request(message)
}

/// Forbids one user to reach one address.
///
/// # Errors
/// What the kernel says; that the rule exists already is none.
pub fn prohibit(address: Ipv4Addr, uid: u32) -> io::Result<()> {
    const FR_ACT_PROHIBIT: u8 = 8;
    const FRA_DST: u16 = 1;
    const FRA_PRIORITY: u16 = 6;
    const FRA_UID_RANGE: u16 = 20;
    /// Before the tables `main` (32766) and `default`, behind `local` (0).
    const PRIORITY: u32 = 100;
    let mut message = Message::creating(RTM_NEWRULE);
    // fib_rule_hdr: family, lengths of destination and source, type of service, table, two reserved, action, flags.
    message.bytes(&[AF_INET, 32, 0, 0, 0, 0, 0, FR_ACT_PROHIBIT]).number(0);
    let range = [uid.to_ne_bytes(), uid.to_ne_bytes()].concat();
    message.attribute(FRA_DST, &address.octets());
    message.attribute(FRA_PRIORITY, &PRIORITY.to_ne_bytes()).attribute(FRA_UID_RANGE, &range);
    match Netlink::open()?.request(message) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}
