//! What a benchmark found: figures with their targets and the other side, as text, Markdown and JSON.

mod figure;
mod text;

pub(crate) use figure::{Better, Figure, Report, Source, Unit};
