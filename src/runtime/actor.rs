//! Who asks: the catalog's user of a login.
//!
//! A CI system vouches for logins, permissions name users, teams and roles. What leads from one to the other is the
//! catalog, which people change by pull requests: whoever merges there decides who is who. So that nobody becomes
//! somebody else on the quiet, a login that two users claim belongs to neither, and a user who states a login of the CI
//! system is known by that one only.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::request::Actor;
use crate::catalog::{Catalog, EntityRef};
use crate::known::Known;
use crate::model::target::Target;
use crate::printable::shown;
use crate::yaml::{Kind, Node};

/// The role of whoever the catalog knows and gives no role to, as with Port.
pub const MEMBER: &str = "Member";

/// The role that may start everything, as with Port.
pub const ADMIN: &str = "Admin";

/// The role of the CI system itself, when a run starts another.
pub const AUTOMATION: &str = "Automation";

/// The login under which GitHub's workflows start others. No person can have it: brackets are in no login.
const BOT: &str = "github-actions[bot]";

/// The properties of a user that hold logins of any CI system.
const LOGINS: &[&str] = &["login", "username", "email"];

/// Returns who has this login: the user that states it in the property named after the CI system (`github`, `gitlab`,
/// `azure`, `bitbucket`), or else in `login`, `username` or `email`, or whose identifier it is. Outside of CI any of
/// these counts. Upper and lower case are the same.
///
/// A login that the catalog does not know has no user, no team and no role. Only as long as a catalog has no user at
/// all, everybody is a member: then who may start workflows is the CI system's to say.
///
/// # Errors
/// When several users claim the login, as a sentence.
pub fn find(known: Known<'_>, target: Option<Target>, login: &str) -> Result<Actor, String> {
    let nobody = || Actor { login: login.to_string(), ..Actor::default() };
    if target == Some(Target::GitHub) && login == BOT {
        return Ok(Actor { roles: vec![AUTOMATION.into()], ..nobody() });
    }
    let catalog = known.catalog;
    if !has_users(catalog) {
        return Ok(Actor { roles: vec![MEMBER.into()], ..nobody() });
    }
    let claims: Vec<EntityRef<'_>> = users(catalog).filter(|user| claims(*user, target, login)).collect();
    match claims.as_slice() {
        [] => Ok(nobody()),
        [user] => Ok(Actor {
            login: login.to_string(),
            user: Some(user.identifier().to_string()),
            email: email(*user).map(String::from),
            teams: teams(known, *user).into_iter().collect(),
            roles: roles(*user).into_iter().collect(),
        }),
        [one, other, ..] => Err(format!(
            "the users `{}` and `{}` both claim the login `{}`, so nobody has it: remove it from one of them",
            shown(one.identifier()),
            shown(other.identifier()),
            shown(login)
        )),
    }
}

/// Returns whether the catalog knows anybody at all.
pub fn has_users(catalog: &Catalog) -> bool {
    users(catalog).next().is_some()
}

/// Returns the users of a catalog, by identifier.
pub fn users(catalog: &Catalog) -> impl Iterator<Item = EntityRef<'_>> {
    let blueprint = catalog.find_blueprint(catalog.config().user());
    blueprint.into_iter().flat_map(|blueprint| catalog.entities_of(blueprint))
}

/// Returns whether a user is called so: by identifier, or by address, in which upper and lower case are the same.
pub fn is_called(user: &str, email: Option<&str>, name: &str) -> bool {
    let address = |own: &str| name.contains('@') && own.eq_ignore_ascii_case(name);
    user == name || address(user) || email.is_some_and(address)
}

/// Returns the address of a user: the property `email`, else an identifier that is one.
pub fn email(user: EntityRef<'_>) -> Option<&str> {
    text(user, "email").or_else(|| Some(user.identifier()).filter(|name| name.contains('@')))
}

