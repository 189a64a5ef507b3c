//! From an identity to a session.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use clawlets_model::{EnvVarName, guest::BootNonce};
use rustix::rand::{GetRandomFlags, getrandom};

use super::{LifeError, milestone};
use crate::{
    boot::BootSource,
    deadline::Deadline,
    logs::LogQueue,
    session::{BaseUrl, Redeemed, redeem},
};

/// A machine that has become somebody.
pub(super) struct Birth {
    pub(super) redeemed: Redeemed,
    /// Public variables that came with the identity.
    pub(super) public_env: BTreeMap<EnvVarName, String>,
}

/// Learns the identity, moves the deadline to where that says, and redeems the token. The token is gone afterwards.
///
/// `born` is when the machine started, since the kernel did: seconds remaining count from there.
pub(super) fn be_born(
    source: &mut dyn BootSource,
    relays: &[IpAddr],
    deadline: &Deadline,
    born: Duration,
    log: &LogQueue,
) -> Result<Birth, LifeError> {
    let boot = source.read(deadline).map_err(LifeError::Boot)?;
    deadline.set_at(born.saturating_add(Duration::from_secs(boot.remaining)));
    let base = BaseUrl::parse(&boot.base_url, relays)?;
    let nonce = BootNonce::new(random_bytes()?);
    let redeemed = redeem(&base, boot.token, &nonce, deadline)?;
    deadline.set(redeemed.remaining);
    log.system(&milestone("redeemed"));
    if let Err(error) = source.forget() {
        // The token in it is spent, so it is worth nothing any more.
        log.system(&error.to_string());
    }
    Ok(Birth { redeemed, public_env: boot.env })
}

fn random_bytes() -> Result<[u8; 16], LifeError> {
    let mut bytes = [0; 16];
    // One call gives up to 256 bytes whole, once the kernel has enough entropy.
    let filled = getrandom(&mut bytes, GetRandomFlags::empty())
        .map_err(|errno| LifeError::system("draw random bytes")(errno.into()))?;
    if filled == bytes.len() {
        Ok(bytes)
    } else {
        Err(LifeError::system("draw random bytes")(std::io::ErrorKind::UnexpectedEof.into()))
    }
}
