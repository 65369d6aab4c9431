//! Blueprints: the model of one type of thing.

use super::aggregation::{self, Aggregation};
use super::property::{Property, Type};
use super::relation::Relation;
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, property, relation, string, strings};
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// A blueprint document. Port leaves the top level open and closes what is inside.
pub static BLUEPRINT: Object = Object { name: "a blueprint", fields: FIELDS, openness: Openness::Open };

const FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["blueprint"]), "says that this is a blueprint, wherever the file is"),
    required(
        "identifier",
        Shape::Identifier(&identifier::BLUEPRINT),
        "the name that entities and relations use",
    ),
    optional("title", Shape::Title(100), "what people read"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional("description", Shape::Text, "what the blueprint is for"),
    optional("schema", Shape::Object(&SCHEMA), "the stored properties"),
    optional("relations", RELATIONS, "which entities an entity points at"),
    optional("mirrorProperties", MIRRORS, "values read from related entities"),
    optional("calculationProperties", CALCULATIONS, "values computed by jq from the entity"),
    optional("aggregationProperties", AGGREGATIONS, "numbers over related entities"),
    optional("formulaProperties", FORMULAS, "the former name of calculationProperties"),
    optional("ownership", Shape::Object(&OWNERSHIP), "whether entities have owning teams"),
    optional("teamInheritance", Shape::Any, "the former name of inherited ownership"),
    optional("changelogDestination", Shape::Any, "where Port sends changes; kept"),
    optional("includeInGlobalSearch", Shape::Boolean, "whether search finds its entities"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

const RELATIONS: Shape = Shape::Map(&identifier::PROPERTY, &Shape::Object(&relation::RELATION));
const MIRRORS: Shape = Shape::Map(&identifier::PROPERTY, &Shape::Object(&MIRROR));
const CALCULATIONS: Shape = Shape::Map(&identifier::PROPERTY, &Shape::Object(&CALCULATION));
const AGGREGATIONS: Shape = Shape::Map(&identifier::PROPERTY, &Shape::Object(&aggregation::AGGREGATION));
const FORMULAS: Shape = Shape::Map(&identifier::PROPERTY, &Shape::Any);

static SCHEMA: Object = Object {
    name: "a blueprint schema",
    fields: &[
        optional(
            "properties",
            Shape::Map(&identifier::PROPERTY, &Shape::Object(&property::PROPERTY)),
            "each property by its identifier",
        ),
        optional("required", Shape::List(&Shape::Text), "the properties that every entity must have"),
    ],
    openness: Openness::Closed,
};

static MIRROR: Object = Object {
    name: "a mirror property",
    fields: &[
        required("path", Shape::Text, "relations, then a property: system.domain.$title"),
        optional("title", Shape::Title(100), "what people read"),
    ],
    openness: Openness::Closed,
};

static CALCULATION: Object = Object {
    name: "a calculation property",
    fields: &[
        required("calculation", Shape::Text, "a jq expression over the entity"),
        required("type", Shape::Text, "the type of the result"),
        optional("title", Shape::Title(100), "what people read"),
        optional("description", Shape::Text, "one sentence on what the value means"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("format", Shape::Text, "the format of the result"),
        optional(
            "spec",
            Shape::OneOf(&["open-api", "async-api", "embedded-url"]),
            "what to show the result as",
        ),
        optional("specAuthentication", Shape::Any, "how a protected embedded page signs in"),
        optional("items", Shape::Any, "what each item of an array is"),
        optional("colorized", Shape::Boolean, "whether values are shown in colours"),
        optional("colors", Shape::Map(&identifier::FREE, &Shape::Text), "a palette colour for each value"),
        optional("dateFormat", Shape::Text, "how to show a date"),
    ],
    openness: Openness::Closed,
};

static OWNERSHIP: Object = Object {
    name: "an ownership",
    fields: &[
        required(
            "type",
            Shape::OneOf(&["Direct", "Inherited"]),
            "Direct: entities name teams; Inherited: along a path",
        ),
        optional("path", Shape::Text, "relations to the owner, when inherited: system.domain"),
        optional("title", Shape::Title(100), "what the column of owners is called"),
    ],
    openness: Openness::Closed,
};

/// Who owns an entity of a blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// The teams that the entity names.
    Direct,
    /// The owner found along relations.
    Inherited(Option<Spanned<String>>),
}

/// A mirror property, decoded.
#[derive(Debug, Clone)]
pub struct Mirror {
    /// Its key among the mirror properties.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// Relations, then a property.
    pub path: Option<Spanned<String>>,
}

/// A calculation property, decoded.
#[derive(Debug, Clone)]
pub struct Calculation {
    /// Its key among the calculation properties.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// The jq expression.
    pub expression: Option<Spanned<String>>,
    /// The type of the result.
    pub kind: Option<Type>,
    /// Its format.
    pub format: Option<String>,
    /// The colour of a value.
    pub colors: Vec<(Spanned<String>, Spanned<String>)>,
}

/// A blueprint, decoded.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The name that entities and relations use.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// What the blueprint is for.
    pub description: Option<String>,
    /// The stored properties, in the order of the document.
    pub properties: Vec<Property>,
    /// The properties that every entity must have.
    pub required: Vec<Spanned<String>>,
    /// The relations, in the order of the document.
    pub relations: Vec<Relation>,
    /// Values read from related entities.
    pub mirrors: Vec<Mirror>,
    /// Values computed from the entity.
    pub calculations: Vec<Calculation>,
    /// Numbers over related entities.
    pub aggregations: Vec<Aggregation>,
    /// Who owns its entities; `None` when teams have no meaning for them.
    pub ownership: Option<Spanned<Ownership>>,
    /// Whether it is one of Port's own (`_team`, `_user`), perhaps extended by the catalog.
    pub system: bool,
}

impl Blueprint {
    /// Returns the blueprint written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        let schema = node.get("schema");
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            icon: string(node, "icon"),
            description: string(node, "description").map(|text| text.value),
            properties: members(schema.and_then(|schema| schema.get("properties")), Property::decode),
            required: schema.map(|schema| strings(schema, "required")).unwrap_or_default(),
            relations: members(node.get("relations"), Relation::decode),
            mirrors: members(node.get("mirrorProperties"), Mirror::decode),
            calculations: members(node.get("calculationProperties"), Calculation::decode),
            aggregations: members(node.get("aggregationProperties"), Aggregation::decode),
            ownership: node.get("ownership").and_then(ownership),
            system: false,
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns the stored property called `identifier`.
    pub fn property(&self, identifier: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.identifier.value == identifier)
    }

    /// Returns the property that says when an entity expires: `expiresAt` when it is a timer or a date, else the first
    /// timer.
    pub fn timer(&self) -> Option<&str> {
        let usual =
            self.property("expiresAt").filter(|it| matches!(it.format(), Some("timer" | "date-time")));
        let timer = usual.or_else(|| self.properties.iter().find(|it| it.format() == Some("timer")))?;
        Some(&timer.identifier.value)
    }

    /// Returns the relation called `identifier`, with its number.
    pub fn relation(&self, identifier: &str) -> Option<(usize, &Relation)> {
        self.relations.iter().enumerate().find(|(_, relation)| relation.identifier.value == identifier)
    }

    /// Returns where a computed property called `identifier` is declared, and what kind it is.
    pub fn computed(&self, identifier: &str) -> Option<(&'static str, Span)> {
        let mirrors = self.mirrors.iter().map(|mirror| ("mirror", &mirror.identifier));
        let calculations =
            self.calculations.iter().map(|calculation| ("calculation", &calculation.identifier));
        let aggregations =
            self.aggregations.iter().map(|aggregation| ("aggregation", &aggregation.identifier));
        let mut all = mirrors.chain(calculations).chain(aggregations);
        all.find(|(_, name)| name.value == identifier).map(|(kind, name)| (kind, name.span))
    }

    /// Returns whether the path of a mirror or query may end in `name`: a property of any sort, or a meta-property.
    pub fn readable(&self, name: &str) -> bool {
        META.contains(&name) || self.property(name).is_some() || self.computed(name).is_some()
    }

    /// Returns every name that [`readable`](Self::readable) accepts, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let stored = self.properties.iter().map(|property| property.identifier.value.as_str());
        let mirrors = self.mirrors.iter().map(|mirror| mirror.identifier.value.as_str());
        let calculations = self.calculations.iter().map(|calculation| calculation.identifier.value.as_str());
        let aggregations = self.aggregations.iter().map(|aggregation| aggregation.identifier.value.as_str());
        stored.chain(mirrors).chain(calculations).chain(aggregations).chain(META.iter().copied())
    }
}

