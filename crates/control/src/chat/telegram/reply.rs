//! Messages to a chat.

use std::fmt;

use clawlets_model::Secret;
use reqwest::Client;
use serde_json::json;
use url::Url;

use crate::late::Late;

/// Telegram's API for bots.
pub struct TelegramApi {
    /// Its base URL.
    pub root: Url,
    /// The bot's token.
    pub token: Secret<String>,
    /// The client.
    pub http: Late<Client>,
}

impl TelegramApi {
    /// Sends a message. One that cannot be sent is lost; what it speaks of is done and logged all the same.
    pub(super) async fn send(&self, chat: i64, text: &str) {
        let mut url = self.root.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => {
                let bot = format!("bot{}", self.token.expose());
                segments.pop_if_empty().extend([bot.as_str(), "sendMessage"]);
            }
            Err(()) => return tracing::error!("the URL of Telegram's API cannot be used"),
        }
        let http = match self.http.get() {
            Ok(http) => http,
            Err(error) => return tracing::error!(%error, "the client of Telegram cannot be set up"),
        };
        let message =
            json!({ "chat_id": chat, "text": text, "link_preview_options": { "is_disabled": true } });
        let sent = http.post(url).json(&message).send().await;
        // The URL holds the token.
        match sent.and_then(reqwest::Response::error_for_status).map_err(reqwest::Error::without_url) {
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "Telegram did not take an answer"),
        }
    }
}

impl fmt::Debug for TelegramApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelegramApi").field("root", &self.root.as_str()).finish_non_exhaustive()
    }
}
