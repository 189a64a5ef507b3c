//! `clawlets fleet apply`, with the real Terraform.

mod control;
mod interrupted;
mod refused;
mod replaced;
mod world;
