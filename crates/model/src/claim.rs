//! How a clone becomes somebody: what its host and the guest program say on a virtio-serial port of the guest's own.
//!
//! A clone is the copy of a guest that was stopped while it was nobody. It sees no new command line and no new firmware
//! tables, its clock stands still, and its kernel would give the same random bytes as all its siblings. So:
//!
//! 1. A kernel whose command line holds [`PARK_WORD`] makes the guest program open the port named [`PORT_NAME`], write
//!    [`PARKED`], and wait, in a process that was executed for that. Up to here it drew nothing and asked nobody.
//! 2. The host writes one frame of [`FRAME`] bytes, a [`Claim`], and right behind it as many bytes of user data as the
//!    frame says. It may do so before the clone runs: the bytes wait in the port.
//! 3. The guest reads that frame and not a byte more, feeds the seed to its kernel, sets the clock, and only then reads the
//!    user data, draws its nonce and speaks to anybody. It takes the names before there is a task.
//!
//! The deadline is in the user data, as for every guest: its seconds remaining count from the claim on.
//!
//! A clone may **rehearse** any number of times before it is claimed, so that its emulator has translated the code by
//! then: the same frame with another magic, then [`PARKED`] once more. See [`crate::rehearsal`].
//!
//! The frame, in little-endian byte order:
//!
//! | At | Bytes | |
//! |---|---|---|
//! | 0 | 8 | magic: a claim or a rehearsal |
//! | 8 | 8 | the server's id; zero in a rehearsal and only there |
//! | 16 | 8 | the time, in nanoseconds since 1970 |
//! | 24 | 4 | how many bytes of user data follow the frame, at most 32,768 |
//! | 28 | 4 | flags; none is defined, so all are zero |
//! | 32 | 64 | the seed |
//! | 96 | 16 | the machine id |
//! | 112 | 64 | the host name, filled up with zeros; empty: the guest keeps the name it has |
//! | 176 | 336 | zeros |

use std::num::NonZeroU64;

use jiff::Timestamp;
use thiserror::Error;

use crate::{Secret, ident::InvalidName, limits};

/// The word on the kernel's command line that makes the guest program wait for a claim. The kernel takes a word with a
/// dot for a module's business and passes it to nobody.
pub const PARK_WORD: &str = "clawlets.park";
/// The name of the virtio-serial port, as the guest finds it in `/sys/class/virtio-ports/*/name`.
pub const PORT_NAME: &str = "clawlets.claim";
/// What the guest writes to the port when it waits for a frame. It writes nothing else there.
pub const PARKED: &[u8] = b"parked\n";
/// The length of a frame, in bytes.
pub const FRAME: usize = 512;
/// The length of the seed, in bytes: twice what the kernel's generator holds.
pub const SEED: usize = 64;
/// The longest host name that a kernel keeps, in bytes.
pub const HOST_NAME: usize = 64;

const CLAIM_MAGIC: &[u8; 8] = b"clw-cla1";
const REHEARSAL_MAGIC: &[u8; 8] = b"clw-reh1";

/// Whom the guest becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The server with this id, for the rest of its life.
    Server(NonZeroU64),
    /// Nobody: it does everything once, forgets it, and parks again.
    Rehearsal,
}

/// The name of a guest: 1 to 64 letters, digits, dashes, dots and underscores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestName(String);

impl GuestName {
    /// Reads a name exactly as it is written.
    ///
    /// # Errors
    /// [`InvalidName`] on anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let valid = (1..=HOST_NAME).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            let expected = "letters, digits, dashes, dots and underscores, at most 64 characters";
            Err(InvalidName::new("guest name", text, expected))
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a guest is told when it becomes somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whom it becomes.
    pub role: Role,
    /// What the clock says. The wire holds nanoseconds of the years 1970 to 2262; other times are cut to these.
    pub time: Timestamp,
    /// Random bytes that no other guest gets.
    pub seed: Secret<[u8; SEED]>,
    /// Random bytes that name the machine. They are no secret.
    pub machine_id: [u8; 16],
    /// Its name; none: it keeps the name it has.
    pub hostname: Option<GuestName>,
    /// How many bytes of user data follow the frame, at most 32,768.
    pub user_data_length: usize,
}

/// Why bytes are not a claim.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// They begin with something else.
    #[error("the frame is neither a claim nor a rehearsal")]
    Magic,
    /// A server without an id, or a rehearsal with one.
    #[error("the frame's server id does not fit its kind")]
    ServerId,
    /// The time is before 1970.
    #[error("the frame's time is before 1970")]
    Time,
    /// More user data than a guest may get.
    #[error("the frame announces {0} bytes of user data, more than {max}", max = limits::USER_DATA)]
    UserData(u32),
    /// A flag that this version does not know.
    #[error("the frame has unknown flags: {0:#x}")]
    Flags(u32),
    /// Every byte of the seed is the same, so somebody forgot to fill it.
    #[error("the frame's seed is not random")]
    Seed,
    /// The name is not one, or not filled up with zeros.
    #[error("the frame's host name is not valid")]
    HostName,
    /// The rest is not zero.
    #[error("the frame's padding is not zero")]
    Padding,
}

