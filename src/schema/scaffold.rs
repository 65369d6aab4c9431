//! The schemas of what `portal scaffold` writes for programs.

use serde_json::{Map, Value, json};

use super::part::{count, list, object, one_of, text, text_or_null, texts};

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn count_or_null() -> Value {
    json!({"type": ["integer", "null"], "minimum": 0})
}

fn defined_or_null(name: &str) -> Value {
    json!({"oneOf": [{"type": "null"}, {"$ref": format!("#/$defs/{name}")}]})
}

/// Returns which template, and which state of it.
fn origin() -> Value {
    object([
        ("template", text()),
        ("tag", text_or_null()),
        ("commit", text_or_null()),
        ("committed", flag()),
        ("digest", text()),
    ])
}

/// Returns the schema of `portal.scaffold-plan/v1`.
pub(super) fn plan(definitions: &mut Map<String, Value>) -> Value {
    let mut define = |name: &str, value: Value| drop(definitions.insert(name.into(), value));
    define("origin", origin());
    define(
        "file",
        object([
            ("path", text()),
            ("root", text()),
            ("bytes", count()),
            ("executable", flag()),
            ("part", one_of(&["template", "repository", "appended", "entity", "record", "workflow"])),
            ("deed", one_of(&["new", "same", "changes", "skipped"])),
            ("conflict", text_or_null()),
        ]),
    );
    define(
        "standing",
        object([
            ("scorecard", text()),
            ("title", text()),
            ("level", text()),
            ("passed", count()),
            ("total", count()),
            ("failing", texts()),
        ]),
    );
    define(
        "warning",
        object([
            ("rule", text()),
            ("message", text()),
            ("file", text()),
            ("line", count()),
            ("help", text_or_null()),
        ]),
    );
    define(
        "entity",
        object([
            ("blueprint", text()),
            ("identifier", text()),
            ("file", text()),
            ("standings", list("standing")),
            ("warnings", list("warning")),
        ]),
    );
    object([
        ("schema", json!({"const": "portal.scaffold-plan/v1"})),
        ("template", text()),
        ("origin", json!({"$ref": "#/$defs/origin"})),
        ("target", text()),
        ("files", list("file")),
        ("entity", defined_or_null("entity")),
        ("branch", text_or_null()),
        ("commits", texts()),
        ("next", texts()),
        ("written", flag()),
        ("notes", texts()),
        ("again", text()),
    ])
}

/// Returns the schema of a list of `portal.scaffold-status/v1`.
pub(super) fn status(definitions: &mut Map<String, Value>) -> Value {
    let mut define = |name: &str, value: Value| drop(definitions.insert(name.into(), value));
    define("entity", object([("blueprint", text()), ("identifier", text())]));
    let schema = || ("schema", json!({"const": "portal.scaffold-status/v1"}));
    define(
        "service",
        object([
            schema(),
            ("folder", text()),
            ("template", text()),
            ("tag", text_or_null()),
            ("commit", text_or_null()),
            ("newest", text_or_null()),
            ("behind", count_or_null()),
            ("age", one_of(&["current", "behind", "unknown"])),
            ("reason", text_or_null()),
            ("changed", texts()),
            ("deleted", texts()),
            ("updating", flag()),
            ("entity", defined_or_null("entity")),
        ]),
    );
    define(
        "wrong",
        object([schema(), ("folder", text()), ("age", json!({"const": "unknown"})), ("wrong", texts())]),
    );
    json!({"type": "array", "items": {
        "if": {"required": ["wrong"]}, "then": {"$ref": "#/$defs/wrong"}, "else": {"$ref": "#/$defs/service"},
    }})
}

/// Returns the schema of `portal.scaffold-update/v1`.
pub(super) fn update(definitions: &mut Map<String, Value>) -> Value {
    let mut define = |name: &str, value: Value| drop(definitions.insert(name.into(), value));
    define("origin", origin());
    define(
        "file",
        object([
            ("path", text()),
            ("root", text()),
            ("deed", one_of(&["new", "changes", "deleted"])),
            ("outcome", one_of(&["taken", "merged", "conflict", "record"])),
            ("conflict", text_or_null()),
            ("executable", flag()),
        ]),
    );
    object([
        ("schema", json!({"const": "portal.scaffold-update/v1"})),
        ("folder", text()),
        ("completed", flag()),
        ("from", defined_or_null("origin")),
        ("to", defined_or_null("origin")),
        ("files", list("file")),
        ("conflicts", count()),
        ("notes", texts()),
        ("written", flag()),
    ])
}
