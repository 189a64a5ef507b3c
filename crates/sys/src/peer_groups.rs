//! The supplementary groups of whoever is at the other end of a unix socket.

use std::{
    io,
    os::fd::{AsFd, AsRawFd},
};

/// More groups than any sensible account has; the kernel's own bound is 65,536.
const MOST: usize = 65_536;

/// The supplementary group ids that the peer of a connected unix socket had when it connected. The primary group is
/// not among them unless the account lists it twice.
///
/// # Errors
/// The system call's error, such as `ENOPROTOOPT` for a socket of another family.
pub fn peer_groups(socket: impl AsFd) -> io::Result<Vec<u32>> {
    let mut room = 32;
    loop {
        let mut groups = vec![0_u32; room];
        let mut length = libc::socklen_t::try_from(room * size_of::<u32>())
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        #[expect(unsafe_code, reason = "no safe wrapper knows SO_PEERGROUPS")]
        // SAFETY: the descriptor is borrowed for the whole call. `groups` is valid for writes of `length` bytes and
        // any bytes are valid `u32`s; the kernel writes at most `length` bytes and sets `length` to what it needed.
        let answer = unsafe {
            libc::getsockopt(
                socket.as_fd().as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_PEERGROUPS,
                groups.as_mut_ptr().cast(),
                &raw mut length,
            )
        };
        let count = length as usize / size_of::<u32>();
        if answer == 0 {
            groups.truncate(count);
            return Ok(groups);
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::ERANGE) || count <= room || count > MOST {
            return Err(error);
        }
        room = count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::UdpSocket, os::unix::net::UnixStream};

    #[test]
    fn a_peer_in_this_process_has_our_own_groups() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let mut expected: Vec<u32> =
            rustix::process::getgroups().unwrap().iter().map(|g| g.as_raw()).collect();
        let mut got = peer_groups(&ours).unwrap();
        expected.sort_unstable();
        got.sort_unstable();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_socket_without_a_peer_is_an_error() {
        assert!(peer_groups(UdpSocket::bind("127.0.0.1:0").unwrap()).is_err());
    }
}
