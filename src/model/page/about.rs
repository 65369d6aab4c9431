//! What widgets on the page of an entity ask about that entity, as Port writes it: `{{url.identifier}}` is the entity that
//! is looked at, `{{blueprint}}` its blueprint.

use std::borrow::Cow;

use super::content::{Content, Prose};
use super::number::Amount;
use super::widget::Widget;
use crate::model::Spanned;
use crate::model::query::{Combinator, Condition, Member, Query};
use crate::yaml::{Document, Kind, Node};

/// How a search leads from the entity to those that it chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The entity itself.
    Itself,
    /// Those that point at it by a relation.
    Pointing(String),
    /// Those that it owns.
    Owned,
    /// Those upstream of it (`Some(true)`), downstream of it, or either.
    Related {
        /// Which side; both when absent.
        upstream: Option<bool>,
        /// Whether only required relations are followed.
        required: bool,
    },
}

/// A search about an entity.
#[derive(Debug, Clone)]
pub struct About {
    /// How it leads from there.
    pub way: Way,
    /// What must hold besides.
    pub rest: Query,
}

/// What becomes of a widget on the page of an entity.
#[derive(Debug, Clone)]
pub enum Place {
    /// It is shown; what it counts, if it counts anything.
    Shown(Option<About>),
    /// The page of each entity has this by itself.
    Own,
    /// It is not shown, with the reason.
    Refused(&'static str),
}

const ELSEWHERE: &str = "is not about the entity that is looked at: a dashboard shows it";
const SEVERAL: &str = "asks for one of several things, which the page of an entity cannot look up: it needs a rule about the entity, \
                       and all others must hold";
const UNKNOWN_WAY: &str = "asks about the entity in a way that the page of an entity cannot look up: a relation to it, `relatedTo`, \
                           `$team` and `$identifier` can be";

/// Types that the page of each entity has by itself: what it has, its relations, their drawing, its history.
const OWN: &[&str] = &[
    "table-entities-explorer-by-direction",
    "graph-entities-explorer",
    "table-audit-log",
    "entity-info",
    "entity-details",
];

/// Returns the words between the braces of a text that is a placeholder and nothing else.
fn placeholder(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    (!inner.contains(['{', '}'])).then(|| inner.strip_prefix('.').unwrap_or(inner))
}

/// Returns whether a text stands for the identifier of the entity that is looked at.
pub fn is_entity(text: &str) -> bool {
    placeholder(text).is_some_and(|name| matches!(name, "url.identifier" | "entity.identifier"))
}

/// Returns whether a text stands for the blueprint of the entity that is looked at.
pub fn is_blueprint(text: &str) -> bool {
    placeholder(text).is_some_and(|name| matches!(name, "blueprint" | "entity.blueprint"))
}

/// Returns a text with what stands for something of the entity put in; `value` says what, `None` of what it does not know,
/// which stays.
pub fn fill<'t>(text: &'t str, mut value: impl FnMut(&str) -> Option<String>) -> Cow<'t, str> {
    if !text.contains("{{") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let whole = &rest[start..start + length + 2];
        out.push_str(&rest[..start]);
        match placeholder(whole).and_then(&mut value) {
            Some(value) => out.push_str(&value),
            None => out.push_str(whole),
        }
        rest = &rest[start + length + 2..];
    }
    out.push_str(rest);
    out.into()
}

