//! What the page of an entity says of its documents: the beginning of the first, and the list.

use minijinja::Value;
use xxhash_rust::xxh3::Xxh3;

use super::around::Around;
use super::{Images, path};
use crate::catalog::EntityRef;
use crate::site::Site;
use crate::site::entity::ROOT;
use crate::site::markdown::{self, Style};
use crate::site::markup::Markup;
use crate::site::record::{maybe, none, record};

/// The most documents in the list of an entity's page.
const MOST: usize = 8;

record! {
    /// The documents of an entity; `text` and `items` are markup.
    Section { count, title, href, text, is_whole, items, more }
}

/// What the page of an entity says of its documents.
#[derive(Debug)]
pub(in crate::site) struct Lead {
    count: usize,
    title: String,
    href: String,
    text: String,
    is_whole: bool,
    items: Markup,
    more: usize,
}

impl Lead {
    /// Returns what is said of an entity whose first document is `text`.
    pub(in crate::site) fn new(
        site: &Site<'_>,
        images: &Images,
        entity: EntityRef<'_>,
        text: &str,
    ) -> Option<Self> {
        let documents = site.documents;
        let numbers = documents.of(entity.id());
        let first = &documents.all()[*numbers.first()?];
        let href = format!("{ROOT}{}", path(site, first));
        let elsewhere = Some(href.clone());
        let around = Around { site, images, path: &first.path, root: ROOT, elsewhere };
        let style = Style { places: &around, top: 3, whole_page: false, title: Some(&first.title) };
        let (text, is_whole) = markdown::beginning(text, style);
        let mut items = Markup::default();
        for &number in numbers.iter().skip(1).take(MOST) {
            let document = &documents.all()[number];
            items.raw("<li class=\"row\"><a href=\"").raw(ROOT).text(&path(site, document)).raw("\">");
            items.text(&document.title).raw("</a>");
            let folder = folder(&document.name);
            if !folder.is_empty() {
                items.raw("<small>").text(&folder.replace("~2F", "/")).raw("</small>");
            }
            items.raw("\n");
        }
        let more = numbers.len().saturating_sub(1 + MOST);
        let title = first.title.clone();
        Some(Self { count: numbers.len(), title, href, text, is_whole, items, more })
    }

    /// Feeds all of it to a hasher.
    pub(super) fn hash(&self, hasher: &mut Xxh3) {
        for text in [&self.title, &self.href, &self.text] {
            hasher.update(&text.len().to_le_bytes());
            hasher.update(text.as_bytes());
        }
        self.items.hash(hasher);
        hasher.update(&[u8::from(self.is_whole)]);
        hasher.update(&self.count.to_le_bytes());
    }
}

/// Returns the section for the template; nothing for an entity without documents.
pub(in crate::site) fn section(lead: Option<Lead>) -> Value {
    let Some(lead) = lead else { return none() };
    Section {
        count: Value::from(lead.count),
        title: Value::from(lead.title),
        href: Value::from(lead.href),
        text: Value::from_safe_string(lead.text),
        is_whole: Value::from(lead.is_whole),
        items: lead.items.finish(),
        more: maybe((lead.more > 0).then_some(lead.more)),
    }
    .into()
}

/// Returns the folder in the name of a page: `guides` of `guides~2Fsetup`.
pub(super) fn folder(name: &str) -> &str {
    name.rsplit_once("~2F").map_or("", |(folder, _)| folder)
}
