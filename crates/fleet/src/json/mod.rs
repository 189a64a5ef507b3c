//! JSON with its places: reading a text into a tree that remembers where everything stood, and writing one.
//!
//! It knows nothing of fleets.

mod node;
mod parse;
mod path;
mod position;
mod render;

pub(crate) use node::{Entry, Node, Value};
pub(crate) use parse::{SyntaxFault, parse};
pub use path::{InvalidPath, JsonPath};
pub use position::Position;
pub(crate) use position::{Lines, Span};
pub(crate) use render::{Layout, render};
