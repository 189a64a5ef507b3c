//! All mirrors of a host as one source of releases.

use std::{fs, path::PathBuf, thread};

use clawlets_release::{
    document::Document,
    trust::{
        Candidate, Choice, FetchFailure, Fetched, Mirror, MirrorAnswer, NoRelease, TrustedPointer, Verifier,
    },
    value::{Sha256Digest, SitePath},
};
use url::Url;

use super::{
    Authorities,
    http::{Answer, Http, Request},
    known::{Known, KnownPointers},
};
use crate::{
    config::{Config, ConfigError},
    records,
};

const POINTER: &str = "latest.json";

/// The mirrors of a host.
#[derive(Debug)]
pub struct Mirrors {
    http: Http,
    urls: Vec<Url>,
    known: KnownPointers,
    manifests: PathBuf,
}

impl Mirrors {
    /// The mirrors that a configuration names.
    ///
    /// # Errors
    /// [`ConfigError::Updates`] when one of them must not be asked.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let authorities = Authorities::of(config.updates.ca_file.as_deref())?;
        Ok(Self {
            http: Http::new(config.updates.deadline.duration(), authorities),
            urls: config.mirrors()?,
            known: KnownPointers::of(&config.paths.state.join("mirrors")),
            manifests: config.paths.state.join("manifests"),
        })
    }

    /// Asks all mirrors at once for the pointer, and chooses.
    ///
    /// # Errors
    /// [`NoRelease`] when none has one that this host may follow.
    pub fn pointer(&self, verifier: &Verifier<'_>) -> Result<Choice, NoRelease> {
        let asked: Vec<(MirrorAnswer, Option<String>)> = thread::scope(|scope| {
            let asking: Vec<_> =
                self.urls.iter().map(|url| scope.spawn(move || self.ask_for_pointer(url))).collect();
            let joined = asking.into_iter().map(|asking| asking.join());
            joined.map(|answer| answer.unwrap_or((Err(FetchFailure::Unreachable), None))).collect()
        });
        let (answers, marks): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let choice = verifier.choose(&answers);
        let believed: &[Mirror] = choice.as_ref().map_or(&[], |choice| &choice.mirrors);
        for (mirror, (url, mark)) in self.urls.iter().zip(marks).enumerate() {
            // Only what was believed need not come again: a pointer without its new signature must.
            let fetched = answers[mirror].as_ref().ok().filter(|_| believed.contains(&mirror));
            match (fetched, mark) {
                (Some(fetched), Some(mark)) => self.known.note(url, Known::of(mark, fetched).as_ref()),
                (Some(_), None) | (None, _) => self.known.note(url, None),
            }
        }
        choice
    }

    fn ask_for_pointer(&self, folder: &Url) -> (MirrorAnswer, Option<String>) {
        let known = self.known.get(folder);
        let mark = known.as_ref().map(|known| known.mark.as_str());
        match self.ask(folder, POINTER, Document::Pointer, mark) {
            Ok(Answer::Unchanged) => {
                let known = known.expect("nothing is unchanged unless it is known");
                (Ok(known.fetched()), Some(known.mark))
            }
            Ok(Answer::Missing) => (Err(FetchFailure::Status(404)), None),
            Ok(Answer::Bytes { bytes, mark }) => (self.with_signature(folder, POINTER, bytes), mark),
            Err(failure) => (Err(failure), None),
        }
    }

    /// The manifest of a pointer, from the mirrors that serve that pointer, then from the others. One that was verified
    /// before is kept, and not fetched again.
    ///
    /// # Errors
    /// [`NoRelease`] when no mirror has the right one.
    pub fn manifest(&self, verifier: &Verifier<'_>, choice: &Choice) -> Result<Candidate, NoRelease> {
        let pointer = &choice.pointer;
        if let Some(candidate) = self.kept(verifier, pointer) {
            return Ok(candidate);
        }
        let mut answers = Vec::new();
        for mirror in self.in_order(&choice.mirrors) {
            let folder = &self.urls[mirror];
            let name = pointer.file().as_str();
            let answer = match self.ask(folder, name, Document::Manifest, None) {
                Ok(Answer::Bytes { bytes, .. }) => self.with_signature(folder, name, bytes),
                Ok(Answer::Missing | Answer::Unchanged) => Err(FetchFailure::Status(404)),
                Err(failure) => Err(failure),
            };
            answers.push((mirror, answer));
            if let Ok(candidate) = verifier.choose_manifest(pointer, &answers) {
                if let Some((_, Ok(fetched))) = answers.last() {
                    self.keep(candidate.manifest_sha256(), fetched);
                }
                return Ok(candidate);
            }
        }
        verifier.choose_manifest(pointer, &answers)
    }

    /// A secrets bundle, from the first mirror that serves those bytes.
    ///
    /// # Errors
    /// The last failure; none when a mirror served other bytes.
    pub fn bundle(&self, path: &SitePath, digest: Sha256Digest) -> Result<Vec<u8>, Option<FetchFailure>> {
        let mut last = Some(FetchFailure::Unreachable);
        for mirror in self.in_order(&[]) {
            match self.ask(&self.urls[mirror], path.as_str(), Document::Bundle, None) {
                Ok(Answer::Bytes { bytes, .. }) if Sha256Digest::of(&bytes) == digest => return Ok(bytes),
                Ok(Answer::Bytes { .. }) => last = None,
                Ok(Answer::Missing | Answer::Unchanged) => {
                    last = last.and(Some(FetchFailure::Status(404)));
                }
                Err(failure) => last = last.and(Some(failure)),
            }
        }
        Err(last)
    }

    fn ask(
        &self,
        folder: &Url,
        name: &str,
        document: Document,
        known: Option<&str>,
    ) -> Result<Answer, FetchFailure> {
        let url = folder.join(name).map_err(|_| FetchFailure::Unreachable)?;
        self.http.get(&Request { url: &url, limit: document.limit(), known })
    }

    fn with_signature(&self, folder: &Url, name: &str, bytes: Vec<u8>) -> MirrorAnswer {
        match self.ask(folder, &format!("{name}.minisig"), Document::Signature, None)? {
            Answer::Bytes { bytes: signature, .. } => Ok(Fetched { bytes, signature: Some(signature) }),
            Answer::Missing | Answer::Unchanged => Ok(Fetched { bytes, signature: None }),
        }
    }

    fn in_order(&self, first: &[Mirror]) -> Vec<Mirror> {
        let others = (0..self.urls.len()).filter(|mirror| !first.contains(mirror));
        first.iter().copied().chain(others).collect()
    }

    fn kept(&self, verifier: &Verifier<'_>, pointer: &TrustedPointer) -> Option<Candidate> {
        let path = self.manifests.join(format!("{}.json", pointer.manifest_sha256()?));
        let signature = fs::read(path.with_extension("json.minisig")).ok();
        let fetched = Fetched { bytes: fs::read(path).ok()?, signature };
        verifier.choose_manifest(pointer, &[(0, Ok(fetched))]).ok()
    }

    /// Keeps a manifest; what cannot be kept is fetched again.
    fn keep(&self, digest: Sha256Digest, fetched: &Fetched) {
        let path = self.manifests.join(format!("{digest}.json"));
        if let Some(signature) = &fetched.signature {
            let _ = records::replace(&path.with_extension("json.minisig"), signature);
        }
        let _ = records::replace(&path, &fetched.bytes);
    }
}
