//! What each type of widget has besides what all have. Mistakes are decoded as what is missing, and reported by
//! `crate::check`.

use super::super::{Spanned, flag, string, strings};
use super::chart::Chart;
use super::number::Number;
use super::reference::Reference;
use super::widget::Group;
use crate::yaml::{Kind, Node};

/// How a type of widget is shown on a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As what it is.
    Here,
    /// As a sentence: why a site without a server cannot show it, and what does instead.
    Said(&'static str),
}

/// Every type of widget: those of Port, then portal's own.
pub const TYPES: &[(&str, Shown)] = &[
    ("dashboard-widget", Shown::Here),
    ("grouper", Shown::Here),
    ("entities-number-chart", Shown::Here),
    ("entities-pie-chart", Shown::Here),
    ("bar-chart", Shown::Here),
    ("line-chart", Shown::Here),
    ("multi-line-chart", Shown::Here),
    ("table-entities-explorer", Shown::Here),
    ("markdown", Shown::Here),
    ("iframe-widget", Shown::Here),
    ("links-widget", Shown::Here),
    ("action-card-widget", Shown::Here),
    ("action-runs-table-widget", Shown::Here),
    ("runs-table", Shown::Here),
    ("entity-details", Shown::Here),
    ("entity-info", Shown::Here),
    ("users-table", Shown::Here),
    ("teams-table", Shown::Here),
    (
        "table-entities-explorer-by-direction",
        Shown::Said("lists the entities around the one that is looked at: the page of each entity does"),
    ),
    (
        "graph-entities-explorer",
        Shown::Said("draws the entities around the one that is looked at: the page of each entity does"),
    ),
    (
        "table-audit-log",
        Shown::Said("lists the changes that Port recorded: here the history of the repository has them"),
    ),
    ("user-info", Shown::Said("is about who looks, whom a site without a server does not know")),
    ("team-info", Shown::Said("is about the team of who looks, whom a site without a server does not know")),
    (
        "my-entities",
        Shown::Said(
            "is about who looks, whom a site without a server does not know: the page of a team lists what it owns",
        ),
    ),
    (
        "recently-viewed-entities",
        Shown::Said("is about who looks, whom a site without a server does not know"),
    ),
    (
        "recently-used-actions",
        Shown::Said(
            "is about who looks, whom a site without a server does not know: the page of an action lists its runs",
        ),
    ),
    ("run-info", Shown::Said("is about the run that is looked at: the page of an action lists its runs")),
    (
        "workflow-runs-history-table",
        Shown::Said("lists the runs of Port's workflows, which this catalog does not have"),
    ),
    ("ai-agent", Shown::Said("talks to a service of Port's, which a site without a server cannot reach")),
    ("heat-map", Shown::Here),
    ("scorecard-levels", Shown::Here),
    ("scorecard-trend", Shown::Here),
    ("initiatives", Shown::Here),
];

/// What a widget shows, by its type.
#[derive(Debug, Clone)]
pub enum Content {
    /// Other widgets.
    Board,
    /// Groups of widgets.
    Tabs(Vec<Group>),
    /// A number.
    Number(Box<Number>),
    /// How entities divide, as a ring.
    Pie(Levels),
    /// How entities divide, as bars.
    Bar(Levels),
    /// Numbers over time.
    Lines(Chart),
    /// Entities.
    Table(Table),
    /// All entities of the blueprint of users, or of teams.
    People(Personal),
    /// Markdown.
    Prose(Prose),
    /// A page of another host, which is linked and not loaded.
    Frame(Option<Spanned<String>>),
    /// Links.
    Links(Vec<Link>),
    /// Actions to ask for.
    Actions(Vec<Spanned<String>>),
    /// Runs of an action; of all when absent.
    Runs(Option<Spanned<String>>),
    /// An entity.
    Entity(Option<Spanned<String>>),
    /// How two things meet, or groups and the rules of a scorecard.
    Heat(Grid),
    /// How scorecards are met.
    Standards {
        /// Which; all when empty.
        scorecards: Vec<Spanned<String>>,
        /// By what their entities are grouped, when one is looked at closely.
        by: Option<Spanned<Reference>>,
    },
    /// How a scorecard has come along.
    Trend(Option<Spanned<String>>),
    /// The initiatives.
    Initiatives,
    /// Nothing that a site can show, with the reason.
    Elsewhere(&'static str),
    /// A type that does not exist.
    Unknown,
}

/// Whose table it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// Of users.
    Users,
    /// Of teams.
    Teams,
}