impl Claim {
    /// The frame. It holds the seed.
    ///
    /// A `user_data_length` beyond 32,768 is encoded all the same, and refused by [`Claim::decode`].
    #[must_use]
    pub fn encode(&self) -> Secret<[u8; FRAME]> {
        let (magic, server_id) = match self.role {
            Role::Server(id) => (CLAIM_MAGIC, id.get()),
            Role::Rehearsal => (REHEARSAL_MAGIC, 0),
        };
        let time = i64::try_from(self.time.as_nanosecond().max(0)).unwrap_or(i64::MAX);
        let length = u32::try_from(self.user_data_length).unwrap_or(u32::MAX);
        let mut frame = [0; FRAME];
        let mut rest = frame.as_mut_slice();
        let mut put = |bytes: &[u8], room: usize| {
            let (field, behind) = std::mem::take(&mut rest).split_at_mut(room);
            field[..bytes.len()].copy_from_slice(bytes);
            rest = behind;
        };
        put(magic, 8);
        put(&server_id.to_le_bytes(), 8);
        put(&time.to_le_bytes(), 8);
        put(&length.to_le_bytes(), 4);
        put(&[], 4);
        put(self.seed.expose(), SEED);
        put(&self.machine_id, 16);
        put(self.hostname.as_ref().map_or("", GuestName::as_str).as_bytes(), HOST_NAME);
        Secret::new(frame)
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`ClaimError`] on anything that [`Claim::encode`] does not write. No message quotes the frame.
    pub fn decode(frame: &[u8; FRAME]) -> Result<Self, ClaimError> {
        let mut rest = frame.as_slice();
        let magic = take::<8>(&mut rest);
        let server_id = NonZeroU64::new(u64::from_le_bytes(take(&mut rest)));
        let role = match (&magic, server_id) {
            (CLAIM_MAGIC, Some(id)) => Role::Server(id),
            (REHEARSAL_MAGIC, None) => Role::Rehearsal,
            (CLAIM_MAGIC, None) | (REHEARSAL_MAGIC, Some(_)) => return Err(ClaimError::ServerId),
            (_, _) => return Err(ClaimError::Magic),
        };
        let nanoseconds = i64::from_le_bytes(take(&mut rest));
        let time = Timestamp::from_nanosecond(nanoseconds.into()).ok().filter(|_| nanoseconds >= 0);
        let time = time.ok_or(ClaimError::Time)?;
        let length = u32::from_le_bytes(take(&mut rest));
        let user_data_length = usize::try_from(length).ok().filter(|length| *length <= limits::USER_DATA);
        let user_data_length = user_data_length.ok_or(ClaimError::UserData(length))?;
        let flags = u32::from_le_bytes(take(&mut rest));
        if flags != 0 {
            return Err(ClaimError::Flags(flags));
        }
        let seed = Secret::new(take::<SEED>(&mut rest));
        if seed.expose().iter().all(|byte| *byte == seed.expose()[0]) {
            return Err(ClaimError::Seed);
        }
        let machine_id = take(&mut rest);
        let hostname = hostname(&take(&mut rest))?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(ClaimError::Padding);
        }
        Ok(Self { role, time, seed, machine_id, hostname, user_data_length })
    }

    /// The machine id as `/etc/machine-id` has it: 32 hex digits.
    #[must_use]
    pub fn machine_id_text(&self) -> String {
        hex::encode(self.machine_id)
    }
}

/// The next field of a frame.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (field, behind) = rest.split_first_chunk().expect("the fields together are shorter than a frame");
    *rest = behind;
    *field
}

