//! Any bytes at all, read as a signature.
#![no_main]

#[path = "../src/readers.rs"]
#[expect(dead_code, reason = "each target drives one of them")]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::signature(bytes));
