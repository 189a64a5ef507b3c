//! What git has, handed to the scan.

mod error;
mod objects;
mod pointed;
mod pushed;
mod repository;

pub use error::GitError;
pub use pushed::PushedRef;
pub use repository::Repository;
