//! Owning teams: stated by an entity, or inherited along a path of relations.

use rayon::prelude::*;

use super::Graph;
use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule, did_you_mean};
use crate::model::blueprint::Ownership;
use crate::model::shape::clip;
use crate::yaml::Node;

/// Returns each entity's owners, by entity; teams that do not exist go to `found`.
pub(super) fn resolve(
    catalog: &Catalog,
    graph: &Graph,
    found: &mut Diagnostics,
) -> Vec<(EntityId, EntityId)> {
    let teams = known_teams(catalog);
    let resolved: Vec<(Vec<EntityId>, Vec<Diagnostic>)> =
        catalog.par_entities().map(|entity| owners(catalog, graph, teams, entity)).collect();
    let mut owners = Vec::new();
    for (id, (teams, problems)) in catalog.entity_ids().zip(resolved) {
        found.extend(problems);
        owners.extend(teams.into_iter().map(|team| (id, team)));
    }
    owners
}

/// Returns the owners of one entity, and what is wrong with those it states.
fn owners(
    catalog: &Catalog,
    graph: &Graph,
    teams: Option<BlueprintId>,
    entity: EntityRef<'_>,
) -> (Vec<EntityId>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let inherited = match entity.blueprint().ownership.as_ref().map(|ownership| &ownership.value) {
        Some(Ownership::Inherited(path)) => Some(path.as_ref().map_or("", |path| path.value.as_str())),
        Some(Ownership::Direct) | None => None,
    };
    let Some(path) = inherited else { return (stated(catalog, teams, entity, &mut found), found) };
    if let Some(team) = entity.teams().next() {
        let message = format!("`{}` inherits its owner, so this team is ignored", entity.identifier());
        let finding = Diagnostic::new(Rule::InheritedTeam, team.span(), message);
        found.push(finding.help(format!("remove `team`; the owner comes along `{path}`")));
    }
    let mut owners = Vec::new();
    for end in ends(catalog, graph, entity.id(), path) {
        for team in stated(catalog, teams, catalog.entity(end), &mut Vec::new()) {
            if !owners.contains(&team) {
                owners.push(team);
            }
        }
    }
    (owners, found)
}

/// Returns the entities at the end of a dot-separated path of relations, an optional `$team` left out.
fn ends(catalog: &Catalog, graph: &Graph, from: EntityId, path: &str) -> Vec<EntityId> {
    let mut at = vec![from];
    for name in path.split('.').filter(|name| *name != "$team") {
        let step = |&id: &EntityId| {
            let edges = graph.outgoing(id).iter();
            edges
                .filter(|edge| edge.definition(catalog).identifier.value == name)
                .map(|edge| edge.to)
                .collect::<Vec<_>>()
        };
        at = at.iter().flat_map(step).collect();
    }
    at
}

/// Returns the teams that an entity names, reporting those that do not exist.
fn stated(
    catalog: &Catalog,
    teams: Option<BlueprintId>,
    entity: EntityRef<'_>,
    found: &mut Vec<Diagnostic>,
) -> Vec<EntityId> {
    let Some(teams) = teams else { return Vec::new() };
    let mut owners = Vec::new();
    for node in entity.teams() {
        match catalog.find_entity(teams, node.as_str().unwrap_or_default()) {
            Some(team) if owners.contains(&team) => {}
            Some(team) => owners.push(team),
            None => found.extend(unknown(catalog, teams, node)),
        }
    }
    owners
}

/// Returns the blueprint of teams, if teams can be checked: until the catalog declares its first one, they are
/// kept elsewhere.
fn known_teams(catalog: &Catalog) -> Option<BlueprintId> {
    catalog.team_blueprint().filter(|&teams| catalog.entities_of(teams).len() > 0)
}

/// Returns the finding that the team named by `node` does not exist.
pub fn unknown_team(catalog: &Catalog, node: Node<'_>) -> Option<Diagnostic> {
    let teams = known_teams(catalog)?;
    let exists = catalog.find_entity(teams, node.as_str()?).is_some();
    if exists { None } else { unknown(catalog, teams, node) }
}

/// Returns the finding that a team does not exist, unless the cause has been reported elsewhere.
fn unknown(catalog: &Catalog, teams: BlueprintId, node: Node<'_>) -> Option<Diagnostic> {
    let name = node.as_str().filter(|name| !name.is_empty())?;
    // Port's queries about "my teams" are kept in templates, which name no team.
    if catalog.is_unplaced(name) || catalog.is_lost(name) || name.contains("{{") {
        return None;
    }
    let by_title = catalog.entities_of(teams).find(|team| team.title() == Some(name));
    let near = by_title.map(|team| format!("teams are named by identifier: write `{}`", team.identifier()));
    let near = near.or_else(|| did_you_mean(name, catalog.entities_of(teams).map(EntityRef::identifier)));
    let blueprint = &catalog.blueprint(teams).identifier.value;
    let help = near
        .unwrap_or_else(|| format!("add an entity `{}` of `{blueprint}`, or name another team", clip(name)));
    let message = format!("there is no team `{}`", clip(name));
    let finding = Diagnostic::new(Rule::UnknownOwner, node.span(), message);
    Some(finding.label(format!("no `{blueprint}` has this identifier")).help(help))
}
