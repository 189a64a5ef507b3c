//! Clients of HTTP: they follow no redirect, since what they send is for one place, and use no proxy.

use std::time::Duration;

use clawlets_upstream::{Reach, client_config};
use reqwest::{Client, redirect};
use url::Url;

/// How long a chat may take to take a message.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client for what is below this URL.
///
/// # Errors
/// In words.
pub(crate) fn client(base: &Url, patience: Duration) -> Result<Client, String> {
    let tls = client_config(Reach::of(base)).map_err(|error| error.to_string())?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(patience)
        .build()
        .map_err(|error| error.to_string())
}

/// A client for a chat.
///
/// # Errors
/// In words.
pub(crate) fn chat_client(base: &Url) -> Result<Client, String> {
    client(base, PATIENCE)
}
