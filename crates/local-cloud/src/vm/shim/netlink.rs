//! The two messages of the kernel's routing protocol that a namespace with nothing but loopback needs, as bytes.

use std::net::Ipv4Addr;

/// The first interface of every network namespace is its loopback.
const LOOPBACK_INDEX: u32 = 1;
/// `RTM_NEWLINK`: change an interface.
const NEW_LINK: u16 = 16;
/// `RTM_NEWADDR`: add an address.
const NEW_ADDRESS: u16 = 20;
/// `NLM_F_REQUEST | NLM_F_ACK`: do it, and say how it went.
const REQUEST_WITH_ANSWER: u16 = 0x0005;
/// `NLM_F_CREATE | NLM_F_REPLACE`: no error if it is there already.
const CREATE_OR_REPLACE: u16 = 0x0500;
/// `NLMSG_ERROR`: the answer to a request; a zero code means that it was done.
const ERROR: u16 = 2;
/// `IFF_UP`
const UP: u32 = 1;
const FAMILY_IPV4: u8 = 2;
const WHOLE_ADDRESS: u8 = 32;
/// `RT_SCOPE_HOST`: meant for this namespace only.
const SCOPE_HOST: u8 = 254;
/// `IFA_LOCAL`
const LOCAL_ADDRESS: u16 = 2;
const HEADER_LENGTH: u32 = 16;

/// Asks the kernel to switch loopback on.
pub(super) fn bring_loopback_up() -> Vec<u8> {
    let mut body = vec![0; 4];
    for word in [LOOPBACK_INDEX, UP, UP] {
        body.extend_from_slice(&word.to_ne_bytes());
    }
    message(NEW_LINK, REQUEST_WITH_ANSWER, &body)
}

/// Asks the kernel to give loopback one more address.
pub(super) fn add_to_loopback(address: Ipv4Addr) -> Vec<u8> {
    let mut body = vec![FAMILY_IPV4, WHOLE_ADDRESS, 0, SCOPE_HOST];
    body.extend_from_slice(&LOOPBACK_INDEX.to_ne_bytes());
    for half in [8, LOCAL_ADDRESS] {
        body.extend_from_slice(&half.to_ne_bytes());
    }
    body.extend_from_slice(&address.octets());
    message(NEW_ADDRESS, REQUEST_WITH_ANSWER | CREATE_OR_REPLACE, &body)
}

/// The error number in the kernel's answer: zero when the request was done, `None` when it is no such answer.
pub(super) fn answer(bytes: &[u8]) -> Option<i32> {
    let (header, body) = bytes.split_first_chunk::<16>()?;
    let kind = u16::from_ne_bytes([header[4], header[5]]);
    let code = i32::from_ne_bytes(*body.first_chunk()?);
    (kind == ERROR).then_some(-code)
}

fn message(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let length = HEADER_LENGTH + u32::try_from(body.len()).expect("the bodies here are a few words long");
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&length.to_ne_bytes());
    for half in [kind, flags] {
        bytes.extend_from_slice(&half.to_ne_bytes());
    }
    // Sequence number and sender; one request at a time needs neither.
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_declare_their_own_length_and_are_aligned() {
        for bytes in [bring_loopback_up(), add_to_loopback(Ipv4Addr::new(169, 254, 169, 254))] {
            assert_eq!(u32::from_ne_bytes(*bytes.first_chunk().unwrap()) as usize, bytes.len());
            assert_eq!(bytes.len() % 4, 0);
        }
    }

    #[test]
    fn answers_tell_success_from_failure_and_from_other_messages() {
        assert_eq!(answer(&message(ERROR, 0, &0_i32.to_ne_bytes())), Some(0));
        assert_eq!(answer(&message(ERROR, 0, &(-1_i32).to_ne_bytes())), Some(1));
        assert_eq!(answer(&message(NEW_LINK, 0, &[0; 16])), None);
        assert_eq!(answer(&[0; 7]), None);
    }
}
