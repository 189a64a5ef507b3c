//! The client: one call, bounded in time and size.

use std::{collections::HashMap, fmt, sync::Mutex, time::Duration};

use clawlets_model::Secret;
use clawlets_upstream::BaseUrl;
use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder, header, redirect};
use rustls::ClientConfig;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::{GithubError, answer::Answer, mint::Turns};

/// The version of the API that answers are read by.
const VERSION: (&str, &str) = ("x-github-api-version", "2022-11-28");
/// GitHub's own name for JSON, and the one that its description of the API uses.
const ACCEPT: &str = "application/vnd.github+json, application/json;q=0.9";
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one call may take. Whoever waits for a token in a VM waits for 15 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// GitHub's API. It sends nothing before it is asked to, follows no redirect and uses no proxy.
pub struct Github {
    http: Client,
    pub(crate) api: BaseUrl,
    pub(crate) turns: Mutex<HashMap<crate::mint::Turn, Turns>>,
}

/// The HTTP client cannot be set up, which no input can bring about.
#[derive(Debug, Error)]
#[error("failed to set up the client of GitHub's API")]
pub struct SetupError(#[source] reqwest::Error);

/// One call.
pub(crate) struct Call<'a> {
    pub(crate) tried: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'a [&'a str],
    /// The JWT or the token that opens it.
    pub(crate) bearer: &'a Secret<String>,
    pub(crate) body: Option<Value>,
}

impl<'a> Call<'a> {
    /// A call without a body.
    pub(crate) const fn new(
        tried: &'static str,
        method: Method,
        path: &'a [&'a str],
        bearer: &'a Secret<String>,
    ) -> Self {
        Self { tried, method, path, bearer, body: None }
    }

    /// The same call with a body.
    pub(crate) fn with_body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Github {
    /// The API at this URL. `tls` says which certificates are believed.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(api: BaseUrl, tls: ClientConfig) -> Result<Self, SetupError> {
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .user_agent(concat!("clawlets/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError)?;
        Ok(Self { http, api, turns: Mutex::default() })
    }

    /// Sends a call and reads its answer. `now` turns the time at which a limit ends into a span.
    pub(crate) async fn send(&self, call: &Call<'_>, now: Timestamp) -> Result<Answer, GithubError> {
        let tried = call.tried;
        let failed = |error: reqwest::Error| GithubError::Transport { tried, source: error.without_url() };
        let mut request = self.request(call, self.api.join(call.path));
        if let Some(body) = &call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(failed)?;
        Answer::read(call, response, now).await
    }

    /// What every call has, at this URL, which must be one of the API's.
    pub(crate) fn request(&self, call: &Call<'_>, url: Url) -> RequestBuilder {
        self.http
            .request(call.method.clone(), url)
            .header(header::ACCEPT, ACCEPT)
            .header(VERSION.0, VERSION.1)
            .bearer_auth(call.bearer.expose())
    }
}

impl fmt::Debug for Github {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Github").field("api", &self.api.to_string()).finish_non_exhaustive()
    }
}
