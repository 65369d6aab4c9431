//! Relations given as a search over the target's properties (Port's search object).

use super::Edge;
use crate::catalog::{Catalog, EntityId, Finder};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::source::Span;
use crate::yaml::Node;

/// A relation whose targets are looked for.
#[derive(Debug, Clone)]
pub(super) struct Search {
    from: EntityId,
    relation: u32,
    search: crate::catalog::Search,
    span: Span,
}

impl Search {
    /// Returns the search written as `node`, or `None` when it is not of that shape.
    pub(super) fn decode(from: EntityId, relation: u32, node: Node<'_>) -> Option<Self> {
        let search = crate::catalog::Search::decode(node)?;
        Some(Self { from, relation, search, span: node.span() })
    }
}

/// Returns the relations that the searches find; one that finds nothing, or several for a single relation, is
/// reported.
pub(super) fn evaluate(catalog: &Catalog, searches: &[Search], found: &mut Diagnostics) -> Vec<Edge> {
    let mut finder = Finder::new(catalog);
    let mut edges = Vec::new();
    for search in searches {
        let relation = &catalog.entity(search.from).blueprint().relations[search.relation as usize];
        let targets = relation.targets.iter().filter_map(|target| catalog.find_blueprint(&target.value));
        let hits: Vec<EntityId> = targets.flat_map(|target| finder.find(&search.search, target)).collect();
        let name = &relation.identifier.value;
        if let Some(finding) = verdict(search, name, relation.many, hits.len()) {
            found.push(finding);
        }
        let kept = if relation.many { hits.len() } else { hits.len().min(1) };
        edges.extend(hits[..kept].iter().map(|&to| Edge {
            from: search.from,
            relation: search.relation,
            to,
        }));
    }
    edges
}

/// Returns the finding that a search has the wrong number of hits.
fn verdict(search: &Search, name: &str, many: bool, hits: usize) -> Option<Diagnostic> {
    let message = match hits {
        0 => format!("the search of `{name}` finds no entity"),
        1 => return None,
        _ if many => return None,
        _ => format!("the search of `{name}` finds {hits} entities, and the relation holds one"),
    };
    let rule = if hits == 0 { Rule::DanglingRelation } else { Rule::ListOnSingle };
    Some(
        Diagnostic::new(rule, search.span, message)
            .help("change the search's rules so that they name what is meant"),
    )
}
