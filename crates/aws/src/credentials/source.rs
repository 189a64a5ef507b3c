//! Where credentials come from.

use super::{Credentials, CredentialsError, ProfileFiles, WebIdentity};
use crate::{InstanceMetadata, SetupError};

/// Where credentials come from.
#[derive(Debug, Clone)]
pub enum CredentialSource {
    /// They are given.
    Fixed(Credentials),
    /// A profile in the files of the vendor's tools.
    Profile {
        /// Its name.
        profile: String,
        /// The files.
        files: ProfileFiles,
    },
    /// A role, for a token that somebody else signed. CI has it so.
    WebIdentity(WebIdentity),
    /// The role of the instance that this runs on.
    Instance(InstanceMetadata),
}

impl CredentialSource {
    /// Where credentials come from, as the vendor's tools find it: keys in variables, a profile that a variable names, a
    /// web identity, the profile `default` if there is one, the instance.
    ///
    /// `variable` answers for the environment; an empty value counts as none. Asked for are `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_PROFILE`, `AWS_SHARED_CREDENTIALS_FILE`, `AWS_CONFIG_FILE`,
    /// `HOME`, `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_ROLE_SESSION_NAME`, `AWS_EC2_METADATA_DISABLED` and
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    ///
    /// # Errors
    /// [`CredentialsError`] when what is set is incomplete, or nothing is set and the instance must not be asked.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let half = |present, missing| CredentialsError::Half { present, missing };
        match (set("AWS_ACCESS_KEY_ID"), set("AWS_SECRET_ACCESS_KEY")) {
            (Some(id), Some(secret)) => {
                let token = set("AWS_SESSION_TOKEN");
                return Ok(Self::Fixed(Credentials::new(&id, &secret, token.as_deref())?));
            }
            (Some(_), None) => return Err(half("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
            (None, Some(_)) => return Err(half("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")),
            (None, None) => {}
        }
        let files = ProfileFiles::from_environment(&set);
        if let Some(profile) = set("AWS_PROFILE") {
            return Ok(Self::Profile { profile, files });
        }
        match (set("AWS_WEB_IDENTITY_TOKEN_FILE"), set("AWS_ROLE_ARN")) {
            (Some(file), Some(role)) => {
                let session = set("AWS_ROLE_SESSION_NAME").unwrap_or_else(|| "clawlets".to_owned());
                return Ok(Self::WebIdentity(WebIdentity { role, session, token_file: file.into() }));
            }
            (Some(_), None) => return Err(half("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")),
            (None, Some(_) | None) => {}
        }
        if files.have_default() {
            return Ok(Self::Profile { profile: "default".to_owned(), files });
        }
        if set("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Err(CredentialsError::None);
        }
        let endpoint = set("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let metadata = match InstanceMetadata::new(endpoint.as_deref()) {
            Ok(metadata) => metadata,
            Err(SetupError::Endpoint(error)) => return Err(CredentialsError::MetadataEndpoint(error)),
            Err(SetupError::Tls(_) | SetupError::Client(_)) => return Err(CredentialsError::None),
        };
        Ok(Self::Instance(metadata))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn found(pairs: &[(&str, &str)]) -> Result<CredentialSource, CredentialsError> {
        let map: BTreeMap<&str, &str> = pairs.iter().copied().collect();
        CredentialSource::from_environment(&|name| map.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn the_first_that_is_there_counts() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().to_str().unwrap();
        let keys =
            [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "secret-key"), ("AWS_PROFILE", "x")];
        assert!(matches!(found(&keys), Ok(CredentialSource::Fixed(_))));
        let profile = [("AWS_PROFILE", "ops"), ("HOME", home)];
        assert!(matches!(found(&profile), Ok(CredentialSource::Profile { profile, .. }) if profile == "ops"));
        let token = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/x")];
        assert!(matches!(found(&token), Ok(CredentialSource::WebIdentity(_))));
        assert!(matches!(found(&[("HOME", home)]), Ok(CredentialSource::Instance(_))));
        std::fs::create_dir(format!("{home}/.aws")).unwrap();
        std::fs::write(format!("{home}/.aws/credentials"), "[default]\naws_access_key_id = a\n").unwrap();
        assert!(matches!(found(&[("HOME", home)]), Ok(CredentialSource::Profile { .. })));
    }

    #[test]
    fn what_is_half_set_is_an_error_and_prints_no_key() {
        let error = found(&[("AWS_SECRET_ACCESS_KEY", "very-secret-key")]).unwrap_err();
        assert!(matches!(error, CredentialsError::Half { .. }));
        assert!(!format!("{error} {error:?}").contains("very-secret-key"));
        let broken = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "two\nlines")];
        let error = found(&broken).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("two"));
        assert!(matches!(found(&[("AWS_EC2_METADATA_DISABLED", "true")]), Err(CredentialsError::None)));
        let elsewhere = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://evil.example")];
        assert!(matches!(found(&elsewhere), Err(CredentialsError::MetadataEndpoint(_))));
    }
}
