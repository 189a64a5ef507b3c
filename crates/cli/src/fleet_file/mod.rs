//! The one door to `fleet/clawlets.json`.
//!
//! [`Project`] finds the repository around a folder, and reads its configuration. [`EditFlags::edit`] changes it: one at a
//! time among all processes, checked before it is written, and either whole or not at all. What is in the file, and how
//! its text is edited, is the business of `clawlets-fleet`; what is said about it, that of the verbs.

mod change;
mod diff;
mod edit;
mod fault;
mod load;
mod lock;
mod migration;
mod moves;
mod names;
mod project;
mod read;
mod replace;
mod report;

pub(crate) use change::{Change, ListElement};
pub(crate) use diff::plain_lines;
pub(crate) use edit::{EditFlags, WriteFlags};
pub(crate) use fault::of_change;
pub(crate) use load::under_edit;
pub(crate) use lock::Lock;
pub(crate) use migration::Migration;
pub(crate) use names::{HostFlag, bot_candidates, bots, host_candidates, hosts, known_bot, known_host};
pub(crate) use project::{Project, ProjectFlag};
pub(crate) use read::{LARGEST, read_bytes, too_large};
pub(crate) use report::Outline;
