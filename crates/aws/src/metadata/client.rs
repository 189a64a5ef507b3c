//! The client of the metadata service.

use std::{sync::Arc, time::Duration};

use clawlets_model::Secret;
use jiff::Timestamp;
use reqwest::{Method, Request, header::HeaderValue};
use serde::Deserialize;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use super::MetadataError;
use crate::{
    AwsError, Credentials, CredentialsError, Endpoint, InstanceId, Limits, Region, SetupError,
    http::{Http, Reply, Sink},
    request::encoded_path,
    retry,
};

const USUAL: &str = "http://169.254.169.254";
/// How long a token counts: the most that the service gives.
const TOKEN_SECONDS: u64 = 21_600;
/// How long before its end a token is not used any more.
const EARLY: Duration = Duration::from_secs(60);
/// The service is one hop away: what it does not answer at once it does not answer.
const LIMITS: Limits = Limits {
    call: Duration::from_secs(10),
    request: Duration::from_secs(3),
    connect: Duration::from_secs(1),
    transfer: Duration::from_secs(10),
    stall: Duration::from_secs(3),
    answer: 64 << 10,
    first_wait: Duration::from_millis(100),
};

/// A client of the metadata service. Clones share the token.
#[derive(Debug, Clone)]
pub struct InstanceMetadata {
    endpoint: Endpoint,
    http: Http,
    token: Arc<Mutex<Option<Token>>>,
}

#[derive(Debug, Clone)]
struct Token {
    value: Secret<String>,
    until: Instant,
}

/// What the service says about a role.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleKeys {
    access_key_id: String,
    secret_access_key: Secretive,
    token: Secretive,
    expiration: Timestamp,
}

/// A text that is wiped.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Secretive(Secret<String>);

impl From<String> for Secretive {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl InstanceMetadata {
    /// A client of the service at its usual address, or at `endpoint`, as `AWS_EC2_METADATA_SERVICE_ENDPOINT` names one:
    /// on this machine or link-local.
    ///
    /// # Errors
    /// [`SetupError`] when the endpoint is elsewhere, or there is no HTTP client.
    pub fn new(endpoint: Option<&str>) -> Result<Self, SetupError> {
        let endpoint = Endpoint::parse_metadata(endpoint.unwrap_or(USUAL)).map_err(SetupError::Endpoint)?;
        let http = Http::new(endpoint.reach(), LIMITS)?;
        Ok(Self { endpoint, http, token: Arc::default() })
    }

    /// The instance's id.
    ///
    /// # Errors
    /// [`MetadataError`] when the service does not say.
    pub async fn instance_id(&self) -> Result<InstanceId, MetadataError> {
        self.value("meta-data/instance-id", |text| InstanceId::parse(text).ok()).await
    }

    /// The region that the instance is in.
    ///
    /// # Errors
    /// [`MetadataError`] when the service does not say.
    pub async fn region(&self) -> Result<Region, MetadataError> {
        self.value("meta-data/placement/region", |text| Region::parse(text).ok()).await
    }

    /// One of the instance's tags; `None` when it has none of that name, or does not show them.
    ///
    /// # Errors
    /// [`MetadataError`] when the service does not answer.
    pub async fn tag(&self, name: &str) -> Result<Option<String>, MetadataError> {
        self.text(&format!("meta-data/tags/instance/{}", encoded_path(name))).await
    }

    /// Credentials of the instance's role, for as long as they count.
    ///
    /// # Errors
    /// [`MetadataError`] when there is no role, or the service does not say.
    pub async fn role_credentials(&self) -> Result<Credentials, MetadataError> {
        const ROLES: &str = "meta-data/iam/security-credentials/";
        let roles = self.text(ROLES).await?.unwrap_or_default();
        let role = roles.lines().next().map(str::trim).filter(|role| !role.is_empty());
        let path = format!("{ROLES}{}", encoded_path(role.ok_or(MetadataError::NoRole)?));
        let reply = self.ask(&path).await?.ok_or(MetadataError::NoRole)?;
        let malformed = |why: &str| MetadataError::Malformed { path: path.clone(), why: why.to_owned() };
        let keys: RoleKeys =
            serde_json::from_slice(reply.body.expose()).map_err(|_| malformed("it has no access key"))?;
        let (secret, token) = (keys.secret_access_key.0, keys.token.0);
        let credentials = Credentials::new(&keys.access_key_id, secret.expose(), Some(token.expose()));
        let unusable = |error: CredentialsError| malformed(&error.to_string());
        Ok(credentials.map_err(unusable)?.until(keys.expiration))
    }

