//! The first bytes on a connection that a relay opens for a local guest: a PROXY protocol v2 header whose unique-id
//! field names the server.
//!
//! The relay, not the guest, writes this header, so a reader behind the relay's unix socket knows which virtual
//! machine calls, whatever the guest claims. The peer still ends up choosing the bytes that follow, and another
//! local process may connect to the socket, so [`decode`] trusts nothing: it is bounded and never panics.

use thiserror::Error;

/// The twelve bytes that begin every PROXY protocol v2 header.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family, and the length of the rest.
const FIXED_LENGTH: usize = 16;
/// Version 2, command `LOCAL`: the proxy speaks for itself.
const VERSION_2_LOCAL: u8 = 0x20;
/// Version 2, command `PROXY`: the proxy speaks for a client.
const VERSION_2_PROXY: u8 = 0x21;
/// No address block: the client is named by a field instead.
const FAMILY_UNSPECIFIED: u8 = 0x00;
/// Type of the field that holds the client's unique id (`PP2_TYPE_UNIQUE_ID`).
const FIELD_UNIQUE_ID: u8 = 0x05;
/// Type and length of a field, before its value.
const FIELD_HEADER_LENGTH: usize = 3;
/// Decimal digits of the largest server id.
const MAX_ID_DIGITS: usize = 20;

/// The longest header that [`decode`] accepts, in bytes. A reader never has to buffer more than this.
pub const MAX_LENGTH: usize = 256;

/// Who is behind a relayed connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProxyHeader {
    /// The id of the server at its provider; never zero.
    pub server_id: u64,
}

/// What [`decode`] found at the front of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// So far the bytes are a valid beginning; call again with at least `need` bytes in all.
    Incomplete {
        /// How long the buffer must be before another attempt can get further; greater than it was, and at most
        /// [`MAX_LENGTH`].
        need: usize,
    },
    /// A whole header.
    Complete {
        /// What it says.
        header: ProxyHeader,
        /// How many bytes it took; the stream's own bytes begin there.
        length: usize,
    },
}

/// Why bytes are not a header of ours.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProxyHeaderError {
    /// The stream begins with something else.
    #[error("the connection does not begin with a PROXY protocol v2 signature")]
    Signature,
    /// Another version, or a command that is neither `LOCAL` nor `PROXY`.
    #[error("PROXY protocol version and command 0x{0:02x} are not supported")]
    Command(u8),
    /// An address block is present, so the header was not written by a relay.
    #[error("PROXY protocol address family 0x{0:02x} is not supported, only unspecified (0x00)")]
    Family(u8),
    /// Longer than [`MAX_LENGTH`].
    #[error("the PROXY protocol header is {0} bytes long, at most {MAX_LENGTH} are allowed")]
    TooLong(usize),
    /// A field runs past the end of the header.
    #[error("a PROXY protocol field of type 0x{0:02x} runs past the end of the header")]
    FieldOverrun(u8),
    /// There are bytes after the last field that cannot be a field.
    #[error("the PROXY protocol header ends in the middle of a field")]
    TrailingBytes,
    /// No unique id, so nobody knows who calls.
    #[error("the PROXY protocol header has no unique id")]
    NoUniqueId,
    /// More than one unique id, so the caller is ambiguous.
    #[error("the PROXY protocol header has more than one unique id")]
    RepeatedUniqueId,
    /// The unique id is not a server id: decimal, without sign or leading zero, greater than zero.
    #[error("the PROXY protocol unique id is not a server id")]
    ServerId,
}

