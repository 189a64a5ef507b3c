//! What the provider sells: server types, where, for how much, for how long still.
//!
//! It is read once at start and once a day, so that no job costs a request for it. What it says is used for three
//! things: to warn of configured types that are on their way out, to leave out places where a type is not sold, and to
//! know what a VM may cost. Beside it stands what was sold out a moment ago.

mod offers;
mod refresh;
mod sold_out;
mod warnings;

pub(crate) use offers::Offers;
pub(crate) use refresh::{Catalogue, run};
pub(crate) use sold_out::SoldOut;
