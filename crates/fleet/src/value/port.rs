//! The port of a bot's gateway.

use clawlets_model::BotId;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::{
    form::{Form, Reader},
    json::Node,
    problem::ProblemCode,
};

/// The first port that follows from a name, and how many there are. They lie below those that systems hand out to
/// connections.
const FIRST_BY_NAME: u16 = 20_000;
const BY_NAME: u16 = 10_000;

/// Where a bot's gateway listens: a port of its own, or 0 for one that follows from the bot's name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct GatewayPort(Option<u16>);

impl GatewayPort {
    /// The lowest port that needs no privilege.
    pub const LOWEST: u16 = 1_024;

    /// A port; `None` when it needs a privilege. Zero means one that follows from the bot's name.
    #[must_use]
    pub const fn new(port: u16) -> Option<Self> {
        match port {
            0 => Some(Self(None)),
            1..Self::LOWEST => None,
            Self::LOWEST.. => Some(Self(Some(port))),
        }
    }

    /// The port, where one is fixed.
    #[must_use]
    pub const fn fixed(self) -> Option<u16> {
        self.0
    }

    /// The port of a bot with this setting: the one that is fixed, or else one from 20000 to 29999 that follows from its
    /// name alone, so that it stays when other bots come and go.
    #[must_use]
    pub fn of(self, bot: &BotId) -> u16 {
        self.0.unwrap_or_else(|| {
            let digest = Sha256::digest(bot.as_str());
            FIRST_BY_NAME + u16::from_be_bytes([digest[0], digest[1]]) % BY_NAME
        })
    }
}

impl Form for GatewayPort {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let number = u32::read(node, reader)?;
        let port = u16::try_from(number).ok().and_then(Self::new);
        if port.is_none() {
            reader.invalid(node, ProblemCode::OutOfRange, "0, or a port from 1024 to 65535", None);
        }
        port
    }

    fn schema() -> Json {
        json!({ "anyOf": [{ "const": 0 }, { "type": "integer", "minimum": Self::LOWEST, "maximum": u16::MAX }] })
    }

    fn to_json(&self) -> Json {
        json!(self.0.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_follows_from_the_name_unless_one_is_fixed() {
        let bot = |name| BotId::parse(name).unwrap();
        // These numbers never change: hosts and firewalls know them.
        let by_name = |name| GatewayPort::default().of(&bot(name));
        assert_eq!([by_name("maren"), by_name("sonja")], [23_424, 29_076]);
        assert_eq!(GatewayPort::new(18_789).unwrap().of(&bot("maren")), 18_789);
    }
}
