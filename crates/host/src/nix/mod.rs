//! The store, its roots and its profiles, through Nix's own programs.

mod error;
mod profile;
mod roots;
mod store;

pub(crate) use error::of_io;
pub use error::{NixError, Unrealised};
pub use profile::Profile;
pub(crate) use profile::system_behind;
pub use roots::Roots;
pub(crate) use roots::point;
pub use store::Store;
