#![no_main]

#[path = "../checks/queries.rs"]
mod queries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| queries::check(data));
