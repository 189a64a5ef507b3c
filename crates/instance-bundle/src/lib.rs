//! What a host that boots from an image starts out with: a bundle in a bucket.
//!
//! - [`Manifest`] names the instance, a version that rises, and the files by hash; [`BundleName`] tells two bundles apart;
//! - [`verify`] decides whether a manifest is believed, and [`Refusal`] names what is wrong with one that is not;
//! - [`secrets_in`] reads what `secrets.tgz` holds, and refuses what must not travel;
//! - [`object`] says where things lie, and where else to look while somebody is storing a new bundle;
//! - [`UploadPlan`] is the order of storing, in which every moment leaves a whole bundle to be found.
//!
//! Everything here is pure. The crate must not know S3, files, a clock, or what a host does with a bundle.

mod content;
mod manifest;
pub mod object;
mod plan;
mod verify;
mod version;

pub use content::{ContentFault, Readers, secrets_in};
pub use manifest::{LARGEST_MANIFEST, Manifest, ManifestFault};
pub use object::BundleFile;
pub use plan::{Step, UploadPlan};
pub use verify::{Expected, Refusal, Verified, verify};
pub use version::{BundleName, BundleVersion, InvalidVersion};
