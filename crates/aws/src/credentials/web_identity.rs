//! A role, for a token that somebody else signed.

use std::path::PathBuf;

use clawlets_model::{Scrubber, Secret};
use jiff::Timestamp;
use reqwest::{
    Method, Request,
    header::{CONTENT_TYPE, HeaderValue},
};
use zeroize::Zeroizing;

use super::{Credentials, CredentialsError};
use crate::{
    AwsError, Endpoint, Region, error_reply,
    http::{Http, Reply, Sink},
    query::VERSION_STS,
    request::{Service, encoded_query},
    xml,
};

/// A role that is assumed with a token from a file, as CI and clusters offer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity {
    /// The role, as `arn:aws:iam::123456789012:role/name`.
    pub role: String,
    /// How the session is called in the provider's logs.
    pub session: String,
    /// The file of the token. It is read anew whenever a session begins.
    pub token_file: PathBuf,
}

const TRIED: &str = "assume a role with a web identity";

impl WebIdentity {
    /// A session. The token is what proves who asks: the request is not signed.
    pub(super) async fn session(
        &self,
        http: &Http,
        region: &Region,
        endpoint: Option<&Endpoint>,
    ) -> Result<Credentials, CredentialsError> {
        let token = tokio::fs::read_to_string(&self.token_file)
            .await
            .map(Secret::new)
            .map_err(|source| CredentialsError::File { path: self.token_file.clone(), source })?;
        let root = endpoint.cloned().unwrap_or_else(|| Endpoint::of_service(Service::Sts.name(), region));
        let form = Zeroizing::new(encoded_query([
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", VERSION_STS),
            ("RoleArn", &self.role),
            ("RoleSessionName", &self.session),
            ("WebIdentityToken", token.expose().trim()),
        ]));
        let mut request = Request::new(Method::POST, root.at(""));
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        *request.body_mut() = Some(form.to_string().into());
        let failed = |error| CredentialsError::WebIdentity(Box::new(error));
        let sent = http.send(TRIED, request, Sink::Memory, http.limits().request).await;
        let (reply, _) = sent.map_err(failed)?;
        if !reply.is_success() {
            return Err(failed(error_reply::meaning(TRIED, &reply, &Scrubber::new([&token]))));
        }
        credentials(&reply).map_err(|why| failed(AwsError::Malformed { tried: TRIED.to_owned(), why }))
    }
}

fn credentials(reply: &Reply) -> Result<Credentials, String> {
    let answer = xml::read(reply.body.expose())?;
    let found = answer.find("Credentials").ok_or("it has no credentials")?;
    let text = |name: &str| found.text(name).ok_or_else(|| format!("its credentials have no {name}"));
    let end: Timestamp = text("Expiration")?.parse().map_err(|_| "its credentials have no end")?;
    Credentials::new(text("AccessKeyId")?, text("SecretAccessKey")?, Some(text("SessionToken")?))
        .map(|credentials| credentials.until(end))
        .map_err(|error| error.to_string())
}
