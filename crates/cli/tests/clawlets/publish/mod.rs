//! `clawlets release publish`: the order of its steps, what it refuses, and what a crash leaves.

mod branch;
mod crash;
mod real_nix;
mod refusals;
mod workshop;
