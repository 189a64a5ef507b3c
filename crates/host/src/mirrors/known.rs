//! The last pointer that was believed, of each mirror: one that did not change is not sent again.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_release::{trust::Fetched, value::Sha256Digest};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::records;

/// What a mirror served, and its mark. Held as text, since a pointer that was believed is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// The mark by which it is asked for again.
    pub mark: String,
    document: String,
    signature: Option<String>,
}

impl Known {
    /// What was fetched, if all of it is text.
    #[must_use]
    pub fn of(mark: String, fetched: &Fetched) -> Option<Self> {
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let signature = match &fetched.signature {
            Some(bytes) => Some(text(bytes)?),
            None => None,
        };
        Some(Self { mark, document: text(&fetched.bytes)?, signature })
    }

    /// As if it had been fetched again.
    #[must_use]
    pub fn fetched(&self) -> Fetched {
        let signature = self.signature.as_ref().map(|signature| signature.clone().into_bytes());
        Fetched { bytes: self.document.clone().into_bytes(), signature }
    }
}

/// The folder of what is known.
#[derive(Debug, Clone)]
pub(super) struct KnownPointers {
    folder: PathBuf,
}

impl KnownPointers {
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(super) fn get(&self, url: &Url) -> Option<Known> {
        serde_json::from_slice(&fs::read(self.path(url)).ok()?).ok()
    }

    /// Notes what a mirror served; what cannot be noted is fetched again.
    pub(super) fn note(&self, url: &Url, known: Option<&Known>) {
        let path = self.path(url);
        match known {
            Some(known) if self.get(url).as_ref() != Some(known) => {
                let bytes = serde_json::to_vec(known).expect("three texts have a form in JSON");
                let _ = records::replace(&path, &bytes);
            }
            Some(_) => {}
            None => {
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, url: &Url) -> PathBuf {
        self.folder.join(format!("{}.json", Sha256Digest::of(url.as_str().as_bytes())))
    }
}
