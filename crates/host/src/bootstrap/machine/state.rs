//! What is kept of a boot.

use clawlets_instance_bundle::BundleName;
use clawlets_model::HostName;
use serde::{Deserialize, Serialize};

use super::Phase;

/// Who this instance is, and where its bundle lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The instance.
    pub instance: HostName,
    /// The bucket.
    pub bucket: String,
    /// What the objects of the bundle begin with, without a slash at the end.
    pub prefix: String,
}

/// Whether to try again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// It may pass by itself.
    Later,
    /// What came is refused.
    Refused,
}

/// Why a pass did not come to its end, or came to it without the newest bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Where.
    pub phase: Phase,
    /// Whether to try again makes sense.
    pub kind: FailureKind,
    /// What was wrong, with its causes.
    pub message: String,
}

/// What is kept of a boot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The boot of the kernel that this is about. What lies in memory is gone with it.
    pub boot: String,
    /// What is done next, or was begun and cut off.
    pub phase: Phase,
    /// Who this instance is, once it is known.
    pub identity: Option<Identity>,
    /// The bundle that is being brought in. It lies on the disk.
    pub candidate: Option<BundleName>,
    /// The last bundle that was brought in as a whole. It stays on the disk.
    pub applied: Option<BundleName>,
    /// The highest bundle that was ever believed. None below it is.
    pub seen: Option<BundleName>,
    /// Why the last pass failed, or went on with what was there.
    pub failure: Option<Failure>,
    /// Whether this pass goes on with the bundle that was there.
    pub is_fallback: bool,
    /// Whether this boot came to its end once.
    pub is_settled: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            boot: String::new(),
            phase: Phase::Metadata,
            identity: None,
            candidate: None,
            applied: None,
            seen: None,
            failure: None,
            is_fallback: false,
            is_settled: false,
        }
    }
}
