//! What the rest of a catalog means for a single action or automation.

use std::collections::{BTreeMap, BTreeSet};

use super::path::is_elsewhere;
use crate::catalog::{BlueprintId, Catalog, Definition, EntityRef};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::action::Action;
use crate::model::phrase::{clip, quoted_first};
use crate::model::scorecard::Scorecard;
use crate::yaml::Node;

/// What the rest of a catalog means for a definition.
pub(super) struct Around<'a> {
    pub(super) catalog: &'a Catalog,
    actions: BTreeMap<&'a str, &'a Definition<Action>>,
    /// The roles that users have besides Port's; `None` when the catalog knows no users.
    roles: Option<BTreeSet<String>>,
    /// What users are called besides their identifiers, in small letters.
    names: BTreeSet<String>,
}

/// Port's own roles, and that of the CI system when a run starts another; every blueprint has moderators besides.
const ROLES: &[&str] = &["Admin", "Member", "Viewer", "Automation"];

/// The properties of a user that hold names by which CI systems and people know them.
const NAMES: &[&str] = &["email", "login", "username", "github", "gitlab", "azure", "bitbucket"];

impl<'a> Around<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        let mut actions = BTreeMap::new();
        for action in catalog.actions() {
            // Of several of one name, the first is meant; the others have been reported.
            actions.entry(action.value.identifier.value.as_str()).or_insert(action);
        }
        Self { catalog, actions, roles: roles(catalog), names: names(catalog) }
    }

    /// Returns the action of that name.
    pub(super) fn action(&self, name: &str) -> Option<&'a Definition<Action>> {
        self.actions.get(name).copied()
    }

    /// Returns the blueprint that a node names, reporting one that does not exist; a template names none.
    pub(super) fn blueprint(&self, node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<BlueprintId> {
        let name = node.as_str().filter(|name| !name.contains("{{"))?;
        let id = self.catalog.find_blueprint(name);
        if id.is_none() && !is_elsewhere(self.catalog, name) {
            found.push(self.catalog.unknown_blueprint(name, node.span()));
        }
        id
    }

    /// Returns the action that a node names, reporting one that does not exist; a template names none.
    pub(super) fn named_action(
        &self,
        node: Node<'_>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<&'a Definition<Action>> {
        let name = node.as_str().filter(|name| !name.contains("{{"))?;
        let action = self.action(name);
        if action.is_none() && !self.catalog.is_lost(name) {
            let help = did_you_mean(name, self.actions.keys().copied());
            let message = format!("there is no action `{}`", clip(name));
            let listed = || match self.actions.len() {
                0 => "the catalog has no actions".to_string(),
                _ => format!("the actions are {}", quoted_first(self.actions.keys().copied())),
            };
            let finding = Diagnostic::new(Rule::UnknownAction, node.span(), message);
            found.push(finding.help(help.unwrap_or_else(listed)));
        }
        action
    }

    /// Returns the scorecards that a node names, reporting when there is none; a template names none.
    pub(super) fn scorecards(&self, node: Node<'_>, found: &mut Vec<Diagnostic>) -> Vec<&'a Scorecard> {
        let Some(name) = node.as_str().filter(|name| !name.contains("{{")) else { return Vec::new() };
        let all = || self.catalog.scorecards().iter().map(|definition| &definition.value);
        let named: Vec<&Scorecard> = all().filter(|card| card.identifier.value == name).collect();
        if named.is_empty() && !self.catalog.is_lost(name) {
            let help = did_you_mean(name, all().map(|card| card.identifier.value.as_str()));
            let message = format!("there is no scorecard `{}`", clip(name));
            found.push(Diagnostic::new(Rule::UnknownStandard, node.span(), message).maybe_help(help));
        }
        named
    }

    /// Returns the finding that nobody has a role; `None` when that cannot be said.
    pub(super) fn unknown_role(&self, node: Node<'_>) -> Option<Diagnostic> {
        let (name, roles) = (node.as_str()?, self.roles.as_ref()?);
        let moderated =
            |of: &str| self.catalog.find_blueprint(of).is_some() || is_elsewhere(self.catalog, of);
        let known = ROLES.contains(&name)
            || roles.contains(name)
            || name.strip_suffix("-moderator").is_some_and(moderated);
        if known {
            return None;
        }
        let names = || ROLES.iter().copied().chain(roles.iter().map(String::as_str));
        let help = did_you_mean(name, names());
        let help = help.unwrap_or_else(|| format!("the roles are {}", quoted_first(names())));
        let message = format!("nobody has the role `{}`", clip(name));
        Some(Diagnostic::new(Rule::UnknownGrantee, node.span(), message).help(help))
    }

    /// Returns the finding that a user does not exist; `None` when that cannot be said. Users are called by identifier, by
    /// address or by login; who is a program has a login that no person can have.
    pub(super) fn unknown_user(&self, node: Node<'_>) -> Option<Diagnostic> {
        let name = node.as_str()?;
        let known = self.names.contains(&name.to_lowercase()) || name.ends_with("[bot]");
        let finding = || self.unknown_grantee("user", self.catalog.config().user(), node);
        (!known).then(finding).flatten()
    }

    /// Returns the finding that an entity of a blueprint, such as a team, does not exist; `None` when that cannot be said.
    /// Until a catalog declares its first one, they are kept elsewhere.
    pub(super) fn unknown_grantee(&self, what: &str, blueprint: &str, node: Node<'_>) -> Option<Diagnostic> {
        let (name, catalog) = (node.as_str()?, self.catalog);
        let id = catalog.find_blueprint(blueprint).filter(|&id| catalog.entities_of(id).len() > 0)?;
        let known =
            catalog.find_entity(id, name).is_some() || catalog.is_unplaced(name) || catalog.is_lost(name);
        if known {
            return None;
        }
        let by_title = catalog.entities_of(id).find(|entity| entity.title() == Some(name));
        let by_title = by_title.map(|entity| format!("write its identifier, `{}`", entity.identifier()));
        let near = || did_you_mean(name, catalog.entities_of(id).map(EntityRef::identifier));
        let help = by_title.or_else(near);
        let help = help.unwrap_or_else(|| format!("add an entity `{}` of `{blueprint}`", clip(name)));
        let message = format!("there is no {what} `{}`", clip(name));
        Some(Diagnostic::new(Rule::UnknownGrantee, node.span(), message).help(help))
    }
}

/// Returns the users of a catalog.
fn users(catalog: &Catalog) -> impl Iterator<Item = EntityRef<'_>> {
    let users = catalog.find_blueprint(catalog.config().user());
    users.into_iter().flat_map(|users| catalog.entities_of(users))
}

/// Returns the roles that the catalog's users have besides Port's; `None` when it knows no users. What a user's `role`
/// says is what somebody does for a living, unless it is one of Port's.
fn roles(catalog: &Catalog) -> Option<BTreeSet<String>> {
    users(catalog).next()?;
    let written = users(catalog).flat_map(|user| ["port_role", "roles"].map(|name| user.property(name)));
    let texts = written.flatten().flat_map(|node| std::iter::once(node).chain(node.items()));
    Some(texts.filter_map(Node::as_str).map(String::from).collect())
}

/// Returns what users are called besides their identifiers, in small letters.
fn names(catalog: &Catalog) -> BTreeSet<String> {
    let stated =
        users(catalog).flat_map(|user| NAMES.iter().filter_map(move |name| user.property(name)?.as_str()));
    stated.map(str::to_lowercase).collect()
}
