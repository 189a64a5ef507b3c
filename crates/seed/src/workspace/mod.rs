//! The workspace of a bot: the documents of the fleet, and what the bot made of them.
//!
//! The documents that steer a bot ([`MANAGED`]) are those of the fleet at every seeding. Everything else is given once:
//! a file that the bot has changed is the bot's own from then on, and one that it has not follows the fleet. Which is
//! which is known from a record of what was given.
//!
//! The workspace belongs to the bot, so nothing in it is trusted: no link in it is followed, and what is written gets the
//! workspace's owner.

mod error;
mod folder;
mod plan;
mod record;
mod source;

pub use error::WorkspaceError;
pub use plan::{Action, Change, Mode, seed, show_tools};
pub use source::{MANAGED, Source};