/// Returns who asks as expressions see it: `{identifier, login, email, teams: […], roles: [{name}]}`, as with Port.
pub fn user_json(actor: &Actor) -> Value {
    let roles: Vec<Value> = actor.roles.iter().map(|role| json!({"name": role})).collect();
    json!({
        "identifier": actor.user, "login": actor.login, "email": actor.email.as_ref().or(actor.user.as_ref()),
        "teams": actor.teams, "roles": roles,
    })
}

fn text<'a>(user: EntityRef<'a>, property: &str) -> Option<&'a str> {
    user.property(property).and_then(Node::as_str).filter(|text| !text.trim().is_empty())
}

/// Returns whether a user has a login, as far as the user's own document says.
fn claims(user: EntityRef<'_>, target: Option<Target>, login: &str) -> bool {
    let same = |text: &str| !login.is_empty() && text.trim().eq_ignore_ascii_case(login);
    if let Some(stated) = target.and_then(|target| text(user, target.name())) {
        return same(stated);
    }
    let providers = if target.is_none() { Target::NAMES } else { &[] };
    let mut stated = LOGINS.iter().chain(providers).filter_map(|name| text(user, name));
    stated.any(same) || same(user.identifier())
}

/// Returns the teams that a user is in: those that the user names, and those that a relation leads to or comes from.
/// Teams above them are not among them.
fn teams(known: Known<'_>, user: EntityRef<'_>) -> BTreeSet<String> {
    let catalog = known.catalog;
    let mut teams: BTreeSet<String> = user.teams().filter_map(Node::as_str).map(String::from).collect();
    let blueprint = catalog.team_blueprint();
    let to = known.graph.outgoing(user.id()).iter().map(|edge| edge.to);
    let from = known.graph.incoming(user.id()).map(|edge| edge.from);
    let related = to.chain(from).map(|id| catalog.entity(id));
    let related = related.filter(|entity| Some(entity.blueprint_id()) == blueprint);
    teams.extend(related.map(|team| team.identifier().to_string()));
    teams
}

/// Returns the roles of a user: `port_role` and `roles`, else a `role` that is one of Port's, for many catalogs say
/// there what somebody does for a living; a member, when none says anything.
fn roles(user: EntityRef<'_>) -> BTreeSet<String> {
    let mut roles = BTreeSet::new();
    for name in ["port_role", "roles"] {
        let Some(node) = user.property(name) else { continue };
        let several = node.items().filter_map(Node::as_str);
        let one = Some(node).filter(|node| node.kind() == Kind::String).and_then(Node::as_str);
        roles.extend(several.chain(one).map(|role| ports(role).unwrap_or(role).to_string()));
    }
    if roles.is_empty() {
        roles.extend(text(user, "role").and_then(ports).map(String::from));
    }
    // The CI system's own role is nobody's to claim.
    roles.remove(AUTOMATION);
    if roles.is_empty() {
        roles.insert(MEMBER.into());
    }
    roles
}

