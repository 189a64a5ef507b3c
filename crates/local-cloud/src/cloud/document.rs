//! Records that are kept in memory and written through to the store.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

use super::store::{Store, StoreError};

/// A record of the project.
pub(crate) trait Document: Clone + Serialize + DeserializeOwned {
    /// Names the kind of record in the store; never changes.
    const KIND: &'static str;

    /// The record's id, unique among all kinds.
    fn id(&self) -> u64;
}

/// All records of one kind, by id.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, T>,
}

impl<T: Document> Table<T> {
    /// Reads every record that can be read.
    pub(crate) fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { rows: store.load::<T>()?.into_iter().map(|row| (row.id(), row)).collect() })
    }

    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(&id)
    }

    /// In the order in which they were made.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds or replaces a record, in the store first.
    pub(crate) fn put(&mut self, store: &Store, row: T) -> Result<(), StoreError> {
        store.put(&row)?;
        self.rows.insert(row.id(), row);
        Ok(())
    }

    /// Removes a record, from the store first.
    pub(crate) fn remove(&mut self, store: &Store, id: u64) -> Result<Option<T>, StoreError> {
        store.remove::<T>(id)?;
        Ok(self.rows.remove(&id))
    }
}
