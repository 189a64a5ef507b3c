//! Labels as they come: those that follow our grammar, and the rest.

use std::collections::BTreeMap;

use clawlets_model::{LabelKey, LabelValue, Labels};

/// The labels of an answer. Providers allow more than [`Labels`] does (longer keys, for instance), and one such label on
/// somebody's server must not make the whole listing unreadable.
pub(crate) fn split(wire: Option<BTreeMap<String, String>>) -> (Labels, BTreeMap<String, String>) {
    let mut labels = Labels::new();
    let mut others = BTreeMap::new();
    for (key, value) in wire.unwrap_or_default() {
        match (LabelKey::parse(&key), LabelValue::parse(&value)) {
            (Ok(key), Ok(value)) => {
                labels.insert(key, value);
            }
            (Ok(_) | Err(_), Ok(_) | Err(_)) => {
                others.insert(key, value);
            }
        }
    }
    (labels, others)
}
