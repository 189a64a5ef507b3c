//! The control API: who may redeploy the fleet, and how that is done once and no more.
//!
//! A [`control::Control`] is the one handler. A [`request::Request`] is read strictly, its [`caller::Caller`] is whoever a
//! token or a chat's signature proves, [`policy`] says whether they may, the [`ledger`] whether it is the time, and the
//! log is written before GitHub's workflow is asked ([`upstream`]). The [`faces`] bring calls from HTTP, from Lambda and
//! from the terminal, and [`chat`] those from Discord and Telegram.
//!
//! It must not know how a host is replaced, and it holds no key of a cloud that could. The environment is read by the
//! program, which hands it over as pairs.

pub mod audit;
pub mod caller;
pub mod chat;
pub mod config;
pub mod control;
pub mod credentials;
pub mod faces;
pub mod images;
pub mod late;
pub mod ledger;
pub mod limiter;
pub mod policy;
pub mod reference;
pub mod refusal;
pub mod registry;
pub mod request;
pub mod secret_source;
pub mod sightings;
pub mod store;
pub mod upstream;
pub mod vault;
mod web;
