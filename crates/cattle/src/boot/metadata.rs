//! The identity from the provider's metadata service.

use std::{net::Ipv4Addr, thread};

use clawlets_model::{Secret, boot::Boot, limits};
use ureq::Agent;

use super::{BootError, BootSource};
use crate::{
    deadline::Deadline,
    names::Names,
    session::{Backoff, http},
};

/// Where every provider serves metadata. The task must not reach it.
pub const METADATA_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// The longest metadata document that is read, in bytes.
const METADATA_LIMIT: u64 = 64 * 1024;

/// The metadata service, in Hetzner's dialect.
#[derive(Debug)]
pub struct MetadataService {
    agent: Agent,
    base: String,
}

impl MetadataService {
    /// The service at its well-known address.
    #[must_use]
    pub fn new() -> Self {
        Self::at(format!("http://{METADATA_ADDRESS}/hetzner/v1"))
    }

    /// The service at another base URL, without trailing slash.
    #[must_use]
    pub fn at(base: String) -> Self {
        Self { agent: http::agent(), base }
    }

    fn get(&self, document: &str, limit: u64) -> Result<String, String> {
        let url = format!("{}/{document}", self.base);
        let mut answer = self.agent.get(&url).call().map_err(|error| error.to_string())?;
        if answer.status() != 200 {
            return Err(format!("HTTP status {}", answer.status().as_u16()));
        }
        answer.body_mut().with_config().limit(limit).read_to_string().map_err(|error| error.to_string())
    }
}

impl Default for MetadataService {
    fn default() -> Self {
        Self::new()
    }
}

impl BootSource for MetadataService {
    fn read(&mut self, deadline: &Deadline) -> Result<Boot, BootError> {
        let mut backoff = Backoff::new();
        loop {
            match self.get("userdata", limits::USER_DATA as u64) {
                Ok(text) => return Ok(Boot::from_user_data(Secret::from(text).expose())?),
                Err(last) if deadline.remaining() <= backoff.longest() => {
                    return Err(BootError::NoMetadata { last });
                }
                Err(_) => thread::sleep(backoff.next_pause()),
            }
        }
    }

    fn forget(&mut self) -> Result<(), BootError> {
        Ok(())
    }

    fn names(&self) -> Names {
        let document = self.get("metadata", METADATA_LIMIT).ok();
        Names { hostname: document.as_deref().and_then(hostname_in), machine_id: None }
    }
}

/// The `hostname` of a metadata document. The document is YAML; a name never needs more of YAML than quotes.
fn hostname_in(document: &str) -> Option<String> {
    let value = document.lines().find_map(|line| line.strip_prefix("hostname:"))?;
    let name = value.trim().trim_matches(['"', '\'']);
    let valid = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    valid.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hostname_is_found_or_left_alone() {
        for (document, expected) in [
            ("instance-id: 7\nhostname: \"cattle-rex\"\n", Some("cattle-rex")),
            ("hostname: plain\nx: y", Some("plain")),
            ("hostname: 'a b'", None),
            ("hostname:", None),
            ("", None),
        ] {
            assert_eq!(hostname_in(document).as_deref(), expected, "{document:?}");
        }
    }
}
