//! A release that was begun and did not come to its end.

use clawlets_printer::Fault;
use clawlets_release::document::{Document, Manifest};
use jiff::SignedDuration;

use super::super::{content::is_same_content, document::read, numbers::Signers, site::Site};

/// How long after it was begun a release that nobody signed can be taken up.
const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// The newest release of the site, when it is what would be published and was not halted: one whose publication did not
/// come to its end, or one that hosts run already.
pub(super) fn resumed(site: &Site, wanted: &Manifest, signers: &Signers) -> Result<Option<Manifest>, Fault> {
    let Some(newest) = site.manifests()?.into_iter().next() else { return Ok(None) };
    let path = site.manifest(newest.release_id);
    // One that says more than this program understands is not the same.
    let is_plain = read(&path, Document::Manifest)? == newest.to_bytes();
    let pointer = site.pointer()?;
    let is_halted =
        pointer.as_ref().is_some_and(|pointer| pointer.halted && pointer.order() == newest.order());
    let is_behind = pointer.is_some_and(|pointer| pointer.order() > newest.order());
    // Its times would be signed as they are: those of one that nobody signed are believed only if it was begun just now.
    let is_timely = signers.signed_manifest(site, &newest) || was_begun_lately(&newest, wanted);
    Ok(Some(newest).filter(|newest| {
        is_plain && is_timely && !is_halted && !is_behind && is_same_content(newest, wanted)
    }))
}

/// Whether a manifest was made within the day before another, with a wave that starts when it was made.
fn was_begun_lately(begun: &Manifest, now: &Manifest) -> bool {
    let (made, end) = (begun.issued_at.timestamp(), now.issued_at.timestamp());
    let starts_with_it = begun.wave.as_ref().is_none_or(|wave| wave.starts_at == begun.issued_at);
    starts_with_it && made <= end && end.duration_since(made) <= LATELY
}
