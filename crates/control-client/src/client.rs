//! One request and its answer.

use std::{fmt, time::Duration};

use clawlets_model::{
    Secret,
    control::{DeployAnswer, ErrorAnswer, StatusAnswer},
};
use clawlets_upstream::client_config;
use reqwest::{Response, redirect};
use serde::de::DeserializeOwned;

use crate::{ControlError, ControlUrl, DeployRequest, ProxyUrl, SetupError, request::Request};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take. The server answers within 10 s; the rest is the way there and back.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read, in bytes.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// The control API as one caller sees it. It follows no redirect, which could lead the token elsewhere, and repeats
/// nothing by itself.
pub struct Client {
    http: reqwest::Client,
    url: ControlUrl,
    token: Secret<String>,
}

impl Client {
    /// A client for whoever has this token.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(url: ControlUrl, token: Secret<String>) -> Result<Self, SetupError> {
        Self::over(url, token, None)
    }

    /// The same, on a host whose only way out is a proxy. What is on this machine is reached without it.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn through(proxy: &ProxyUrl, url: ControlUrl, token: Secret<String>) -> Result<Self, SetupError> {
        Self::over(url, token, Some(proxy))
    }

    fn over(url: ControlUrl, token: Secret<String>, proxy: Option<&ProxyUrl>) -> Result<Self, SetupError> {
        // What the environment says is for whoever reads it to hand over.
        let builder = reqwest::Client::builder().no_proxy();
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy.proxy().map_err(SetupError::Http)?),
            None => builder,
        };
        let http = builder
            .tls_backend_preconfigured(client_config(url.reach())?)
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .user_agent(concat!("clawlets/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError::Http)?;
        Ok(Self { http, url, token })
    }

    /// Where it is.
    #[must_use]
    pub const fn url(&self) -> &ControlUrl {
        &self.url
    }

    /// How the fleet is.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn status(&self) -> Result<StatusAnswer, ControlError> {
        self.ask(&Request::Status).await
    }

    /// Begins a deploy.
    ///
    /// # Errors
    /// [`ControlError`]. After [`ControlError::Silent`] it may have begun all the same.
    pub async fn deploy(&self, deploy: &DeployRequest) -> Result<DeployAnswer, ControlError> {
        self.ask(&Request::Deploy(deploy)).await
    }

    /// Whether it is up. Nothing of the caller is told.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn health(&self) -> Result<(), ControlError> {
        let response = self.http.get(self.url.health()).send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(ControlError::NotUnderstood { status: status.as_u16() })
        }
    }

    async fn ask<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, ControlError> {
        let body = serde_json::to_vec(request).expect("a request has only text keys");
        let sent = self
            .http
            .post(self.url.requests())
            .bearer_auth(self.token.expose())
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body)
            .send();
        let response = sent.await.map_err(failed)?;
        let status = response.status();
        let body = read(response).await?;
        let not_understood = || ControlError::NotUnderstood { status: status.as_u16() };
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| not_understood());
        }
        let answer: ErrorAnswer = serde_json::from_slice(&body).map_err(|_| not_understood())?;
        Err(ControlError::Refused { status: status.as_u16(), answer })
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, ControlError> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(ControlError::NotUnderstood { status });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failed(error: reqwest::Error) -> ControlError {
    let error = error.without_url();
    if error.is_timeout() && !error.is_connect() {
        ControlError::Silent(error)
    } else {
        ControlError::Unreachable(error)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("url", &self.url.to_string()).finish_non_exhaustive()
    }
}
