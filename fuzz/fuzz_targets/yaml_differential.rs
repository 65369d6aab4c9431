//! The quick readers must read what they accept as the full reader does.
//!
//! `cargo +nightly fuzz run yaml_differential fuzz/corpus/yaml fuzz/seeds`

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(difference) = portal::yaml::disagreement(text) {
        panic!("{difference}");
    }
});
