//! The bytes of a netlink request.

const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_ACK: u16 = 0x4;
const NLM_F_EXCL: u16 = 0x200;
const NLM_F_CREATE: u16 = 0x400;
/// Length, type, flags, sequence number, sender.
pub(super) const HEADER: usize = 16;

/// A request that is being written: a header, a fixed part, then attributes.
#[derive(Debug)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A request to change something.
    pub(super) fn new(kind: u16) -> Self {
        Self::with_flags(kind, NLM_F_REQUEST | NLM_F_ACK)
    }

    /// A request to make something that must not exist yet.
    pub(super) fn creating(kind: u16) -> Self {
        Self::with_flags(kind, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)
    }

    fn with_flags(kind: u16, flags: u16) -> Self {
        let mut message = Self(vec![0; HEADER]);
        message.0[4..6].copy_from_slice(&kind.to_ne_bytes());
        message.0[6..8].copy_from_slice(&flags.to_ne_bytes());
        message.0[8..12].copy_from_slice(&1_u32.to_ne_bytes());
        message
    }

    /// Adds bytes of the fixed part.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a number of the fixed part.
    pub(super) fn number(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_ne_bytes())
    }

    /// Adds an attribute: its length without padding, its type, its value, padding to four bytes.
    pub(super) fn attribute(&mut self, kind: u16, value: &[u8]) -> &mut Self {
        let length = u16::try_from(value.len() + 4).expect("our attributes are addresses and numbers");
        self.bytes(&length.to_ne_bytes()).bytes(&kind.to_ne_bytes()).bytes(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    /// The request as it is sent.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let length = u32::try_from(self.0.len()).expect("our requests have a few attributes");
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_headers_and_not_padding() {
        let mut message = Message::new(16);
        message.bytes(&[1, 2, 3, 4]).attribute(7, &[9; 5]);
        let bytes = message.finish();
        assert_eq!(bytes.len(), HEADER + 4 + 12);
        assert_eq!(bytes[..4], 32_u32.to_ne_bytes());
        assert_eq!(bytes[20..24], [9_u16.to_ne_bytes(), 7_u16.to_ne_bytes()].concat());
    }
}
