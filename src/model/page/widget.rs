//! A widget: what every type has, and its content by type.

use super::super::query::{Combinator, Member, Query};
use super::content::Content;
use super::{Row, Spanned, string};
use crate::yaml::{Kind, Node, NodeId};

/// A widget, decoded.
#[derive(Debug, Clone)]
pub struct Widget {
    /// The name by which the layout places it.
    pub identifier: Option<Spanned<String>>,
    /// What it is, as it is written.
    pub kind: Option<Spanned<String>>,
    /// What people read.
    pub title: Option<String>,
    /// A sentence below the title.
    pub description: Option<String>,
    /// What it says when there is nothing to show.
    pub empty: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// Whose entities it shows.
    pub blueprint: Option<Spanned<String>>,
    /// Which of them; all when absent.
    pub dataset: Option<Query>,
    /// The rows that hold the widgets inside it.
    pub layout: Vec<Row>,
    /// The widgets inside it; those of groups are in the groups.
    pub widgets: Vec<Widget>,
    /// What its type has besides.
    pub content: Content,
    /// Where it is written.
    pub node: NodeId,
}

/// A tab of a grouper.
#[derive(Debug, Clone)]
pub struct Group {
    /// What its tab says.
    pub title: Option<String>,
    /// Its widgets.
    pub widgets: Vec<Widget>,
}

impl Widget {
    /// Returns the widgets of a page, widget or group; items that are no mappings are reported as shape.
    pub(super) fn decode_list(node: Node<'_>) -> Vec<Self> {
        let widgets = node.get("widgets").into_iter().flat_map(Node::items);
        widgets.filter(|widget| widget.kind() == Kind::Map).map(Self::decode).collect()
    }

    fn decode(node: Node<'_>) -> Self {
        let text = |key| string(node, key).map(|text| text.value);
        let dataset = dataset(node, "dataset");
        Self {
            identifier: string(node, "id"),
            kind: string(node, "type"),
            title: text("title"),
            description: text("description"),
            empty: text("emptyStateText"),
            icon: string(node, "icon"),
            blueprint: blueprint(node, dataset.as_ref()),
            dataset,
            layout: Row::decode_list(node),
            widgets: Self::decode_list(node),
            content: Content::decode(node),
            node: node.id(),
        }
    }

    /// Calls `visit` with this widget and those inside it.
    pub(super) fn each<'p>(&'p self, visit: &mut impl FnMut(&'p Self)) {
        visit(self);
        self.inside().for_each(|widget| widget.each(visit));
    }

    /// Returns the widgets directly inside it, those of its groups included.
    pub fn inside(&self) -> impl Iterator<Item = &Self> {
        let groups = match &self.content {
            Content::Tabs(groups) => groups.as_slice(),
            _ => &[],
        };
        self.widgets.iter().chain(groups.iter().flat_map(|group| &group.widgets))
    }
}

impl Group {
    /// Returns the tabs of a grouper.
    pub(super) fn decode_list(node: Node<'_>) -> Vec<Self> {
        let groups = node.get("groups").into_iter().flat_map(Node::items);
        let group = |node| Self {
            title: string(node, "title").map(|title| title.value),
            widgets: Widget::decode_list(node),
        };
        groups.map(group).collect()
    }
}

/// Returns the search under `key`: a group, or a list of rules that must all hold.
pub(super) fn dataset(node: Node<'_>, key: &str) -> Option<Query> {
    let search = node.get(key)?;
    match search.kind() {
        Kind::Map => Some(Query::decode(search)),
        Kind::List if !search.is_empty() => {
            let members = search.items().filter(|member| member.kind() == Kind::Map).map(Member::decode);
            Some(Query { combinator: Combinator::And, members: members.collect(), node: search.id() })
        }
        _ => None,
    }
}

/// Returns the blueprint of a widget: as it says, else as its search demands (`$blueprint = service`).
pub(super) fn blueprint(node: Node<'_>, dataset: Option<&Query>) -> Option<Spanned<String>> {
    string(node, "blueprint").or_else(|| {
        let dataset = dataset.filter(|dataset| dataset.combinator == Combinator::And)?;
        dataset.members.iter().find_map(|member| {
            let Member::Condition(rule) = member else { return None };
            let asks = rule.property.as_ref().is_some_and(|property| property.value == "$blueprint");
            let equal = rule.operator.as_ref().is_some_and(|operator| operator.value == "=");
            let value = node.document().node(rule.value?);
            let name = value.as_str().filter(|_| asks && equal)?;
            Some(Spanned::new(name.to_string(), value.span()))
        })
    })
}
