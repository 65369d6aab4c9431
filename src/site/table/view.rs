//! Saved views: tables that pages of the catalog keep (`table-entities-explorer`), as addresses of the table of their
//! blueprint, which open it filtered, grouped and sorted as they say.
//!
//! The address is what the table's script writes itself: `tier.is=1&group=system&sort=slo:desc&column=$team`.

use super::column::Column;
use super::list::List;
use crate::catalog::BlueprintId;
use crate::model::page::Sort;
use crate::site::Site;
use crate::yaml::Node;

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
        // What is private is nobody's view, and what is about whichever entity is looked at has no table of its own.
        if text(node, "visibility") == Some("private") || page.value.sort == Sort::Entity {
            continue;
        }
        let about = node.get("blueprint").and_then(Node::as_str);
        let mut tables = Vec::new();
        find(node, DEEPEST, &mut tables);
        for widget in tables.into_iter().filter(|widget| is_about(*widget, about, blueprint)) {
            let title = widget.get("title").and_then(Node::as_str).filter(|title| !title.trim().is_empty());
            let list = read(widget, blueprint, List::new(columns, names, site.portal.now));
            views.push(View {
                title: title.unwrap_or_else(|| page.value.label()).to_string(),
                query: list.query(),
                left_out: list.left_out(),
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

/// Returns the table of a blueprint as a widget has it.
fn read<'t>(widget: Node<'_>, blueprint: &str, mut list: List<'t>) -> List<'t> {
    let config = widget.get("blueprintConfig").and_then(|config| config.get(blueprint));
    let part = |settings: &str, key: &str| config?.get(settings)?.get(key);
    for search in [widget.get("dataset"), part("filterSettings", "filterBy")].into_iter().flatten() {
        list.search(search);
    }
    let mut name = |key: &str, name: &str, end: &str| match list.find(name) {
        Some(name) => list.push(key, format!("{name}{end}")),
        None => list.leave_out(1),
    };
    let mut groups = part("groupSettings", "groupBy").into_iter().flat_map(Node::items);
    if let Some(by) = groups.next().and_then(Node::as_str) {
        name("group", by, "");
    }
    for sort in part("sortSettings", "sortBy").into_iter().flat_map(Node::items) {
        let end = if text(sort, "order") == Some("desc") { ":desc" } else { "" };
        name("sort", text(sort, "property").unwrap_or_default(), end);
    }
    // A table has one level of groups.
    list.leave_out(groups.count());
    for name in part("propertiesSettings", "shown").into_iter().flat_map(Node::items) {
        // The title is always there, and a column that this site has not is not missed in a choice of columns.
        if let Some(name) = name.as_str().and_then(|name| list.find(name)).filter(|name| *name != "$title") {
            list.push("column", name.to_string());
        }
    }
    list
}
