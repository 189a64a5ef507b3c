//! Several mirrors serve the same releases; some lag, some lie, some are down.

use std::cmp::Reverse;

use thiserror::Error;

use super::{Candidate, Refusal, Signed, TrustedPointer, Verifier};

/// Which mirror: its place in the host's configuration.
pub type Mirror = usize;

/// A document and its signature, as a mirror served them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The document.
    pub bytes: Vec<u8>,
    /// The signature, if there is one.
    pub signature: Option<Vec<u8>>,
}

impl Fetched {
    fn signed(&self) -> Signed<'_> {
        Signed { bytes: &self.bytes, signature: self.signature.as_deref() }
    }
}

/// Why nothing came from a mirror.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchFailure {
    /// No connection, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// The answer did not end in time.
    #[error("did not answer in time")]
    TooSlow,
    /// The answer did not end within its limit.
    #[error("sent more than {limit} bytes")]
    TooLarge {
        /// How many bytes it may send.
        limit: usize,
    },
    /// It sends elsewhere: to plain HTTP, to a file, to another scheme, or too often.
    #[error("redirects to where this host does not follow")]
    Redirect,
    /// It answers with another status than success.
    #[error("answered with status {0}")]
    Status(u16),
}

/// What a mirror answered.
pub type MirrorAnswer = Result<Fetched, FetchFailure>;

/// What is wrong with one mirror. None of it is fatal while another mirror is right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MirrorReport {
    /// Nothing came from it.
    #[error("mirror {0} {1}")]
    Failed(Mirror, #[source] FetchFailure),
    /// What came was refused.
    #[error("mirror {0}: {1}")]
    Refused(Mirror, #[source] Refusal),
    /// It shows an older release, or an older pointer, than another mirror.
    #[error("mirror {0} is behind")]
    Stale(Mirror),
}

/// The pointers that were verified, and what is wrong with the other mirrors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The best pointer.
    pub pointer: TrustedPointer,
    /// The mirrors that serve it, to be asked for its manifest first.
    pub mirrors: Vec<Mirror>,
    /// What is wrong with the others.
    pub reports: Vec<MirrorReport>,
}

/// No mirror has a release that this host may follow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no mirror serves a release that this host may follow")]
pub struct NoRelease {
    /// The refusal that says most: an alarm before others, and none when all mirrors are down.
    #[source]
    pub refusal: Option<Box<Refusal>>,
    /// What is wrong with each mirror.
    pub reports: Vec<MirrorReport>,
}

impl Verifier<'_> {
    /// The best pointer among what the mirrors answered: the highest release, and of that the newest pointer.
    ///
    /// # Errors
    /// [`NoRelease`] when no pointer can be followed, or when two are validly signed for one place and name different
    /// manifests, which no mirror can do by itself.
    pub fn choose(&self, answers: &[MirrorAnswer]) -> Result<Choice, NoRelease> {
        let mut reports = Vec::new();
        let mut valid = Vec::new();
        for (mirror, answer) in answers.iter().enumerate() {
            match answer {
                Err(failure) => reports.push(MirrorReport::Failed(mirror, failure.clone())),
                Ok(fetched) => match self.pointer(&fetched.signed()) {
                    Ok(pointer) => valid.push((mirror, pointer)),
                    Err(refusal) => reports.push(MirrorReport::Refused(mirror, refusal)),
                },
            }
        }
        valid.sort_by_key(|(mirror, pointer)| (Reverse((pointer.order, pointer.issued_at)), *mirror));
        let Some((_, best)) = valid.first().cloned() else {
            return Err(no_release(reports));
        };
        let other = valid.iter().find_map(|(mirror, pointer)| {
            let found = pointer.manifest_sha256.filter(|_| pointer.order == best.order)?;
            let known = best.manifest_sha256.filter(|known| *known != found)?;
            Some((*mirror, Refusal::Equivocation { order: best.order, known, found }))
        });
        if let Some((mirror, refusal)) = other {
            reports.push(MirrorReport::Refused(mirror, refusal));
            return Err(no_release(reports));
        }
        let (mirrors, behind): (Vec<_>, Vec<_>) =
            valid.into_iter().partition(|(_, pointer)| *pointer == best);
        reports.extend(behind.into_iter().map(|(mirror, _)| MirrorReport::Stale(mirror)));
        Ok(Choice {
            pointer: best,
            mirrors: mirrors.into_iter().map(|(mirror, _)| mirror).collect(),
            reports,
        })
    }

    /// The release of a pointer, from the first mirror whose manifest is right.
    ///
    /// # Errors
    /// [`NoRelease`] when none is.
    pub fn choose_manifest(
        &self,
        pointer: &TrustedPointer,
        answers: &[(Mirror, MirrorAnswer)],
    ) -> Result<Candidate, NoRelease> {
        let mut reports = Vec::new();
        for (mirror, answer) in answers {
            match answer {
                Err(failure) => reports.push(MirrorReport::Failed(*mirror, failure.clone())),
                Ok(fetched) => match self.manifest(pointer, &fetched.signed()) {
                    Ok(candidate) => return Ok(candidate),
                    Err(refusal) => reports.push(MirrorReport::Refused(*mirror, refusal)),
                },
            }
        }
        Err(no_release(reports))
    }
}

fn no_release(reports: Vec<MirrorReport>) -> NoRelease {
    let refusals = reports.iter().filter_map(|report| match report {
        MirrorReport::Refused(_, refusal) => Some(refusal),
        MirrorReport::Failed(..) | MirrorReport::Stale(_) => None,
    });
    let refusal = refusals.min_by_key(|refusal| !refusal.is_alarm()).cloned().map(Box::new);
    NoRelease { refusal, reports }
}
