//! A fleet deploy: the hosts that are meant, and no others, get a new instance.
//!
//! - [`Target`] and [`RequestId`] are what somebody asks for; [`image`] says which image a host gets;
//! - [`plan`] reads what OpenTofu is about to do and refuses whatever goes beyond the one host;
//! - [`state`] reads what stands, and which deploy put it there;
//! - [`health`] judges whether a new instance does its work;
//! - [`deploy`] is the order of the steps as a state machine, which a crash at any point leaves able to go on;
//! - [`receipts`] keeps its record on disk, and [`tofu`] runs the program.
//!
//! One host is replaced at a time, and the first failure ends a deploy. What a host runs is recorded where it cannot be lost:
//! in the state of OpenTofu, as the image of the instance and the tag that names the request which made it.
//!
//! It knows neither AWS's API nor the control API, and no terminal: what these see comes in as values.

pub mod deploy;
pub mod health;
pub mod image;
mod instance;
pub mod plan;
pub mod receipts;
mod request;
pub mod state;
mod target;
pub mod tofu;

pub use instance::InstanceId;
pub use request::RequestId;
pub use target::{Target, UnknownTarget};

/// The type and name of the resource that is a host. Its key is the name of the host.
pub const HOST_RESOURCE: &str = "aws_instance.host";

/// The tag of an instance that names the request which made it.
pub const REQUEST_TAG: &str = "deploy-request";

/// The address of a host in OpenTofu's state.
#[must_use]
pub fn address_of(host: &clawlets_model::HostName) -> String {
    format!("{HOST_RESOURCE}[\"{host}\"]")
}
