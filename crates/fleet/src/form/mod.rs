//! How a typed value is read from a tree, described in the JSON Schema, and written back.
//!
//! One declaration (`section!`, `entry!`, `choice!`) makes all three, so they cannot drift apart. It knows nothing
//! of the settings themselves.

mod choice;
mod collection;
mod fields;
mod free;
mod model;
mod number;
mod reader;
mod section;
mod text;

use serde_json::Value as Json;

use crate::json::Node;

pub(crate) use choice::choice;
pub use collection::NonEmpty;
pub(crate) use fields::Fields;
pub use free::Settings;
pub(crate) use reader::Reader;
pub(crate) use section::{FieldForm, entry, form_struct, object_schema, section};
pub(crate) use text::Text;

/// A value that can stand in the file.
pub(crate) trait Form: Sized {
    /// Reads a value. What is wrong goes to the reader; `None` when nothing usable stands there.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;

    /// The JSON Schema of what [`Form::read`] takes.
    fn schema() -> Json;

    /// The value as it stands in the file.
    fn to_json(&self) -> Json;
}
