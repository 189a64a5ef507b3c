//! The JWT with which an App signs in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clawlets_model::Secret;
use jiff::Timestamp;
use serde_json::json;

use crate::{App, KeyError};

/// How long before now a JWT says that it was issued, in seconds: the clock of GitHub may be behind ours.
const BEHIND: i64 = 60;
/// How long a JWT is good, in seconds. GitHub takes ten minutes at most, by its own clock, which may be behind ours.
const LIFE: i64 = 540;

impl App {
    /// A JWT that is good for nine minutes from `now`.
    ///
    /// # Errors
    /// [`KeyError::Sign`].
    pub(crate) fn jwt(&self, now: Timestamp) -> Result<Secret<String>, KeyError> {
        let now = now.as_second();
        let header = json!({ "alg": "RS256", "typ": "JWT" });
        let claims = json!({ "iat": now - BEHIND, "exp": now + LIFE, "iss": self.id.to_string() });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let mut jwt = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(jwt.as_bytes())?;
        jwt.push('.');
        jwt.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(Secret::from(jwt))
    }
}
