//! Integrations: how data of other tools, in files, becomes entities.
//!
//! The mapping is Port's, in which every leaf is a jq expression. Where Port's integrations fetch the data, ours
//! names the files that hold it, and says of what time they are.

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// An integration document. Each of Port's integrations has settings of its own at the top.
pub static INTEGRATION: Object = Object { name: "an integration", fields: FIELDS, openness: Openness::Open };

static FIELDS: &[Field] = &[
    optional(
        "kind",
        Shape::OneOf(&["integration"]),
        "says that this is an integration, wherever the file is",
    ),
    optional("identifier", Shape::Identifier(&identifier::ACTION), "its name; the file's when absent"),
    optional("title", Shape::Text, "what people read"),
    optional("description", Shape::Text, "where the data comes from"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional("source", FILES, "portal's addition: the files that hold the data, as paths or globs"),
    optional(
        "format",
        Shape::OneOf(FORMATS),
        "portal's addition: what they are; by their extension when absent",
    ),
    optional("asOf", Shape::Text, "portal's addition: jq for the time of which the data is"),
    optional("maxAge", Shape::Text, "portal's addition: older data than this, such as 7d, is stale"),
    optional("resources", Shape::List(&Shape::Object(&RESOURCE)), "the mappings, by the kind of data"),
    optional("deleteDependentEntities", FLAG, "whether what needs a deleted entity goes with it"),
    optional("createMissingRelatedEntities", FLAG, "whether the targets of relations are made when missing"),
    optional("enableMergeEntity", FLAG, "whether properties that are not mapped are left as they are"),
    optional(
        "entityDeletionThreshold",
        Shape::Number,
        "the share of entities above which a deletion is refused",
    ),
    optional("mappings", Shape::List(&Shape::Object(&WEBHOOK_MAPPING)), "the mappings of a webhook"),
    optional("enabled", Shape::Boolean, "whether the webhook is in force"),
    optional("security", Shape::Any, "how the webhook is signed; kept"),
    optional("webhookKey", Shape::Any, "written by Port's export; kept"),
    optional("url", Shape::Any, "written by Port's export; kept"),
    optional(
        "config",
        Shape::Object(&INTEGRATION),
        "the resources and settings, as Port's export nests them",
    ),
    optional("installationId", Shape::Text, "Port's name for it"),
    optional("installationAppType", Shape::Text, "which of Port's integrations it is"),
    optional("integrationType", Shape::Text, "the same, in exports"),
    optional("changelogDestination", Shape::Any, "where Port sends changes; kept"),
    optional("version", Shape::Any, "written by Port's export; kept"),
    optional("id", Shape::Any, "written by Port's export; kept"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

/// What the files of an integration are.
pub const FORMATS: &[&str] = &["json", "yaml", "csv", "ndjson"];

const FILES: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);

/// A flag; schemas that Port publishes write its type in words.
const FLAG: Shape = Shape::Either(&[Shape::Boolean, Shape::Text]);

const ANY_MAP: Shape = Shape::Map(&identifier::FREE, &Shape::Any);

/// One kind of data and its mapping; documentation shows it alone, too.
pub static RESOURCE: Object = Object {
    name: "a resource",
    fields: &[
        required("kind", Shape::Text, "the kind of data, as the tool names it"),
        optional("source", FILES, "portal's addition: the files that hold it, in place of the integration's"),
        optional("format", Shape::OneOf(FORMATS), "portal's addition: what they are"),
        optional("selector", Shape::Object(&SELECTOR), "which items are mapped"),
        optional("port", Shape::Object(&PORT), "what they become"),
    ],
    openness: Openness::Open,
};

/// Which items are mapped. Its other keys depend on the integration.
static SELECTOR: Object = Object {
    name: "a selector",
    fields: &[optional("query", SELECTION, "jq, true for the items that are mapped; 'true' for all")],
    openness: Openness::Free,
};

const SELECTION: Shape = Shape::Either(&[Shape::Text, Shape::Boolean, ANY_MAP]);

static PORT: Object = Object {
    name: "the port of a resource",
    fields: &[
        required("entity", Shape::Object(&ENTITY), "the entity that an item becomes"),
        optional(
            "itemsToParse",
            Shape::Text,
            "jq for a list inside the item, whose members are mapped as .item",
        ),
        optional("itemsToParseName", Shape::Text, "what such a member is called, in place of item"),
        optional(
            "itemsToParseTopLevelTransform",
            Shape::Boolean,
            "whether the list is taken out of the item first",
        ),
    ],
    openness: Openness::Open,
};

/// The entity of a resource: under `mappings`, or without it in older definitions.
static ENTITY: Object = Object {
    name: "the entity of a resource",
    fields: &[
        optional("mappings", MAPPINGS, "the mapping, or a list of them"),
        optional("identifier", EXPRESSION, "the former place of mappings.identifier"),
        optional("blueprint", Shape::Text, "the former place of mappings.blueprint"),
        optional("title", Shape::Text, "the former place of mappings.title"),
        optional("icon", Shape::Text, "the former place of mappings.icon"),
        optional("team", TEAM, "the former place of mappings.team"),
        optional("properties", ANY_MAP, "the former place of mappings.properties"),
        optional("relations", ANY_MAP, "the former place of mappings.relations"),
    ],
    openness: Openness::Open,
};

const MAPPINGS: Shape =
    Shape::Either(&[Shape::Object(&MAPPING), Shape::List(&Shape::Object(&MAPPING)), Shape::Text]);

/// An entity whose every leaf is a jq expression.
static MAPPING: Object = Object {
    name: "a mapping",
    fields: &[
        required("identifier", EXPRESSION, "jq for the identifier, or a search for the entity"),
        optional("blueprint", Shape::Text, "jq for the blueprint: a constant is quoted twice, '\"service\"'"),
        optional("title", Shape::Text, "jq for the title"),
        optional("icon", Shape::Text, "jq for the icon"),
        optional("team", TEAM, "jq for the owning team, or a search for it"),
        optional("properties", ANY_MAP, "jq for each property"),
        optional("relations", ANY_MAP, "jq for each relation, or a search for its target"),
    ],
    openness: Openness::Open,
};

const EXPRESSION: Shape = Shape::Either(&[Shape::Text, ANY_MAP]);
const TEAM: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text), ANY_MAP]);