/// Returns what becomes of a widget of `document` on the pages of a blueprint's entities.
pub fn place(widget: &Widget, blueprint: &str, document: &Document) -> Place {
    let of_entity = |name: Option<&Spanned<String>>| name.is_none_or(|name| is_entity(&name.value));
    match &widget.content {
        Content::Board | Content::Tabs(_) | Content::Links(_) | Content::Frame(_) | Content::Actions(_) => {
            Place::Shown(None)
        }
        Content::Prose(Prose::Text(_)) => Place::Shown(None),
        Content::Prose(Prose::Property { entity, .. }) if of_entity(entity.as_ref()) => Place::Shown(None),
        Content::Number(number) if number.amount == Amount::Single => match of_entity(number.entity.as_ref())
        {
            true => Place::Shown(Some(About { way: Way::Itself, rest: nothing(widget) })),
            false => Place::Refused(ELSEWHERE),
        },
        Content::Number(_) | Content::Pie(_) | Content::Bar(_) | Content::Table(_) => {
            match About::of(widget.dataset.as_ref(), blueprint, document) {
                Ok(about) => Place::Shown(Some(about)),
                Err(why) => Place::Refused(why),
            }
        }
        Content::Entity(entity) if of_entity(entity.as_ref()) => Place::Own,
        Content::Elsewhere(_) => {
            match widget.kind.as_ref().is_some_and(|kind| OWN.contains(&kind.value.as_str())) {
                true => Place::Own,
                false => Place::Shown(None),
            }
        }
        Content::Runs(_) => Place::Refused("lists runs, which the page of each action has"),
        Content::Unknown => Place::Shown(None),
        _ => Place::Refused(ELSEWHERE),
    }
}

fn nothing(widget: &Widget) -> Query {
    Query { combinator: Combinator::And, members: Vec::new(), node: widget.node }
}

impl About {
    /// Returns what a search asks about the entity that is looked at.
    ///
    /// # Errors
    /// Why that cannot be looked up, as the end of a sentence.
    fn of(search: Option<&Query>, blueprint: &str, document: &Document) -> Result<Self, &'static str> {
        let Some(search) = search else { return Err(ELSEWHERE) };
        if search.combinator == Combinator::Or && search.members.len() > 1 {
            return Err(SEVERAL);
        }
        let (mut way, mut rest) = (None, Vec::new());
        for member in &search.members {
            let node = document.node(member.node());
            match member {
                Member::Condition(condition) if is_about(condition, document) => {
                    let own = Way::of(condition, node, blueprint).ok_or(UNKNOWN_WAY)?;
                    if way.replace(own).is_some() {
                        return Err(UNKNOWN_WAY);
                    }
                }
                _ if mentions(node, is_entity) => return Err(SEVERAL),
                Member::Condition(condition) if names_blueprint(condition, document) => {}
                _ => rest.push(member.clone()),
            }
        }
        let way = way.ok_or(ELSEWHERE)?;
        Ok(Self { way, rest: Query { combinator: Combinator::And, members: rest, node: search.node } })
    }
}

/// Returns whether the value of a condition is the entity, alone or as the one item of a list.
fn is_about(condition: &Condition, document: &Document) -> bool {
    let Some(value) = condition.value.map(|id| document.node(id)) else { return false };
    match value.kind() {
        Kind::String => value.as_str().is_some_and(is_entity),
        Kind::List => value.len() == 1 && value.items().all(|item| item.as_str().is_some_and(is_entity)),
        _ => false,
    }
}

/// Returns whether a condition says the blueprint, as its widget does.
fn names_blueprint(condition: &Condition, document: &Document) -> bool {
    condition.property.as_ref().is_some_and(|property| property.value == "$blueprint")
        && condition.value.is_some_and(|id| document.node(id).as_str().is_some_and(is_blueprint))
}

fn mentions(node: Node<'_>, is_meant: fn(&str) -> bool) -> bool {
    match node.kind() {
        Kind::String => node.as_str().is_some_and(is_meant),
        Kind::List => node.items().any(|item| mentions(item, is_meant)),
        Kind::Map => node.entries().any(|(_, value)| mentions(value, is_meant)),
        _ => false,
    }
}

