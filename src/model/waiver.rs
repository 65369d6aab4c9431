//! Waivers: an exception from rules of a scorecard, with a reason, an approver and an end.

use super::query::Query;
use super::scorecard::condition;
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, one_or_many, string};
use crate::yaml::{Kind, Node, NodeId};

/// A waiver document.
pub static WAIVER: Object = Object { name: "a waiver", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["waiver"]), "says that this is a waiver, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::SCORECARD), "its name, unique in the catalog"),
    optional("title", Shape::Text, "what people read"),
    optional("description", Shape::Text, "more than the reason says, in Markdown"),
    optional("icon", Shape::Text, "a Port icon name"),
    required("scorecard", Shape::Identifier(&identifier::SCORECARD), "the scorecard"),
    optional(
        "blueprint",
        Shape::Identifier(&identifier::BLUEPRINT),
        "its blueprint, when several have such a scorecard",
    ),
    required("rule", RULES, "the rule, or the rules, that need not be fulfilled"),
    optional("entity", ENTITIES, "the entity, or the entities, that it is for"),
    optional("filter", Shape::Object(&condition::QUERY), "the entities that it is for, by what they have"),
    required("reason", Shape::Text, "why the rule cannot be fulfilled yet"),
    required("approver", Shape::Text, "who agreed: a user or a team"),
    required("expires", Shape::Text, "the last day on which it holds, such as 2027-02-01"),
];

const RULES: Shape = Shape::Either(&[
    Shape::Identifier(&identifier::SCORECARD),
    Shape::List(&Shape::Identifier(&identifier::SCORECARD)),
]);

const ENTITIES: Shape = Shape::Either(&[
    Shape::Identifier(&identifier::ENTITY),
    Shape::List(&Shape::Identifier(&identifier::ENTITY)),
]);

/// A waiver, decoded.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// Its name.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// More than the reason says.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The scorecard.
    pub scorecard: Option<Spanned<String>>,
    /// Its blueprint, when the scorecard's identifier alone could mean several.
    pub blueprint: Option<Spanned<String>>,
    /// The rules that need not be fulfilled.
    pub rules: Vec<Spanned<String>>,
    /// The entities that it is for.
    pub entities: Vec<Spanned<String>>,
    /// The entities that it is for, by what they have.
    pub filter: Option<Query>,
    /// Why.
    pub reason: Option<String>,
    /// Who agreed.
    pub approver: Option<Spanned<String>>,
    /// The last day on which it holds, as written.
    pub expires: Option<Spanned<String>>,
    /// Where it is written.
    pub node: NodeId,
}

impl Waiver {
    /// Returns the waiver written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            scorecard: string(node, "scorecard"),
            blueprint: string(node, "blueprint"),
            rules: one_or_many(node, "rule"),
            entities: one_or_many(node, "entity"),
            filter: node.get("filter").filter(|filter| filter.kind() == Kind::Map).map(Query::decode),
            reason: string(node, "reason").map(|text| text.value),
            approver: string(node, "approver"),
            expires: string(node, "expires"),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::{assert_single_findings, findings, with};

    const REPLICAS: &str = r#"
identifier: cart-replicas
scorecard: readiness
rule: replicas
entity: [CartService, CartWorker]
reason: one region until the move
approver: ines@marlow.example
expires: 2027-02-01
"#;

    #[test]
    fn decodes_what_it_accepts() {
        assert_eq!(findings(&WAIVER, REPLICAS), [""; 0]);
        let waiver = with(REPLICAS, Waiver::decode);
        assert_eq!(waiver.label(), "cart-replicas");
        assert_eq!(waiver.rules[0].value, "replicas");
        assert_eq!(waiver.entities.len(), 2);
        assert_eq!(waiver.expires.map(|day| day.value).as_deref(), Some("2027-02-01"));
    }

    #[test]
    fn reports_mistakes() {
        assert_single_findings(
            &WAIVER,
            &[
                (
                    &format!("{REPLICAS}expire: x"),
                    "unknown-key: a waiver has no key `expire`",
                    "(did you mean `expires`?)",
                ),
                (&REPLICAS.replace("rule: replicas", "rule: [1]"), "wrong-type: a string is needed", ")"),
            ],
        );
        assert_eq!(
            findings(&WAIVER, &REPLICAS.replace("reason", "reson")).len(),
            2,
            "misspelt, and so missing"
        );
    }
}
