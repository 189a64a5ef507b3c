//! The list of what is installed on a host, for its bots: read from a table, shown as Markdown, and kept under `## Tools`
//! in the documents that a bot reads.

mod list;
mod markdown;
mod section;

pub use list::{Tool, ToolList};
pub use markdown::{document, lines};
pub use section::with_tools;
