//! The chats.

use std::collections::BTreeSet;

use clawlets_upstream::BaseUrl;
use reqwest::Client;
use url::Url;

use super::Build;
use crate::{
    caller::ChatUser,
    chat::{
        discord::{Discord, DiscordApi, PublicKey},
        telegram::{Telegram, TelegramApi},
    },
    config::document::{DiscordTable, TelegramTable},
    late::Late,
    web::chat_client,
};

const DISCORD: &str = "https://discord.com/api/v10";
const TELEGRAM: &str = "https://api.telegram.org";

impl Build<'_> {
    pub(super) fn discord(&mut self, table: DiscordTable) -> Option<Discord> {
        let key = self.ok("discord.public_key", PublicKey::parse(&table.public_key?));
        let users = self.users("discord.users", &table.users);
        let base = self.url("discord.api_url", table.api_url.as_deref().unwrap_or(DISCORD));
        let (base, http) = base.map(client)?;
        Some(Discord { key: key?, users: users?, api: DiscordApi { base, http } })
    }

    pub(super) fn telegram(&mut self, table: TelegramTable) -> Option<Telegram> {
        let secret = self.secret("telegram.secret_file", "TELEGRAM_WEBHOOK_SECRET", table.secret_file);
        let token = self.secret("telegram.token_file", "TELEGRAM_BOT_TOKEN", table.token_file);
        let (secret, token) = match (secret, token) {
            (Some(secret), Some(token)) => (secret, token),
            (None, None) => return None,
            (Some(_), None) | (None, Some(_)) => {
                self.fault("telegram", "the bot needs both secret_file and token_file");
                return None;
            }
        };
        let users = self.users("telegram.users", &table.users);
        let root = self.url("telegram.api_root", table.api_root.as_deref().unwrap_or(TELEGRAM));
        let (root, http) = root.map(client)?;
        Some(Telegram { secret, users: users?, api: TelegramApi { root, token, http } })
    }

    fn users(&mut self, key: &str, users: &[String]) -> Option<BTreeSet<ChatUser>> {
        let read = |text: &String| ChatUser::parse(text).ok_or("a user's id has digits only, at most 20");
        let users = users.iter().map(read).collect::<Result<_, _>>();
        self.ok(key, users)
    }

    /// A base URL that secrets are sent to: `https`, or `http` on loopback.
    fn url(&mut self, key: &str, text: &str) -> Option<Url> {
        let url = BaseUrl::parse(text).map(|base| base.join(&[]));
        self.ok(key, url)
    }
}

fn client(url: Url) -> (Url, Late<Client>) {
    let base = url.clone();
    (url, Late::new(move || chat_client(&base)))
}
