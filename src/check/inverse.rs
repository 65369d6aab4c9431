//! Declared inverses: two relations that say the same from both ends, and must agree.

use crate::catalog::{Catalog, EntityId};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::graph::{Edge, Graph};
use crate::model::Spanned;
use crate::model::blueprint::Blueprint;
use crate::model::relation::{Inverse, Relation};
use crate::source::Span;
use crate::yaml::Node;

/// Pushes each `inverse` of a blueprint's relations that the target does not have.
pub(super) fn check_declarations(catalog: &Catalog, blueprint: &Blueprint, found: &mut Vec<Diagnostic>) {
    for relation in &blueprint.relations {
        let Some(Inverse::Relation(inverse)) = &relation.inverse else { continue };
        for target in relation.targets.iter().filter_map(|target| catalog.find_blueprint(&target.value)) {
            found.extend(check_declaration(blueprint, inverse, catalog.blueprint(target)));
        }
    }
}

fn check_declaration(
    blueprint: &Blueprint,
    inverse: &Spanned<String>,
    target: &Blueprint,
) -> Option<Diagnostic> {
    let (name, of) = (&inverse.value, &target.identifier.value);
    let Some((_, back)) = target.relation(name) else {
        let names = target.relations.iter().map(|relation| relation.identifier.value.as_str());
        let help = did_you_mean(name, names)
            .unwrap_or_else(|| format!("add it to `{of}`, or write `inverse: {{title: {name}}}`"));
        let message = format!("`{of}` has no relation `{name}`");
        return Some(Diagnostic::new(Rule::InvalidInverse, inverse.span, message).help(help));
    };
    let points_back = back.targets.iter().any(|target| target.value == blueprint.identifier.value);
    (!points_back).then(|| {
        let message = format!("`{name}` of `{of}` does not point at `{}`", blueprint.identifier.value);
        Diagnostic::new(Rule::InvalidInverse, inverse.span, message)
            .related(back.identifier.span, "declared here")
            .help(format!("name a relation whose target is `{}`", blueprint.identifier.value))
    })
}

/// A pair of relations that must agree: either declares the other, or both do.
struct Pair<'a> {
    there: &'a Relation,
    back: &'a Relation,
}

/// Pushes each edge along a relation with an inverse whose other end does not say the same.
pub(super) fn check(catalog: &Catalog, graph: &Graph, found: &mut Vec<Diagnostic>) {
    let declared = catalog.blueprints().any(|(_, blueprint)| blueprint.relations.iter().any(names_inverse));
    if !declared {
        return;
    }
    for edge in graph.edges() {
        for pair in pairs(catalog, edge) {
            let answered = graph.outgoing(edge.to).iter().any(|other| {
                other.to == edge.from
                    && other.definition(catalog).identifier.value == pair.back.identifier.value
            });
            if !answered {
                found.push(mismatch(catalog, edge, &pair));
            }
        }
    }
}

fn names_inverse(relation: &Relation) -> bool {
    matches!(relation.inverse, Some(Inverse::Relation(_)))
}

/// Returns the relations that must answer an edge: the inverse that its own relation declares, and those of the
/// target that declare this one.
fn pairs<'a>(catalog: &'a Catalog, edge: &Edge) -> Vec<Pair<'a>> {
    let there = edge.definition(catalog);
    let target = catalog.entity(edge.to).blueprint();
    let source = &catalog.entity(edge.from).blueprint().identifier.value;
    let is_inverse = |of: &Relation, other: &Relation| matches!(&of.inverse, Some(Inverse::Relation(name)) if name.value == other.identifier.value);
    let points_back = |back: &Relation| back.targets.iter().any(|target| &target.value == source);
    let backs = target.relations.iter().filter(|back| points_back(back));
    backs
        .filter(|back| is_inverse(there, back) || is_inverse(back, there))
        .map(|back| Pair { there, back })
        .collect()
}

/// Returns the finding that the target of `edge` does not point back.
fn mismatch(catalog: &Catalog, edge: &Edge, pair: &Pair<'_>) -> Diagnostic {
    let (from, to) = (catalog.entity(edge.from), catalog.entity(edge.to));
    let (there, back) = (&pair.there.identifier.value, &pair.back.identifier.value);
    let message = format!(
        "`{}` says `{there}: {}`, but `{}` does not say `{back}: {}`",
        from.identifier(),
        to.identifier(),
        to.identifier(),
        from.identifier()
    );
    let other = relation_node(catalog, edge.to, back).map_or(to.span(), |node| node.span());
    let declares =
        [pair.there, pair.back].into_iter().find(|relation| names_inverse(relation)).unwrap_or(pair.there);
    Diagnostic::new(Rule::InverseMismatch, edge_span(catalog, edge), message)
        .related(other, format!("`{}` is here", to.identifier()))
        .related(declares.identifier.span, "the two are declared as one here")
        .help(if pair.back.many {
            format!("add `{}` to `{back}` of `{}`, or remove it here", from.identifier(), to.identifier())
        } else {
            format!("set `{back}: {}` on `{}`, or remove it here", from.identifier(), to.identifier())
        })
}

/// Returns the value of a relation that an entity states.
fn relation_node<'a>(catalog: &'a Catalog, entity: EntityId, name: &str) -> Option<Node<'a>> {
    catalog.entity(entity).relations().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
}

/// Returns where an edge is written: the name of its target, else the relation's value.
pub(super) fn edge_span(catalog: &Catalog, edge: &Edge) -> Span {
    let entity = catalog.entity(edge.from);
    let name = catalog.entity(edge.to).identifier();
    let Some(value) = relation_node(catalog, edge.from, &edge.definition(catalog).identifier.value) else {
        return entity.span();
    };
    value.items().find(|item| item.as_str() == Some(name)).unwrap_or(value).span()
}
