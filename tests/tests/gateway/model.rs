//! A model that does what skills say: it reads the skill that it is told to use, takes the command line from it that fits
//! what the person wrote, runs it, and repeats what that printed. So a skill that named another command, or was not
//! found, would do nothing.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::http::{Answer, Request, Server};

/// How the gateway marks what it adds to a conversation itself.
const INTERNAL: &str = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>";

/// A running server. Dropping it ends it.
pub(crate) struct Model {
    server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What the model does next.
#[derive(Debug, PartialEq)]
enum Turn {
    Call(&'static str, Value),
    Say(String),
}

impl Model {
    pub(crate) fn start() -> Self {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let known = Arc::clone(&asked);
        let server = Server::start(move |request| {
            known.lock().unwrap_or_else(PoisonError::into_inner).push(request.body.to_string());
            answer(request)
        });
        Self { server, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/v1", self.server.url())
    }

    /// Whether any request so far held a text.
    pub(crate) fn was_told(&self, text: &str) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().any(|body| body.contains(text))
    }
}

fn answer(request: &Request) -> Answer {
    let messages = request.body["messages"].as_array().cloned().unwrap_or_default();
    let (delta, reason) = match turn(&messages) {
        Turn::Say(text) => (json!({ "role": "assistant", "content": text }), "stop"),
        Turn::Call(tool, arguments) => {
            let function = json!({ "name": tool, "arguments": arguments.to_string() });
            let call = json!({ "index": 0, "id": "call_1", "type": "function", "function": function });
            (json!({ "role": "assistant", "tool_calls": [call] }), "tool_calls")
        }
    };
    let chunk = |choices: Value, usage: Value| {
        json!({ "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
                "choices": choices, "usage": usage })
        .to_string()
    };
    let usage = json!({ "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 });
    Answer::Events(vec![
        chunk(json!([{ "index": 0, "delta": delta, "finish_reason": null }]), Value::Null),
        chunk(json!([{ "index": 0, "delta": {}, "finish_reason": reason }]), Value::Null),
        chunk(json!([]), usage),
        "[DONE]".to_owned(),
    ])
}

fn turn(messages: &[Value]) -> Turn {
    let said: Vec<_> = messages.iter().filter(|message| !text(message).starts_with(INTERNAL)).collect();
    let is_asked = |message: &&&Value| message["role"] == "user";
    let Some(asked) = said.iter().rev().find(is_asked).map(|message| text(message)) else {
        return Turn::Say("Nobody asked.".to_owned());
    };
    let Some(last) = said.last().filter(|last| last["role"] == "tool") else {
        return match skill_path(&said, &asked) {
            Some(path) => Turn::Call("read", json!({ "path": path })),
            None => Turn::Say("I know no skill for that.".to_owned()),
        };
    };
    // The one before is the model's own, with the call that this answers.
    match said[said.len() - 2]["tool_calls"][0]["function"]["name"].as_str() {
        Some("read") => match command(&text(last), &words(&asked)) {
            Some(command) => Turn::Call("exec", json!({ "command": command })),
            None => Turn::Say("The skill does not say how to do that.".to_owned()),
        },
        _ => Turn::Say(text(last)),
    }
}

/// The text of a message, however it is wrapped.
fn text(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

/// What the person wrote, without what the gateway wrote around it: a command of the chat and its words.
fn words(asked: &str) -> Vec<&str> {
    let request = asked.split_once("User request:\n").map_or("", |(_, request)| request);
    request.lines().next().unwrap_or_default().split_whitespace().collect()
}

/// Where the skill lies that the gateway says is to be used.
fn skill_path(said: &[&Value], asked: &str) -> Option<String> {
    let (_, rest) = asked.split_once("Use the following explicitly referenced skills for this request.")?;
    let name = rest.lines().find_map(|line| line.strip_prefix("- "))?;
    let prompt = said.iter().filter(|message| message["role"] == "system").map(|message| text(message));
    let prompt: String = prompt.collect();
    let (_, entry) = prompt.split_once(&format!("<name>{name}</name>"))?;
    let (_, location) = entry.split_once("<location>")?;
    location.split_once("</location>").map(|(path, _)| path.to_owned())
}

/// The first command line of a skill that has the verb that a person wrote, with that person's words for what it leaves
/// open.
fn command(skill: &str, words: &[&str]) -> Option<String> {
    let [_, verb, values @ ..] = words else { return None };
    let spans = skill.split('`').skip(1).step_by(2);
    let line =
        spans.filter(|span| span.starts_with("clf ")).find(|span| span.split(' ').nth(2) == Some(verb))?;
    let mut values = values.iter();
    let is_open = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let filled = line.split(' ').map(|word| if is_open(word) { values.next().copied() } else { Some(word) });
    filled.collect::<Option<Vec<_>>>().map(|words| words.join(" "))
}

#[test]
fn the_model_knows_nothing_but_what_the_skill_says() {
    let skill =
        "Look: `clf fleet status`. Deploy: `clf fleet deploy HOST`, or `clf fleet deploy HOST --wait`.";
    for (words, expected) in [
        (&["/fleet", "status"][..], Some("clf fleet status")),
        (&["/fleet", "deploy", "web-2"], Some("clf fleet deploy web-2")),
        (&["/fleet", "deploy"], None),
        (&["/fleet", "explode"], None),
        (&[], None),
    ] {
        assert_eq!(command(skill, words).as_deref(), expected, "{words:?}");
    }
}
