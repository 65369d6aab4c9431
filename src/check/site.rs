//! Where the bar of the site leads.

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Spanned;
use crate::model::site::Target;

/// Pushes links of the navigation that lead nowhere.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for link in &catalog.config().site.links {
        found.extend(match &link.target {
            Target::Blueprint(name) => blueprint(catalog, name),
            Target::Scorecard(name) => {
                let names = catalog.scorecards().iter().map(|it| it.value.identifier.value.as_str());
                unknown(catalog, Rule::UnknownStandard, "scorecard", name, names)
            }
            Target::Action(name) => action(catalog, name),
            Target::Page(name) => {
                let names = catalog.pages().iter().map(|it| it.value.identifier.value.as_str());
                unknown(catalog, Rule::InvalidValue, "page", name, names)
            }
            Target::Url(url) => address(url),
        });
    }
}

fn blueprint(catalog: &Catalog, name: &Spanned<String>) -> Option<Diagnostic> {
    let names: Vec<&str> =
        catalog.blueprints().map(|(_, blueprint)| blueprint.identifier.value.as_str()).collect();
    let finding = unknown(catalog, Rule::UnknownBlueprint, "blueprint", name, names.into_iter())?;
    Some(match catalog.config().is_external(&name.value) {
        true => finding.help("it is published elsewhere, so it has no page here: link to it with `url`"),
        false => finding,
    })
}

fn action(catalog: &Catalog, name: &Spanned<String>) -> Option<Diagnostic> {
    let actions = catalog.actions();
    let draft = actions.iter().any(|it| it.value.identifier.value == name.value && !it.value.published);
    if draft {
        let message = format!("the action `{}` is a draft, which has no page", name.value);
        return Some(
            Diagnostic::new(Rule::UnknownAction, name.span, message)
                .help("publish it, or leave the link out"),
        );
    }
    let names = actions.iter().map(|it| it.value.identifier.value.as_str());
    unknown(catalog, Rule::UnknownAction, "action", name, names)
}

fn unknown<'a>(
    catalog: &Catalog,
    rule: Rule,
    kind: &str,
    name: &Spanned<String>,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Option<Diagnostic> {
    if names.clone().any(|known| known == name.value) || catalog.is_lost(&name.value) {
        return None;
    }
    let message = format!("there is no {kind} `{}` that the bar could lead to", name.value);
    let help = did_you_mean(&name.value, names);
    Some(Diagnostic::new(rule, name.span, message).maybe_help(help))
}

/// Returns the finding that an address is none of the web.
fn address(url: &Spanned<String>) -> Option<Diagnostic> {
    let parsed = url::Url::parse(&url.value).ok();
    let plain = |parsed: &url::Url| {
        matches!(parsed.scheme(), "http" | "https") && parsed.has_host() && parsed.username().is_empty()
    };
    if parsed.as_ref().is_some_and(plain) {
        return None;
    }
    let message = format!("`{}` is no address of the web", url.value);
    let help = "write the whole address, beginning with https://";
    Some(Diagnostic::new(Rule::InvalidValue, url.span, message).help(help))
}
