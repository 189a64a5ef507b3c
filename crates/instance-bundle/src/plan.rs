//! The order in which a bundle is stored.

use std::collections::BTreeSet;

use clawlets_release::value::Sha256Digest;

use crate::{
    BundleFile, Manifest,
    object::{self, by_hash, signature_by_hash},
};

/// One step of storing a bundle. Names are those below the prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Give a part of the former bundle its name by hash, too: it has only the plain one.
    Keep {
        /// Its name by hash.
        name: String,
        /// Where it lies.
        from: String,
    },
    /// Store a file under its hash.
    StoreFile {
        /// Which.
        file: BundleFile,
        /// Where.
        name: String,
    },
    /// Store the new signature.
    StoreSignature {
        /// Where.
        name: String,
    },
    /// Give what lies at `from` the plain name of a file.
    CopyFile {
        /// Which.
        file: BundleFile,
        /// Where it lies.
        from: String,
    },
    /// Store the new manifest. From here on the new bundle counts.
    StoreManifest,
    /// Remove what belongs neither to the new bundle nor to the one before.
    Remove {
        /// Where it lies.
        name: String,
    },
}

/// The steps of storing a bundle. After each of them, and in the middle of each, a reader who looks where
/// [`object::places_of`] says finds a whole bundle: the former one until the manifest is stored, the new one then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPlan {
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

impl UploadPlan {
    /// How to store `new` where `former` counts and `present` are the names of all objects below the prefix.
    #[must_use]
    pub fn of(new: &Manifest, former: Option<&Manifest>, present: &[String]) -> Self {
        let digest = |manifest: &Manifest| Sha256Digest::of(&manifest.to_bytes());
        let mut steps = Vec::new();
        // The parts of the former bundle by hash, where whoever stored it kept none: by its plain names it is about to
        // be gone.
        if let Some(former) = former {
            for (file, sha256) in former.known_files() {
                let name = by_hash(sha256);
                if !present.contains(&name) {
                    steps.push(Step::Keep { name, from: file.name().to_owned() });
                }
            }
            let name = signature_by_hash(digest(former));
            if !present.contains(&name) {
                steps.push(Step::Keep { name, from: object::SIGNATURE.to_owned() });
            }
        }
        for (file, sha256) in new.known_files() {
            let name = by_hash(sha256);
            if !present.contains(&name) {
                steps.push(Step::StoreFile { file, name });
            }
        }
        steps.push(Step::StoreSignature { name: signature_by_hash(digest(new)) });
        for (file, sha256) in new.known_files() {
            steps.push(Step::CopyFile { file, from: by_hash(sha256) });
        }
        steps.push(Step::StoreSignature { name: object::SIGNATURE.to_owned() });
        steps.push(Step::StoreManifest);
        let kept: BTreeSet<String> = [Some(new), former].into_iter().flatten().flat_map(parts).collect();
        let left = present.iter().filter(|name| name.starts_with(object::BY_HASH) && !kept.contains(*name));
        steps.extend(left.map(|name| Step::Remove { name: name.clone() }));
        Self { steps }
    }
}

/// The names of a bundle's parts by hash.
fn parts(manifest: &Manifest) -> Vec<String> {
    let files = manifest.known_files().map(|(_, sha256)| by_hash(sha256));
    let signature = signature_by_hash(Sha256Digest::of(&manifest.to_bytes()));
    files.chain(std::iter::once(signature)).collect()
}
