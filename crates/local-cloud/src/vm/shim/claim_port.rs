//! The host's end of a guest's claim port.

use std::{io, num::NonZeroU64, time::Duration};

use clawlets_model::{
    Secret,
    claim::{Claim, GuestName, PARKED, Role},
};
use jiff::Timestamp;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    time::timeout,
};

use crate::vm::spec::GuestSpec;

/// The longest line that a guest may write before it is claimed, in bytes.
const MAX_LINE: u64 = 256;
/// How many lines it may write until the one that says that it waits.
const MAX_LINES: usize = 64;

/// The port of a guest that is nobody.
#[derive(Debug)]
pub(super) struct ClaimPort {
    stream: BufReader<UnixStream>,
}

impl ClaimPort {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// Waits until the guest says that it waits for an identity.
    pub(super) async fn parked(&mut self, deadline: Duration) -> io::Result<()> {
        let says_so = async {
            for _ in 0..MAX_LINES {
                let mut line = Vec::new();
                (&mut self.stream).take(MAX_LINE).read_until(b'\n', &mut line).await?;
                if line == PARKED {
                    return Ok(());
                }
                if line.last() != Some(&b'\n') {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(io::Error::other("the guest says other things than that it waits for an identity"))
        };
        match timeout(deadline, says_so).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => {
                let seconds = deadline.as_secs();
                let text = format!("the guest did not wait for an identity within {seconds} s");
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
        }
    }

    /// Tells the guest that it is a server. What was written is read when its processor runs.
    pub(super) async fn claim(&mut self, spec: &GuestSpec) -> io::Result<()> {
        let id = NonZeroU64::new(spec.server_id)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a server's id is not zero"))?;
        // A name that a kernel does not keep is left out; the guest is a server without it.
        let hostname = GuestName::parse(&spec.hostname).ok();
        self.write(Role::Server(id), hostname, &spec.user_data).await
    }

    /// Tells the guest to play a server's life, with these user data.
    pub(super) async fn rehearse(&mut self, user_data: &Secret<String>) -> io::Result<()> {
        self.write(Role::Rehearsal, None, user_data.expose()).await
    }

    async fn write(&mut self, role: Role, hostname: Option<GuestName>, user_data: &str) -> io::Result<()> {
        let claim = Claim {
            role,
            time: Timestamp::now(),
            seed: Secret::new(random()?),
            machine_id: random()?,
            hostname,
            user_data_length: user_data.len(),
        };
        let message = [claim.encode().expose().as_slice(), user_data.as_bytes()].concat();
        self.stream.write_all(&message).await
    }

    /// Reads on for ever, so that a guest that writes is not held up, and believes nothing.
    pub(super) async fn ignore(mut self) {
        let mut ignored = [0; 512];
        while matches!(self.stream.read(&mut ignored).await, Ok(1..)) {}
    }
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_model::claim::FRAME;

    const SOON: Duration = Duration::from_secs(10);

    fn port() -> (ClaimPort, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (ClaimPort::new(ours), theirs)
    }

    #[tokio::test]
    async fn a_server_is_told_who_it_is_and_its_user_data_right_behind() {
        let (mut port, mut guest) = port();
        let spec = GuestSpec::example();
        port.claim(&spec).await.unwrap();
        let mut frame = [0; FRAME];
        guest.read_exact(&mut frame).await.unwrap();
        let claim = Claim::decode(&frame).unwrap();
        assert_eq!(claim.role, Role::Server(NonZeroU64::new(spec.server_id).unwrap()));
        assert_eq!(claim.hostname.unwrap().as_str(), "cattle-rex");
        let mut user_data = vec![0; claim.user_data_length];
        guest.read_exact(&mut user_data).await.unwrap();
        assert_eq!(user_data, spec.user_data.as_bytes());
    }

    #[tokio::test]
    async fn two_claims_share_neither_seed_nor_machine_id() {
        let (mut port, mut guest) = port();
        let mut seen = Vec::new();
        for _ in 0..2 {
            port.rehearse(&Secret::from("u")).await.unwrap();
            let mut message = [0; FRAME + 1];
            guest.read_exact(&mut message).await.unwrap();
            let claim = Claim::decode(message.first_chunk().unwrap()).unwrap();
            assert_eq!(claim.role, Role::Rehearsal);
            seen.push((*claim.seed.expose(), claim.machine_id));
        }
        assert_ne!(seen[0].0, seen[1].0);
        assert_ne!(seen[0].1, seen[1].1);
    }

    #[tokio::test]
    async fn a_guest_that_chatters_floods_or_ends_is_not_waited_for() {
        let cases: [(&[u8], bool); 4] =
            [(b"hello\nparked\n", true), (b"parked", false), (&[b'x'; 4096], false), (&[b'\n'; 4096], false)];
        for (says, waits) in cases {
            let (mut port, mut guest) = port();
            guest.write_all(says).await.unwrap();
            drop(guest);
            assert_eq!(port.parked(SOON).await.is_ok(), waits, "{says:?}");
        }
        let (mut port, _guest) = port();
        let late = port.parked(Duration::ZERO).await.unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
    }
}
