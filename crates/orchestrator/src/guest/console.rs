//! What a VM wrote to its serial port: the local cloud keeps it, Hetzner does not.

use std::time::Duration;

use clawlets_model::Secret;
use clawlets_upstream::{BaseUrl, client_config};
use reqwest::{Client, StatusCode, redirect};
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use super::reach::ReachError;

/// How long the local cloud may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A part of what a VM wrote to its serial port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ConsolePart {
    /// Where it begins, in bytes.
    pub(crate) from: u64,
    /// Where the next part begins.
    pub(crate) next: u64,
    /// The text.
    pub(crate) text: String,
}

/// Why there is nothing to show.
#[derive(Debug, Error)]
pub(crate) enum ConsoleError {
    /// The provider keeps no consoles.
    #[error("the provider keeps no consoles; only the local cloud does")]
    NotKept,
    /// There is no such VM.
    #[error("the local cloud has no such server")]
    Unknown,
    /// It is not known how the local cloud is reached.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// The local cloud's endpoint cannot be used.
    #[error("the local cloud's endpoint cannot be used")]
    Endpoint,
    /// The local cloud does not answer.
    #[error("failed to read the console from the local cloud")]
    Transport(#[source] reqwest::Error),
    /// It says no.
    #[error("the local cloud refused to show the console: status {0}")]
    Refused(u16),
}

#[derive(Deserialize)]
struct Answer {
    console: ConsolePart,
}

/// Reads a part of a server's console from the local cloud behind `endpoint`.
pub(super) async fn read(
    endpoint: &Url,
    token: &Secret<String>,
    server_id: u64,
    from: u64,
) -> Result<ConsolePart, ConsoleError> {
    let mut base = endpoint.clone();
    base.set_path("");
    let base = BaseUrl::parse(base.as_str()).map_err(|_| ConsoleError::Endpoint)?;
    let http = Client::builder()
        .tls_backend_preconfigured(client_config(base.reach()).map_err(|_| ConsoleError::Endpoint)?)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(ConsoleError::Transport)?;
    let url = base.join(&["_local", "servers", &server_id.to_string(), "console"]);
    let transport = |error: reqwest::Error| ConsoleError::Transport(error.without_url());
    let request = http.get(url).query(&[("from", from)]).bearer_auth(token.expose());
    let response = request.send().await.map_err(transport)?;
    match response.status() {
        status if status.is_success() => Ok(response.json::<Answer>().await.map_err(transport)?.console),
        StatusCode::NOT_FOUND => Err(ConsoleError::Unknown),
        status => Err(ConsoleError::Refused(status.as_u16())),
    }
}
