//! What somebody wrote, as the body of a request.

use serde_json::{Value, json};

/// How the commands go.
pub(super) const HELP: &str = "/fleet status\n/fleet deploy TARGET [IMAGE]\nTARGET is a host or all, IMAGE is one such as ami-0123456789abcdef0.";

/// What a line of text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// This request.
    Request(Value),
    /// How the commands go.
    Help,
    /// Nothing of us.
    Nothing,
}

impl Command {
    /// Reads a line that begins with `/fleet`, or with `/fleet@` and the name of the bot that is meant.
    pub(super) fn of_text(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let begin = words.next().unwrap_or_default();
        let is_ours = begin == "/fleet" || begin.starts_with("/fleet@");
        if !is_ours {
            return Self::Nothing;
        }
        let words: Vec<&str> = words.collect();
        match *words.as_slice() {
            ["status"] => Self::Request(json!({ "action": "status" })),
            ["deploy", target] => Self::deploy(target, None),
            ["deploy", target, image] => Self::deploy(target, Some(image)),
            _ => Self::Help,
        }
    }

    /// A deploy of what was named. Whether there is such a thing is the handler's to say.
    pub(super) fn deploy(target: &str, image: Option<&str>) -> Self {
        Self::Request(json!({ "action": "deploy", "target": target, "ami_override": image }))
    }

    /// The request with a key by which it is done once, however often the chat delivers it.
    pub(super) fn keyed(request: Value, key: &str) -> Vec<u8> {
        let mut request = request;
        if request["action"] == "deploy" {
            request["idempotencyKey"] = Value::from(key);
        }
        request.to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_a_command_or_none() {
        let status = Command::Request(json!({ "action": "status" }));
        assert_eq!(Command::of_text("/fleet status"), status);
        assert_eq!(Command::of_text("/fleet@our_bot  status "), status);
        assert_eq!(Command::of_text("/fleet deploy all"), Command::deploy("all", None));
        assert_eq!(Command::of_text("/fleet deploy web-1 ami-1"), Command::deploy("web-1", Some("ami-1")));
        for text in ["/fleet", "/fleet deploy", "/fleet deploy a b c", "/fleet destroy all"] {
            assert_eq!(Command::of_text(text), Command::Help, "{text}");
        }
        for text in ["", "fleet status", "/fleets status", "please /fleet status"] {
            assert_eq!(Command::of_text(text), Command::Nothing, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_stays_a_value(target in "[^\\s]{1,40}") {
            let Command::Request(request) = Command::of_text(&format!("/fleet deploy {target}")) else {
                return Err(TestCaseError::fail("a deploy"));
            };
            prop_assert_eq!(&request["target"], &Value::from(target));
            prop_assert_eq!(&request["action"], &Value::from("deploy"));
        }
    }
}
