//! `llms.txt`: what this site is and how a program reads it, after <https://llmstxt.org>.

use super::link::clip;
use super::markup::visible;
use super::words::counted;
use super::{Site, api, api_score, search};

/// The longest text of the catalog's in a line.
const LONGEST: usize = 200;

/// Returns the file.
pub(super) fn text(site: &Site<'_>) -> String {
    let config = site.catalog().config();
    let title = line(config.title.as_deref().unwrap_or("Developer portal"));
    let about =
        config.description.as_deref().unwrap_or("A software catalog: what there is, and who owns it.");
    let base = site.base.as_deref().unwrap_or_default();
    let mut out = format!("# {title}\n\n> {}\n\n", line(about));
    out.push_str(&format!(
        "This site is generated from a catalog in Git. It describes {} of {}; entities have properties, \
         relations to each other, and owners. Everything on its pages is also JSON, under `{base}api/v1/`, with paths \
         relative to the root of the site.\n\n",
        counted(site.catalog().entity_count(), "entity", "entities"),
        counted(shown(site).count(), "blueprint", "blueprints"),
    ));
    out.push_str("## How to read it\n\n");
    let link = |out: &mut String, text: &str, path: &str, note: &str| {
        out.push_str(&format!("- [{text}]({base}{path}): {note}\n"));
    };
    link(&mut out, "Index", "api/v1/index.json", "what there is and where; read this first");
    let entity = if api::is_sharded(site) {
        "an entity is in a file of its blueprint's `shards`, each a list of entities"
    } else {
        "an entity is a file of its own, which its blueprint's `list` names"
    };
    out.push_str(&format!(
        "- An entity: {entity}. It has `identifier`, `title`, `blueprint`, `team` (its owners), `properties`, \
         `relations` (what it points at), `relatedBy` (what points at it), `scorecards`, `page` (its page for people) \
         and `source` (the file and line it is written in).\n"
    ));
    if !site.boards.is_empty() {
        link(&mut out, "Scorecards", api_score::LIST, "standards, and who meets them");
    }
    link(&mut out, "Search", search::PATH, "for people, in a browser; `?q=` takes the words");
    out.push_str("\n## Blueprints\n\n");
    for (page, label, count, description) in shown(site) {
        let note = counted(count, "entity", "entities");
        let more = description.map(|text| format!("; {}", line(text))).unwrap_or_default();
        link(&mut out, &line(label).replace(['[', ']'], ""), page, &format!("{note}{more}"));
    }
    out
}

/// Returns the blueprints that have pages: the page, the name, how many entities, what they are.
fn shown<'a>(site: &'a Site<'_>) -> impl Iterator<Item = (&'a str, &'a str, usize, Option<&'a str>)> {
    site.catalog().blueprints().filter_map(|(id, blueprint)| {
        let page = site.outline(id).page.as_deref()?;
        let count = site.catalog().entities_of(id).len();
        Some((page, blueprint.label(), count, blueprint.description.as_deref()))
    })
}

/// Returns a text of the catalog's as part of one line.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    clip(&visible(&words.join(" ")), LONGEST).into_owned()
}