/// The meta-properties that every entity has, as paths and queries write them.
pub const META: &[&str] = &[
    "$identifier",
    "$title",
    "$team",
    "$icon",
    "$createdAt",
    "$updatedAt",
    "$createdBy",
    "$updatedBy",
    "$blueprint",
];

/// Returns what `decode` makes of each member of a mapping that is a mapping itself; others are reported as shape.
fn members<T>(node: Option<Node<'_>>, decode: impl Fn(Node<'_>, Node<'_>) -> T) -> Vec<T> {
    let entries = node.into_iter().flat_map(Node::entries);
    entries.filter(|(_, value)| value.kind() == Kind::Map).map(|(key, value)| decode(key, value)).collect()
}

/// Returns the key of a member, with its place.
fn key(key: Node<'_>) -> Spanned<String> {
    Spanned::new(key.as_str().unwrap_or_default().to_string(), key.span())
}

impl Mirror {
    fn decode(name: Node<'_>, node: Node<'_>) -> Self {
        let title = string(node, "title").map(|title| title.value);
        Self { identifier: key(name), title, path: string(node, "path") }
    }
}

impl Calculation {
    fn decode(name: Node<'_>, node: Node<'_>) -> Self {
        let colors = node.get("colors").into_iter().flat_map(Node::entries);
        let spanned = |node: Node<'_>| Some(Spanned::new(node.text()?.to_string(), node.span()));
        Self {
            identifier: key(name),
            title: string(node, "title").map(|title| title.value),
            expression: string(node, "calculation"),
            kind: string(node, "type").and_then(|kind| Type::from_name(&kind.value)),
            format: string(node, "format").map(|format| format.value),
            colors: colors.filter_map(|(key, value)| Some((spanned(key)?, spanned(value)?))).collect(),
        }
    }
}

/// Returns the ownership written as `node`.
fn ownership(node: Node<'_>) -> Option<Spanned<Ownership>> {
    let ownership = match node.get("type")?.as_str()? {
        "Inherited" => Ownership::Inherited(string(node, "path")),
        _ => Ownership::Direct,
    };
    Some(Spanned::new(ownership, node.span()))
}
