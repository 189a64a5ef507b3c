//! The on-host daemon. See README.md.