fn hostname(field: &[u8; HOST_NAME]) -> Result<Option<GuestName>, ClaimError> {
    let length = field.iter().position(|byte| *byte == 0).unwrap_or(HOST_NAME);
    let (name, padding) = field.split_at(length);
    if padding.iter().any(|byte| *byte != 0) {
        return Err(ClaimError::HostName);
    }
    if name.is_empty() {
        return Ok(None);
    }
    let name = str::from_utf8(name).ok().and_then(|name| GuestName::parse(name).ok());
    name.map(Some).ok_or(ClaimError::HostName)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim() -> Claim {
        Claim {
            role: Role::Server(NonZeroU64::new(0x0102_0304).unwrap()),
            time: Timestamp::from_nanosecond(1_795_000_000_123_456_789).unwrap(),
            seed: Secret::new(std::array::from_fn(|at| u8::try_from(at).unwrap())),
            machine_id: [0xAB; 16],
            hostname: Some(GuestName::parse("cattle-rex").unwrap()),
            user_data_length: 0x1234,
        }
    }

    #[test]
    fn the_encoding_is_the_documented_bytes() {
        let frame = claim().encode();
        let frame = frame.expose();
        assert_eq!(&frame[..8], b"clw-cla1");
        assert_eq!(frame[8..16], [4, 3, 2, 1, 0, 0, 0, 0]);
        assert_eq!(frame[16..24], 1_795_000_000_123_456_789_i64.to_le_bytes());
        assert_eq!(frame[24..32], [0x34, 0x12, 0, 0, 0, 0, 0, 0]);
        assert_eq!((frame[32], frame[95]), (0, 63));
        assert_eq!(frame[96..112], [0xAB; 16]);
        assert_eq!(&frame[112..123], b"cattle-rex\0");
        assert!(frame[123..].iter().all(|byte| *byte == 0));
        assert_eq!(claim().machine_id_text(), "ab".repeat(16));
    }

    #[test]
    fn a_rehearsal_differs_in_its_magic_and_has_no_server() {
        let rehearsal = Claim { role: Role::Rehearsal, hostname: None, ..claim() };
        let frame = rehearsal.encode();
        assert_eq!((&frame.expose()[..8], frame.expose()[8]), (b"clw-reh1".as_slice(), 0));
        assert_eq!(Claim::decode(frame.expose()), Ok(rehearsal));
    }

    #[test]
    fn what_a_host_would_never_write_is_refused_by_name() {
        type Damage = fn(&mut [u8; FRAME]);
        let cases: [(&str, Damage, ClaimError); 12] = [
            ("another magic", |f| f[7] = b'2', ClaimError::Magic),
            ("nothing at all", |f| f.fill(0), ClaimError::Magic),
            ("a server without an id", |f| f[8..16].fill(0), ClaimError::ServerId),
            ("a rehearsal with an id", |f| f[..8].copy_from_slice(b"clw-reh1"), ClaimError::ServerId),
            ("before 1970", |f| f[23] = 0x80, ClaimError::Time),
            ("too much user data", |f| f[26] = 1, ClaimError::UserData(0x1_1234)),
            ("a flag", |f| f[28] = 2, ClaimError::Flags(2)),
            ("a seed of zeros", |f| f[32..96].fill(0), ClaimError::Seed),
            ("a name with a space", |f| f[113] = b' ', ClaimError::HostName),
            ("a name that is not text", |f| f[113] = 0xFF, ClaimError::HostName),
            ("bytes behind the name", |f| f[175] = b'x', ClaimError::HostName),
            ("bytes at the end", |f| f[511] = 1, ClaimError::Padding),
        ];
        for (name, damage, expected) in cases {
            let mut frame = *claim().encode().expose();
            damage(&mut frame);
            assert_eq!(Claim::decode(&frame), Err(expected), "{name}");
        }
    }

    #[test]
    fn a_claim_does_not_print_its_seed() {
        let text = format!("{:?} {:?}", claim(), claim().encode());
        assert!(text.contains("<redacted>") && !text.contains("62, 63"), "{text}");
    }

    #[test]
    fn times_that_the_wire_cannot_hold_are_cut() {
        for (time, expected) in [(Timestamp::MIN, 0), (Timestamp::MAX, i64::MAX.into())] {
            let read = Claim::decode(Claim { time, ..claim() }.encode().expose()).unwrap();
            assert_eq!(read.time.as_nanosecond(), expected);
        }
    }

    #[test]
    fn a_guest_name_is_what_a_kernel_keeps() {
        for (name, valid) in [("a", true), ("Web-1.x_y", true), ("", false), ("a b", false), ("ä", false)] {
            assert_eq!(GuestName::parse(name).is_ok(), valid, "{name}");
        }
        assert!(GuestName::parse(&"a".repeat(64)).is_ok() && GuestName::parse(&"a".repeat(65)).is_err());
    }

    proptest! {
        #[test]
        fn every_claim_survives_the_trip(
            id in any::<u64>(), time in 0_i64.., seed in any::<[u8; 32]>(), machine_id in any::<[u8; 16]>(),
            name in proptest::option::of("[A-Za-z0-9._-]{1,64}"), user_data_length in 0..=limits::USER_DATA,
        ) {
            let claim = Claim {
                role: NonZeroU64::new(id).map_or(Role::Rehearsal, Role::Server),
                time: Timestamp::from_nanosecond(time.into()).unwrap(),
                seed: Secret::new(std::array::from_fn(|at| if at < 32 { seed[at] } else { !seed[at - 32] })),
                machine_id,
                hostname: name.map(|name| GuestName::parse(&name).unwrap()),
                user_data_length,
            };
            prop_assert_eq!(Claim::decode(claim.encode().expose()), Ok(claim));
        }

        #[test]
        fn any_bytes_are_refused_or_exactly_a_claim(
            at in 0..FRAME, bytes in proptest::collection::vec(any::<u8>(), 1..FRAME),
        ) {
            let mut frame = *claim().encode().expose();
            let end = FRAME.min(at + bytes.len());
            frame[at..end].copy_from_slice(&bytes[..end - at]);
            if let Ok(read) = Claim::decode(&frame) {
                prop_assert!(read.user_data_length <= limits::USER_DATA);
                let again = read.encode();
                prop_assert_eq!(again.expose(), &frame);
            }
        }
    }
}
