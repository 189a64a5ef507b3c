//! Key pairs: the private half is the value, the public half is for everybody.

use clawlets_model::Secret;
use jiff::Timestamp;
use ssh_key::{
    LineEnding, PrivateKey,
    private::{Ed25519Keypair, KeypairData},
};
use zeroize::{Zeroize, Zeroizing};

use super::{GenerateError, Generated};
use crate::AgeIdentity;

pub(super) fn age(now: Timestamp) -> Generated {
    let identity = AgeIdentity::generate();
    Generated { value: identity.to_file(now), public: Some(identity.recipient().to_string()), password: None }
}

pub(super) fn ssh(comment: &str) -> Result<Generated, GenerateError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut()).map_err(|error| GenerateError::Failed(error.to_string()))?;
    let made = || {
        let pair = KeypairData::from(Ed25519Keypair::from_seed(&seed));
        let key = PrivateKey::new(pair, comment)?;
        let public = key.public_key().to_openssh()?;
        Ok::<_, ssh_key::Error>((key.to_openssh(LineEnding::LF)?, public))
    };
    let (private, public) = made().map_err(|error| GenerateError::Failed(error.to_string()))?;
    Ok(Generated { value: Secret::from(private.as_str()), public: Some(public), password: None })
}

pub(super) fn minisign(comment: &str) -> Result<Generated, GenerateError> {
    let made = || {
        let pair = minisign::KeyPair::generate_unencrypted_keypair()?;
        let mut secret = pair.sk.to_box(Some(comment))?.into_string();
        let value = Secret::from(secret.as_str());
        secret.zeroize();
        Ok::<_, minisign::PError>((value, pair.pk.to_base64()))
    };
    let (value, public) = made().map_err(|error| GenerateError::Failed(error.to_string()))?;
    Ok(Generated { value, public: Some(public), password: None })
}
