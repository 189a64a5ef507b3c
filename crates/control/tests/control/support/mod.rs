//! What every test starts.

mod hetzner;
mod http;
mod lambda;
mod world;

pub(crate) use hetzner::Hetzner;
pub(crate) use http::{Reply, request};
pub(crate) use world::{Kind, World, both};

/// Waits until something is so, for most of a minute at most.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    clawlets_tests::eventually_within(std::time::Duration::from_secs(50), what, || is_so().then_some(()));
}
