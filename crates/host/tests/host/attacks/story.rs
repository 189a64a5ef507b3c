//! The form of an attack: `testdata/attacks/<name>/attack.toml`. It tells what the mirrors serve, step by step, and what
//! the host must make of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use toml::Table;

use crate::{hostile::Answer, store::Quality};

/// One attack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// What happens, in one sentence, for whoever reads the file.
    #[serde(rename = "story")]
    _story: String,
    /// Whether real systems are fetched; else every refusal must come before that.
    #[serde(default)]
    pub(super) needs_nix: bool,
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
}

/// What changes, what the host is told to do, and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// What the clock on the wall shows from now on.
    pub(super) clock: Option<Timestamp>,
    /// What each mirror serves from now on.
    pub(super) mirrors: Option<Vec<Served>>,
    /// What is in the configuration, beside the usual, from now on.
    pub(super) config: Option<Table>,
    /// Files of the host that are lost.
    #[serde(default)]
    pub(super) lose: Vec<String>,
    /// What somebody does to the cache.
    pub(super) cache: Option<CacheDeed>,
    /// Whether the machine is rebooted before anything else happens.
    #[serde(default)]
    pub(super) reboots: bool,
    /// What `clawlets-host update` is told to do.
    #[serde(default = "apply")]
    pub(super) verb: String,
    /// How the program must end.
    pub(super) exit: i32,
    /// The result that the status must show.
    pub(super) result: String,
    /// The code of the refusal.
    pub(super) code: Option<String>,
    /// Words that status and standard error must say.
    pub(super) says: Option<String>,
    /// Words that both must say about a mirror.
    pub(super) says_of_a_mirror: Option<String>,
    /// The highest release that must have been seen then; none where that must be as it was.
    pub(super) floor: Option<String>,
    /// The release that must run then, with its secrets; none where all must be as it was.
    pub(super) runs: Option<u64>,
    /// Whether the release was tried, so that there are traces of that.
    #[serde(default)]
    pub(super) is_tried: bool,
}

fn apply() -> String {
    "apply".to_owned()
}

/// What somebody does to the cache.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CacheDeed {
    /// A bit of each part is flipped.
    ServesOtherBytes,
    /// Nothing is known there any more.
    IsEmptied,
}

/// What a mirror serves: a release, and what is wrong with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Served {
    pub(super) release: u64,
    pub(super) epoch: u64,
    pub(super) quality: Quality,
    /// Who signs all of it.
    pub(super) signed_by: Key,
    pub(super) pointer: PointerDeed,
    pub(super) manifest: ManifestDeed,
    /// The release whose secrets are served in the place of those that the manifest names.
    pub(super) secrets_of: Option<u64>,
    /// What is answered instead, by the end of the path.
    pub(super) answers: BTreeMap<String, Answer>,
    /// Whether it speaks TLS.
    pub(super) tls: bool,
    /// Whether nobody is there.
    pub(super) is_down: bool,
    /// Whether the host's configuration names it.
    pub(super) is_asked: bool,
}

impl Default for Served {
    fn default() -> Self {
        Self {
            release: 7,
            epoch: 1,
            quality: Quality::Good,
            signed_by: Key::Trusted,
            pointer: PointerDeed::default(),
            manifest: ManifestDeed::default(),
            secrets_of: None,
            answers: BTreeMap::new(),
            tls: false,
            is_down: false,
            is_asked: true,
        }
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Key {
    /// The one that the host trusts.
    Trusted,
    /// The one that may begin an epoch.
    Recovery,
    /// One that the host trusted before.
    Previous,
    /// One that nobody knows.
    Stranger,
    /// One that nobody knows, with the name of the trusted one.
    Namesake,
}

/// What is done to the pointer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PointerDeed {
    pub(super) issued_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) halted: bool,
    /// The number that it gives to the release.
    pub(super) release: Option<u64>,
    /// The release whose manifest it names.
    pub(super) names_manifest_of: Option<u64>,
    pub(super) signature: SignatureDeed,
}

/// What is done to the manifest.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ManifestDeed {
    pub(super) issued_at: Option<Timestamp>,
    /// The release whose manifest is served in its place.
    pub(super) is_that_of: Option<u64>,
    pub(super) signature: SignatureDeed,
}

/// What is done to a signature.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SignatureDeed {
    #[default]
    Nothing,
    /// There is none.
    Missing,
    /// Only so many bytes of it are served.
    Cut(usize),
    /// It is that of another document.
    OfAnotherFile,
    /// Something follows it.
    FollowedByMore,
    /// It speaks of this release.
    SpeaksOf(String),
}

impl Step {
    /// A document that is refused with this code, for a reason in these words. What is wrong with secrets is found out
    /// when the release was believed.
    pub(super) fn refused(code: &str, words: &str) -> Self {
        let is_bundle = code == "bundle";
        // What is too large is not even taken from a mirror.
        if words.starts_with("more than") && !is_bundle {
            let says_of_a_mirror = Some(format!("sent {words}"));
            return Self {
                exit: 7,
                result: "unreachable".to_owned(),
                code: None,
                says: None,
                says_of_a_mirror,
                ..Self::refused(code, "")
            };
        }
        Self {
            clock: None,
            mirrors: None,
            config: None,
            lose: Vec::new(),
            cache: None,
            reboots: false,
            verb: apply(),
            exit: 6,
            result: if is_bundle { "trouble" } else { "refused" }.to_owned(),
            code: (!is_bundle).then(|| code.to_owned()),
            says: Some(words.to_owned()),
            says_of_a_mirror: None,
            floor: is_bundle.then(|| "1/7".to_owned()),
            runs: None,
            is_tried: false,
        }
    }
}
