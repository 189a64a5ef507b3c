//! How many connections each guest may hold open, so that one guest cannot use up what belongs to all.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts the open connections of each guest. `K` names a guest.
#[derive(Debug)]
pub(crate) struct Seats<K> {
    most: usize,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

/// One open connection of one guest; dropped when the connection ends.
#[derive(Debug)]
pub(crate) struct Seat<K: Hash + Eq> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    guest: K,
}

impl<K: Hash + Eq + Clone> Seats<K> {
    /// Room for `most` connections of each guest.
    #[must_use]
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// A seat for one more connection of this guest, if there is room.
    #[must_use]
    pub(crate) fn take(&self, guest: K) -> Option<Seat<K>> {
        let mut taken = lock(&self.taken);
        let count = taken.entry(guest.clone()).or_default();
        if *count < self.most {
            *count += 1;
            Some(Seat { taken: Arc::clone(&self.taken), guest })
        } else {
            None
        }
    }
}

/// The map is whole between any two statements, so a panic elsewhere spoils nothing.
fn lock<K>(taken: &Mutex<HashMap<K, usize>>) -> MutexGuard<'_, HashMap<K, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Hash + Eq> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&self.guest) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.guest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guest_cannot_take_the_seats_of_another() {
        let seats = Seats::new(2);
        let held = (seats.take(1).unwrap(), seats.take(1).unwrap());
        assert!(seats.take(1).is_none());
        assert!(seats.take(2).is_some());
        drop(held);
        assert!(seats.take(1).is_some());
        assert!(lock(&seats.taken).is_empty());
    }
}