impl Way {
    /// Returns the way of a condition whose value is the entity.
    fn of(condition: &Condition, node: Node<'_>, blueprint: &str) -> Option<Self> {
        let operator = condition.operator.as_ref().map(|operator| operator.value.as_str())?;
        if operator == "relatedTo" {
            let named = node.get("blueprint").and_then(Node::as_str);
            if named.is_some_and(|name| !is_blueprint(name) && name != blueprint) {
                return None;
            }
            let upstream = node.get("direction").and_then(Node::as_str).map(|side| side == "upstream");
            let required = node.get("required").and_then(Node::as_bool) == Some(true);
            return Some(Self::Related { upstream, required });
        }
        if !matches!(operator, "=" | "in" | "contains" | "containsAny") {
            return None;
        }
        let titles = node.get("targetProperty").and_then(Node::as_str) == Some("$title");
        match (&condition.relation, condition.property.as_ref().map(|property| property.value.as_str())) {
            (Some(relation), None) if !titles => Some(Self::Pointing(relation.value.clone())),
            (None, Some("$identifier")) => Some(Self::Itself),
            (None, Some("$team")) => Some(Self::Owned),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Page;
    use super::*;
    use crate::model::query::testing::with;

    #[test]
    fn placeholders_are_put_in() {
        let value = |name: &str| match name {
            "url.identifier" | "entity.identifier" => Some("{{blueprint}}".to_string()),
            "entity.title" => Some(String::new()),
            _ => None,
        };
        for (text, expected) in [
            ("", ""),
            ("plain {x}", "plain {x}"),
            ("{{url.identifier}}", "{{blueprint}}"),
            ("a {{ .entity.identifier }} b {{entity.title}}{{ unknown }}", "a {{blueprint}} b {{ unknown }}"),
            ("{{ url.identifier", "{{ url.identifier"),
            ("{{{{url.identifier}}}}", "{{{{url.identifier}}}}"),
            ("{{}} ü {{", "{{}} ü {{"),
        ] {
            assert_eq!(fill(text, value), expected, "{text}");
        }
    }

    #[test]
    fn ways_from_the_entity_are_found() {
        let id = "'{{ url.identifier }}'";
        for (rules, expected) in [
            (format!("{{relation: system, operator: '=', value: {id}}}"), "Pointing(\"system\") 0"),
            (
                format!(
                    "{{relation: system, operator: contains, value: [{id}]}}, {{property: tier, operator: '=', value: 1}}"
                ),
                "Pointing(\"system\") 1",
            ),
            (
                format!(
                    "{{operator: relatedTo, blueprint: '{{{{blueprint}}}}', value: {id}, direction: downstream}}"
                ),
                "Related { upstream: Some(false), required: false } 0",
            ),
            (format!("{{operator: relatedTo, blueprint: other, value: {id}}}"), UNKNOWN_WAY),
            (format!("{{property: $team, operator: containsAny, value: [{id}]}}"), "Owned 0"),
            (
                format!(
                    "{{property: $identifier, operator: '=', value: {id}}}, {{property: $blueprint, operator: '=', value: '{{{{blueprint}}}}'}}"
                ),
                "Itself 0",
            ),
            (format!("{{property: name, operator: '=', value: {id}}}"), UNKNOWN_WAY),
            (
                format!(
                    "{{relation: a, operator: '=', value: {id}}}, {{relation: b, operator: '=', value: {id}}}"
                ),
                UNKNOWN_WAY,
            ),
            (format!("{{combinator: or, rules: [{{relation: a, operator: '=', value: {id}}}]}}"), SEVERAL),
            ("{property: tier, operator: '=', value: 1}".into(), ELSEWHERE),
        ] {
            let text = format!("{{identifier: p, widgets: [{{type: bar-chart, dataset: [{rules}]}}]}}");
            let found = with(&text, |node| {
                let page = Page::decode(node);
                match place(&page.widgets[0], "service", node.document()) {
                    Place::Shown(Some(about)) => format!("{:?} {}", about.way, about.rest.members.len()),
                    Place::Refused(why) => why.to_string(),
                    other => format!("{other:?}"),
                }
            });
            assert_eq!(found, expected, "{rules}");
        }
    }
}
