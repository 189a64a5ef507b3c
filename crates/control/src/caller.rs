//! Who asks.

use std::fmt;

use clawlets_model::{HostName, control::ControlErrorCode};

use crate::{refusal::Refusal, registry::Registry};

/// Who somebody is, by what they can prove: a token, or a signature of the chat that they write in. Nothing in a body
/// changes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Whoever has the operators' token.
    Human,
    /// The host that a token was given to.
    Instance(HostName),
    /// A user of Discord, by their id.
    Discord(ChatUser),
    /// A user of Telegram, by their id.
    Telegram(ChatUser),
}

/// The id of a chat user: up to 20 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatUser(String);

/// Somebody, and as whom they are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    identity: Identity,
    bot: Option<HostName>,
}

impl ChatUser {
    /// Reads an id; `None` when it has none of an id's form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Caller {
    /// A caller who names a host as the one that asks, or none. An instance may name itself only. A person may name any,
    /// and is then judged as that bot, which never gives them more than they have.
    ///
    /// # Errors
    /// `caller_refused` when the name is another one, or no host of the registry.
    pub fn new(identity: Identity, named: Option<&str>, registry: &Registry) -> Result<Self, Refusal> {
        let refused = |words| Err(Refusal::new(ControlErrorCode::CallerRefused, words));
        let bot = match (&identity, named) {
            (Identity::Instance(own), None) => Some(own.clone()),
            (Identity::Instance(own), Some(name)) if name == own.as_str() => Some(own.clone()),
            (Identity::Instance(_), Some(_)) => {
                return refused("the token belongs to another instance than 'caller' names");
            }
            (Identity::Human | Identity::Discord(_) | Identity::Telegram(_), None) => None,
            (Identity::Human | Identity::Discord(_) | Identity::Telegram(_), Some(name)) => {
                match registry.host(name) {
                    Some(host) => Some(host.clone()),
                    None => return refused("'caller' is no instance of the registry"),
                }
            }
        };
        Ok(Self { identity, bot })
    }

    /// Who it is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The bot as which they are judged; `None` for a person who asks for themselves.
    #[must_use]
    pub const fn bot(&self) -> Option<&HostName> {
        self.bot.as_ref()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Human => f.write_str("human"),
            Self::Instance(host) => write!(f, "instance:{host}"),
            Self::Discord(user) => write!(f, "discord:{}", user.0),
            Self::Telegram(user) => write!(f, "telegram:{}", user.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_body_never_gives_more_than_the_token() {
        let registry = Registry::of_hosts(&["web-1", "web-2"]);
        let instance = || Identity::Instance(HostName::parse("web-1").unwrap());
        let bot = |identity, named| {
            Caller::new(identity, named, &registry).map(|caller| caller.bot().map(ToString::to_string))
        };
        assert_eq!(bot(instance(), None).unwrap().as_deref(), Some("web-1"));
        assert_eq!(bot(instance(), Some("web-1")).unwrap().as_deref(), Some("web-1"));
        assert_eq!(bot(Identity::Human, None).unwrap(), None);
        assert_eq!(bot(Identity::Human, Some("web-2")).unwrap().as_deref(), Some("web-2"));
        for named in ["web-2", "WEB-1", "Web-1", " web-1", "human", "all", ""] {
            let refusal = bot(instance(), Some(named)).unwrap_err();
            assert_eq!(refusal.code(), ControlErrorCode::CallerRefused, "{named:?}");
        }
        for named in ["WEB-1", "web-3", "w\u{435}b-1", "all", ""] {
            let refusal = bot(Identity::Human, Some(named)).unwrap_err();
            assert_eq!(refusal.code(), ControlErrorCode::CallerRefused, "{named:?}");
        }
    }
}
