//! The watch over a host's bots: what they say of themselves is read, one that is sick is started anew, and whoever asks
//! is told.
//!
//! [`decide`] decides, from what was seen and from what was done before; it has no effect and knows no clock. [`Watch`]
//! looks, does what was decided, and writes the status. [`Server`] gives that to readers over HTTP.
//!
//! A restart is no cure for everything, so there are few: a number in a window, each after a longer wait than the one
//! before. A gateway that refused its configuration, a chat that refuses the bot and a plugin that does not load wait for
//! a person. While an update is proven or taken back, nothing is restarted: the updater is to see what it did.

mod act;
mod decide;
mod error;
mod look;
mod memo;
mod memory;
mod pass;
mod policy;
mod report;
mod serve;
mod sickness;
mod tailnet;
mod token;
mod unit;
mod update;

#[cfg(test)]
mod tests;

pub use decide::{Decision, Hands, Restart, Verdict, decide};
pub use error::WatchError;
pub use look::BotLook;
pub use memo::{BotMemo, Memo};
pub use pass::{News, Pass, Watch, document};
pub use policy::Policy;
pub use serve::Server;
pub use tailnet::tailnet_address;
pub use unit::Unit;
