//! Holds credentials, and renews them before they end.

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::{CredentialSource, Credentials, CredentialsError};
use crate::{Endpoint, Region, http::Http};

/// Holds credentials. Of many who ask at once one fetches them, and the others wait for it.
#[derive(Debug)]
pub(crate) struct Keeper {
    source: CredentialSource,
    http: Http,
    region: Region,
    endpoint: Option<Endpoint>,
    held: Mutex<Option<Credentials>>,
}

impl Keeper {
    pub(crate) fn new(
        source: CredentialSource,
        http: Http,
        region: Region,
        endpoint: Option<Endpoint>,
    ) -> Self {
        Self { source, http, region, endpoint, held: Mutex::new(None) }
    }

    /// Credentials that count now. Where they cannot be renewed, those from before are used to their end.
    pub(crate) async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.held.lock().await;
        let now = Timestamp::now();
        if let Some(credentials) = held.as_ref().filter(|credentials| !credentials.is_ending(now)) {
            return Ok(credentials.clone());
        }
        match (self.fetch().await, held.as_ref()) {
            (Ok(credentials), _) => {
                *held = Some(credentials.clone());
                Ok(credentials)
            }
            (Err(_), Some(earlier)) if !earlier.has_ended(now) => Ok(earlier.clone()),
            (Err(error), _) => Err(error),
        }
    }

    /// Forgets what is held, since the provider says that it has ended.
    pub(crate) async fn forget(&self) {
        *self.held.lock().await = None;
    }

    async fn fetch(&self) -> Result<Credentials, CredentialsError> {
        match &self.source {
            CredentialSource::Fixed(credentials) => Ok(credentials.clone()),
            CredentialSource::Profile { profile, files } => files.read(profile),
            CredentialSource::WebIdentity(identity) => {
                identity.session(&self.http, &self.region, self.endpoint.as_ref()).await
            }
            CredentialSource::Instance(metadata) => {
                metadata.role_credentials().await.map_err(CredentialsError::Metadata)
            }
        }
    }
}
