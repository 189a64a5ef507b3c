//! Templates: guests that were stopped when they were nobody, and of which copies are made.
//!
//! A template is two sealed files in memory: what the guest had in its memory, and what else its machine was. They
//! belong to the daemon and go with it. There is at most one for each [`TemplateKey`], so that a template is made anew
//! when the image, the emulator or the machine's arguments change.

mod key;
mod shelf;
mod snapshot;

pub(super) use key::TemplateKey;
pub(crate) use shelf::TemplateView;
pub(super) use shelf::{NoTemplate, Shelf, Template};
