//! A mapping, its expressions compiled.

use serde_json::Value;

use super::expression::Expression;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::instant::Instant;
use crate::model::integration::{Integration, Resource};
use crate::model::shape::start;
use crate::source::{SourceId, Span};
use crate::yaml::{Document, Kind, Node, NodeId};

/// How the items of one kind of data become entities.
#[derive(Debug)]
pub struct Plan {
    /// Where the mapping is written.
    pub(super) source: SourceId,
    pub(super) expressions: Vec<Expression>,
    pub(super) selector: Selector,
    pub(super) members: Option<Members>,
    pub(super) as_of: Option<usize>,
    pub(super) mappings: Vec<Mapping>,
}

/// Which items are mapped.
#[derive(Debug)]
pub(super) enum Selector {
    All,
    None,
    /// Those for which this expression is true.
    If(usize),
}

/// The list inside an item whose members are mapped.
#[derive(Debug)]
pub(super) struct Members {
    pub(super) list: usize,
    /// What a member is called.
    pub(super) name: String,
    /// Whether the list is taken out of the item.
    pub(super) taken_out: bool,
}

/// What an item becomes.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) node: NodeId,
    pub(super) identifier: Template,
    pub(super) blueprint: Template,
    /// `title`, `icon` and `team`, as far as they are mapped.
    pub(super) fields: Vec<(&'static str, Template)>,
    pub(super) properties: Vec<Member>,
    pub(super) relations: Vec<Member>,
}

/// A property or relation of a mapping.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// Where the name is written.
    pub(super) span: Span,
    pub(super) value: Template,
}

/// A value of which every text is an expression.
#[derive(Debug)]
pub(super) enum Template {
    Leaf(usize),
    /// A number or boolean, which stands for itself.
    Constant(Value),
    List(Vec<Template>),
    Map(Vec<(String, Template)>),
}

impl Plan {
    /// Returns the plan of a resource, whose expressions are evaluated as of `now`; what is no expression goes to `found`. `None` when nothing can be made by it.
    pub fn compile(
        integration: &Integration,
        resource: &Resource,
        document: &Document,
        now: Instant,
        found: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mut compiler = Compiler { expressions: Vec::new(), now, found };
        let selector = match resource.query.map(|id| document.node(id)) {
            None => Some(Selector::All),
            Some(query) => match query.as_bool() {
                Some(true) => Some(Selector::All),
                Some(false) => Some(Selector::None),
                None => compiler.expression(query).map(Selector::If),
            },
        };
        let as_of = integration.as_of.and_then(|id| compiler.expression(document.node(id)));
        let members = resource.items.map(|id| {
            let list = compiler.expression(document.node(id))?;
            Some(Members { list, name: resource.item_name.clone(), taken_out: resource.takes_out })
        });
        let mappings = resource.mappings.iter().map(|&id| compiler.mapping(document.node(id)));
        let mappings: Vec<Mapping> = mappings.collect::<Vec<_>>().into_iter().flatten().collect();
        let members = match members {
            Some(None) => return None,
            other => other.flatten(),
        };
        let (source, expressions, selector) = (document.source(), compiler.expressions, selector?);
        Some(Self { source, expressions, selector, members, as_of, mappings })
    }

    /// Returns how many mappings there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.mappings.len()).unwrap_or(u32::MAX)
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// Returns the node of the mapping with this number.
    pub fn mapping(&self, number: u32) -> NodeId {
        self.mappings[number as usize].node
    }

    /// Returns where the mapping with this number says the blueprint.
    pub fn blueprint_span(&self, number: u32) -> Span {
        match self.mappings[number as usize].blueprint {
            Template::Leaf(leaf) => self.expressions[leaf].span,
            _ => Span::start_of(self.source),
        }
    }

    /// Returns where the mapping with this number says the identifier.
    pub fn identifier_span(&self, document: &Document, number: u32) -> Span {
        let node = document.node(self.mappings[number as usize].node);
        node.entry("identifier").map_or_else(|| start(node), |(key, _)| key.span())
    }
}

struct Compiler<'a> {
    now: Instant,
    expressions: Vec<Expression>,
    found: &'a mut Vec<Diagnostic>,
}

impl Compiler<'_> {
    /// Returns the number of the expression written as `node`; one that is not jq is reported.
    fn expression(&mut self, node: Node<'_>) -> Option<usize> {
        match Expression::compile(node, self.now) {
            Ok(expression) => {
                self.expressions.push(expression);
                Some(self.expressions.len() - 1)
            }
            Err(finding) => {
                self.found.push(finding);
                None
            }
        }
    }

    fn mapping(&mut self, node: Node<'_>) -> Option<Mapping> {
        let identifier = node.get("identifier").and_then(|identifier| self.template(identifier));
        let blueprint = node.get("blueprint").filter(|blueprint| !blueprint.is_null());
        if blueprint.is_none() {
            let message = "a mapping needs the key `blueprint`";
            let finding = Diagnostic::new(Rule::MissingKey, start(node), message);
            self.found.push(finding.help("a constant is quoted twice: `blueprint: '\"service\"'`"));
        }
        let blueprint = blueprint.and_then(|blueprint| self.template(blueprint));
        let fields = ["title", "icon", "team"].into_iter().filter_map(|name| {
            let field = node.get(name).filter(|field| !field.is_null())?;
            Some((name, self.template(field)?))
        });
        let fields = fields.collect();
        let properties = self.members(node, "properties");
        let relations = self.members(node, "relations");
        let (identifier, blueprint) = (identifier?, blueprint?);
        Some(Mapping { node: node.id(), identifier, blueprint, fields, properties, relations })
    }

    fn members(&mut self, mapping: Node<'_>, key: &str) -> Vec<Member> {
        let entries = mapping.get(key).into_iter().flat_map(Node::entries);
        let members = entries.filter(|(_, value)| !value.is_null()).filter_map(|(key, value)| {
            let value = self.template(value)?;
            Some(Member { name: key.as_str()?.to_string(), span: key.span(), value })
        });
        members.collect()
    }

    /// Returns what a value stands for; `None` when an expression in it is none.
    fn template(&mut self, node: Node<'_>) -> Option<Template> {
        match node.kind() {
            Kind::String => self.expression(node).map(Template::Leaf),
            Kind::List => {
                let items: Vec<_> = node.items().map(|item| self.template(item)).collect();
                items.into_iter().collect::<Option<_>>().map(Template::List)
            }
            Kind::Map => {
                let entry = |(key, value): (Node<'_>, Node<'_>)| {
                    Some((key.as_str()?.to_string(), self.template(value)?))
                };
                let entries: Vec<_> = node.entries().map(entry).collect();
                entries.into_iter().collect::<Option<_>>().map(Template::Map)
            }
            Kind::Null | Kind::Bool | Kind::Number => Some(Template::Constant(node.to_json())),
        }
    }
}
