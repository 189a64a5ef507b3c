//! How a log lies in a table whose items have two texts for a key: an item for each line, and one that says how far the log is.

/// The first text of the key of everything that belongs to the log.
pub const LOG: &str = "audit";
/// What the second text of a line's key begins with.
pub const LINES: &str = "line-";
/// The name of the value that holds a line, with its newline.
pub const LINE: &str = "line";
/// The second text of the key of the item that says how far the log is. It may lag behind, and is never ahead.
pub const MARKER: &str = "head";
/// The name of the value that holds the [head](crate::Head), as it is displayed.
pub const HEAD: &str = "head";

/// The second text of the key of the line of this number. The order of the keys is that of the lines.
#[must_use]
pub fn line_id(seq: u64) -> String {
    format!("{LINES}{seq:020}")
}
