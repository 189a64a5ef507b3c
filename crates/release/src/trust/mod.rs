//! Who is believed, and when.
//!
//! A [`Verifier`] is made of a host's [`Trust`], of what it has [`Seen`] and of the time. It turns bytes into a
//! [`Candidate`], or into one [`Refusal`] that names what is wrong. Nothing about a release is looked at before its
//! signature was verified, apart from its size.

mod candidate;
mod freshness;
mod keyring;
mod mirrors;
mod policy;
mod refusal;
mod seen;
mod verifier;

pub use candidate::{Candidate, TrustedPointer};
pub use freshness::MAX_SKEW;
pub use keyring::{Keyring, Signer};
pub use mirrors::{Choice, FetchFailure, Fetched, Mirror, MirrorAnswer, MirrorReport, NoRelease};
pub use policy::{EarlierPointers, Rollback, Signatures, Trust};
pub use refusal::Refusal;
pub use seen::{Seen, SeenConflict};
pub use verifier::{Signed, Verifier};
