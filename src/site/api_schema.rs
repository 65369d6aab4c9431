//! What the JSON API promises: a JSON Schema of every file, and a description of all of them in OpenAPI.
//!
//! The files are written elsewhere; a test holds every file of the example against these.

use serde_json::{Map, Value, json};

use super::{Error, Site};
use crate::output::{Output, Rank};

/// The description of the API, which names the rest.
pub(super) const OPENAPI: &str = "api/v1/openapi.json";

/// A kind of file.
struct Document {
    /// What its schema is called.
    name: &'static str,
    /// Where files of it are, as OpenAPI writes it.
    paths: &'static [&'static str],
    /// What a file of it is.
    about: &'static str,
    schema: fn() -> Value,
}

/// Every kind of file, in the order in which a program comes to them.
const DOCUMENTS: &[Document] = &[
    Document { name: "index", paths: &["index.json"], about: "Where everything else is", schema: index },
    Document {
        name: "blueprint",
        paths: &["blueprints/{blueprint}.json"],
        about: "A blueprint in Port's shape",
        schema: blueprint,
    },
    Document {
        name: "entities",
        paths: &["entities/{blueprint}/index.json"],
        about: "The entities of a blueprint, each with its file; up to 10,000 entities in all",
        schema: entities,
    },
    Document {
        name: "entity",
        paths: &["entities/{blueprint}/{entity}.json"],
        about: "An entity in Port's shape; up to 10,000 entities in all",
        schema: entity,
    },
    Document {
        name: "shard",
        paths: &["entities/{blueprint}/shard-{number}.json"],
        about: "Up to 256 entities of a blueprint; above 10,000 entities in all",
        schema: shard,
    },
    Document { name: "scorecards", paths: &["scorecards.json"], about: "The scorecards", schema: scorecards },
    Document {
        name: "scorecard",
        paths: &["scorecards/{scorecard}.json"],
        about: "A scorecard with its rules and every entity that it judges",
        schema: scorecard,
    },
    Document {
        name: "initiatives",
        paths: &["initiatives.json"],
        about: "The initiatives with how far they are",
        schema: initiatives,
    },
    Document { name: "actions", paths: &["actions.json"], about: "The actions in force", schema: actions },
    Document {
        name: "action",
        paths: &["actions/{action}.json"],
        about: "An action with its form, its rules and its newest runs",
        schema: action,
    },
    Document {
        name: "automations",
        paths: &["automations.json"],
        about: "The automations in force",
        schema: automations,
    },
];

/// Writes the description and the schemas.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    for document in DOCUMENTS {
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": document.about,
        });
        if let (Value::Object(schema), Value::Object(body)) = (&mut schema, (document.schema)()) {
            schema.extend(body);
        }
        let path = format!("api/v1/{}", file(document));
        output.write(&path, Rank::Leaf, format!("{schema:#}\n").as_bytes())?;
    }
    output.write(OPENAPI, Rank::List, format!("{:#}\n", openapi(site)).as_bytes())?;
    Ok(())
}

/// Returns the path of a schema, from the description.
fn file(document: &Document) -> String {
    format!("schema/{}.schema.json", document.name)
}

/// Returns the description of the API (OpenAPI 3.1).
fn openapi(site: &Site<'_>) -> Value {
    let mut paths = Map::new();
    for document in DOCUMENTS {
        for path in document.paths {
            paths.insert(format!("/api/v1/{path}"), operation(document, path));
        }
    }
    let title = site.catalog().config().title.as_deref().unwrap_or("Developer portal");
    // Read from this file, it is the root of the site.
    let server = site.base.as_deref().unwrap_or("../../");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": "1",
            "description": "The catalog as files. Begin with /api/v1/index.json, which says where the rest is: names of \
                            files are identifiers as far as every host can have them, so follow the paths that files \
                            name rather than make them. Fields may be added; none is taken away under this version.",
        },
        "servers": [{"url": server}],
        "paths": paths,
    })
}

fn operation(document: &Document, path: &str) -> Value {
    let parameters: Vec<Value> = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let mut operation = json!({
        "operationId": format!("get-{}", document.name),
        "summary": document.about,
        "responses": {
            "200": {
                "description": document.about,
                "content": {"application/json": {"schema": {"$ref": file(document)}}},
            },
            "404": {"description": "There is none"},
        },
    });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    json!({"get": operation})
}

