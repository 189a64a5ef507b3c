//! Puts a listing together from pages that are read one after the other while things come and go.
//!
//! The provider numbers pages; it has no cursor. When something on an early page is deleted between two reads, everything
//! after it moves up, and whoever reads forward misses one entry. So a listing of several pages is asked for by
//! ascending id and read **backwards**: new entries get higher ids and appear at the end, deletions only move entries to
//! pages that are still to be read. An entry that exists from the first read to the last is always seen, and one that
//! is seen twice is kept once.
//!
//! That holds only if the provider keeps the order. Pages show whether it does; where it does not, the listing counts
//! only when the total stood still and as many entries were seen, else it is read again, a few times.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How many entries are asked for at once: the most that the provider gives.
pub(crate) const PER_PAGE: u32 = 50;
/// How often a listing is read before it is given up.
pub(crate) const MOST_PASSES: u32 = 5;
/// The most pages of a listing: 20 000 entries, far above any project's limit.
const MOST_PAGES: u32 = 400;

/// What an answer says about its place in the listing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Pagination {
    /// The page after this one; `None` on the last.
    pub(crate) next_page: Option<u32>,
    /// The last page, where the provider knows it.
    pub(crate) last_page: Option<u32>,
    /// How many entries there are, where the provider knows it.
    pub(crate) total_entries: Option<u64>,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Read this page.
    Read(u32),
    /// Everything was seen.
    Complete,
    /// The listing changed in every pass.
    Unsteady,
    /// It goes on for longer than any listing.
    Endless,
}

/// A listing in the making.
#[derive(Debug)]
pub(crate) struct Listing<K, T> {
    entries: BTreeMap<K, T>,
    passes: u32,
    walk: Walk,
    /// The total of this pass; `Some(None)` when the provider does not say.
    total: Option<Option<u64>>,
    total_stood_still: bool,
    /// Whether every page of this pass was in ascending order. From one page to the next nothing can be said: entries
    /// move while the listing is read.
    ordered: bool,
}

/// Which page was asked for, and which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// Page 1, to learn how many there are.
    Start,
    /// From the last page down to page 1.
    Backwards(u32),
    /// From page 2 up, where the last page is not known.
    Forwards(u32),
}

impl<K: Ord, T> Listing<K, T> {
    pub(crate) fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            passes: 1,
            walk: Walk::Start,
            total: None,
            total_stood_still: true,
            ordered: true,
        }
    }

    /// Takes the page that was read, at first page 1, and says what to do next.
    pub(crate) fn take(&mut self, page: Vec<(K, T)>, place: Pagination) -> Step {
        self.note_total(place);
        self.ordered &= page.windows(2).all(|pair| pair[0].0 < pair[1].0);
        self.entries.extend(page);
        match (self.walk, place.next_page, place.last_page) {
            // All of it in a single answer.
            (Walk::Start, None, _) => Step::Complete,
            (Walk::Start, Some(next), Some(last)) => self.go(Walk::Backwards(last.max(next))),
            (Walk::Start, Some(next), None) => self.go(Walk::Forwards(next)),
            (Walk::Backwards(page), ..) if page > 1 => self.go(Walk::Backwards(page - 1)),
            (Walk::Backwards(_), ..) => self.end(self.ordered),
            (Walk::Forwards(page), Some(next), _) if next > page => self.go(Walk::Forwards(next)),
            (Walk::Forwards(_), Some(_), _) => Step::Endless,
            (Walk::Forwards(_), None, _) => self.end(false),
        }
    }

    /// What was seen, in the order of its keys.
    pub(crate) fn into_entries(self) -> Vec<T> {
        self.entries.into_values().collect()
    }

    /// How often the listing was begun.
    pub(crate) fn passes(&self) -> u32 {
        self.passes
    }

    fn note_total(&mut self, place: Pagination) {
        let expected = *self.total.get_or_insert(place.total_entries);
        self.total_stood_still &= expected == place.total_entries;
    }

    fn go(&mut self, walk: Walk) -> Step {
        self.walk = walk;
        match walk {
            Walk::Start => Step::Read(1),
            Walk::Backwards(page) | Walk::Forwards(page) if page <= MOST_PAGES => Step::Read(page),
            Walk::Backwards(_) | Walk::Forwards(_) => Step::Endless,
        }
    }

    fn end(&mut self, order_proves_it: bool) -> Step {
        let seen = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        let complete = self.total_stood_still && self.total == Some(Some(seen));
        if order_proves_it || complete {
            return Step::Complete;
        }
        if self.passes == MOST_PASSES {
            return Step::Unsteady;
        }
        *self = Self { passes: self.passes + 1, ..Self::new() };
        Step::Read(1)
    }
}

#[cfg(test)]
mod tests;
