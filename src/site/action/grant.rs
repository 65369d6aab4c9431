//! Who may ask and who may agree, in words, with links to the teams and people of the catalog.

use super::wording;
use crate::model::Spanned;
use crate::model::action::permission::{Grant, Policy};
use crate::site::markup::Markup;
use crate::site::{Site, words};

/// How much is said of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// That there is one.
    Short,
    /// What it asks.
    Full,
}

/// Writes whom a grant means, for a page whose links start with `root`.
pub(super) fn write(site: &Site<'_>, grant: &Grant, detail: Detail, root: &'static str, out: &mut Markup) {
    if let Some(policy) = &grant.policy {
        // A policy decides alone, whoever else is named.
        return self::policy(policy, detail, out);
    }
    let mut parts = Vec::new();
    parts.extend(roles(&grant.roles));
    for (names, one, many) in [(&grant.teams, "team ", "teams "), (&grant.users, "", "")] {
        parts.extend(named(site, names, one, many, root));
    }
    if grant.owned_by_team {
        let mut owners = Markup::default();
        owners.raw("members of the team that owns it");
        parts.push(owners);
    }
    for (at, part) in parts.iter().enumerate() {
        out.raw(match at {
            0 => "",
            _ if at + 1 == parts.len() => ", or ",
            _ => ", ",
        });
        out.append(part);
    }
    if parts.is_empty() {
        out.raw("nobody is named");
    }
}

fn roles(roles: &[Spanned<String>]) -> Option<Markup> {
    let mut out = Markup::default();
    for (at, role) in roles.iter().enumerate() {
        out.raw(match (at, roles.len()) {
            (0, 1) => "role ",
            (0, _) => "roles ",
            _ => " or ",
        });
        out.text(&role.value);
    }
    (!roles.is_empty()).then_some(out)
}

fn named(
    site: &Site<'_>,
    names: &[Spanned<String>],
    one: &'static str,
    many: &'static str,
    root: &'static str,
) -> Option<Markup> {
    let mut out = Markup::default();
    for (at, name) in names.iter().enumerate() {
        out.raw(match (at, names.len()) {
            (0, 1) => one,
            (0, _) => many,
            _ => " or ",
        });
        words::person(site, &name.value, root, &mut out);
    }
    (!names.is_empty()).then_some(out)
}

fn policy(policy: &Policy, detail: Detail, out: &mut Markup) {
    if detail == Detail::Short {
        out.raw("whom a policy allows");
        return;
    }
    out.raw("<details><summary>whom a policy allows</summary>");
    for (at, condition) in policy.conditions.iter().enumerate() {
        out.raw(if at == 0 { "" } else { " or " });
        wording::code(condition.value.trim(), out);
    }
    if !policy.queries.is_empty() {
        out.raw(" <small>over the searches ");
        for (at, (name, _)) in policy.queries.iter().enumerate() {
            out.raw(if at > 0 { ", " } else { "" });
            wording::code(name, out);
        }
        out.raw("</small>");
    }
    out.raw("</details>");
}
