//! Whatever text is taken for a template must be rendered or be refused, soon, and its mistakes must have a place in it;
//! whatever name a file gets must stay below its destination.
//!
//! `cargo +nightly fuzz run skeleton fuzz/corpus/skeleton`

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal::model::scaffold::Delimiters;
use portal::skeleton::{Context, Engine, Undefined, lint};
use portal::worktree::{Tree, TreeFile};

fuzz_target!(|source: &str| {
    let values = serde_json::json!({"a": "x", "n": 3, "l": [1, "b", null], "m": {"k": true}, "none": null});
    let serde_json::Value::Object(values) = values else { return };
    let context = Context::new(values);
    for undefined in [Undefined::Strict, Undefined::Empty] {
        let Ok(engine) = Engine::new(&Delimiters::default(), undefined) else { return };
        if let Err(mistake) = engine.text(source, &context) {
            assert!(source.get(mistake.range).is_some());
        }
        let _ = engine.value(source, &context);
        let name = source.replace(['/', '\0'], "");
        let file = |path: &str| TreeFile { path: path.into(), bytes: source.as_bytes().into(), executable: false };
        let tree = Tree { files: vec![file(&format!("d/{name}")), file("e.j2")], refused: Vec::new() };
        let _ = lint(&engine, &tree, &Default::default(), &Default::default());
        if let Ok(files) = engine.files(&tree, &context) {
            for file in files {
                let path = std::path::Path::new(&file.path);
                assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))));
                assert!(!file.path.contains(['\\', ':']));
            }
        }
    }
});
