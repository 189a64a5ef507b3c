//! What lies between two releases beside their manifests: secrets, by name, and commits.

use std::{collections::BTreeMap, path::Path};

use clawlets_printer::Fault;
use clawlets_release::{
    bundle::Bundle,
    document::Manifest,
    value::{Revision, Sha256Digest},
};
use serde::Serialize;

use super::super::manifest::read_bundle;
use crate::git::Git;

/// How the secrets differ. Encrypted values differ also when they were only encrypted again.
#[derive(Debug, Default, Serialize)]
pub(super) struct SecretChanges {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
}

impl SecretChanges {
    /// Compares the bundles of two manifests; none when one of them does not lie beside its manifest.
    ///
    /// # Errors
    /// A fault when a bundle is there and cannot be read.
    pub(super) fn between(a: (&Path, &Manifest), b: (&Path, &Manifest)) -> Result<Option<Self>, Fault> {
        let (Some(mut a), Some(b)) = (secrets_of(a)?, secrets_of(b)?) else { return Ok(None) };
        let mut changes = Self::default();
        for (name, digest) in b {
            match a.remove(&name) {
                None => changes.added.push(name),
                Some(before) if before != digest => changes.changed.push(name),
                Some(_) => {}
            }
        }
        changes.removed.extend(a.into_keys());
        Ok(Some(changes))
    }

    /// Each with what to say of it on either side.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, &'static str, &'static str)> {
        let added = self.added.iter().map(|name| (name.as_str(), "", "added"));
        let removed = self.removed.iter().map(|name| (name.as_str(), "removed", ""));
        let changed = self.changed.iter().map(|name| (name.as_str(), "", "changed"));
        added.chain(removed).chain(changed)
    }
}

fn secrets_of((path, manifest): (&Path, &Manifest)) -> Result<Option<BTreeMap<String, Sha256Digest>>, Fault> {
    let bundle = path.with_file_name(manifest.secrets.url.as_str());
    if !bundle.is_file() {
        return Ok(None);
    }
    let bytes = read_bundle(&bundle)?;
    let Ok(bundle) = Bundle::parse(&bytes) else { return Ok(None) };
    let files = bundle.files().map(|file| (file.secret.to_string(), Sha256Digest::of(file.bytes)));
    Ok(Some(files.collect()))
}

/// The commits that one revision has and another has not, one line each; none where the repository does not know both.
pub(super) fn commits(project: &Path, a: &Revision, b: &Revision) -> Option<Vec<String>> {
    let range = format!("{a}..{b}");
    let said =
        Git::at(project).run(&["log", "--no-decorate", "--no-color", "--format=%h %s", &range, "--"]).ok()?;
    Some(String::from_utf8_lossy(&said).lines().map(str::to_owned).collect())
}
