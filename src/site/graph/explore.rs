//! The page of the explorer, which its script fills: from any entity, as far and as selective as the reader asks.

use minijinja::Value;

use super::{MODEL, ROOT, data};
use crate::site::Site;
use crate::site::frame::Area;
use crate::site::icon::Used;
use crate::site::record::{Link, list, none, record};

record! {
    /// What the template of the explorer reads.
    Page { site, frame, title, summary, icons, model, index, kinds, script }
}

/// Returns what the page shows before anything is chosen.
pub(super) fn page(site: &Site<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let kinds: Vec<Link> = site
        .catalog()
        .blueprints()
        .filter_map(|(id, _)| {
            let (outline, count) = (site.outline(id), site.catalog().entities_of(id).len());
            let page = outline.page.as_ref().filter(|_| count > 0)?;
            Some(Link {
                text: outline.label.clone(),
                id: none(),
                href: Value::from(format!("{ROOT}{page}")),
                icon: Value::from(icons.add(outline.icon)),
                note: Value::from(crate::printable::thousands(count)),
            })
        })
        .collect();
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Area::Graph),
        title: Value::from("Graph explorer"),
        summary: Value::from("What an entity depends on, and what depends on it, as far as you ask"),
        model: Value::from(format!("{ROOT}{MODEL}")),
        index: Value::from(data::INDEX),
        script: Value::from(crate::site::asset::GRAPH.path),
        kinds: list(kinds),
        icons: icons.drawings(),
    }
    .into()
}
