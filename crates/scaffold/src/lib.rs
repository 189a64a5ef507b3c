//! The files that a new fleet repository begins with.
//!
//! A [`Template`] is read as a whole from its [`Source`] and checked: no path leaves the target, no link, nothing of
//! git's own. [`write()`] puts it into a folder that holds nothing yet, all of it or nothing. What the files mean is not
//! known here.

mod embedded;
mod error;
mod folder;
mod git;
mod path;
mod source;
mod template;
mod write;

pub use error::ScaffoldError;
pub use git::REPOSITORY_VARIABLES;
pub use path::TemplatePath;
pub use source::{GitSource, Source};
pub use template::{Template, TemplateFile};
pub use write::{check_target, write};
