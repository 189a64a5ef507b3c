//! While nothing runs on trial: looking for a release, and deciding whether to begin with it.

use super::Turn;
use crate::{
    update::{Effect, NothingFetched, Offer, Opening, Outcome, Phase, PointerFound},
    value::{Order, Sha256Digest, UtcTime},
};

impl Turn<'_> {
    pub(super) fn poll(&mut self) {
        match &self.state.phase {
            Phase::Idle | Phase::RolledBack(_) | Phase::Denied(_) => self.ask(Effect::Fetch),
            Phase::RebootPending(_) => self.ask(Effect::TakeRebootLock),
            // Something is under way already.
            Phase::Fetched { .. }
            | Phase::Verified(_)
            | Phase::Realised(_)
            | Phase::SecretsStaged(_)
            | Phase::Testing(_)
            | Phase::Probation(_)
            | Phase::BootingNew(_)
            | Phase::BootProbation(_)
            | Phase::Committing(_)
            | Phase::RollingBack { .. } => {}
        }
    }

    pub(super) fn nothing_found(&mut self, reason: NothingFetched) {
        self.conclude(match reason {
            NothingFetched::Unreachable => Outcome::Unreachable,
            NothingFetched::Refused { code, message } => Outcome::Refused { code, message },
        });
    }

    pub(super) fn pointer_found(&mut self, found: PointerFound) {
        let PointerFound { order, manifest_sha256, issued_at } = found;
        // A newer pointer to what was seen before raises the floor of time.
        if let Some(seen) =
            self.state.seen.as_mut().filter(|seen| Some(seen.manifest_sha256) == manifest_sha256)
        {
            seen.issued_at = seen.issued_at.max(issued_at);
        }
        let settled = manifest_sha256.and_then(|manifest| self.settled(order, manifest));
        if let Some(outcome) = settled {
            return self.conclude(outcome);
        }
        self.stay(Phase::Fetched { order, manifest_sha256 });
        self.ask(Effect::FetchManifest { order, manifest_sha256 });
    }

    /// What there is to say about a release without looking into it.
    fn settled(&self, order: Order, manifest: Sha256Digest) -> Option<Outcome> {
        if self.state.good.is(manifest) {
            return Some(Outcome::UpToDate(order));
        }
        self.state.tries.is_denied(manifest).then_some(Outcome::Denied(order))
    }

    pub(super) fn offered(&mut self, offer: Offer) {
        let order = offer.target.order;
        if self.state.seen.is_none_or(|seen| offer.seen.order > seen.order) {
            self.state.tries.forget_below(order);
        }
        self.state.seen = Some(offer.seen);
        match self.objection(&offer) {
            Some(outcome) => self.conclude(outcome),
            None => {
                self.conclude(Outcome::UnderWay(order));
                self.stay(Phase::Verified(offer.target.clone()));
                self.ask(Effect::Realise(offer.target));
            }
        }
    }

    /// Why this host does not begin with a release now.
    fn objection(&self, offer: &Offer) -> Option<Outcome> {
        let (order, manifest, now) = (offer.target.order, offer.target.manifest_sha256, self.at.wall);
        if let Some(outcome) = self.settled(order, manifest) {
            return Some(outcome);
        }
        if offer.is_halted {
            return Some(Outcome::Halted(order));
        }
        if let Some(held) = self.state.hold.on(order) {
            return Some(Outcome::Held(held));
        }
        match offer.opens {
            Opening::Now => {}
            Opening::At(moment) if moment <= now => {}
            Opening::At(moment) => return Some(Outcome::Waiting { order, until: Some(UtcTime::at(moment)) }),
            Opening::Never => return Some(Outcome::Waiting { order, until: None }),
        }
        let until = self.state.tries.wait(manifest, now)?;
        Some(Outcome::BackingOff { order, until: UtcTime::at(until) })
    }
}