/// What a ring or bars divide by.
#[derive(Debug, Clone)]
pub struct Levels {
    /// By what.
    pub by: Option<Spanned<Reference>>,
    /// Whether small parts stay apart.
    pub apart: bool,
}

/// A table of entities.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The columns that are shown; usual ones when empty.
    pub shown: Vec<Spanned<String>>,
    /// Those that are not.
    pub hidden: Vec<String>,
    /// By what the rows are grouped.
    pub group: Option<Spanned<String>>,
    /// By what they are sorted, and whether downwards.
    pub sort: Vec<(Spanned<String>, bool)>,
}

/// What is written in a widget of Markdown.
#[derive(Debug, Clone)]
pub enum Prose {
    /// A text of its own.
    Text(String),
    /// A property of an entity.
    Property {
        /// The entity's blueprint.
        blueprint: Option<Spanned<String>>,
        /// The entity.
        entity: Option<Spanned<String>>,
        /// The property.
        property: Option<Spanned<String>>,
    },
}

/// A link.
#[derive(Debug, Clone)]
pub struct Link {
    /// What people read.
    pub title: Option<String>,
    /// Where it leads.
    pub url: Option<Spanned<String>>,
    /// A few words more.
    pub description: Option<String>,
}

/// What the rows and columns of a heat map are.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The rows.
    pub rows: Option<Spanned<Reference>>,
    /// The columns; the rules of the scorecard when absent.
    pub columns: Option<Spanned<Reference>>,
    /// The scorecard whose rules are the columns.
    pub scorecard: Option<Spanned<String>>,
}

impl Content {
    /// Returns what the widget written as `node` has.
    pub(super) fn decode(node: Node<'_>) -> Self {
        let kind = node.get("type").and_then(Node::as_str).unwrap_or_default();
        match kind {
            "dashboard-widget" => Self::Board,
            "grouper" => Self::Tabs(Group::decode_list(node)),
            "entities-number-chart" => Self::Number(Box::new(Number::decode(node))),
            "entities-pie-chart" => Self::Pie(Levels::decode(node)),
            "bar-chart" => Self::Bar(Levels::decode(node)),
            "line-chart" | "multi-line-chart" => Self::Lines(Chart::decode(node)),
            "table-entities-explorer" => Self::Table(Table::decode(node)),
            "users-table" => Self::People(Personal::Users),
            "teams-table" => Self::People(Personal::Teams),
            "markdown" => Self::Prose(Prose::decode(node)),
            "iframe-widget" => Self::Frame(string(node, "url")),
            "links-widget" => Self::Links(list(node, "links").map(Link::decode).collect()),
            "action-card-widget" => Self::Actions(actions(node)),
            "action-runs-table-widget" => Self::Runs(string(node, "action")),
            "runs-table" => Self::Runs(None),
            "entity-details" | "entity-info" => Self::Entity(string(node, "entity")),
            "heat-map" => Self::Heat(Grid {
                rows: reference(node, "rows"),
                columns: reference(node, "columns"),
                scorecard: string(node, "scorecard"),
            }),
            "scorecard-levels" => Self::Standards {
                scorecards: string(node, "scorecard")
                    .map_or_else(|| strings(node, "scorecards"), |one| vec![one]),
                by: reference(node, "property"),
            },
            "scorecard-trend" => Self::Trend(string(node, "scorecard")),
            "initiatives" => Self::Initiatives,
            _ => match TYPES.iter().find(|(name, _)| *name == kind) {
                Some((_, Shown::Said(why))) => Self::Elsewhere(why),
                _ => Self::Unknown,
            },
        }
    }
}

