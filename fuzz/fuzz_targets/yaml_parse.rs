//! Reading any bytes must end, and what was read must be usable: every place inside the text, every value
//! equal to itself and convertible to JSON.
//!
//! `cargo +nightly fuzz run yaml_parse fuzz/corpus/yaml fuzz/seeds`

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use portal::source::SourceId;
use portal::yaml;

fuzz_target!(|bytes: &[u8]| {
    let source = SourceId::new(0);
    let (text, _) = yaml::text_of(source, bytes.to_vec());
    let text: Arc<str> = Arc::from(text);
    let mut found = Vec::new();
    let document = yaml::parse(source, &text, &mut found);
    for finding in &found {
        let span = finding.primary.span;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{finding:?}");
    }
    for root in document.roots() {
        let copy = document.clone();
        let same = copy.node(root.id());
        assert!(root == same);
        assert_eq!(root.to_json(), same.to_json());
    }
});
