//! Short-lived access to GitHub: a token of a GitHub App in a file, made anew before it ends.
//!
//! One file holds the token, when it ends and what it was made for, and is replaced as a whole: whoever reads it has a
//! token that belongs together with its time, whatever dies when. A token that cannot be made anew is kept, and what went
//! wrong stands in a file beside it.

mod access;
mod api;
mod env_file;
mod error;
mod group;
mod mint;
mod status;
mod token_file;
mod turn;

pub use access::{Access, AccessError};
pub use api::{Api, block_on};
pub use env_file::EnvFile;
pub use error::MintError;
pub use group::{Group, UnknownGroup};
pub use mint::{Force, Minted, Order, mint};
pub use status::TokenStatus;
pub use token_file::{NoToken, read_token};
