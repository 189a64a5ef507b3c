//! Why an edit cannot be made.

use thiserror::Error;

use crate::{json::JsonPath, problem::InvalidFleet};

/// Why an edit cannot be made. The text is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// The text is not JSON, so nothing in it has a path.
    #[error("the text is not JSON")]
    NotJson(#[source] InvalidFleet),
    /// The document is not an object.
    #[error("the document is {found}, and not an object")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// The path leads through a value that holds no others.
    #[error("{path} is {found}, so there is nothing below it")]
    Leaf {
        /// The value.
        path: JsonPath,
        /// What it is.
        found: &'static str,
    },
    /// A list has no such element.
    #[error("{path} has {length} elements, and no element {index:?}")]
    NoSuchElement {
        /// The list.
        path: JsonPath,
        /// How long it is.
        length: usize,
        /// What was meant to be an index.
        index: String,
    },
    /// Nothing stands at the path.
    #[error("there is no {path}")]
    Missing {
        /// Where it would be.
        path: JsonPath,
    },
    /// Something stands there already.
    #[error("{path} exists already")]
    Exists {
        /// Where it is.
        path: JsonPath,
    },
    /// The document itself was meant.
    #[error("the path is empty, and the document itself cannot be replaced")]
    Whole,
}
