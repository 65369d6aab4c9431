//! The page of an action.

use minijinja::Value;

use super::{Offer, ROOT, api, ask, flow, recorded, rules, start};
use crate::site::frame::Area;
use crate::site::icon::Used;
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::record::{none, record};
use crate::site::{Site, markdown};

/// The longest description for search engines.
const LONGEST: usize = 200;

record! {
    /// What the template of an action reads; most of it is markup.
    Page {
        site, frame, title, summary, icons,
        name, identifier, crumbs, tag, lead, description,
        flow, form, required, start, git, rules, source, json,
        runs, run_count, more,
    }
}

/// Returns what the page of an action shows.
pub(super) fn page(site: &Site<'_>, offer: &Offer<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let action = offer.action;
    let label = action.label();
    let (lead, description) = described(action.description.as_deref());
    let runs = recorded::of(&site.runs, offer.identifier());
    let (mut tag, mut source, mut crumbs) = (Markup::default(), Markup::default(), Markup::default());
    rules::tag(offer, &mut tag);
    rules::source(site, offer, &mut source);
    if let Some(name) = &action.blueprint {
        super::blueprint(site, &name.value, &mut crumbs);
    }
    let summary = action.description.as_deref().map(markdown::first).filter(|text| !text.is_empty());
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Actions),
        title: Value::from(label),
        summary: Value::from(clip(summary.as_deref().unwrap_or(label), LONGEST).into_owned()),
        name: Value::from(label),
        identifier: if label == offer.identifier() { none() } else { Value::from(offer.identifier()) },
        crumbs: crumbs.finish(),
        tag: tag.finish(),
        lead,
        description,
        flow: flow::draw(site, offer).finish(),
        form: ask::form(site, offer).finish(),
        required: required(offer).finish(),
        start: start::ways(site, offer),
        git: Value::from(icons.add_drawn("git")),
        rules: rules::list(site, offer).finish(),
        source: source.finish(),
        json: Value::from(format!("{ROOT}{}", api::path(&offer.name))),
        runs: recorded::rows(site, runs).finish(),
        run_count: Value::from(runs.len()),
        more: Value::from(runs.len().saturating_sub(recorded::MOST)),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns a description of one paragraph, for under the title, or a longer one, for below.
fn described(description: Option<&str>) -> (Value, Value) {
    let Some(text) = description.filter(|text| !text.trim().is_empty()) else { return (none(), none()) };
    let markup = markdown::render(text);
    let inner = markup.trim_end().strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    match inner.filter(|inner| !inner.contains("<p>") && !inner.contains("</p>")) {
        Some(_) => (Value::from_safe_string(markup), none()),
        None => (none(), Value::from_safe_string(markup)),
    }
}

/// Returns which inputs must be given, when an expression says so.
fn required(offer: &Offer<'_>) -> Markup {
    let mut out = Markup::default();
    if let Some(expression) = &offer.form.required {
        out.raw("Which inputs must be given depends: ");
        super::wording::expression(&expression.source, &mut out);
    }
    out
}
