//! The schema of `portal diff --format json`.

use serde_json::{Map, Value, json};

use super::part::{count, list, object, one_of, place, text, text_or_null, texts};

/// Returns the schema of `portal.diff/v1`.
pub(super) fn schema(definitions: &mut Map<String, Value>) -> Value {
    let outcome = || json!({"enum": ["passed", "waived", "unknown", "failed", null]});
    let fate = || one_of(&["added", "removed", "changed"]);
    let level = || json!({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/level"}]});
    let name = || object([("blueprint", text()), ("identifier", text())]);
    let mut define = |name: &str, value: Value| drop(definitions.insert(name.into(), value));
    define("name", name());
    define("level", object([("title", text()), ("number", count())]));
    define(
        "value",
        object([
            ("sort", one_of(&["meta", "property", "relation", "computed"])),
            ("name", text()),
            ("before", json!({})),
            ("after", json!({})),
        ]),
    );
    define(
        "entity",
        object(
            [
                ("fate", fate()),
                ("blueprint", text()),
                ("identifier", text()),
                ("title", text_or_null()),
                ("teams", texts()),
                ("values", list("value")),
            ]
            .into_iter()
            .chain(place()),
        ),
    );
    define(
        "relation",
        object([
            ("fate", one_of(&["added", "removed"])),
            ("from", name()),
            ("relation", text()),
            ("to", name()),
        ]),
    );
    define(
        "breakage",
        object(
            [
                ("rule", text()),
                ("message", text()),
                ("label", text()),
                ("help", text_or_null()),
                ("holder", json!({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/name"}]})),
                ("teams", texts()),
                ("relation", text_or_null()),
                ("required", json!({"type": "boolean"})),
            ]
            .into_iter()
            .chain(place()),
        ),
    );
    define("finding", object([("rule", text()), ("count", count())]));
    define("blueprint", object([("fate", fate()), ("identifier", text())]));
    define("ruleFate", object([("rule", text()), ("fate", fate())]));
    define(
        "scorecard",
        object([
            ("fate", fate()),
            ("identifier", text()),
            ("blueprint", text()),
            ("rules", list("ruleFate")),
        ]),
    );
    define(
        "evidence",
        object(
            [("asked", text()), ("before", text_or_null()), ("after", text_or_null())]
                .into_iter()
                .chain(place()),
        ),
    );
    define(
        "rule",
        object([
            ("rule", text()),
            ("before", outcome()),
            ("after", outcome()),
            (
                "cause",
                one_of(&["facts", "new-rule", "changed-rule", "removed-rule", "waived", "waiver-ended"]),
            ),
            ("evidence", list("evidence")),
        ]),
    );
    define(
        "standing",
        object([
            ("scorecard", text()),
            ("blueprint", text()),
            ("identifier", text()),
            ("teams", texts()),
            ("direction", one_of(&["falls", "rises", "same"])),
            ("before", level()),
            ("after", level()),
            ("rules", list("rule")),
        ]),
    );
    let summary =
        ["added", "removed", "changed", "dangling", "broken", "falls", "rises"].map(|name| (name, count()));
    object([
        ("schema", json!({"const": "portal.diff/v1"})),
        ("now", text()),
        ("base", text()),
        ("head", text_or_null()),
        ("summary", object(summary)),
        ("entities", list("entity")),
        ("relations", list("relation")),
        ("breakages", list("breakage")),
        ("findings", list("finding")),
        ("blueprints", list("blueprint")),
        ("scorecards", list("scorecard")),
        ("standings", list("standing")),
    ])
}
