//! Saved views: tables that pages of the catalog keep (`table-entities-explorer`), as addresses of the table of their
//! blueprint, which open it filtered, grouped and sorted as they say.
//!
//! The address is what the table's script writes itself: `tier.is=1&group=system&sort=slo:desc&column=$team`.

use url::form_urlencoded::Serializer;

use super::column::Column;
use crate::catalog::BlueprintId;
use crate::site::Site;
use crate::yaml::{Kind, Node};

/// How deep widgets are looked for in each other.
const DEEPEST: usize = 8;

/// A table that a page keeps.
#[derive(Debug)]
pub(in crate::site) struct View {
    pub(in crate::site) title: String,
    /// What follows the `?` of the address.
    pub(in crate::site) query: String,
    /// How many of its filters an address cannot say.
    pub(in crate::site) left_out: usize,
}

/// Returns the views of a blueprint, in the order of the pages that keep them.
pub(super) fn views(site: &Site<'_>, id: BlueprintId, columns: &[Column<'_>], names: &[String]) -> Vec<View> {
    let blueprint = site.catalog().blueprint(id).identifier.value.as_str();
    let mut views = Vec::new();
    for page in site.catalog().pages() {
        let node = site.catalog().node(page.place);
        if node.get("visibility").and_then(Node::as_str) == Some("private") {
            continue;
        }
        let about = node.get("blueprint").and_then(Node::as_str);
        let mut tables = Vec::new();
        find(node, DEEPEST, &mut tables);
        for widget in tables.into_iter().filter(|widget| is_about(*widget, about, blueprint)) {
            let title = widget.get("title").and_then(Node::as_str).filter(|title| !title.trim().is_empty());
            let mut reader = Reader { blueprint, columns, names, query: Vec::new(), left_out: 0 };
            reader.read(widget);
            views.push(View {
                title: title.unwrap_or_else(|| page.value.label()).to_string(),
                query: Serializer::new(String::new()).extend_pairs(&reader.query).finish(),
                left_out: reader.left_out,
            });
        }
    }
    views
}

/// Collects the tables among the widgets below a node.
fn find<'a>(node: Node<'a>, depth: usize, tables: &mut Vec<Node<'a>>) {
    if depth == 0 {
        return;
    }
    for widget in ["widgets", "groups"].into_iter().filter_map(|key| node.get(key)).flat_map(Node::items) {
        if widget.get("type").and_then(Node::as_str) == Some("table-entities-explorer") {
            tables.push(widget);
        }
        find(widget, depth - 1, tables);
    }
}

/// Returns whether a table shows entities of `blueprint`, on a page that is about the blueprint `about`.
fn is_about(widget: Node<'_>, about: Option<&str>, blueprint: &str) -> bool {
    let rules =
        || widget.get("dataset").and_then(|dataset| dataset.get("rules")).into_iter().flat_map(Node::items);
    let own = widget.get("blueprint").and_then(Node::as_str);
    let mut named = rules().filter(|rule| text(*rule, "property") == Some("$blueprint")).peekable();
    if named.peek().is_some() {
        return named.any(|rule| text(rule, "value") == Some(blueprint));
    }
    own.or(about) == Some(blueprint)
        || widget.get("blueprintConfig").is_some_and(|config| config.get(blueprint).is_some())
}

fn text<'a>(node: Node<'a>, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::as_str)
}

/// What is read of a widget so far.
struct Reader<'r> {
    blueprint: &'r str,
    columns: &'r [Column<'r>],
    names: &'r [String],
    query: Vec<(String, String)>,
    left_out: usize,
}

