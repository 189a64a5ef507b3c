//! Any bytes at all, read as the archive of a bundle.
#![no_main]

#[path = "../src/readers.rs"]
#[expect(dead_code, reason = "each target drives one of them")]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::archive(bytes));
