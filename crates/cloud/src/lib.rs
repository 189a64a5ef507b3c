//! What Clawlets asks of a cloud, and a client for Hetzner's API.
//!
//! [`Cloud`] is the trait that the rest of the product programs against; [`Hetzner`] is the one implementation, for the
//! vendor and for every program that speaks the same API. Every call ends by its deadline, is repeated only when that
//! is safe, and fails with a [`CloudError`] that says what was tried and whether it may have happened all the same.
//!
//! This crate must not know jobs, the store, configuration files or the environment.

pub mod api;
mod board;
mod cloud;
mod config;
mod deadline;
mod endpoint;
mod error;
mod error_reply;
mod exchange;
mod gate;
mod hetzner;
mod http;
mod jitter;
mod listed;
mod pages;
mod rate_limit;
mod reply;
mod request;
pub mod retry;
mod waiting;

pub use api::{
    action::{Action, ActionFault, ActionId, ActionStatus},
    create_server::{CreateServer, CreatedServer, Origin, PublicNet, StartAfterCreate},
    firewall::{
        CreateFirewall, CreatedFirewall, Direction, Firewall, FirewallId, FirewallRule, FirewallTarget,
        Protocol,
    },
    image::{CreateImage, CreatedImage, Image, ImageFilter, ImageId, ImageKind, ImageStatus},
    location::Location,
    price::{Price, Pricing},
    selector::Selector,
    server::{Deletion, Server, ServerId, ServerStatus},
    server_type::{Deprecation, ServerType, TypeLocation},
    ssh_key::{CreateSshKey, SshKey, SshKeyId},
};
pub use clawlets_model::MicroEuros;
pub use cloud::{ActionProgress, Cloud};
pub use config::{HetznerConfig, Limits};
pub use endpoint::endpoint;
pub use error::{CloudError, InvalidField};
pub use exchange::Exchange;
pub use hetzner::{Hetzner, SetupError};
pub use jitter::Jitter;
pub use rate_limit::RateLimit;
