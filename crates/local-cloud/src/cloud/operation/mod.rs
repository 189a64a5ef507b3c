//! What takes time: the work behind actions.
//!
//! Every operation has the same shape. Under the project's lock it checks that it may begin, records a running
//! action and a status that says so, and returns. The work then runs as a task of its own; when it is over, the action
//! ends and the server's status becomes what its guest says.

mod address;
mod create_image;
mod create_server;
mod delete_server;
mod firewall;
mod image;
mod launch;
mod power;
mod rebuild;
mod relay;
mod settings;
mod ssh_key;
mod work;

pub(crate) use create_server::{NewServer, Start};
pub(crate) use firewall::FirewallChange;
pub(crate) use power::PowerSwitch;
pub(super) use work::Step;
pub(crate) use work::{Fate, Started};
