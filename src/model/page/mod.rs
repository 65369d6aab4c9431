//! Pages: dashboards and views, made of widgets.

pub mod about;
mod chart;
mod content;
mod number;
mod reference;
mod shape;
mod widget;

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, one_or_many, string};
use crate::yaml::{Kind, Node, NodeId};
use shape::{ROW, WIDGET};

pub use chart::{Chart, Course, Line, MOST_LINES};
pub use content::{Content, Grid, Levels, Link, Personal, Prose, Shown, TYPES, Table};
pub use number::{Amount, Decimals, Formatting, Number, Unit};
pub use reference::Reference;
pub use widget::{Group, Widget};

/// A page document. Port's exports carry more than its documentation names, so other keys pass with a warning.
pub static PAGE: Object = Object { name: "a page", fields: FIELDS, openness: Openness::Open };

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["page"]), "says that this is a page, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::ACTION), "its name, unique in the catalog"),
    optional("title", Shape::Text, "what people read; the identifier when absent"),
    optional("description", Shape::Text, "what it shows"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional(
        "type",
        Shape::OneOf(&["dashboard", "blueprint-entities", "entity", "home"]),
        "dashboard when absent",
    ),
    optional("blueprint", Shape::Identifier(&identifier::BLUEPRINT), "whose entities it shows"),
    optional("audience", AUDIENCE, "portal's addition: the teams or personas that it is for"),
    optional("parent", Shape::Text, "the folder of the sidebar that it is in"),
    optional("after", Shape::Text, "the page that it follows in the sidebar"),
    optional("section", Shape::Text, "the section of the sidebar that it is in"),
    optional("showInSidebar", Shape::Boolean, "whether the sidebar lists it"),
    optional("locked", Shape::Boolean, "whether only administrators change it in Port; kept"),
    optional("protected", Shape::Boolean, "whether it is Port's own; kept"),
    optional("visibility", Shape::OneOf(&["org", "private"]), "org: everyone; private: its author"),
    optional("requiredQueryParams", Shape::List(&Shape::Any), "what its address must say; kept"),
    optional("pageFilters", Shape::List(&Shape::Any), "filters over all of its widgets"),
    optional("layout", Shape::List(&Shape::Object(&ROW)), "the rows that hold the widgets"),
    optional("widgets", Shape::List(&Shape::Object(&WIDGET)), "what it shows"),
    optional("permissions", Shape::Any, "who may see and change it in Port; kept"),
    optional("id", Shape::Any, "written by Port's export; kept"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

const AUDIENCE: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);

/// What sort of page a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Widgets about anything.
    Dashboard,
    /// The entities of a blueprint.
    Entities,
    /// An entity of a blueprint, whichever is looked at.
    Entity,
    /// What people see first.
    Home,
}

/// A row of a layout.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it holds, from left to right.
    pub columns: Vec<Column>,
    /// Where it is written.
    pub node: NodeId,
}

/// A column of a layout.
#[derive(Debug, Clone)]
pub struct Column {
    /// The widget that it holds.
    pub widget: Spanned<String>,
    /// Its width in twelfths.
    pub size: Option<f64>,
}

/// A page, decoded.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its name.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// What it shows.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// What sort of page it is.
    pub sort: Sort,
    /// Whose entities it shows.
    pub blueprint: Option<Spanned<String>>,
    /// The teams or personas that it is for; everyone when empty.
    pub audience: Vec<Spanned<String>>,
    /// Whether only its author may see it.
    pub private: bool,
    /// Searches that all of its widgets are held against.
    pub filters: Vec<NodeId>,
    /// The rows that hold its widgets; a page of Port has a root widget with its own instead.
    pub layout: Vec<Row>,
    /// What it shows, in the order of the document.
    pub widgets: Vec<Widget>,
    /// Where it is written.
    pub node: NodeId,
}

impl Row {
    /// Returns the rows of the layout of a page or a widget.
    fn decode_list(node: Node<'_>) -> Vec<Self> {
        let column = |node: Node<'_>| {
            let widget = string(node, "id").unwrap_or_else(|| Spanned::new(String::new(), node.span()));
            Column { widget, size: node.get("size").and_then(Node::as_f64) }
        };
        let row = |node: Node<'_>| {
            let columns = node.get("columns").into_iter().flat_map(Node::items);
            Self { columns: columns.map(column).collect(), node: node.id() }
        };
        node.get("layout").into_iter().flat_map(Node::items).map(row).collect()
    }
}

