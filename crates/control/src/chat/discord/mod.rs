//! Discord: a slash command that reaches us as a signed call.

mod interaction;
mod reply;
mod signature;

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use clawlets_audit::Face;
use clawlets_model::control::ControlErrorCode;
use serde_json::{Value, json};

use super::{Afterwards, Work, command::Command, words};
use crate::{
    caller::{ChatUser, Identity},
    control::{Answer, Control},
    refusal::Refusal,
};

use interaction::Interaction;
pub use reply::DiscordApi;
pub use signature::{InvalidKey, PublicKey};

/// How long Discord waits for a first answer is 3 s; what takes longer is announced.
const FIRST: Duration = Duration::from_secs(2);
/// How long it may take from there in a function, so that whoever asked is told before the function must have answered.
const THEN: Duration = Duration::from_secs(5);
/// What is said of what takes longer than that.
const TOO_LONG: &str = "This took too long. /fleet status says what came of it.";

/// The headers that a call is signed with.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `X-Signature-Ed25519`.
    pub signature: Option<&'a [u8]>,
    /// `X-Signature-Timestamp`.
    pub timestamp: Option<&'a [u8]>,
}

/// The application at Discord and who may use it.
pub struct Discord {
    /// The key that Discord signs with.
    pub key: PublicKey,
    /// Who may ask.
    pub users: BTreeSet<ChatUser>,
    /// Where answers are sent that take longer.
    pub api: DiscordApi,
}

/// What kinds of answers Discord knows.
enum Kind {
    Pong = 1,
    Message = 4,
    Deferred = 5,
}

impl Discord {
    /// Answers one call.
    pub async fn answer(
        self: &Arc<Self>,
        control: &Arc<Control>,
        signed: Signed<'_>,
        body: Option<&[u8]>,
        afterwards: &Afterwards,
    ) -> Answer {
        let now = crate::control::now();
        let body = body.filter(|body| self.key.verify(signed, body, now));
        let Some(body) = body else {
            let words = "the call is not signed by Discord, or was signed too long ago";
            let refusal = Refusal::new(ControlErrorCode::Unauthorized, words);
            return Answer::refusal(&control.refuse_nobody(Face::Discord, refusal).await);
        };
        match Interaction::parse(body) {
            Some(Interaction::Ping) => Answer::ok(&json!({ "type": Kind::Pong as u8 })),
            Some(Interaction::Command { user, handle, command }) => {
                self.command(control, user, handle, command, afterwards).await
            }
            None => Answer::error(ControlErrorCode::Malformed, "this is no command of ours"),
        }
    }

    async fn command(
        self: &Arc<Self>,
        control: &Arc<Control>,
        user: ChatUser,
        handle: interaction::Handle,
        command: Command,
        afterwards: &Afterwards,
    ) -> Answer {
        let identity = Identity::Discord(user.clone());
        if !self.users.contains(&user) {
            let refusal =
                Refusal::new(ControlErrorCode::UserRefused, "you are not on the list of those who may");
            let refusal = control.refuse(&identity, Face::Discord, refusal).await;
            return message(&words::of(&Err(refusal)));
        }
        let request = match command {
            Command::Request(request) => request,
            Command::Help | Command::Nothing => return message(super::command::HELP),
        };
        let body = Command::keyed(request, &format!("discord-{}", handle.id));
        let control = Arc::clone(control);
        let mut work: Work<String> =
            Box::pin(async move { words::of(&control.handle(identity, Face::Discord, Some(&body)).await) });
        match afterwards {
            Afterwards::GoesOn(tasks) => {
                let this = Arc::clone(self);
                tasks.spawn(async move { this.api.finish(&handle, &work.await).await });
                Answer::ok(&json!({ "type": Kind::Deferred as u8 }))
            }
            Afterwards::IsWaitedFor => match tokio::time::timeout(FIRST, &mut work).await {
                Ok(words) => message(&words),
                Err(_) => {
                    // The announcement goes by a call of its own, since our answer ends this function.
                    let announcement = json!({ "type": Kind::Deferred as u8 });
                    let rest = tokio::time::timeout(THEN, work);
                    let ((), words) = tokio::join!(self.api.defer(&handle, &announcement), rest);
                    self.api.finish(&handle, words.as_deref().unwrap_or(TOO_LONG)).await;
                    Answer { status: 202, retry_after: None, body: Vec::new() }
                }
            },
        }
    }
}

fn message(text: &str) -> Answer {
    Answer::ok(&json!({ "type": Kind::Message as u8, "data": content(text) }))
}

/// A message in which nobody is mentioned, whatever it holds.
fn content(text: &str) -> Value {
    json!({ "content": text, "allowed_mentions": { "parse": [] } })
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord").field("users", &self.users.len()).finish_non_exhaustive()
    }
}
