//! Who calls: keys that sign, where they come from, and when they are renewed.

mod error;
mod keeper;
mod profile;
mod source;
mod value;
mod web_identity;

pub use error::CredentialsError;
pub(crate) use keeper::Keeper;
pub use profile::ProfileFiles;
pub use source::CredentialSource;
pub use value::Credentials;
pub use web_identity::WebIdentity;