impl Page {
    /// Returns the page written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        let sort = match node.get("type").and_then(Node::as_str) {
            Some("blueprint-entities") => Sort::Entities,
            Some("entity") => Sort::Entity,
            Some("home") => Sort::Home,
            _ => Sort::Dashboard,
        };
        let filters = node.get("pageFilters").into_iter().flat_map(Node::items);
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            sort,
            blueprint: string(node, "blueprint"),
            audience: one_or_many(node, "audience"),
            private: node.get("visibility").and_then(Node::as_str) == Some("private"),
            filters: filters.filter_map(search).map(Node::id).collect(),
            layout: Row::decode_list(node),
            widgets: Widget::decode_list(node),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns whether a site shows it as a page of its own: not one that only its author sees, nor one about whichever
    /// entity is looked at.
    pub fn is_shown(&self) -> bool {
        !self.private && self.sort != Sort::Entity
    }

    /// Calls `visit` with each widget, those inside others included, in the order of the document.
    pub fn each<'p>(&'p self, visit: &mut impl FnMut(&'p Widget)) {
        self.widgets.iter().for_each(|widget| widget.each(visit));
    }
}

/// Returns the search of a filter of a page: under `query` or `dataset`, or the filter itself.
fn search(filter: Node<'_>) -> Option<Node<'_>> {
    let inner = ["query", "dataset"].into_iter().find_map(|key| filter.get(key));
    Some(inner.unwrap_or(filter)).filter(|search| search.kind() == Kind::Map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::{assert_single_findings, findings, with};

    const DASHBOARD: &str = r#"{
      "identifier": "overview", "title": "Overview", "icon": "Apps", "type": "dashboard", "protected": false,
      "showInSidebar": true, "requiredQueryParams": [], "section": "software_catalog",
      "widgets": [{
        "id": "1", "type": "dashboard-widget",
        "layout": [{"height": 400, "columns": [{"id": "a", "size": 6}, {"id": "b", "size": 6}]}],
        "widgets": [
          {"id": "a", "type": "entities-number-chart", "func": "count", "calculationBy": "entities", "dataset": []},
          {"id": "b", "type": "grouper", "displayMode": "tabs", "groups": [
            {"title": "All", "widgets": [{"id": "c", "type": "markdown", "markdown": "hello"}]}
          ]}
        ]
      }]
    }"#;

    #[test]
    fn decodes_what_it_accepts() {
        assert_eq!(findings(&PAGE, DASHBOARD), [""; 0]);
        assert_eq!(
            findings(&PAGE, "{identifier: mine, title: Mine, visibility: private, audience: [sre]}"),
            [""; 0]
        );
        let page = with(DASHBOARD, Page::decode);
        let [root] = page.widgets.as_slice() else { panic!("one root widget") };
        assert_eq!((root.widgets.len(), root.layout[0].columns.len()), (2, 2));
        let Content::Tabs(groups) = &root.widgets[1].content else { panic!("a grouper") };
        assert!(
            matches!(&groups[0].widgets[0].content, Content::Prose(Prose::Text(text)) if text == "hello")
        );
        let mut kinds = Vec::new();
        page.each(&mut |widget| kinds.extend(widget.kind.as_ref().map(|kind| kind.value.as_str())));
        assert_eq!(kinds, ["dashboard-widget", "entities-number-chart", "grouper", "markdown"]);
    }

    #[test]
    fn reports_mistakes() {
        assert_single_findings(
            &PAGE,
            &[
                (
                    &DASHBOARD.replace("dashboard\"", "dashbord\""),
                    "invalid-value: `dashbord`",
                    "(did you mean `dashboard`?)",
                ),
                (
                    "{identifier: p, widget: []}",
                    "ignored-key: nothing reads",
                    "(did you mean `widgets` or `id`?)",
                ),
                ("{identifier: p, widgets: [{id: a}]}", "missing-key: a widget needs the key `type`", ")"),
                (
                    "{identifier: p, widgets: [{type: a, layout: [{columns: [6]}]}]}",
                    "wrong-type: a mapping",
                    ")",
                ),
            ],
        );
    }
}
