//! Releases on a host: how dear it is to verify one, to look for one in vain, and to leave a bad one; and how many hosts of a
//! fleet a bad one reaches.

mod poll;
mod publisher;
mod rollback;
mod site;
mod usage;
mod verify;
mod waves;
mod world;

pub(crate) use poll::run as poll;
pub(crate) use rollback::run as rollback;
pub(crate) use verify::run as verify;
pub(crate) use waves::run as waves;
