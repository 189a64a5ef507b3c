//! The wire format of one OpenAI-style chat completion.

use serde::{Deserialize, Serialize};

/// `POST …/chat/completions`.
#[derive(Serialize)]
pub(super) struct Question<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> Question<'a> {
    pub(super) fn new(model: &'a str, soul: &'a str, message: &'a str) -> Self {
        let system = Some(soul).filter(|soul| !soul.trim().is_empty());
        let messages = [("system", system), ("user", Some(message))];
        let messages =
            messages.into_iter().filter_map(|(role, content)| Some(Message { role, content: content? }));
        Self { model, messages: messages.collect(), stream: false }
    }
}

/// What of the answer matters.
#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Reply,
}

#[derive(Deserialize)]
struct Reply {
    content: Option<String>,
}

/// The text of the first choice.
pub(super) fn text(body: &[u8]) -> Result<String, &'static str> {
    let completion: Completion =
        serde_json::from_slice(body).map_err(|_| "its answer is not a chat completion")?;
    let content = completion.choices.into_iter().next().and_then(|choice| choice.message.content);
    content.filter(|text| !text.trim().is_empty()).ok_or("its answer is empty")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_choice_is_the_answer() {
        let body = br#"{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Woof."}}]}"#;
        assert_eq!(text(body).unwrap(), "Woof.");
        for (body, expected) in [
            (r#"{"choices":[]}"#, "its answer is empty"),
            (r#"{"choices":[{"message":{"content":null}}]}"#, "its answer is empty"),
            (r#"{"choices":[{"message":{"content":"  "}}]}"#, "its answer is empty"),
            (r#"{"error":"x"}"#, "its answer is not a chat completion"),
            ("<html>", "its answer is not a chat completion"),
        ] {
            assert_eq!(text(body.as_bytes()).unwrap_err(), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(text(&body).is_err());
        }
    }
}
