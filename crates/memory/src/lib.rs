//! The files that the bots of a fleet share.
//!
//! - [`MemoryPath`] is a name in the memory: relative, plain, and never one of the memory's own files.
//! - [`Memory`] is an open memory with its verbs: reading, changing, looking around, the log, and how a fresh one begins.
//! - [`Policy`] is what the host's owner decided: where the memory is, and which files only humans change.
//!
//! Three rules carry everything. No symbolic link is ever followed below the root, and each part of a path is opened
//! from the folder before it, so that nobody can lead a reader out, however fast names are swapped. Writers of a file
//! exclude each other by `flock` on a file beside it that is never replaced. A file is replaced as a whole, by a rename,
//! so that a reader sees the old version or the new one, whatever dies when.
//!
//! Every call may block for as long as the file system does. New files get their modes from this crate, and a process
//! whose umask takes rights from the group should set it to `007` first.
//!
//! It must not know the command line, the terminal or the environment.

mod change;
mod daily;
mod digest;
mod error;
mod journal;
mod limits;
mod lock;
mod look;
mod memory;
mod path;
mod people;
mod policy;
mod pulse;
mod seed;
mod tree;
mod version;

pub use change::{Changed, Expect, Substitution};
pub use daily::{Day, InstanceName, InvalidDay, Merged, Notes};
pub use digest::{Digest, InvalidDigest};
pub use error::MemoryError;
pub use journal::{Entry, History, Now, Verb};
pub use limits::Limits;
pub use lock::Holder;
pub use look::{FileEntry, Found, Hit, Listing, Query, QueryError};
pub use memory::{Memory, Session};
pub use path::{InvalidPath, MemoryPath};
pub use people::{Caller, Owner};
pub use policy::{Policy, PolicyError};
pub use pulse::Pulse;
pub use seed::{Beginning, SeedStep};
pub use version::Version;
