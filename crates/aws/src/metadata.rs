//! What an instance can say about itself: the metadata service, version 2.
//!
//! Version 1 answers whoever can make this machine send a request, so it is never spoken: every question carries a token
//! that was asked for with `PUT`, and an instance that gives none is not asked further.

mod client;
mod error;

pub use client::InstanceMetadata;
pub use error::MetadataError;
