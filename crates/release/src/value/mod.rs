//! The small values of which release documents are made. Each holds its own rule: one that exists is valid.

mod digest;
mod invalid;
mod order;
mod period;
mod site_path;
mod store_path;
mod system;
mod version;
mod when;

pub use digest::Sha256Digest;
pub use invalid::InvalidValue;
pub(crate) use invalid::as_text;
pub use order::{Epoch, Order, ReleaseId, ReleaseName};
pub use period::Period;
pub use site_path::SitePath;
pub use store_path::StorePath;
pub use system::{Revision, SystemName};
pub use version::Version;
pub use when::UtcTime;