/// Returns one of Port's roles as Port writes it, however it is written.
fn ports(role: &str) -> Option<&'static str> {
    [ADMIN, MEMBER, "Viewer"].into_iter().find(|known| known.eq_ignore_ascii_case(role.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::instant::Instant;
    use crate::portal::{Origin, Portal};
    use crate::worktree::Memory;

    const BLUEPRINTS: &str = "
identifier: _user
schema:
  properties:
    github: {type: string}
    login: {type: string}
    port_role: {type: string}
    roles: {type: array}
relations:
  leads: {target: _team}
---
identifier: _team
schema: {properties: {}}
relations:
  members: {target: _user, many: true}
";

    const TEAMS: &str = "
- {identifier: platform, relations: {members: [ines@x.example]}}
- {identifier: cart, relations: {parent: shop}}
- {identifier: shop}
- {identifier: tools}
- {identifier: legal}
";

    const USERS: &str = "
- {identifier: ines@x.example, team: legal, properties: {github: Ines-D}, relations: {teams: [cart], leads: tools}}
- {identifier: bob, properties: {email: bob@x.example, role: admin}}
- {identifier: eve, properties: {login: evelyn, role: Head of sales}}
- {identifier: ann, properties: {github: ann-gh, port_role: VIEWER}}
- {identifier: mallory, properties: {github: mallory, login: bob}}
- {identifier: zoe, properties: {login: dup, roles: [Service-moderator, member, Automation]}}
- {identifier: dup, properties: {role: Member}}
";

    fn open(users: &str) -> Portal {
        let files = [
            ("blueprints/people.yaml", BLUEPRINTS),
            ("entities/_team/teams.yaml", TEAMS),
            ("entities/_user/users.yaml", users),
        ];
        let files = Memory::new(files.into_iter().filter(|(_, text)| !text.is_empty()));
        Portal::open(Origin::new(&files, Instant::default()), None).expect("opened")
    }

    #[test]
    fn logins_lead_to_users() {
        let portal = open(USERS);
        for (target, login, user) in [
            (Some(Target::GitHub), "ines-d", Some("ines@x.example")),
            (Some(Target::GitHub), "INES@X.EXAMPLE", None),
            (Some(Target::GitLab), "ines@x.example", Some("ines@x.example")),
            (None, "ines-d", Some("ines@x.example")),
            (None, "ines@x.example", Some("ines@x.example")),
            (Some(Target::Azure), "BOB@x.example", Some("bob")),
            (Some(Target::GitHub), "evelyn", Some("eve")),
            (Some(Target::GitHub), "Eve", Some("eve")),
            // She says that she has another login there.
            (Some(Target::GitHub), "ann", None),
            (Some(Target::GitHub), "stranger", None),
            (Some(Target::GitHub), "", None),
            (None, " ", None),
        ] {
            let found = find(portal.known(), target, login).expect("not ambiguous");
            assert_eq!((found.user.as_deref(), found.login.as_str()), (user, login), "{login}");
            assert_eq!(found.roles.is_empty(), user.is_none(), "{login}");
        }
    }

    #[test]
    fn nobody_becomes_somebody_else_on_the_quiet() {
        let portal = open(USERS);
        // Mallory states a login of GitHub, so there the other one does not count; elsewhere it makes it nobody's.
        let on = |target| find(portal.known(), target, "bob").map(|actor| actor.user.unwrap_or_default());
        assert_eq!(on(Some(Target::GitHub)), Ok("bob".into()));
        let refused = on(Some(Target::GitLab)).expect_err("ambiguous");
        assert!(refused.contains("`bob` and `mallory` both claim the login `bob`"), "{refused}");
        assert!(find(portal.known(), Some(Target::GitHub), "DUP").is_err());
    }

    #[test]
    fn teams_and_roles_are_those_of_the_catalog() {
        let portal = open(USERS);
        let who = |login: &str| find(portal.known(), Some(Target::GitHub), login).expect("not ambiguous");
        let ines = who("ines-d");
        assert_eq!(ines.teams, ["cart", "legal", "platform", "tools"]);
        assert_eq!(
            (ines.email.as_deref(), ines.roles.as_slice()),
            (Some("ines@x.example"), &[MEMBER.to_string()][..])
        );
        assert_eq!(who("bob").roles, [ADMIN]);
        assert_eq!(who("evelyn").roles, [MEMBER]);
        assert_eq!(who("ann-gh").roles, ["Viewer"]);
        assert_eq!(who("zoe").roles, [MEMBER, "Service-moderator"]);
        assert_eq!(who(BOT).roles, [AUTOMATION]);
        let lab = find(portal.known(), Some(Target::GitLab), BOT).expect("not ambiguous");
        assert!(lab.roles.is_empty());
        let seen = user_json(&ines);
        assert_eq!(seen["roles"][0]["name"], MEMBER);
        assert_eq!(seen["email"], "ines@x.example");
    }

    #[test]
    fn without_users_everybody_is_a_member() {
        let portal = open("");
        let who = find(portal.known(), Some(Target::GitHub), "stranger").expect("not ambiguous");
        assert_eq!((who.user, who.roles), (None, vec![MEMBER.to_string()]));
        assert!(!has_users(&portal.catalog));
    }
}