static WEBHOOK_MAPPING: Object = Object {
    name: "a webhook mapping",
    fields: &[
        required("blueprint", Shape::Text, "the entity's blueprint"),
        optional("operation", EXPRESSION, "create or delete; create when absent"),
        optional("filter", Shape::Text, "jq, true for the requests that are mapped"),
        optional("itemsToParse", Shape::Text, "jq for a list, whose members are mapped as .item"),
        required("entity", Shape::Object(&MAPPING), "the entity"),
    ],
    openness: Openness::Open,
};

/// One kind of data and its mappings, decoded.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The kind of data.
    pub kind: Option<Spanned<String>>,
    /// The files that hold it, when it names its own.
    pub source: Vec<Spanned<String>>,
    /// What the files are, when it says so itself.
    pub format: Option<Spanned<String>>,
    /// Which items are mapped: a jq expression or a boolean.
    pub query: Option<NodeId>,
    /// The jq expression for a list inside an item.
    pub items: Option<NodeId>,
    /// What a member of that list is called.
    pub item_name: String,
    /// Whether the list is taken out of the item.
    pub takes_out: bool,
    /// The entities that an item becomes: mappings of jq expressions.
    pub mappings: Vec<NodeId>,
    /// Where it is written.
    pub node: NodeId,
}

/// An integration, decoded.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Its name; `None` when the file's name is the integration's.
    pub identifier: Option<Spanned<String>>,
    /// What people read.
    pub title: Option<String>,
    /// Where the data comes from.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The files that hold the data.
    pub source: Vec<Spanned<String>>,
    /// What the files are.
    pub format: Option<Spanned<String>>,
    /// The jq expression for the time of which the data is.
    pub as_of: Option<NodeId>,
    /// The age after which the data is stale, as written.
    pub max_age: Option<Spanned<String>>,
    /// Whether the targets of relations are made when they are missing.
    pub creates_missing: bool,
    /// The mappings, in the order of the document.
    pub resources: Vec<Resource>,
    /// Where it is written.
    pub node: NodeId,
}

impl Integration {
    /// Returns the integration written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let nested = |key| node.get(key).or_else(|| node.get("config")?.get(key));
        let resources = nested("resources").into_iter().flat_map(Node::items);
        // Documentation shows a resource alone, too.
        let alone = node.get("port").map(|_| node);
        Self {
            identifier: string(node, "identifier").or_else(|| string(node, "installationId")),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            source: files(node),
            format: string(node, "format"),
            as_of: scalar(node, "asOf"),
            max_age: string(node, "maxAge"),
            creates_missing: nested("createMissingRelatedEntities").and_then(Node::text) == Some("true"),
            resources: resources
                .chain(alone)
                .filter(|resource| resource.kind() == Kind::Map)
                .map(Resource::decode)
                .collect(),
            node: node.id(),
        }
    }
}

