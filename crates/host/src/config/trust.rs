//! What the configuration means to those who decide.

use std::net::IpAddr;

use clawlets_release::{
    signature::{KeyId, PublicKey},
    trust::{EarlierPointers, Keyring, Rollback, Signatures, Trust},
    update::{Reboots, Settings},
    value::Version,
};
use jiff::Timestamp;
use url::{Host, Url};

use super::{Config, ConfigError, Loader};

/// When this program was made, to the day: no clock that shows less was ever set.
const MADE: &str = match option_env!("CLAWLETS_BUILD_DATE") {
    Some(date) => date,
    None => "2026-11-01T00:00:00Z",
};

impl Config {
    /// Whom this host believes.
    ///
    /// # Errors
    /// [`ConfigError::Updates`] when there is no key, or one that cannot be read.
    pub fn trust(&self) -> Result<Trust, ConfigError> {
        let updates = &self.updates;
        let current = keys("updates.public_keys", &updates.public_keys)?;
        if current.is_empty() && !updates.allow_unsigned {
            let message = "names no key, so no release could be believed".to_owned();
            return Err(ConfigError::Updates { key: "updates.public_keys", message });
        }
        let revoked = updates.revoked_keys.iter().map(|text| {
            let wrong = |_| ConfigError::Updates {
                key: "updates.revoked_keys",
                message: format!("{text:?} is not 16 hexadecimal digits"),
            };
            KeyId::parse(text).map_err(wrong)
        });
        let keys = Keyring {
            current,
            previous: keys("updates.previous_public_keys", &updates.previous_public_keys)?,
            previous_until: updates.previous_valid_until.map(|until| until.timestamp()),
            recovery: keys("updates.recovery_public_keys", &updates.recovery_public_keys)?,
            revoked: revoked.collect::<Result<_, _>>()?,
        };
        Ok(Trust {
            host: self.host.clone(),
            system: self.system.clone(),
            channel: self.channel.clone(),
            keys,
            signatures: if updates.allow_unsigned { Signatures::Optional } else { Signatures::Required },
            max_age: updates.max_age,
            rollback: if updates.allow_rollback { Rollback::Allowed } else { Rollback::Refused },
            earlier_pointers: if updates.legacy_pointer {
                EarlierPointers::Accepted
            } else {
                EarlierPointers::Refused
            },
            substituters: self.cache.substituters.iter().cloned().collect(),
            cache_keys: self.cache.trusted_public_keys.iter().cloned().collect(),
            updater: Version::parse(env!("CARGO_PKG_VERSION"))
                .expect("the version of a crate has three numbers"),
            built_at: MADE.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }

    /// What the state machine asks of this host.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let may_reboot = self.reboot.allowed && self.boot.loader != Loader::None;
        Settings {
            host: self.host.clone(),
            channel: self.channel.clone(),
            probation: self.health.probation,
            reboots: if may_reboot { Reboots::Allowed } else { Reboots::Never },
        }
    }

    /// The folders in which the mirrors keep this host's pointer.
    ///
    /// # Errors
    /// [`ConfigError::Updates`] when there is none, or one that this host must not ask.
    pub fn mirrors(&self) -> Result<Vec<Url>, ConfigError> {
        let wrong = |message: String| ConfigError::Updates { key: "updates.base_urls", message };
        if self.updates.base_urls.is_empty() {
            return Err(wrong("names no mirror".to_owned()));
        }
        let folder = |text: &String| {
            let place = format!("{}/{}/{}/", text.trim_end_matches('/'), self.host, self.channel);
            let url = Url::parse(&place).map_err(|error| wrong(format!("{text:?}: {error}")))?;
            match url.scheme() {
                "https" => Ok(url),
                "http" if self.updates.plain_http || is_here(&url) => Ok(url),
                "http" => Err(wrong(format!("{text:?} is plain HTTP; updates.plain_http allows that"))),
                _ => Err(wrong(format!("{text:?} is not HTTPS"))),
            }
        };
        self.updates.base_urls.iter().map(folder).collect()
    }
}

/// Whether a URL leads to this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn keys(key: &'static str, texts: &[String]) -> Result<Vec<PublicKey>, ConfigError> {
    let read = |text: &String| {
        PublicKey::parse(text).map_err(|_| ConfigError::Updates {
            key,
            message: format!("{text:?} is no public key of minisign"),
        })
    };
    texts.iter().map(read).collect()
}
