//! What is wrong with a file, collected; and how single values are read.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clawlets_model::cause::chain;
use url::Url;

use crate::config::{
    duration_text::DurationText, fault::Fault, load::Lines, overrides::Overrides, secret_file::SecretFile,
};

/// Reads values, and keeps everything that is wrong with them.
pub(in crate::config) struct Check<'a> {
    /// Relative paths start here.
    pub(super) folder: PathBuf,
    pub(super) lines: &'a Lines,
    pub(in crate::config) overrides: &'a Overrides,
    pub(super) faults: &'a mut Vec<Fault>,
}

impl Check<'_> {
    pub(in crate::config) fn fault(&mut self, path: &str, message: impl Into<String>) {
        self.suggest(path, message, None);
    }

    pub(super) fn suggest(&mut self, path: &str, message: impl Into<String>, suggestion: Option<String>) {
        // A value in an array has no line of its own here; that of its key does.
        let mut message = message.into();
        let mut line = self.lines.get(path).copied();
        if let Some(variable) = self.overrides.variable_for(path) {
            line = None;
            message = format!("{message} (from the variable {variable})");
        }
        self.faults.push(Fault { path: path.to_owned(), line, message, suggestion });
    }

    /// Reports a key that must be there, unless it was reported already for its form.
    pub(in crate::config) fn missing<T>(&mut self, path: &str, expected: &str) -> Option<T> {
        if !self.faults.iter().any(|fault| fault.path == path) {
            self.fault(path, format!("is missing: expected {expected}"));
        }
        None
    }

    pub(super) fn at_most(&mut self, path: &str, value: Duration, most: Duration) {
        if value > most {
            self.fault(path, format!("is {} s, {} s at most", value.as_secs(), most.as_secs()));
        }
    }

    pub(super) fn path(&mut self, path: &str, value: Option<PathBuf>, default: &str) -> PathBuf {
        let value = value.unwrap_or_else(|| PathBuf::from(default));
        if value.as_os_str().is_empty() {
            self.fault(path, "is empty: expected a path");
        }
        self.folder.join(value)
    }

    pub(super) fn folder(&mut self, path: &str, value: Option<PathBuf>, default: &str) -> PathBuf {
        let folder = self.path(path, value, default);
        match std::fs::metadata(&folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => self.fault(path, format!("{} is not a folder", folder.display())),
            Err(error) => self.fault(path, format!("{}: {error}", folder.display())),
        }
        folder
    }

    pub(in crate::config) fn secret_file(&mut self, path: &str, value: &Path) -> SecretFile {
        let file = SecretFile::new(self.folder.join(value));
        if let Err(error) = file.read() {
            self.fault(path, chain(&error));
        }
        file
    }

    pub(super) fn url(&mut self, path: &str, text: &str) -> Option<Url> {
        match Url::parse(text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() =>
            {
                Some(url)
            }
            Ok(_) | Err(_) => {
                self.fault(path, format!("{text:?} is not an http or https URL"));
                None
            }
        }
    }

    pub(super) fn name(&mut self, path: &str, value: Option<String>, default: &str) -> String {
        let value = value.unwrap_or_else(|| default.to_owned());
        if value.trim().is_empty() {
            self.fault(path, "is empty: expected a name");
        }
        value
    }

    pub(super) fn names(&mut self, path: &str, values: Vec<String>) -> Vec<String> {
        if values.iter().any(|value| value.trim().is_empty()) {
            self.fault(path, "has an empty entry: expected names");
        }
        values
    }
}

/// A duration, or what is usual.
pub(super) fn duration(text: Option<DurationText>, default_seconds: u64) -> Duration {
    text.map_or(Duration::from_secs(default_seconds), |DurationText(duration)| duration)
}
