//! What the API speaks of: one file for each noun, with only what the product needs.
//!
//! Answers are read tolerantly: unknown fields are ignored, absent and null ones take a default wherever the product
//! can live without them, and unknown words become an `Other` variant wherever nothing depends on the word.

pub mod action;
pub mod create_server;
pub mod firewall;
mod id;
pub mod image;
mod labels;
pub mod location;
mod nullable;
pub mod price;
pub mod selector;
pub mod server;
pub mod server_type;
pub mod ssh_key;

pub(crate) use nullable::or_default;
