//! Telegram's Bot API, as far as a bot in private chats needs it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use clawlets_tests::eventually_within;
use serde_json::{Value, json};

use crate::{
    http::{Answer, Request, Server},
    openclaw::PATIENCE,
};

/// The longest that a poll waits here.
const POLL: Duration = Duration::from_secs(5);

/// A running server. Dropping it ends it.
pub(crate) struct Telegram {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    refuses: bool,
    updates: Vec<Value>,
    /// What the bot wrote to each chat.
    written: BTreeMap<u64, Vec<String>>,
}

impl Telegram {
    pub(crate) fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let known = Arc::clone(&shared);
        Self { server: Server::start(move |request| known.answer(request)), shared }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// From now on the bot's token is none.
    pub(crate) fn refuses_the_token(&self) {
        self.shared.lock().refuses = true;
    }

    /// Somebody writes to the bot.
    pub(crate) fn writes(&self, from: u64, text: &str) {
        let mut state = self.shared.lock();
        let number = state.updates.len() + 1;
        let command = text.split(' ').next().filter(|word| word.starts_with('/'));
        let entities =
            command.map(|word| json!({ "type": "bot_command", "offset": 0, "length": word.len() }));
        state.updates.push(json!({ "update_id": number, "message": {
            "message_id": number, "date": 1_795_262_000 + number, "text": text,
            "chat": { "id": from, "type": "private", "first_name": "Ada" },
            "from": { "id": from, "is_bot": false, "first_name": "Ada", "username": format!("user{from}") },
            "entities": Vec::from_iter(entities),
        }}));
        self.shared.news.notify_all();
    }

    /// What the bot wrote to somebody.
    pub(crate) fn written_to(&self, chat: u64) -> Vec<String> {
        self.shared.lock().written.get(&chat).cloned().unwrap_or_default()
    }

    /// Somebody writes to the bot, and waits for an answer that has a text in it.
    pub(crate) fn asks(&self, from: u64, text: &str, expected: &str) -> String {
        let before = self.written_to(from).len();
        self.writes(from, text);
        eventually_within(PATIENCE, &format!("an answer to {text:?} with {expected:?} in it"), || {
            let written = self.written_to(from);
            written[before..].iter().find(|answer| answer.contains(expected)).cloned()
        })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Request) -> Answer {
        let path = request.path.split('?').next().unwrap_or_default();
        let method = path.rsplit('/').next().unwrap_or_default();
        if self.lock().refuses {
            let refusal = json!({ "ok": false, "error_code": 401, "description": "Unauthorized" });
            return Answer::Json(401, refusal);
        }
        let result = match method {
            "getMe" => json!({ "id": 42, "is_bot": true, "first_name": "Maren", "username": "maren_bot" }),
            "getUpdates" => self.poll(request.body["offset"].as_u64().unwrap_or(0)),
            "sendMessage" => self.sent(&request.body),
            "editMessageText" => self.sent(&request.body),
            "getWebhookInfo" => json!({ "url": "", "pending_update_count": 0 }),
            _ => json!(true),
        };
        Answer::Json(200, json!({ "ok": true, "result": result }))
    }

    /// What there is from an offset on; waits for something.
    fn poll(&self, offset: u64) -> Value {
        let end = Instant::now() + POLL;
        let mut state = self.lock();
        loop {
            let is_new = |update: &&Value| update["update_id"].as_u64() >= Some(offset);
            let found: Vec<Value> = state.updates.iter().filter(is_new).cloned().collect();
            let left = end.saturating_duration_since(Instant::now());
            if !found.is_empty() || left.is_zero() {
                return found.into();
            }
            let waited = self.news.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn sent(&self, body: &Value) -> Value {
        let chat = body["chat_id"].as_u64().or_else(|| body["chat_id"].as_str()?.parse().ok());
        let text = body["text"].as_str().unwrap_or_default();
        let mut state = self.lock();
        let written = state.written.entry(chat.unwrap_or_default()).or_default();
        written.push(text.to_owned());
        let number = 10_000 + written.len();
        let chat = json!({ "id": chat, "type": "private" });
        json!({ "message_id": number, "date": 1_795_262_000, "chat": chat, "text": text })
    }
}
