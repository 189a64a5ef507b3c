//! `[models]` and `[secrets]`.

use std::collections::BTreeMap;

use url::Url;

use super::Check;
use crate::config::{
    document::{ModelTable, SecretTable},
    secret_file::SecretFile,
};

impl Check<'_> {
    pub(super) fn models(&mut self, tables: BTreeMap<String, ModelTable>) -> BTreeMap<String, Url> {
        let mut models = BTreeMap::new();
        for (provider, table) in tables {
            let path = format!("models.{provider}");
            let is_provider = provider.starts_with(|c: char| c.is_ascii_lowercase())
                && provider.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !is_provider {
                self.fault(&path, "is not a provider's name: expected lower-case letters, digits and dashes");
            }
            let key = format!("{path}.base_url");
            match table.base_url {
                Some(text) => models.extend(self.url(&key, &text).map(|url| (provider, url))),
                None => {
                    self.missing::<()>(&key, "an http or https URL");
                }
            }
        }
        models
    }

    pub(super) fn secret(&mut self, name: &str, table: SecretTable) -> Option<SecretFile> {
        let path = format!("secrets.{name}.file");
        match table.file {
            Some(file) => Some(self.secret_file(&path, &file)),
            None => self.missing(&path, "the path of a file that holds the secret"),
        }
    }
}
