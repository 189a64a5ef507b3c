//! The port of a bot's gateway.

use serde_json::{Value as Json, json};

use crate::{
    form::{Form, Reader},
    json::Node,
    problem::ProblemCode,
};

/// Where a bot's gateway listens: a port of its own, or 0 for one that follows from the bot's place among the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct GatewayPort(Option<u16>);

impl GatewayPort {
    /// The lowest port that needs no privilege.
    pub const LOWEST: u16 = 1_024;

    /// A port; `None` when it needs a privilege. Zero means one that follows from the bot's place.
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