impl Levels {
    fn decode(node: Node<'_>) -> Self {
        Self { by: reference(node, "property"), apart: flag(node, "dontAggregateOther") }
    }
}

impl Table {
    /// Returns the table as its blueprint's settings have it: the first of them, for a widget is about one.
    fn decode(node: Node<'_>) -> Self {
        let config =
            node.get("blueprintConfig").into_iter().flat_map(Node::entries).map(|(_, value)| value).next();
        let Some(config) = config else {
            return Self { hidden: words(node, "excludedFields"), ..Self::default() };
        };
        let part = |name| config.get(name);
        let columns = part("propertiesSettings");
        let sorted = part("sortSettings").and_then(|sort| sort.get("sortBy"));
        let sort = |node: Node<'_>| {
            let down = node.get("order").and_then(Node::as_str) == Some("desc");
            Some((string(node, "property")?, down))
        };
        let mut hidden = words(node, "excludedFields");
        hidden.extend(columns.into_iter().flat_map(|columns| words(columns, "hidden")));
        Self {
            shown: columns.map(ordered).unwrap_or_default(),
            hidden,
            group: part("groupSettings").and_then(|group| strings(group, "groupBy").into_iter().next()),
            sort: sorted.into_iter().flat_map(Node::items).filter_map(sort).collect(),
        }
    }
}

/// Returns the columns that are shown, those that `order` names first.
fn ordered(columns: Node<'_>) -> Vec<Spanned<String>> {
    let mut shown = strings(columns, "shown");
    let order = words(columns, "order");
    shown.sort_by_key(|column| order.iter().position(|name| *name == column.value).unwrap_or(order.len()));
    shown
}

fn words(node: Node<'_>, key: &str) -> Vec<String> {
    strings(node, key).into_iter().map(|word| word.value).collect()
}

impl Prose {
    fn decode(node: Node<'_>) -> Self {
        if node.get("source").and_then(Node::as_str) == Some("property") {
            return Self::Property {
                blueprint: string(node, "blueprintIdentifier"),
                entity: string(node, "entityIdentifier"),
                property: string(node, "propertyIdentifier"),
            };
        }
        Self::Text(string(node, "markdown").map(|text| text.value).unwrap_or_default())
    }
}

impl Link {
    fn decode(node: Node<'_>) -> Self {
        let text = |key| string(node, key).map(|text| text.value);
        Self { title: text("title"), url: string(node, "url"), description: text("description") }
    }
}

/// Returns the actions of a card: `{action: deploy}`, or the name alone.
fn actions(node: Node<'_>) -> Vec<Spanned<String>> {
    let name = |item: Node<'_>| match item.as_str() {
        Some(name) => Some(Spanned::new(name.to_string(), item.span())),
        None => string(item, "action"),
    };
    list(node, "actions").filter_map(name).collect()
}

/// Returns the reference at `key`.
pub(super) fn reference(node: Node<'_>, key: &str) -> Option<Spanned<Reference>> {
    string(node, key).map(|text| Spanned::new(Reference::parse(&text.value), text.span))
}

/// Returns the items of the list at `key`; a mapping by itself is a list of one.
pub(super) fn list<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> {
    let list = node.get(key);
    let single = list.filter(|list| list.kind() == Kind::Map);
    list.into_iter().flat_map(Node::items).chain(single)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::with;

    #[test]
    fn a_table_is_as_its_blueprint_s_settings_say() {
        let table = with(
            "{excludedFields: [a], blueprintConfig: {service: {groupSettings: {groupBy: [tier]},
              sortSettings: {sortBy: [{property: day, order: desc}]},
              propertiesSettings: {shown: [x, y, z], order: [z, y], hidden: [b]}}}}",
            Table::decode,
        );
        let shown: Vec<&str> = table.shown.iter().map(|column| column.value.as_str()).collect();
        assert_eq!(shown, ["z", "y", "x"]);
        assert_eq!(table.hidden, ["a", "b"]);
        assert_eq!(table.group.map(|group| group.value).as_deref(), Some("tier"));
        assert!(table.sort[0].1);
    }
}
