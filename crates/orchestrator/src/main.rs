//! The on-host daemon. See README.md.

fn main() {}
