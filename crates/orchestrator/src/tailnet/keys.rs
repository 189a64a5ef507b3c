//! Keys with which VMs join.

use std::sync::Arc;

use clawlets_model::{Secret, cause::chain};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{TAG, Tailnet, TailnetError, client::Body};

/// How long a key is good, in seconds.
const LIFE: u32 = 600;
/// How long a description may be, in characters.
const DESCRIPTION: usize = 50;

/// The id of a key, by which it is revoked. It opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct KeyId(String);

/// What a VM joins the tailnet with.
#[derive(Debug, Clone)]
pub(crate) struct JoinKey {
    /// The key.
    pub(crate) key: Secret<String>,
    /// Its id, if it was made for this VM.
    pub(crate) id: Option<KeyId>,
}

/// The answer; never printed.
#[derive(Deserialize)]
struct Minted {
    id: KeyId,
    key: String,
}

impl Tailnet {
    /// A new key for the VM of this name: for one device, which is ephemeral, approved and tagged.
    ///
    /// # Errors
    /// [`TailnetError`].
    pub(crate) async fn mint(&self, name: &str) -> Result<JoinKey, TailnetError> {
        const TRIED: &str = "make a key for the tailnet";
        let description: String = name.chars().take(DESCRIPTION).collect();
        let create = json!({ "reusable": false, "ephemeral": true, "preauthorized": true, "tags": [TAG] });
        let body = json!({
            "capabilities": { "devices": { "create": create } },
            "expirySeconds": LIFE,
            "description": description,
        });
        let answer = self.call(TRIED, Method::POST, &["tailnet", "-", "keys"], &Body::Json(body)).await?;
        let minted: Minted =
            serde_json::from_slice(&answer).map_err(|_| TailnetError::Malformed { tried: TRIED })?;
        Ok(JoinKey { key: Secret::from(minted.key), id: Some(minted.id) })
    }

    /// Revokes a key in the background. One that cannot be revoked ends by itself soon.
    pub(crate) fn revoke_soon(self: &Arc<Self>, id: KeyId) {
        let tailnet = Arc::clone(self);
        tokio::spawn(async move {
            match tailnet.revoke(&id).await {
                Ok(()) => tracing::debug!(key_id = id.0, "a key of the tailnet is revoked"),
                Err(error) => {
                    tracing::warn!(
                        key_id = id.0,
                        error = chain(&error),
                        "failed to revoke a key of the tailnet"
                    );
                }
            }
        });
    }

    async fn revoke(&self, id: &KeyId) -> Result<(), TailnetError> {
        const TRIED: &str = "revoke a key of the tailnet";
        let path = ["tailnet", "-", "keys", id.0.as_str()];
        match self.call(TRIED, Method::DELETE, &path, &Body::Nothing).await {
            Ok(_) | Err(TailnetError::Refused { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
