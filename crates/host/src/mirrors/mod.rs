//! Releases over HTTP, from several mirrors at once.
//!
//! What comes from a mirror is bytes; whether they are believed is decided elsewhere. A mirror can only be slow, and then
//! it has a deadline; endless, and then it has a limit; or absent, and then there are others.

mod authorities;
mod http;
mod known;
mod source;

pub use authorities::Authorities;
pub use http::{Answer, Http, Request};
pub use known::Known;
pub use source::Mirrors;
