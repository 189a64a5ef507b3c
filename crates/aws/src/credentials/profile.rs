//! Profiles in the files of the vendor's tools.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{Credentials, CredentialsError};
use crate::Region;

/// The two files in which the vendor's tools keep profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFiles {
    /// Access keys: `~/.aws/credentials`.
    pub credentials: PathBuf,
    /// Everything else: `~/.aws/config`.
    pub config: PathBuf,
}

/// What a profile may have instead of a key. None of it is followed: it would take a browser, or another program.
const INDIRECT: &[&str] =
    &["sso_session", "sso_start_url", "role_arn", "credential_process", "login_session"];

/// The settings of one profile. Keys are among them.
type Settings = BTreeMap<String, Zeroizing<String>>;

impl ProfileFiles {
    /// The files that the variables name, else those in the home folder; empty paths where there is none.
    #[must_use]
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        // Without a home there is no file: one that lies where a program happens to be started is nobody's.
        let folder = variable("HOME").map(|home| PathBuf::from(home).join(".aws"));
        let usual = |name: &str| folder.as_ref().map(|folder| folder.join(name)).unwrap_or_default();
        let file = |name, or: &str| variable(name).map_or_else(|| usual(or), PathBuf::from);
        Self {
            credentials: file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            config: file("AWS_CONFIG_FILE", "config"),
        }
    }

    /// The region of a profile, if it names one that can be read.
    #[must_use]
    pub fn region(&self, profile: &str) -> Option<Region> {
        let settings = self.settings(profile).ok()?;
        Region::parse(settings.get("region")?).ok()
    }

    pub(super) fn have_default(&self) -> bool {
        self.settings("default").is_ok_and(|settings| settings.contains_key("aws_access_key_id"))
    }

    pub(super) fn read(&self, profile: &str) -> Result<Credentials, CredentialsError> {
        let settings = self.settings(profile)?;
        let profile = || profile.to_owned();
        if settings.is_empty() {
            return Err(CredentialsError::NoProfile { profile: profile(), path: self.credentials.clone() });
        }
        let setting = |name: &'static str| settings.get(name).map(|value| value.as_str());
        let indirect = INDIRECT.iter().find(|name| settings.contains_key(**name));
        match (setting("aws_access_key_id"), setting("aws_secret_access_key"), indirect) {
            (Some(id), Some(secret), _) => Credentials::new(id, secret, setting("aws_session_token")),
            (_, _, Some(setting)) => Err(CredentialsError::Indirect { profile: profile(), setting }),
            (None, _, None) => {
                Err(CredentialsError::Incomplete { profile: profile(), missing: "aws_access_key_id" })
            }
            (Some(_), None, None) => {
                Err(CredentialsError::Incomplete { profile: profile(), missing: "aws_secret_access_key" })
            }
        }
    }

    /// The settings of a profile: those of the file of credentials win.
    fn settings(&self, profile: &str) -> Result<Settings, CredentialsError> {
        let named = if profile == "default" { profile.to_owned() } else { format!("profile {profile}") };
        let mut settings = Settings::new();
        for (path, section) in [(&self.config, named.as_str()), (&self.credentials, profile)] {
            settings.extend(section_of(&text(path)?, section));
        }
        Ok(settings)
    }
}

/// A file that is not there says nothing.
fn text(path: &Path) -> Result<Zeroizing<String>, CredentialsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Zeroizing::new(String::new())),
        Err(source) => Err(CredentialsError::File { path: path.to_owned(), source }),
    }
}

/// The settings below one heading: `name = value` lines. Nested settings, which are indented, are none of ours.
fn section_of(text: &str, section: &str) -> Settings {
    let mut settings = Settings::new();
    let mut is_here = false;
    for line in text.lines() {
        if let Some(heading) = line.trim().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            is_here = heading.0.split_whitespace().eq(section.split_whitespace());
            continue;
        }
        let is_plain = !line.starts_with([' ', '\t', '#', ';']);
        if let Some((name, value)) = line.split_once('=').filter(|_| is_here && is_plain) {
            let value = value.split([' ', '\t']).find(|word| !word.is_empty()).unwrap_or_default();
            settings.insert(name.trim().to_ascii_lowercase(), Zeroizing::new(value.trim().to_owned()));
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CREDENTIALS: &str = "# a comment\n[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key = s/e+c=ret\n\
        [ ops ]\r\naws_access_key_id = AKIAOPS\r\naws_secret_access_key = ops-secret  # mine\r\naws_session_token = t\r\n\
        [half]\naws_access_key_id = AKIAHALF\n";
    const CONFIG: &str = "[default]\nregion = eu-central-1\n[profile browser]\nsso_session = corp\nregion = us-east-1\n\
        s3 =\n  max_concurrent_requests = 20\n";

    fn files(folder: &Path) -> ProfileFiles {
        let files = ProfileFiles { credentials: folder.join("credentials"), config: folder.join("config") };
        fs::write(&files.credentials, CREDENTIALS).unwrap();
        fs::write(&files.config, CONFIG).unwrap();
        files
    }

    #[test]
    fn profiles_are_found_in_both_files() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let default = files.read("default").unwrap();
        assert_eq!(default.access_key_id(), "AKIADEFAULT");
        assert_eq!(default.secret_access_key().expose(), "s/e+c=ret");
        let ops = files.read("ops").unwrap();
        assert_eq!(ops.secret_access_key().expose(), "ops-secret");
        assert_eq!(ops.session_token().map(|token| token.expose().as_str()), Some("t"));
        assert_eq!(files.region("default"), Region::parse("eu-central-1").ok());
        assert_eq!(files.region("browser"), Region::parse("us-east-1").ok());
        assert_eq!(files.region("ops"), None);
    }

    #[test]
    fn a_profile_without_a_key_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        assert!(matches!(files.read("nobody"), Err(CredentialsError::NoProfile { .. })));
        assert!(matches!(
            files.read("browser"),
            Err(CredentialsError::Indirect { setting: "sso_session", .. })
        ));
        assert!(matches!(
            files.read("half"),
            Err(CredentialsError::Incomplete { missing: "aws_secret_access_key", .. })
        ));
    }

    proptest! {
        #[test]
        fn any_file_is_read(text in "[\\[\\]= a-z#;\\n\\r]{0,120}") {
            let _ = section_of(&text, "default");
        }
    }
}
