//! A key that signs.

use std::time::Duration;

use clawlets_model::{Scrubber, Secret};
use jiff::Timestamp;

use super::CredentialsError;

/// How long before their end credentials are renewed.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// An access key, for good or for a session. Everything but its id is a secret.
#[derive(Debug, Clone)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Secret<String>,
    session_token: Option<Secret<String>>,
    expires_at: Option<Timestamp>,
}

impl Credentials {
    /// Credentials that do not end by themselves.
    ///
    /// # Errors
    /// [`CredentialsError::Unusable`] when a part is empty or holds what no header can.
    pub fn new(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
    ) -> Result<Self, CredentialsError> {
        let is_visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let parts = [Some(access_key_id), Some(secret_access_key), session_token];
        if !parts.into_iter().flatten().all(is_visible) {
            return Err(CredentialsError::Unusable);
        }
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: secret_access_key.into(),
            session_token: session_token.map(Secret::from),
            expires_at: None,
        })
    }

    /// The same, ending at that time.
    #[must_use]
    pub const fn until(mut self, end: Timestamp) -> Self {
        self.expires_at = Some(end);
        self
    }

    /// The part that is no secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The part that signs.
    #[must_use]
    pub const fn secret_access_key(&self) -> &Secret<String> {
        &self.secret_access_key
    }

    /// The token of the session, where there is one.
    #[must_use]
    pub const fn session_token(&self) -> Option<&Secret<String>> {
        self.session_token.as_ref()
    }

    /// When they end, if they do.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Whether they must be renewed.
    pub(crate) fn is_ending(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now + EARLY >= end)
    }

    /// Whether they are of no use any more.
    pub(crate) fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    pub(crate) fn scrubber(&self) -> Scrubber {
        Scrubber::new(std::iter::once(&self.secret_access_key).chain(&self.session_token))
    }
}