impl Resource {
    fn decode(node: Node<'_>) -> Self {
        let port = node.get("port");
        Self {
            kind: string(node, "kind"),
            source: files(node),
            format: string(node, "format"),
            query: node.get("selector").and_then(|selector| scalar(selector, "query")),
            items: port.and_then(|port| scalar(port, "itemsToParse")),
            item_name: port
                .and_then(|port| string(port, "itemsToParseName"))
                .map_or_else(|| "item".into(), |name| name.value),
            takes_out: port
                .and_then(|port| port.get("itemsToParseTopLevelTransform")?.as_bool())
                .unwrap_or(true),
            mappings: port.and_then(|port| port.get("entity")).map(mappings).unwrap_or_default(),
            node: node.id(),
        }
    }
}

/// Returns the mappings of a resource's entity: itself in the older form, else what is under `mappings`.
fn mappings(entity: Node<'_>) -> Vec<NodeId> {
    let nested = entity.get("mappings");
    let single = nested.unwrap_or(entity);
    let many = nested.into_iter().flat_map(Node::items);
    let all = std::iter::once(single).chain(many);
    all.filter(|mapping| mapping.kind() == Kind::Map).map(Node::id).collect()
}

/// Returns the scalar at `key`, unless it is null.
fn scalar(node: Node<'_>, key: &str) -> Option<NodeId> {
    node.get(key).filter(|value| !value.is_null() && value.text().is_some()).map(Node::id)
}

/// Returns the files that `node` names as its source.
fn files(node: Node<'_>) -> Vec<Spanned<String>> {
    string(node, "source").map_or_else(|| strings(node, "source"), |single| vec![single])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::{assert_single_findings, findings, with};

    const PORT: &str = r#"
deleteDependentEntities: true
createMissingRelatedEntities: true
resources:
  - kind: apps/v1/deployments
    selector: {query: 'true', apiVersion: apps/v1}
    port:
      itemsToParse: .spec.containers
      entity:
        mappings:
          identifier: .metadata.name
          title: .metadata.name
          blueprint: '"workload"'
          properties: {image: .item.image}
          relations:
            team: {combinator: '"and"', rules: [{property: '"name"', operator: '"="', value: .team}]}
"#;

    const OURS: &str = r#"
kind: integration
identifier: coverage
source: [facts/coverage/*.json]
asOf: .generatedAt
maxAge: 7d
resources:
  - kind: coverage
    selector: {query: .percent != null}
    port: {entity: {mappings: [{identifier: .service, blueprint: '"Component"', properties: {coverage: .percent}}]}}
"#;

    #[test]
    fn decodes_what_it_accepts() {
        for text in [PORT, OURS, "{resources: [{kind: job, selector: {query: 'true'}, port: null}]}"] {
            assert_eq!(findings(&INTEGRATION, text), [""; 0]);
        }
        let (integration, items) = with(PORT, |node| {
            let integration = Integration::decode(node);
            let items = integration.resources[0].items.map(|items| node.document().node(items).to_json());
            (integration, items)
        });
        assert!(integration.identifier.is_none() && integration.creates_missing);
        let resource = &integration.resources[0];
        assert_eq!(items, Some(".spec.containers".into()));
        assert_eq!(resource.mappings.len(), 1);
        let integration = with(OURS, Integration::decode);
        assert_eq!(integration.source[0].value, "facts/coverage/*.json");
        assert_eq!(integration.resources[0].mappings.len(), 1);
    }

    #[test]
    fn finds_mappings_wherever_port_puts_them() {
        for (entity, expected) in [
            ("{mappings: {identifier: .id}}", 1),
            ("{mappings: [{identifier: .id}, {identifier: .key}]}", 2),
            ("{identifier: .id, blueprint: '\"service\"'}", 1),
            ("{mappings: '...'}", 0),
        ] {
            let text = format!("{{config: {{resources: [{{kind: a, port: {{entity: {entity}}}}}]}}}}");
            assert_eq!(findings(&INTEGRATION, &text), [""; 0]);
            let integration = with(&text, Integration::decode);
            assert_eq!(integration.resources[0].mappings.len(), expected, "{entity}");
        }
    }

    #[test]
    fn reports_mistakes() {
        assert_single_findings(
            &INTEGRATION,
            &[
                (
                    "{resorces: []}",
                    "ignored-key: nothing reads the key `resorces`",
                    "(did you mean `resources` or `source`?)",
                ),
                (
                    "{resources: [{selector: {query: x}}]}",
                    "missing-key: a resource needs the key `kind`",
                    ")",
                ),
                (
                    "{resources: [{kind: a, port: {entity: {mappings: {title: .t}}}}]}",
                    "missing-key: a mapping",
                    ")",
                ),
                (
                    &OURS.replace("percent}", "percent}, titel: .t"),
                    "ignored-key: nothing reads the key `titel`",
                    "?)",
                ),
            ],
        );
    }
}
