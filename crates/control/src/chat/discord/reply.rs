//! Answers that come later than Discord waits.

use std::fmt;

use reqwest::{Client, Method};
use serde_json::Value;
use url::Url;

use super::{content, interaction::Handle};
use crate::late::Late;

/// Discord's API. What is sent there needs no other credential than the token of the command that it answers.
pub struct DiscordApi {
    /// Its base URL.
    pub base: Url,
    /// The client.
    pub http: Late<Client>,
}

impl DiscordApi {
    /// Says that the answer will come.
    pub(super) async fn defer(&self, handle: &Handle, announcement: &Value) {
        let path = ["interactions", &handle.id, &handle.token, "callback"];
        self.send(Method::POST, &path, announcement).await;
    }

    /// Puts the answer in the place of its announcement.
    pub(super) async fn finish(&self, handle: &Handle, words: &str) {
        let path = ["webhooks", &handle.application, &handle.token, "messages", "@original"];
        self.send(Method::PATCH, &path, &content(words)).await;
    }

    /// A message that cannot be sent is lost; what it speaks of is done and logged all the same.
    async fn send(&self, method: Method, path: &[&str], message: &Value) {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => drop(segments.pop_if_empty().extend(path)),
            Err(()) => return tracing::error!("the URL of Discord's API cannot be used"),
        }
        let http = match self.http.get() {
            Ok(http) => http,
            Err(error) => return tracing::error!(%error, "the client of Discord cannot be set up"),
        };
        let sent = http.request(method, url).json(message).send().await;
        // The URL holds the token.
        match sent.and_then(reqwest::Response::error_for_status).map_err(reqwest::Error::without_url) {
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "Discord did not take an answer"),
        }
    }
}

impl fmt::Debug for DiscordApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiscordApi").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}
