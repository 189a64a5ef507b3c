//! A netlink conversation: one request, one answer.

use std::{io, os::fd::OwnedFd};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink::SocketAddrNetlink, recv, sendto,
    socket_with,
};

use super::message::{HEADER, Message};

const NLMSG_ERROR: u16 = 2;

/// A socket to the kernel's routing code.
#[derive(Debug)]
pub(super) struct Netlink(OwnedFd);

impl Netlink {
    pub(super) fn open() -> io::Result<Self> {
        // No protocol number is number 0, which is the routing code's.
        Ok(Self(socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?))
    }

    /// Sends a request and waits until the kernel has done it.
    pub(super) fn request(&self, message: Message) -> io::Result<()> {
        sendto(&self.0, &message.finish(), SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
        let mut answer = [0; 4096];
        let (length, _) = recv(&self.0, &mut answer, RecvFlags::empty())?;
        outcome(&answer[..length])
    }
}

/// The kernel acknowledges with an error message whose error is 0.
fn outcome(answer: &[u8]) -> io::Result<()> {
    let malformed = || io::Error::from(io::ErrorKind::InvalidData);
    let kind = answer.get(4..6).ok_or_else(malformed)?;
    let error = answer.get(HEADER..HEADER + 4).ok_or_else(malformed)?;
    let error = i32::from_ne_bytes(error.try_into().map_err(|_| malformed())?);
    if kind != NLMSG_ERROR.to_ne_bytes() {
        return Err(malformed());
    }
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(-error)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_success_an_error_or_nonsense() {
        let answer = |kind: u16, error: i32| {
            let mut bytes = vec![0; HEADER];
            bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
            bytes.extend(error.to_ne_bytes());
            bytes
        };
        assert!(outcome(&answer(NLMSG_ERROR, 0)).is_ok());
        assert_eq!(outcome(&answer(NLMSG_ERROR, -1)).unwrap_err().raw_os_error(), Some(1));
        assert!(outcome(&answer(3, 0)).is_err());
        assert!(outcome(&[0; 10]).is_err());
    }
}
