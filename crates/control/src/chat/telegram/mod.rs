//! Telegram: messages to a bot of our own, which reach us as calls with a secret.

mod reply;
mod update;

use std::{collections::BTreeSet, fmt, sync::Arc};

use clawlets_audit::Face;
use clawlets_model::{Secret, control::ControlErrorCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Afterwards, command::Command, words};
use crate::{
    caller::{ChatUser, Identity},
    control::{Answer, Control},
    refusal::Refusal,
};

pub use reply::TelegramApi;
pub use update::Update;

/// The bot at Telegram and who may use it.
pub struct Telegram {
    /// What Telegram was told to send with each call.
    pub secret: Secret<String>,
    /// Who may ask.
    pub users: BTreeSet<ChatUser>,
    /// Where answers are sent.
    pub api: TelegramApi,
}

impl Telegram {
    /// Answers one call. Telegram is told that it arrived, whatever came of it; what came of it is sent to the chat.
    pub async fn answer(
        self: &Arc<Self>,
        control: &Arc<Control>,
        secret: Option<&[u8]>,
        body: Option<&[u8]>,
        afterwards: &Afterwards,
    ) -> Answer {
        if !self.knows(secret) {
            let refusal = Refusal::new(ControlErrorCode::Unauthorized, "the call is not of Telegram");
            return Answer::refusal(&control.refuse_nobody(Face::Telegram, refusal).await);
        }
        let arrived = Answer::ok(&json!({ "ok": true }));
        let Some(update) = body.and_then(Update::parse) else { return arrived };
        let command = Command::of_text(&update.text);
        if command == Command::Nothing {
            return arrived;
        }
        let identity = Identity::Telegram(update.user.clone());
        if !self.users.contains(&update.user) {
            // A stranger is not even told that there is something here.
            let refusal =
                Refusal::new(ControlErrorCode::UserRefused, "you are not on the list of those who may");
            control.refuse(&identity, Face::Telegram, refusal).await;
            return arrived;
        }
        let (this, control) = (Arc::clone(self), Arc::clone(control));
        let work = async move {
            let words = match command {
                Command::Request(request) => {
                    let body = Command::keyed(request, &format!("telegram-{}", update.id));
                    words::of(&control.handle(identity, Face::Telegram, Some(&body)).await)
                }
                Command::Help | Command::Nothing => super::command::HELP.to_owned(),
            };
            this.api.send(update.chat, &words).await;
        };
        afterwards.run(work).await;
        arrived
    }

    fn knows(&self, secret: Option<&[u8]>) -> bool {
        let hash = |bytes: &[u8]| -> [u8; 32] { Sha256::digest(bytes).into() };
        let presented = secret.map(hash).unwrap_or_default();
        bool::from(presented.ct_eq(&hash(self.secret.expose().as_bytes())))
    }
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telegram").field("users", &self.users.len()).finish_non_exhaustive()
    }
}
