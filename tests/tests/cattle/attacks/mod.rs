//! Attacks from inside real guests, each of which must fail.
//!
//! Every attack has a name and says itself how it went; the tests know by what each is met, and that none is missing.
//! `cargo test -p clawlets-tests --test cattle attacks:: -- --nocapture` prints the tables.

mod attacker;
mod egress;
mod escape;
mod exhaustion;
mod verdicts;
