//! `clawlets docs`: the generated part of the reference, as far as `clawlets` and `clf` make it.

mod commands_page;
mod environment_page;
mod errors_page;
mod pages;
mod schemas;

pub(super) use pages::write;
