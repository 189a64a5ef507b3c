//! Serving HTTP/1.1 on connections that were accepted elsewhere: bounded in number, in header size and in time, and
//! ended in an orderly way when the daemon stops.
//!
//! This part knows neither routes nor callers; what is known of a connection travels along as a request extension.

mod body;
mod connections;
mod drain;

pub(crate) use body::{BodyFault, read_body};
pub(crate) use connections::{Budget, serve_connection};
pub(crate) use drain::Drain;