/// The header for connections of the server `server_id`.
///
/// A zero id is encoded like any other, and refused by [`decode`].
#[must_use]
pub fn encode(server_id: u64) -> Vec<u8> {
    let id = server_id.to_string();
    let id_length = u8::try_from(id.len()).expect("a decimal u64 has at most 20 digits");
    let fields_length = FIELD_HEADER_LENGTH as u8 + id_length;
    let mut header = Vec::with_capacity(FIXED_LENGTH + usize::from(fields_length));
    header.extend_from_slice(&SIGNATURE);
    header.extend_from_slice(&[VERSION_2_PROXY, FAMILY_UNSPECIFIED]);
    header.extend_from_slice(&u16::from(fields_length).to_be_bytes());
    header.push(FIELD_UNIQUE_ID);
    header.extend_from_slice(&u16::from(id_length).to_be_bytes());
    header.extend_from_slice(id.as_bytes());
    header
}

/// Reads a header from the front of `bytes`, which may be only the part of the stream that has arrived.
///
/// # Errors
///
/// [`ProxyHeaderError`] as soon as the bytes cannot become a header that names a server; more bytes do not help then.
pub fn decode(bytes: &[u8]) -> Result<Decoded, ProxyHeaderError> {
    let seen = bytes.len().min(SIGNATURE.len());
    if bytes[..seen] != SIGNATURE[..seen] {
        return Err(ProxyHeaderError::Signature);
    }
    let Some((fixed, rest)) = bytes.split_first_chunk::<FIXED_LENGTH>() else {
        return Ok(Decoded::Incomplete { need: FIXED_LENGTH });
    };
    let [.., command, family, length_high, length_low] = *fixed;
    if command != VERSION_2_LOCAL && command != VERSION_2_PROXY {
        return Err(ProxyHeaderError::Command(command));
    }
    if family != FAMILY_UNSPECIFIED {
        return Err(ProxyHeaderError::Family(family));
    }
    let fields_length = usize::from(u16::from_be_bytes([length_high, length_low]));
    let length = FIXED_LENGTH + fields_length;
    if length > MAX_LENGTH {
        return Err(ProxyHeaderError::TooLong(length));
    }
    let Some(fields) = rest.get(..fields_length) else {
        return Ok(Decoded::Incomplete { need: length });
    };
    let server_id = server_id(unique_id(fields)?)?;
    Ok(Decoded::Complete { header: ProxyHeader { server_id }, length })
}

