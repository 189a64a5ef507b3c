//! Where VMs come from.

use std::path::PathBuf;

use clawlets_model::Secret;
use serde::Deserialize;
use url::Url;

use super::secret_file::{SecretFile, SecretFileError};

/// The kinds of provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// Hetzner Cloud; guests call over the tailnet.
    Hetzner,
    /// The local cloud on this machine; guests call through relays.
    Local,
}

/// Where VMs come from and how the daemon gets in.
#[derive(Debug, Clone)]
pub struct Provider {
    /// What it is.
    pub kind: ProviderKind,
    /// How it is reached.
    pub access: Access,
    /// The folder of the sockets that the local cloud's relays lead to.
    pub relays: PathBuf,
}

/// How a provider is reached.
#[derive(Debug, Clone)]
pub enum Access {
    /// A base URL (none: the vendor's) and a token.
    Token {
        /// The base URL.
        endpoint: Option<Url>,
        /// The API token.
        token: SecretFile,
    },
    /// The connection document that the local cloud writes: JSON with `endpoint` and `token`.
    ConnectionFile(SecretFile),
}

#[derive(Deserialize)]
struct Connection {
    endpoint: Url,
    token: String,
}

impl Access {
    /// The base URL and the token as they are now.
    ///
    /// # Errors
    /// [`SecretFileError`] when a file cannot be read or a connection document is not one.
    pub fn read(&self) -> Result<(Option<Url>, Secret<String>), SecretFileError> {
        match self {
            Self::Token { endpoint, token } => Ok((endpoint.clone(), token.read()?)),
            Self::ConnectionFile(file) => {
                let text = file.read()?;
                let connection: Connection =
                    serde_json::from_str(text.expose()).map_err(|_| SecretFileError::Unfit {
                        path: file.path().to_owned(),
                        fault: "is not a connection document: expected JSON with endpoint and token",
                    })?;
                Ok((Some(connection.endpoint), Secret::from(connection.token)))
            }
        }
    }
}