    async fn value<T>(&self, path: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, MetadataError> {
        let malformed = |why: &str| MetadataError::Malformed { path: path.to_owned(), why: why.to_owned() };
        let text = self.text(path).await?;
        let text = text.ok_or(MetadataError::Refused { path: path.to_owned(), status: 404 })?;
        parse(text.trim()).ok_or_else(|| malformed("it is not of the expected form"))
    }

    async fn text(&self, path: &str) -> Result<Option<String>, MetadataError> {
        let malformed =
            |_| MetadataError::Malformed { path: path.to_owned(), why: "it is not text".to_owned() };
        let reply = self.ask(path).await?;
        reply.map(|reply| String::from_utf8(reply.body.expose().clone()).map_err(malformed)).transpose()
    }

    /// The answer to a question below `latest`; `None` for what the service does not have.
    async fn ask(&self, path: &str) -> Result<Option<Reply>, MetadataError> {
        for is_fresh in [false, true] {
            if is_fresh {
                *self.token.lock().await = None;
            }
            let token = self.token().await?;
            let mut request = Request::new(Method::GET, self.endpoint.at(&format!("latest/{path}")));
            request.headers_mut().insert("x-aws-ec2-metadata-token", sensitive(&token)?);
            let reply = self.send(path, &request).await?;
            match reply.status {
                200 => return Ok(Some(reply)),
                404 => return Ok(None),
                // The token ended early: the instance was stopped and started, for one.
                401 if !is_fresh => {}
                status => return Err(MetadataError::Refused { path: path.to_owned(), status }),
            }
        }
        Err(MetadataError::Refused { path: path.to_owned(), status: 401 })
    }

    /// A token that counts now.
    async fn token(&self) -> Result<Secret<String>, MetadataError> {
        const PATH: &str = "api/token";
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref().filter(|token| Instant::now() + EARLY < token.until) {
            return Ok(token.value.clone());
        }
        let mut request = Request::new(Method::PUT, self.endpoint.at(&format!("latest/{PATH}")));
        let seconds = HeaderValue::from(TOKEN_SECONDS);
        request.headers_mut().insert("x-aws-ec2-metadata-token-ttl-seconds", seconds);
        *request.body_mut() = Some(Vec::new().into());
        let reply = self.send(PATH, &request).await?;
        if reply.status != 200 {
            return Err(MetadataError::NoToken { status: reply.status });
        }
        let malformed = |why: &str| MetadataError::Malformed { path: PATH.to_owned(), why: why.to_owned() };
        let value = Secret::new(
            String::from_utf8(reply.body.expose().clone()).map_err(|_| malformed("it is no text"))?,
        );
        let token = Token { value, until: Instant::now() + Duration::from_secs(TOKEN_SECONDS) };
        sensitive(&token.value)?;
        *held = Some(token.clone());
        Ok(token.value)
    }

    /// Sends a request, a few times where nobody answers: while a machine boots its network may not be there yet.
    async fn send(&self, path: &str, request: &Request) -> Result<Reply, MetadataError> {
        let tried = format!("ask the metadata service for {path}");
        let end = Instant::now() + LIMITS.call;
        let mut tries = 0;
        loop {
            tries += 1;
            let request = request.try_clone().expect("a request without a stream can be sent twice");
            let error = match self.http.send(&tried, request, Sink::Memory, LIMITS.request).await {
                Ok((reply, _)) if reply.status < 500 => return Ok(reply),
                Ok((reply, _)) => {
                    AwsError::Server { tried: tried.clone(), status: reply.status, code: String::new() }
                }
                Err(error) => error,
            };
            let left = end.saturating_duration_since(Instant::now());
            match retry::wait(&error, tries, LIMITS.first_wait, left, retry::chance()) {
                Some(wait) => sleep(wait).await,
                None => return Err(MetadataError::Absent(Box::new(error))),
            }
        }
    }
}

/// A token as a header that is not printed.
fn sensitive(token: &Secret<String>) -> Result<HeaderValue, MetadataError> {
    let malformed = || MetadataError::Malformed {
        path: "api/token".to_owned(),
        why: "the token has characters that no header has".to_owned(),
    };
    let mut value = HeaderValue::try_from(token.expose().trim()).map_err(|_| malformed())?;
    value.set_sensitive(true);
    Ok(value)
}
