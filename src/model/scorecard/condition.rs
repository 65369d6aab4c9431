//! Conditions: what a rule or a filter asks of an entity.
//!
//! The dialect is Port's, with additions: groups nest, and a condition may look at related entities, at files, at
//! Git, at the template that something was made from, or be any jq. Which of these a condition is, its keys say. It is read into a
//! [`Query`](crate::model::query::Query).

use crate::model::query::COMBINATORS;
use crate::model::shape::{Field, Object, Openness, Shape, optional, required};

/// Every operator of a condition. Scorecards have fewer than queries, and spell `doesNotContains` so.
pub const OPERATORS: &[&str] = &[
    "=",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "isEmpty",
    "isNotEmpty",
    "contains",
    "doesNotContains",
    "containsAny",
    "beginsWith",
    "doesNotBeginsWith",
    "endsWith",
    "doesNotEndsWith",
    "in",
    "between",
    "notBetween",
];

/// A query in the dialect of scorecards; initiatives and waivers use it too.
pub static QUERY: Object = Object {
    name: "a scorecard query",
    fields: &[
        required("combinator", Shape::OneOf(COMBINATORS), "whether all conditions or one must hold: and, or"),
        optional("conditions", Shape::List(&Shape::Object(&CONDITION)), "conditions, or groups of them"),
        optional("rules", Shape::List(&Shape::Object(&CONDITION)), "the same, as searches spell it"),
    ],
    openness: Openness::Closed,
};

/// A condition, or a group when it has a combinator.
static CONDITION: Object =
    Object { name: "a condition", fields: CONDITION_FIELDS, openness: Openness::Closed };

static CONDITION_FIELDS: &[Field] = &[
    optional("property", Shape::Text, "a property of any sort, or $team, $title and the like"),
    optional("relation", Shape::Text, "a relation: its identifiers are compared, or its entities are asked"),
    optional("operator", Shape::OneOf(OPERATORS), "how it is compared"),
    optional("value", Shape::Any, "what it is compared with; portal's addition: {property: other}"),
    optional("not", Shape::Boolean, "turns isEmpty and isNotEmpty around"),
    optional("every", Shape::Object(&CONDITION), "portal's addition: what every related entity must fulfil"),
    optional("some", Shape::Object(&CONDITION), "portal's addition: what a related entity must fulfil"),
    optional("none", Shape::Object(&CONDITION), "portal's addition: what no related entity may fulfil"),
    optional("scorecard", Shape::Text, "portal's addition: another scorecard, whose level is compared"),
    optional("scorecardRule", Shape::Text, "portal's addition: a rule of it, whose outcome is compared"),
    optional("file", Shape::Object(&FILE), "portal's addition: a file in the entity's folder or repository"),
    optional("git", GIT_FACT, "portal's addition: a fact of the history, such as lastCommit < 90d"),
    optional("scaffold", Shape::Object(&SCAFFOLD), "portal's addition: the template that it was made from"),
    optional("jq", Shape::Text, "portal's addition: an expression over the entity that must be true"),
    optional("maxAge", Shape::Text, "portal's addition: a fact older than this, such as 7d, is unknown"),
    optional("combinator", Shape::OneOf(COMBINATORS), "portal's addition: makes it a group"),
    optional(
        "conditions",
        Shape::List(&Shape::Object(&CONDITION)),
        "portal's addition: the members of a group",
    ),
    optional("rules", Shape::List(&Shape::Object(&CONDITION)), "the same, as searches spell it"),
];

pub(in crate::model) static FILE: Object = Object {
    name: "a file condition",
    fields: &[
        optional("exists", Shape::Text, "a path or glob that some file must have"),
        optional("absent", Shape::Text, "a path or glob that no file may have"),
        optional("path", Shape::Text, "the path or glob of the file that is read"),
        optional("matches", Shape::Text, "a regular expression that the file's text must match"),
        optional("lacks", Shape::Text, "a regular expression that the file's text must not match"),
        optional("jq", Shape::Text, "an expression over the file, read as YAML or JSON, that must be true"),
        optional("root", Shape::Text, ROOT),
    ],
    openness: Openness::Closed,
};

const ROOT: &str =
    "jq for the folder where paths start, from the catalog's root; the entity's own when absent or null";

pub(in crate::model) const GIT_FACT: Shape = Shape::Either(&[Shape::Text, Shape::Object(&GIT)]);

static GIT: Object = Object {
    name: "a history condition",
    fields: &[
        required("lastCommit", Shape::Text, "how long ago the path may have been changed: < 90d"),
        optional("path", Shape::Text, "the file or folder; all of the entity's own when absent"),
        optional("root", Shape::Text, ROOT),
    ],
    openness: Openness::Closed,
};

pub(in crate::model) static SCAFFOLD: Object = Object {
    name: "a scaffold condition",
    fields: &[
        optional("template", Shape::Text, "the template, or a glob of templates: http-*"),
        optional("behind", Shape::Text, "how many versions of the template have come since: < 3"),
        optional("changed", Shape::Text, "how many files are no longer as they were written: <= 5"),
    ],
    openness: Openness::Closed,
};
