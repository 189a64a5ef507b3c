//! A call of Discord's, once it is known to be one.

use serde::Deserialize;

use super::super::command::Command;
use crate::caller::ChatUser;

/// What Discord calls about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Interaction {
    /// Whether somebody is here.
    Ping,
    /// A slash command.
    Command {
        /// Who typed it.
        user: ChatUser,
        /// What answers are sent by.
        handle: Handle,
        /// What was typed.
        command: Command,
    },
}

/// What answers to a command are sent by. The token is good for a quarter of an hour.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Handle {
    pub(super) id: String,
    pub(super) application: String,
    pub(super) token: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    id: String,
    #[serde(default)]
    application_id: String,
    #[serde(default)]
    token: String,
    member: Option<Member>,
    user: Option<User>,
    data: Option<Typed>,
}

#[derive(Deserialize)]
struct Member {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

/// A command, or a part of one.
#[derive(Deserialize)]
struct Typed {
    name: String,
    #[serde(default)]
    value: serde_json::Value,
    #[serde(default)]
    options: Vec<Typed>,
}

impl Interaction {
    /// Reads a call; `None` when it is about something else.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(body).ok()?;
        match wire.kind {
            1 => Some(Self::Ping),
            2 => {
                let user = wire.member.map(|member| member.user).or(wire.user)?;
                let handle = Handle { id: wire.id, application: wire.application_id, token: wire.token };
                let user = ChatUser::parse(&user.id)?;
                let command = command(&wire.data?);
                handle.is_plain().then_some(Self::Command { user, handle, command })
            }
            _ => None,
        }
    }
}

/// `/fleet status`, `/fleet deploy target:… image:…`, with the verb as a part of the command.
fn command(typed: &Typed) -> Command {
    let Some(verb) = typed.options.first().filter(|_| typed.name == "fleet") else { return Command::Help };
    let text = |name: &str| verb.options.iter().find(|option| option.name == name)?.value.as_str();
    match (verb.name.as_str(), text("target")) {
        ("status", _) => Command::of_text("/fleet status"),
        ("deploy", Some(target)) => Command::deploy(target, text("image")),
        _ => Command::Help,
    }
}

impl Handle {
    /// Whether its parts can stand in a path.
    fn is_plain(&self) -> bool {
        let digits = |text: &str| ChatUser::parse(text).is_some();
        let fits = (1..=500).contains(&self.token.len())
            && self.token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        digits(&self.id) && digits(&self.application) && fits
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_command_is_read_from_a_server_and_from_a_private_chat() {
        let data = json!({ "name": "fleet", "options": [{ "name": "deploy", "type": 1,
            "options": [{ "name": "target", "type": 3, "value": "web-1" }] }] });
        let base = json!({ "type": 2, "id": "11", "application_id": "22", "token": "a.b_c-d", "data": data });
        for (key, value) in [("member", json!({ "user": { "id": "33" } })), ("user", json!({ "id": "33" }))] {
            let mut call = base.clone();
            call[key] = value;
            let read = Interaction::parse(call.to_string().as_bytes());
            let Some(Interaction::Command { user, command, .. }) = read else { panic!("{read:?}") };
            assert_eq!((user.as_str(), command), ("33", Command::deploy("web-1", None)));
        }
        assert_eq!(Interaction::parse(br#"{"type":1}"#), Some(Interaction::Ping));
        let mut odd = base;
        odd["token"] = json!("../../users");
        odd["user"] = json!({ "id": "33" });
        assert_eq!(Interaction::parse(odd.to_string().as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_not(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Interaction::parse(&body);
        }
    }
}
