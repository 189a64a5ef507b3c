//! The faces of the handler: HTTP, Lambda events, and somebody at the server.
//!
//! HTTP and Lambda bring the same [`Call`] and get the same [`Answer`], so there is one place that knows the pages.

mod direct;
mod http;
mod lambda;

use std::{sync::Arc, time::Duration};

use ::http::{HeaderMap, HeaderName, Method, header};
use clawlets_audit::Face;
use clawlets_model::control::ControlErrorCode;
use serde_json::json;

use crate::{
    chat::{
        Afterwards,
        discord::{Discord, Signed},
        telegram::Telegram,
    },
    control::{Answer, Control},
};

pub use direct::{Direct, invoke};
pub use http::{ServeError, serve};
pub use lambda::lambda;

/// How long an answer may take, with some room to the 10 s that callers wait.
const PATIENCE: Duration = Duration::from_millis(9500);

/// One call of the web's kind.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path, as it was asked for.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `None` when it is too large to be read.
    pub body: Option<Vec<u8>>,
    /// Where it came in.
    pub face: Face,
}

/// Everything that can be called.
#[derive(Debug)]
pub struct Faces {
    /// The handler.
    pub control: Arc<Control>,
    /// The application at Discord, where there is one.
    pub discord: Option<Arc<Discord>>,
    /// The bot at Telegram, where there is one.
    pub telegram: Option<Arc<Telegram>>,
    /// What is done with work that goes on behind an answer.
    pub afterwards: Afterwards,
}

impl Faces {
    /// Answers a call, in time.
    pub async fn answer(&self, call: Call) -> Answer {
        tokio::time::timeout(PATIENCE, self.page(&call)).await.unwrap_or_else(|_| {
            Answer::error(
                ControlErrorCode::UpstreamTimeout,
                "this took too long; the same idempotency key finds out",
            )
        })
    }

    async fn page(&self, call: &Call) -> Answer {
        let not_allowed =
            || Answer::error(ControlErrorCode::MethodNotAllowed, "this page takes another method");
        let no_page = || Answer::error(ControlErrorCode::NotFound, "there is no such page");
        match (call.path.as_str(), &call.method, &self.discord, &self.telegram) {
            ("/healthz", &Method::GET | &Method::HEAD, ..) => Answer::ok(&json!({ "ok": true })),
            ("/" | "", &Method::POST, ..) => self.request(call).await,
            ("/discord", &Method::POST, Some(discord), _) => {
                let signed = Signed {
                    signature: value(&call.headers, "x-signature-ed25519"),
                    timestamp: value(&call.headers, "x-signature-timestamp"),
                };
                discord.answer(&self.control, signed, call.body.as_deref(), &self.afterwards).await
            }
            ("/telegram", &Method::POST, _, Some(telegram)) => {
                let secret = value(&call.headers, "x-telegram-bot-api-secret-token");
                telegram.answer(&self.control, secret, call.body.as_deref(), &self.afterwards).await
            }
            ("/healthz" | "/" | "", ..) | ("/discord", _, Some(_), _) | ("/telegram", _, _, Some(_)) => {
                not_allowed()
            }
            _ => no_page(),
        }
    }

    async fn request(&self, call: &Call) -> Answer {
        let header = value(&call.headers, header::AUTHORIZATION);
        let identity = match self.control.identify(header, call.face).await {
            Ok(identity) => identity,
            Err(refusal) => return Answer::refusal(&refusal),
        };
        Answer::of(&self.control.handle(identity, call.face, call.body.as_deref()).await)
    }
}

/// The value of a header; one that is there twice says nothing.
fn value(headers: &HeaderMap, name: impl Into<Name>) -> Option<&[u8]> {
    let Name(name) = name.into();
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}

/// The name of a header, known when this is built.
struct Name(HeaderName);

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self(HeaderName::from_static(name))
    }
}

impl From<HeaderName> for Name {
    fn from(name: HeaderName) -> Self {
        Self(name)
    }
}
