//! Who changed what, and when.
//!
//! Every user has a file of its own, below `.clawlets/log`: who wrote a line is the owner of the file that it stands in,
//! as the kernel says. Nobody can put a line into another one's mouth; but everybody may leave lines out, or write wrong
//! ones into their own file, and whoever changes a file without this program leaves none. What a file's owner and content
//! say is shown beside it.

mod entry;
mod history;
mod note;

pub use entry::{Entry, Verb};
pub(crate) use history::modified;
pub use history::{History, Now};
pub(crate) use note::{LOG, OWN};
