//! Whatever text is taken for jq must compile or be refused, and its evaluation must end.
//!
//! `cargo +nightly fuzz run jq fuzz/corpus/jq`

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal::jq::{Filter, Input, on_deep_stack};

fuzz_target!(|source: &str| {
    let Ok(filter) = Filter::compile(source) else { return };
    for (_, offset) in filter.reads().properties.iter().chain(&filter.reads().relations) {
        assert!(source.is_char_boundary(*offset));
    }
    on_deep_stack(|| {
        let list = Input::list([Input::integer(1), Input::text("b"), Input::null()]);
        let entity = Input::object([("identifier", Input::text("a")), ("properties", Input::object([("list", list)]))]);
        let first = filter.first(&entity, 0.0);
        if let Ok(all) = filter.all(&entity, 0.0) {
            assert_eq!(first, Ok(all.into_iter().next()));
        }
    });
});