type Members<'a> = &'a [(&'a str, Value)];

/// Returns the schema of an object that has all of `must`, may have `may`, and nothing else.
fn object_with(must: Members<'_>, may: Members<'_>) -> Value {
    let properties: Map<String, Value> =
        must.iter().chain(may).map(|(name, schema)| (name.to_string(), schema.clone())).collect();
    let required: Vec<&str> = must.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn object(must: Members<'_>) -> Value {
    object_with(must, &[])
}

fn text() -> Value {
    json!({"type": "string"})
}

fn text_or_null() -> Value {
    json!({"type": ["string", "null"]})
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn number() -> Value {
    json!({"type": "number"})
}

/// Returns an object of these members.
fn made<const COUNT: usize>(members: [(&str, Value); COUNT]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

fn list(items: Value) -> Value {
    made([("type", "array".into()), ("items", items)])
}

fn map(values: Value) -> Value {
    made([("type", "object".into()), ("additionalProperties", values)])
}

fn or_null(schema: Value) -> Value {
    made([("anyOf", Value::Array(vec![schema, json!({"type": "null"})]))])
}

fn one_of(values: &[&str]) -> Value {
    json!({"enum": values})
}

fn any() -> Value {
    json!({})
}

/// A file of the catalog and a line of it.
fn source() -> Value {
    object(&[("path", text()), ("line", count())])
}

fn index() -> Value {
    let blueprint = object(&[
        ("identifier", text()),
        ("title", text()),
        ("entities", count()),
        ("page", text()),
        ("definition", text()),
        ("list", text_or_null()),
        ("shards", list(text())),
    ]);
    object(&[
        ("version", json!({"const": 1})),
        ("title", text_or_null()),
        ("about", text()),
        ("openapi", text()),
        ("entities", count()),
        ("blueprints", list(blueprint)),
        ("scorecards", text_or_null()),
        ("initiatives", text_or_null()),
        ("actions", text_or_null()),
        ("automations", text_or_null()),
    ])
}

fn blueprint() -> Value {
    let relation = object(&[
        ("title", text_or_null()),
        ("description", text_or_null()),
        ("target", json!({"anyOf": [text(), list(text())]})),
        ("required", json!({"type": "boolean"})),
        ("many", json!({"type": "boolean"})),
    ]);
    let mirror = object(&[("title", text_or_null()), ("path", text_or_null())]);
    let calculation = object(&[
        ("title", text_or_null()),
        ("calculation", text_or_null()),
        ("type", text_or_null()),
        ("format", text_or_null()),
    ]);
    let aggregation = object(&[("title", text_or_null()), ("target", text_or_null())]);
    let ownership = object_with(&[("type", one_of(&["Direct", "Inherited"]))], &[("path", text_or_null())]);
    object(&[
        ("identifier", text()),
        ("title", text()),
        ("icon", text_or_null()),
        ("description", text_or_null()),
        // A property is a JSON Schema itself, with Port's additions.
        ("schema", object(&[("properties", map(json!({"type": "object"}))), ("required", list(text()))])),
        ("relations", map(relation)),
        ("mirrorProperties", map(mirror)),
        ("calculationProperties", map(calculation)),
        ("aggregationProperties", map(aggregation)),
        ("ownership", or_null(ownership)),
    ])
}

fn entities() -> Value {
    list(object(&[("identifier", text()), ("title", text()), ("file", text())]))
}

fn entity() -> Value {
    let fact = object_with(
        &[("path", text()), ("line", count()), ("properties", list(text()))],
        &[("integration", text()), ("asOf", text())],
    );
    // The rules that pass are left out; the file of the scorecard has them all.
    let outcome = one_of(&["waived", "unknown", "failed"]);
    let standing = object(&[("level", text()), ("score", number()), ("rules", map(outcome))]);
    object_with(
        &[
            ("identifier", text()),
            ("blueprint", text()),
            ("properties", json!({"type": "object"})),
            ("relations", map(json!({"anyOf": [text(), list(text())]}))),
            ("page", text()),
            ("source", source()),
        ],
        &[
            ("title", text()),
            ("icon", text()),
            ("team", list(text())),
            ("relatedBy", map(list(text()))),
            ("computed", list(text())),
            ("facts", list(fact)),
            ("scorecards", map(standing)),
        ],
    )
}

fn shard() -> Value {
    list(entity())
}

fn level() -> Value {
    object(&[("title", text()), ("color", text_or_null()), ("entities", count())])
}

/// What lists and files say of a scorecard.
fn scorecard_members() -> Vec<(&'static str, Value)> {
    vec![
        ("identifier", text()),
        ("title", text()),
        ("description", text_or_null()),
        ("blueprint", text()),
        ("entities", count()),
        ("levels", list(level())),
        ("page", text()),
        ("file", text()),
        ("source", source()),
    ]
}

fn scorecards() -> Value {
    list(object(&scorecard_members()))
}

fn scorecard() -> Value {
    let rule = object(&[
        ("identifier", text()),
        ("title", text()),
        ("level", text_or_null()),
        ("weight", number()),
        ("stage", one_of(&["preview", "warn", "enforce"])),
        ("condition", text_or_null()),
        ("passed", count()),
        ("waived", count()),
        ("unknown", count()),
        ("failed", count()),
        ("source", source()),
    ]);
    let judged =
        object(&[("identifier", text()), ("level", text()), ("score", number()), ("missing", list(text()))]);
    let mut members = scorecard_members();
    members.push(("rules", list(rule)));
    // With many entities, each says itself how it does.
    object_with(&members, &[("judged", list(judged))])
}

fn initiatives() -> Value {
    let point = object(&[("at", text()), ("done", count()), ("total", count())]);
    let participant =
        object(&[("blueprint", text()), ("identifier", text()), ("missing", list(text_or_null()))]);
    list(object(&[
        ("identifier", text()),
        ("title", text()),
        ("owner", text_or_null()),
        ("start", text_or_null()),
        ("deadline", text_or_null()),
        ("done", count()),
        ("total", count()),
        ("course", list(point)),
        ("forecast", text_or_null()),
        ("page", text()),
        ("participants", list(participant)),
    ]))
}

/// What lists and files say of an action.
fn action_members() -> Vec<(&'static str, Value)> {
    vec![
        ("identifier", text()),
        ("title", text()),
        ("operation", text_or_null()),
        ("blueprint", text_or_null()),
        ("page", text()),
        ("file", text()),
    ]
}

fn actions() -> Value {
    list(object(&action_members()))
}

/// A value, or the expression that it comes from.
fn dynamic(fixed: Value) -> Value {
    made([("anyOf", Value::Array(vec![fixed, jq()]))])
}

fn jq() -> Value {
    object(&[("jqQuery", text())])
}

fn tasks() -> Value {
    list(object(&[
        ("kind", text()),
        ("title", text()),
        ("name", text_or_null()),
        // A command, or what a step of the kind says instead of one.
        ("run", any()),
        ("when", text_or_null()),
        ("needs", list(count())),
        ("secrets", list(text())),
    ]))
}

fn form() -> Value {
    // An input has the keywords of Port's form beside these.
    let input = json!({
        "type": "object",
        "properties": {
            "identifier": text(), "title": text(), "description": text(), "type": text(), "items": text(),
            "format": text(), "blueprint": text(), "secret": {"const": true}, "required": {"const": true},
            "visible": dynamic(json!({"type": "boolean"})), "disabled": dynamic(json!({"type": "boolean"})),
            "enum": dynamic(list(any())), "pattern": dynamic(text()), "dependsOn": list(text()),
        },
        "required": ["identifier", "title", "type"],
    });
    let visible = || dynamic(json!({"type": "boolean"}));
    let page = object(&[("title", text_or_null()), ("inputs", list(text())), ("visible", visible())]);
    let heading = object(&[
        ("title", text_or_null()),
        ("description", text_or_null()),
        ("before", text_or_null()),
        ("visible", visible()),
    ]);
    object(&[
        ("inputs", list(input)),
        ("pages", list(page)),
        ("headings", list(heading)),
        ("required", or_null(jq())),
    ])
}

fn action() -> Value {
    let policy = object(&[("queries", list(text())), ("conditions", list(text()))]);
    let grant = object(&[
        ("roles", list(text())),
        ("users", list(text())),
        ("teams", list(text())),
        ("ownedByTeam", json!({"type": "boolean"})),
        ("policy", or_null(policy)),
    ]);
    let permissions = object(&[("execute", or_null(grant.clone())), ("approve", or_null(grant))]);
    let approval = object(&[("required", json!({"enum": [false, "ANY", "ALL"]})), ("when", text_or_null())]);
    let limit = object(&[("per", text()), ("max", count()), ("window", text())]);
    let ttl = object(&[("default", text_or_null()), ("max", text_or_null())]);
    let mut members = action_members();
    members.extend([
        ("description", text_or_null()),
        ("icon", text_or_null()),
        ("mode", one_of(&["dispatch", "pull_request"])),
        ("offeredFor", text_or_null()),
        ("form", form()),
        ("permissions", permissions),
        ("approval", approval),
        ("limits", list(limit)),
        ("ttl", or_null(ttl)),
        ("tasks", tasks()),
        ("onExpire", tasks()),
        ("effects", tasks()),
        ("workflows", map(text())),
        ("source", source()),
        ("runs", list(run())),
    ]);
    object(&members)
}

fn automations() -> Value {
    list(object(&[
        ("identifier", text()),
        ("title", text()),
        ("description", text_or_null()),
        // As the document has them: Port's shape.
        ("event", any()),
        ("condition", any()),
        ("tasks", tasks()),
        ("source", source()),
    ]))
}

fn run() -> Value {
    let entity = object(&[("blueprint", text()), ("identifier", text())]);
    object(&[
        ("id", text()),
        ("state", one_of(&["done", "failed", "refused", "cancelled"])),
        ("reasons", list(text())),
        ("by", text_or_null()),
        ("entity", or_null(entity)),
        ("at", text()),
        ("approvedBy", list(text())),
        ("expiresAt", text_or_null()),
        ("link", text_or_null()),
    ])
}