impl Reader<'_> {
    fn read(&mut self, widget: Node<'_>) {
        let config = widget.get("blueprintConfig").and_then(|config| config.get(self.blueprint));
        let part = |settings: &str, key: &str| config?.get(settings)?.get(key);
        for group in [widget.get("dataset"), part("filterSettings", "filterBy")].into_iter().flatten() {
            self.group(group);
        }
        let mut groups = part("groupSettings", "groupBy").into_iter().flat_map(Node::items);
        if let Some(name) = groups.next().and_then(Node::as_str) {
            self.name("group", name, "");
        }
        // A table has one level of groups.
        self.left_out += groups.count();
        for sort in part("sortSettings", "sortBy").into_iter().flat_map(Node::items) {
            let end = if text(sort, "order") == Some("desc") { ":desc" } else { "" };
            self.name("sort", text(sort, "property").unwrap_or_default(), end);
        }
        for name in part("propertiesSettings", "shown").into_iter().flat_map(Node::items) {
            // The title is always there, and a column that this site has not is not missed in a choice of columns.
            if let Some(name) =
                name.as_str().and_then(|name| self.find(name)).filter(|name| *name != "$title")
            {
                self.query.push(("column".into(), name.to_string()));
            }
        }
    }

    /// Adds a key whose value is the name of a column, with something at its end.
    fn name(&mut self, key: &str, name: &str, end: &str) {
        match self.find(name) {
            Some(name) => self.query.push((key.into(), format!("{name}{end}"))),
            None => self.left_out += 1,
        }
    }

    /// Returns the name of a column that a view calls `name`.
    fn find<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        let own = ["$title", "$identifier"].into_iter().find(|own| *own == name);
        own.or_else(|| self.names.iter().map(String::as_str).find(|known| *known == name))
    }

    /// Adds the rules of a group that must all hold; an address cannot say that one of several must.
    fn group(&mut self, group: Node<'_>) {
        let rules = group.get("rules").into_iter().flat_map(Node::items);
        if text(group, "combinator") == Some("or") && group.get("rules").is_some_and(|rules| rules.len() > 1)
        {
            self.left_out += 1;
            return;
        }
        for rule in rules {
            match () {
                () if rule.get("rules").is_some() => self.group(rule),
                () if text(rule, "property") == Some("$blueprint") => {}
                () => match self.rule(rule) {
                    Some(pairs) => self.query.extend(pairs),
                    None => self.left_out += 1,
                },
            }
        }
    }

    /// Returns a rule as pairs of the address; `None` when it cannot say it.
    fn rule(&self, rule: Node<'_>) -> Option<Vec<(String, String)>> {
        let card = text(rule, "scorecard").filter(|_| rule.get("scorecardRule").is_none());
        let card = card.map(|card| format!("scorecard#{card}"));
        let relation = text(rule, "relation").map(|name| {
            let long = format!("relation#{name}");
            if self.names.contains(&long) { long } else { name.to_string() }
        });
        let name = card.or(relation).or_else(|| text(rule, "property").map(str::to_string))?;
        let name = self.find(&name)?;
        let many =
            self.names.iter().position(|known| known == name).is_some_and(|at| self.columns[at].is_many());
        let operator = match text(rule, "operator")? {
            "=" | "in" | "containsAny" => "is",
            "!=" | "notIn" => "not",
            "contains" if many => "is",
            "contains" => "has",
            "<" => "lt",
            ">" => "gt",
            "<=" => "le",
            ">=" => "ge",
            "isEmpty" => "empty",
            "isNotEmpty" => "any",
            _ => return None,
        };
        let key = format!("{name}.{operator}");
        if matches!(operator, "empty" | "any") {
            return Some(vec![(key, String::new())]);
        }
        let value = rule.get("value")?;
        let values = if value.kind() == Kind::List { value.items().collect() } else { vec![value] };
        values.into_iter().map(|value| Some((key.clone(), scalar(value)?))).collect()
    }
}

/// Returns a value as the table shows it; `None` of one that is taken from the reader, such as `{{getUserTeams()}}`.
fn scalar(value: Node<'_>) -> Option<String> {
    match value.kind() {
        Kind::Bool => Some(if value.as_bool()? { "yes" } else { "no" }.into()),
        Kind::Number => value.text().map(str::to_string),
        Kind::String => value.as_str().filter(|text| !text.contains("{{")).map(str::to_string),
        Kind::Null | Kind::List | Kind::Map => None,
    }
}
