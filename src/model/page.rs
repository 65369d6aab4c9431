//! Pages: dashboards and views, made of widgets.

use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};

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

/// A widget. Its other keys depend on its type.
static WIDGET: Object = Object {
    name: "a widget",
    fields: &[
        optional("id", Shape::Text, "the name by which the layout places it"),
        required(
            "type",
            Shape::Text,
            "what it is: entities-pie-chart, table-entities-explorer, markdown and so on",
        ),
        optional("title", Shape::Text, "what people read"),
        optional("description", Shape::Text, "a sentence below the title"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("blueprint", Shape::Text, "whose entities it shows"),
        optional("layout", Shape::List(&Shape::Object(&ROW)), "the rows that hold its widgets"),
        optional("widgets", Shape::List(&Shape::Object(&WIDGET)), "the widgets of a dashboard"),
        optional("groups", Shape::List(&Shape::Object(&GROUP)), "the tabs of a grouper"),
    ],
    openness: Openness::Free,
};

static GROUP: Object = Object {
    name: "a group of widgets",
    fields: &[
        optional("title", Shape::Text, "what its tab says"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("widgets", Shape::List(&Shape::Object(&WIDGET)), "the widgets of the group"),
    ],
    openness: Openness::Free,
};

static ROW: Object = Object {
    name: "a row of a layout",
    fields: &[
        optional("height", Shape::Number, "its height in pixels, at least 400"),
        required("columns", Shape::List(&Shape::Object(&COLUMN)), "what it holds, from left to right"),
    ],
    openness: Openness::Free,
};

static COLUMN: Object = Object {
    name: "a column of a layout",
    fields: &[
        required("id", Shape::Text, "the widget that it holds"),
        optional("size", Shape::Number, "its width in twelfths, 3 to 12"),
    ],
    openness: Openness::Free,
};

/// A widget, decoded as far as every type has it; the rest is at its node.
#[derive(Debug, Clone)]
pub struct Widget {
    /// The name by which the layout places it.
    pub identifier: Option<Spanned<String>>,
    /// What it is.
    pub kind: Option<Spanned<String>>,
    /// What people read.
    pub title: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// Whose entities it shows.
    pub blueprint: Option<Spanned<String>>,
    /// The widgets inside it, those of its groups included.
    pub widgets: Vec<Widget>,
    /// Where it is written.
    pub node: NodeId,
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
    /// What sort of page it is; a dashboard when absent.
    pub kind: Option<Spanned<String>>,
    /// Whose entities it shows.
    pub blueprint: Option<Spanned<String>>,
    /// The teams or personas that it is for; everyone when empty.
    pub audience: Vec<Spanned<String>>,
    /// What it shows, in the order of the document.
    pub widgets: Vec<Widget>,
    /// Where it is written.
    pub node: NodeId,
}

impl Page {
    /// Returns the page written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            kind: string(node, "type"),
            blueprint: string(node, "blueprint"),
            audience: string(node, "audience")
                .map_or_else(|| strings(node, "audience"), |single| vec![single]),
            widgets: Widget::decode_list(node),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }
}

impl Widget {
    /// Returns the widgets of a page, widget or group; items that are no mappings are reported as shape.
    fn decode_list(node: Node<'_>) -> Vec<Self> {
        let widgets = node.get("widgets").into_iter().flat_map(Node::items);
        widgets.filter(|widget| widget.kind() == Kind::Map).map(Self::decode).collect()
    }

    fn decode(node: Node<'_>) -> Self {
        let groups = node.get("groups").into_iter().flat_map(Node::items);
        let grouped = groups.flat_map(Self::decode_list);
        Self {
            identifier: string(node, "id"),
            kind: string(node, "type"),
            title: string(node, "title").map(|title| title.value),
            icon: string(node, "icon"),
            blueprint: string(node, "blueprint"),
            widgets: Self::decode_list(node).into_iter().chain(grouped).collect(),
            node: node.id(),
        }
    }
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
        assert_eq!(root.widgets.len(), 2);
        let inner = &root.widgets[1].widgets[0];
        assert_eq!(inner.kind.as_ref().map(|kind| kind.value.as_str()), Some("markdown"));
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
