//! The boot of a host from an image: real S3 and Secrets Manager (`moto`) and an instance's metadata service on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod booting;
mod bundles;
mod fetching;
mod gate;
mod killed;
mod refused;
mod self_update;
mod world;