/// The value of the one unique-id field; fields of other types are skipped, as the protocol demands.
fn unique_id(mut fields: &[u8]) -> Result<&[u8], ProxyHeaderError> {
    let mut found = None;
    while !fields.is_empty() {
        let Some(([kind, high, low], rest)) = fields.split_first_chunk::<FIELD_HEADER_LENGTH>() else {
            return Err(ProxyHeaderError::TrailingBytes);
        };
        let Some((value, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
        else {
            return Err(ProxyHeaderError::FieldOverrun(*kind));
        };
        if *kind == FIELD_UNIQUE_ID && found.replace(value).is_some() {
            return Err(ProxyHeaderError::RepeatedUniqueId);
        }
        fields = rest;
    }
    found.ok_or(ProxyHeaderError::NoUniqueId)
}

fn server_id(value: &[u8]) -> Result<u64, ProxyHeaderError> {
    let canonical = value.len() <= MAX_ID_DIGITS
        && value.iter().all(u8::is_ascii_digit)
        && value.first().is_some_and(|first| *first != b'0');
    if !canonical {
        return Err(ProxyHeaderError::ServerId);
    }
    str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()).ok_or(ProxyHeaderError::ServerId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with_fields(command: u8, family: u8, fields: &[u8]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend_from_slice(&[command, family]);
        bytes.extend_from_slice(&u16::try_from(fields.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(fields);
        bytes
    }

    fn field(kind: u8, value: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(value);
        bytes
    }

    #[test]
    fn the_encoding_is_the_documented_bytes() {
        let expected = b"\r\n\r\n\0\r\nQUIT\n\x21\x00\x00\x05\x05\x00\x0242";
        assert_eq!(encode(42), expected);
    }

    #[test]
    fn fields_of_other_types_are_skipped_and_both_commands_are_read() {
        let fields = [field(0x04, b"padding"), field(0x05, b"7"), field(0xE0, b"")].concat();
        for command in [0x20, 0x21] {
            let bytes = with_fields(command, 0, &fields);
            let expected = Decoded::Complete { header: ProxyHeader { server_id: 7 }, length: bytes.len() };
            assert_eq!(decode(&bytes), Ok(expected));
        }
    }

    #[test]
    fn what_a_relay_would_never_write_is_refused_by_name() {
        let id = field(5, b"7");
        let cases = [
            ("another protocol", b"GET / HTTP/1.1\r\n".to_vec(), ProxyHeaderError::Signature),
            ("version 1 text", b"PROXY TCP4".to_vec(), ProxyHeaderError::Signature),
            ("version 3", with_fields(0x31, 0, &id), ProxyHeaderError::Command(0x31)),
            ("an unknown command", with_fields(0x22, 0, &id), ProxyHeaderError::Command(0x22)),
            ("an address", with_fields(0x21, 0x11, &id), ProxyHeaderError::Family(0x11)),
            ("too long", with_fields(0x21, 0, &field(5, &[b'1'; 300])), ProxyHeaderError::TooLong(319)),
            ("overrun", with_fields(0x21, 0, &[5, 0, 9, b'1']), ProxyHeaderError::FieldOverrun(5)),
            ("half a field", with_fields(0x21, 0, &[5, 0]), ProxyHeaderError::TrailingBytes),
            ("no fields", with_fields(0x21, 0, &[]), ProxyHeaderError::NoUniqueId),
            ("two ids", with_fields(0x21, 0, &[id.clone(), id].concat()), ProxyHeaderError::RepeatedUniqueId),
            ("an empty id", with_fields(0x21, 0, &field(5, b"")), ProxyHeaderError::ServerId),
            ("a zero id", with_fields(0x21, 0, &field(5, b"0")), ProxyHeaderError::ServerId),
            ("a leading zero", with_fields(0x21, 0, &field(5, b"07")), ProxyHeaderError::ServerId),
            ("a sign", with_fields(0x21, 0, &field(5, b"+7")), ProxyHeaderError::ServerId),
            (
                "past 64 bits",
                with_fields(0x21, 0, &field(5, b"18446744073709551616")),
                ProxyHeaderError::ServerId,
            ),
            ("not UTF-8", with_fields(0x21, 0, &field(5, &[0xFF])), ProxyHeaderError::ServerId),
        ];
        for (name, bytes, expected) in cases {
            assert_eq!(decode(&bytes), Err(expected), "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_server_id_survives_the_trip_and_the_stream_behind_it_is_left_alone(
            server_id in 1_u64.., stream in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let header = encode(server_id);
            let bytes = [header.clone(), stream].concat();
            let expected = Decoded::Complete { header: ProxyHeader { server_id }, length: header.len() };
            prop_assert_eq!(decode(&bytes), Ok(expected));
        }

        #[test]
        fn every_proper_prefix_asks_for_more_and_never_for_too_much(server_id in 1_u64.., cut in 0_usize..64) {
            let header = encode(server_id);
            let part = &header[..cut.min(header.len() - 1)];
            match decode(part) {
                Ok(Decoded::Incomplete { need }) => {
                    prop_assert!(need > part.len() && need <= header.len(), "need {need} of {}", header.len());
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }

        #[test]
        fn hostile_bytes_never_panic_and_are_bounded(
            has_signature in any::<bool>(), tail in proptest::collection::vec(any::<u8>(), 0..600),
        ) {
            let mut bytes = if has_signature { [&SIGNATURE[..], &[0x21, 0]].concat() } else { Vec::new() };
            bytes.extend_from_slice(&tail);
            match decode(&bytes) {
                Ok(Decoded::Complete { header, length }) => {
                    prop_assert!(length <= bytes.len().min(MAX_LENGTH));
                    prop_assert!(header.server_id > 0);
                }
                Ok(Decoded::Incomplete { need }) => prop_assert!(need > bytes.len() && need <= MAX_LENGTH),
                Err(_) => {}
            }
        }
    }
}
