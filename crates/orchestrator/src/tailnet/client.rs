//! Calls to the tailnet's API, repeated where that helps.

use std::time::Duration;

use clawlets_cloud::SetupError;
use clawlets_model::Secret;
use clawlets_upstream::{BaseUrl, client_config};
use reqwest::{
    Client, Method, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect,
};
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};

use super::{TailnetError, access::Access};
use crate::config::SecretFile;

/// How long one call may take with all its tries.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one try may take.
const ONE_TRY: Duration = Duration::from_secs(10);
/// The first pause between tries; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// How much of an answer is read, in bytes: a list of many thousand devices.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// The tailnet's API, opened by an OAuth client.
#[derive(Debug)]
pub(crate) struct Tailnet {
    http: Client,
    base: BaseUrl,
    pub(super) client_file: SecretFile,
    pub(super) access: Mutex<Option<Access>>,
}

/// What a call sends.
pub(super) enum Body {
    Nothing,
    Json(Value),
    Form(Vec<(&'static str, Secret<String>)>),
}

/// What to do after a try.
enum Outcome {
    Done(Vec<u8>),
    Again { status: u16, after: Option<Duration> },
}

impl Tailnet {
    /// The API below `base`, opened by the OAuth client in a file. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupError`] when the HTTP client cannot be set up.
    pub(crate) fn new(base: BaseUrl, client_file: SecretFile) -> Result<Self, SetupError> {
        let http = Client::builder()
            .tls_backend_preconfigured(client_config(base.reach()).map_err(SetupError::Tls)?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(ONE_TRY)
            .user_agent(concat!("clawlets/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { http, base, client_file, access: Mutex::new(None) })
    }

    /// A call with an access token. One that is refused is replaced once: it may have expired or been revoked.
    pub(super) async fn call(
        &self,
        tried: &'static str,
        method: Method,
        path: &[&str],
        body: &Body,
    ) -> Result<Vec<u8>, TailnetError> {
        let token = self.access().await?;
        match self.send(tried, method.clone(), path, body, Some(&token)).await {
            Err(TailnetError::Refused { status: 401, .. }) => {
                self.forget_access().await;
                let token = self.access().await?;
                self.send(tried, method, path, body, Some(&token)).await
            }
            outcome => outcome,
        }
    }

    /// Sends a request until it is answered well, refused, or the time is over. Too many requests (429) and failures of
    /// the service (5xx) are waited out, as long as the service says if it does.
    pub(super) async fn send(
        &self,
        tried: &'static str,
        method: Method,
        path: &[&str],
        body: &Body,
        token: Option<&Secret<String>>,
    ) -> Result<Vec<u8>, TailnetError> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            let failure = match self.once(tried, method.clone(), path, body, token).await {
                Ok(Outcome::Done(answer)) => return Ok(answer),
                Ok(Outcome::Again { status, after }) => {
                    pause = after.unwrap_or(pause);
                    TailnetError::TooSlow { tried, status: Some(status) }
                }
                Err(error @ TailnetError::Transport { .. }) => error,
                Err(error) => return Err(error),
            };
            if Instant::now() + pause >= deadline {
                return Err(failure);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn once(
        &self,
        tried: &'static str,
        method: Method,
        path: &[&str],
        body: &Body,
        token: Option<&Secret<String>>,
    ) -> Result<Outcome, TailnetError> {
        let failed = |error: reqwest::Error| TailnetError::Transport { tried, source: error.without_url() };
        let mut request = self.http.request(method, self.base.join(path));
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        request = match body {
            Body::Nothing => request,
            Body::Json(body) => request.header(CONTENT_TYPE, "application/json").body(body.to_string()),
            Body::Form(fields) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in fields {
                    form.append_pair(name, value.expose());
                }
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.finish())
            }
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return read(tried, response).await.map(Outcome::Done);
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Ok(Outcome::Again { status: status.as_u16(), after: retry_after(&response) });
        }
        // What the service says may repeat what it was sent.
        Err(TailnetError::Refused { tried, status: status.as_u16() })
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read(tried: &'static str, mut response: Response) -> Result<Vec<u8>, TailnetError> {
    let failed = |error: reqwest::Error| TailnetError::Transport { tried, source: error.without_url() };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(TailnetError::Malformed { tried });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
