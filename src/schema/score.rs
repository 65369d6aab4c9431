//! The schema of `portal score --format json`.

use serde_json::{Map, Value, json};

use super::part::{count, list, object, one_of, place, text, text_or_null, texts};

/// Returns the schema of `portal.score/v1`.
pub(super) fn schema(definitions: &mut Map<String, Value>) -> Value {
    let stage = || one_of(&["preview", "warn", "enforce"]);
    let outcome = one_of(&["passed", "waived", "unknown", "failed"]);
    let number = || json!({"type": "number"});
    let mut define = |name: &str, value: Value| drop(definitions.insert(name.into(), value));
    define("level", object([("title", text()), ("color", text())]));
    let rule = [
        ("identifier", text()),
        ("title", text()),
        ("level", text_or_null()),
        ("weight", number()),
        ("stage", stage()),
        ("howToFix", text_or_null()),
    ];
    define("rule", object(rule));
    let scorecard = [
        ("identifier", text()),
        ("title", text()),
        ("blueprint", text()),
        ("levels", list("level")),
        ("rules", list("rule")),
    ];
    define("scorecard", object(scorecard));
    let evidence = [
        ("truth", one_of(&["holds", "fails", "unknown"])),
        ("asked", text()),
        ("seen", text()),
        ("asOf", text_or_null()),
    ];
    define("evidence", object(evidence.into_iter().chain(place())));
    let waiver = [
        ("identifier", text()),
        ("reason", text_or_null()),
        ("approver", text_or_null()),
        ("expires", text_or_null()),
    ];
    define("waiver", object(waiver));
    let waived = json!({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/waiver"}]});
    let outcome = [
        ("rule", text()),
        ("level", text_or_null()),
        ("stage", stage()),
        ("outcome", outcome),
        ("evidence", list("evidence")),
        ("waiver", waived),
    ];
    define("outcome", object(outcome));
    let result = [
        ("entity", text()),
        ("blueprint", text()),
        ("scorecard", text()),
        ("level", text()),
        ("levelNumber", count()),
        ("score", number()),
        ("teams", texts()),
        ("rules", list("outcome")),
    ];
    define("result", object(result));
    let counts = ["entities", "scorecards", "results", "passed", "waived", "unknown", "failed"];
    object([
        ("schema", json!({"const": "portal.score/v1"})),
        ("now", text()),
        ("scorecards", list("scorecard")),
        ("results", list("result")),
        ("summary", object(counts.map(|name| (name, count())))),
    ])
}
