//! A call of Telegram's.

use serde::Deserialize;

use crate::caller::ChatUser;

/// A message that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The number of the call; Telegram repeats a call that was not answered.
    pub id: u64,
    /// Who wrote.
    pub user: ChatUser,
    /// In which chat.
    pub chat: i64,
    /// What.
    pub text: String,
}

#[derive(Deserialize)]
struct Wire {
    update_id: u64,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    from: Option<User>,
    chat: Chat,
    text: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    #[serde(default)]
    is_bot: bool,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

impl Update {
    /// Reads a call; `None` when it is no message of a person. An edited message is none: what was done stays done.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(body).ok()?;
        let message = wire.message?;
        let user = message.from.filter(|user| !user.is_bot)?;
        let user = ChatUser::parse(&user.id.to_string())?;
        Some(Self { id: wire.update_id, user, chat: message.chat.id, text: message.text? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_of_a_person_is_read_and_nothing_else() {
        let read = |text: &str| Update::parse(text.as_bytes());
        let update = read(
            r#"{"update_id":7,"message":{"message_id":1,"from":{"id":42,"is_bot":false},"chat":{"id":-5},"text":"hi"}}"#,
        );
        let expected =
            Update { id: 7, user: ChatUser::parse("42").unwrap(), chat: -5, text: "hi".to_owned() };
        assert_eq!(update, Some(expected));
        for text in [
            "{}",
            r#"{"update_id":7}"#,
            r#"{"update_id":7,"message":{"from":{"id":42},"chat":{"id":1}}}"#,
            r#"{"update_id":7,"message":{"chat":{"id":1},"text":"hi"}}"#,
            r#"{"update_id":7,"message":{"from":{"id":42,"is_bot":true},"chat":{"id":1},"text":"hi"}}"#,
            r#"{"update_id":7,"edited_message":{"from":{"id":42},"chat":{"id":1},"text":"hi"}}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_not(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Update::parse(&body);
        }
    }
}
