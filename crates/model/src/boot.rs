//! User data: what a VM is told at its birth. Everybody with access to the provider's project can read it, so it holds
//! nothing but a one-time token and addresses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{EnvVarName, Secret, limits};

/// Where cloud-init puts the boot file in a VM.
pub const BOOT_FILE: &str = "/run/clawlets/boot.json";

const FIRST_LINE: &str = "#cloud-config\n";

/// What a VM is told at its birth.
#[derive(Debug, Clone)]
pub struct Boot {
    /// Where the orchestrator is reached, such as `http://100.64.0.5:18337`.
    pub base_url: String,
    /// Redeemed once for the session.
    pub token: Secret<String>,
    /// Seconds until the VM must be off, counted from its start.
    pub remaining: u64,
    /// What the VM needs to join the tailnet, where it must.
    pub tailnet_key: Option<Secret<String>>,
    /// Who may log in, as `authorized_keys` lines.
    pub admin_keys: Vec<String>,
    /// Public variables for the task.
    pub env: BTreeMap<EnvVarName, String>,
}

/// Why user data could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserDataError {
    /// More than the provider takes.
    #[error("user data is {size} bytes, {excess} more than the {max} that the provider takes; the largest part is {part} with {part_size} bytes", max = limits::USER_DATA)]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// How much too big it is, in bytes.
        excess: usize,
        /// The part that takes most.
        part: &'static str,
        /// What that part takes, in bytes.
        part_size: usize,
    },
    /// Not what [`Boot::to_user_data`] writes.
    #[error("user data is not a boot file: {0}")]
    Malformed(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloudConfig {
    write_files: Vec<WriteFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WriteFile {
    path: String,
    permissions: String,
    content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BootFile {
    schema_version: u32,
    base_url: String,
    token: String,
    remaining: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tailnet_key: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    admin_keys: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    env: BTreeMap<EnvVarName, String>,
}

impl Boot {
    /// The user data: a cloud-config whose body is JSON (which is YAML), so that both cloud-init and a guest without a
    /// YAML reader understand it.
    ///
    /// # Errors
    /// [`UserDataError::TooLarge`] beyond 32,768 bytes.
    pub fn to_user_data(&self) -> Result<Secret<String>, UserDataError> {
        let file = BootFile {
            schema_version: 1,
            base_url: self.base_url.clone(),
            token: self.token.expose().clone(),
            remaining: self.remaining,
            tailnet_key: self.tailnet_key.as_ref().map(|key| key.expose().clone()),
            admin_keys: self.admin_keys.clone(),
            env: self.env.clone(),
        };
        let content = serde_json::to_string(&file).expect("a boot file has only text keys");
        let config = CloudConfig {
            write_files: vec![WriteFile {
                path: BOOT_FILE.to_owned(),
                permissions: "0600".to_owned(),
                content,
            }],
        };
        let body = serde_json::to_string(&config).expect("a cloud-config has only text keys");
        let text = format!("{FIRST_LINE}{body}\n");
        match text.len().checked_sub(limits::USER_DATA) {
            None | Some(0) => Ok(Secret::from(text)),
            Some(excess) => {
                let (part, part_size) = self.largest_part();
                Err(UserDataError::TooLarge { size: text.len(), excess, part, part_size })
            }
        }
    }

    fn largest_part(&self) -> (&'static str, usize) {
        let env = self.env.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let keys = self.admin_keys.iter().map(String::len).sum();
        let parts = [("env", env), ("adminKeys", keys), ("baseUrl", self.base_url.len())];
        parts.into_iter().max_by_key(|(_, size)| *size).unwrap_or(("env", 0))
    }

    /// Reads user data as a provider's metadata service returns it.
    ///
    /// # Errors
    /// [`UserDataError::Malformed`] on anything that [`Boot::to_user_data`] does not write.
    pub fn from_user_data(text: &str) -> Result<Self, UserDataError> {
        let malformed = |what: &str| UserDataError::Malformed(what.to_owned());
        let body = text.strip_prefix(FIRST_LINE).ok_or_else(|| malformed("it is not a cloud-config"))?;
        let config: CloudConfig = serde_json::from_str(body)
            .map_err(|_| malformed("its body is not the JSON that was expected"))?;
        let file = config.write_files.iter().find(|file| file.path == BOOT_FILE);
        let file = file.ok_or_else(|| malformed("it writes no boot file"))?;
        Self::from_boot_file(&file.content)
    }

    /// Reads the content of [`BOOT_FILE`].
    ///
    /// # Errors
    /// [`UserDataError::Malformed`] when it is not a boot file of version 1. The message quotes nothing of it.
    pub fn from_boot_file(text: &str) -> Result<Self, UserDataError> {
        let malformed = |what: &str| UserDataError::Malformed(what.to_owned());
        let file: BootFile =
            serde_json::from_str(text).map_err(|_| malformed("the boot file is not valid JSON"))?;
        if file.schema_version != 1 {
            return Err(malformed("the boot file has another version than 1"));
        }
        Ok(Self {
            base_url: file.base_url,
            token: Secret::from(file.token),
            remaining: file.remaining,
            tailnet_key: file.tailnet_key.map(Secret::from),
            admin_keys: file.admin_keys,
            env: file.env,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn boot(env: &[(&str, String)]) -> Boot {
        Boot {
            base_url: "http://10.0.2.2:18337".to_owned(),
            token: Secret::from("t".repeat(43)),
            remaining: 600,
            tailnet_key: None,
            admin_keys: vec!["ssh-ed25519 AAAA".to_owned()],
            env: env.iter().map(|(k, v)| (EnvVarName::parse(k).unwrap(), v.clone())).collect(),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let boot = boot(&[("GREETING", "hello: \"world\"\n# not a comment".to_owned())]);
        let text = boot.to_user_data().unwrap();
        let read = Boot::from_user_data(text.expose()).unwrap();
        assert_eq!((read.base_url, read.remaining, read.env), (boot.base_url, 600, boot.env));
        assert_eq!(read.token.expose(), boot.token.expose());
        assert!(text.expose().len() < 1024);
    }

    #[test]
    fn too_much_user_data_is_refused_with_the_part_that_is_to_blame() {
        let fault = boot(&[("BIG", "x".repeat(40_000))]).to_user_data().unwrap_err();
        assert!(
            matches!(fault, UserDataError::TooLarge { part: "env", excess, .. } if excess > 7_000),
            "{fault}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(#cloud-config\n)?\\PC{0,300}") {
            let _ = Boot::from_user_data(&text);
            let _ = Boot::from_boot_file(&text);
        }
    }
}
