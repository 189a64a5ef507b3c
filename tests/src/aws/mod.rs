//! AWS on loopback: the service simulator `moto`, which others wrote, and an instance's metadata service.

mod metadata;
mod moto;

pub use metadata::MetadataServer;
pub use moto::Moto;
