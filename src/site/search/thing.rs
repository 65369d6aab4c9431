//! What can be found: every entity, and every page of the site's own.

use crate::catalog::{BlueprintId, EntityRef};
use crate::model::property::{Property, Type};
use crate::site::link::clip;
use crate::site::markup::visible;
use crate::site::{Site, address, initiative, outline, team};

use super::words;

/// The longest name that is shown.
const LONGEST_NAME: usize = 120;

/// The longest value of a property whose words are found.
const LONGEST_VALUE: usize = 40;

/// The most words of a name, and of everything else that is known of a thing.
const MOST_WORDS: usize = 16;

/// A page that can be found besides those of entities.
#[derive(Debug, Clone)]
pub(in crate::site) struct Thing {
    /// What people read.
    pub(in crate::site) title: String,
    /// The path of the page in the site.
    pub(in crate::site) path: String,
    /// What sort of page it is, in the singular; things of one kind share a tab.
    pub(in crate::site) kind: &'static str,
    /// What it is about, which is shown beside it and found as well; may be empty.
    pub(in crate::site) about: String,
}

/// How well a word tells a thing from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// All of its title or of its identifier.
    Name,
    /// A word of either.
    Part,
    /// Its owner, or one of its values.
    Other,
}

/// What is shown of a thing, and the words that it is found by.
#[derive(Debug)]
pub(super) struct Entry {
    /// What is shown: title, identifier, owner, tag, path; those at the end may be missing.
    pub(super) row: String,
    pub(super) words: Vec<(String, Field)>,
}

/// Returns the site's own pages that are known here: blueprints, scorecards, initiatives, actions, the teams.
pub(super) fn own(site: &Site<'_>) -> Vec<Thing> {
    let blueprint = |(id, _): (BlueprintId, _)| {
        let blueprint = site.catalog().blueprint(id);
        let about = site.catalog().entities_of(id).len();
        Some(Thing {
            title: blueprint.label().to_string(),
            path: site.outline(id).page.clone()?,
            kind: "Blueprint",
            about: crate::site::words::counted(about, "entity", "entities"),
        })
    };
    let mut things: Vec<Thing> = site.catalog().blueprints().filter_map(blueprint).collect();
    if team::is_any(site.catalog()) {
        things.push(Thing {
            title: "Teams".into(),
            path: team::PATH.into(),
            kind: "Page",
            about: "People".into(),
        });
    }
    things.extend(site.boards.iter().map(|board| Thing {
        title: board.card.title.clone(),
        path: address::scorecard(&board.name, 1),
        kind: "Scorecard",
        about: site.catalog().blueprint(board.card.blueprint).label().to_string(),
    }));
    things.extend(site.portal.progress.iter().map(|progress| Thing {
        title: initiative::definition(site, progress).value.label().to_string(),
        path: initiative::path(site, progress),
        kind: "Initiative",
        about: String::new(),
    }));
    things.extend(site.offers.all.iter().map(|offer| Thing {
        title: offer.action.label().to_string(),
        path: offer.path(),
        kind: "Action",
        about: offer.blueprint.map(|id| site.catalog().blueprint(id).label().to_string()).unwrap_or_default(),
    }));
    things
}

impl Entry {
    /// Returns what the search knows of a page of the site's own.
    pub(super) fn of_thing(thing: &Thing) -> Self {
        let mut entry = Self { row: String::new(), words: Vec::new() };
        entry.name(&thing.title);
        entry.other(&thing.about);
        entry.show(&[&plain(&thing.title), "", &plain(&thing.about), "", &thing.path]);
        entry
    }

    /// Returns what the search knows of an entity.
    pub(super) fn of_entity(site: &Site<'_>, entity: EntityRef<'_>) -> Self {
        let face = site.face(entity.id());
        let mut entry = Self { row: String::new(), words: Vec::new() };
        entry.name(face.identifier());
        entry.name(face.label());
        let owners: Vec<&str> =
            site.graph().owners(entity.id()).iter().map(|&team| site.face(team).label()).collect();
        owners.iter().for_each(|owner| entry.other(owner));
        for property in entity.blueprint().properties.iter().filter(|property| is_searched(property)) {
            let Some(node) = entity.property(&property.identifier.value) else { continue };
            for value in std::iter::once(node).chain(node.items()) {
                if let Some(text) = value.text().filter(|text| text.len() <= LONGEST_VALUE) {
                    entry.other(text);
                }
            }
        }
        let (title, identifier) = (plain(face.label()), plain(face.identifier()));
        let usual = match site.addresses.folder(entity.blueprint_id()) {
            Some(folder) => face.path() == format!("{folder}/{identifier}.html"),
            None => false,
        };
        entry.show(&[
            &title,
            if identifier == title { "" } else { &identifier },
            &plain(&owners.join(", ")),
            &face.tag().map(plain).unwrap_or_default(),
            if usual { "" } else { face.path() },
        ]);
        entry
    }

    fn name(&mut self, name: &str) {
        let mut words = words::split(name);
        words.truncate(MOST_WORDS);
        self.words.push((words::join(&words), Field::Name));
        self.words.extend(words.into_iter().map(|word| (word, Field::Part)));
        self.tidy();
    }

    fn other(&mut self, text: &str) {
        let others = self.words.iter().filter(|(_, field)| *field == Field::Other).count();
        let words = words::split(text).into_iter().take(MOST_WORDS.saturating_sub(others));
        self.words.extend(words.map(|word| (word, Field::Other)));
        self.tidy();
    }

    /// Keeps each word once, where it tells most.
    fn tidy(&mut self) {
        self.words.retain(|(word, _)| !word.is_empty());
        self.words.sort_unstable();
        self.words.dedup_by(|next, kept| next.0 == kept.0);
    }

    fn show(&mut self, parts: &[&str]) {
        self.row = parts.join("\t");
        self.row.truncate(self.row.trim_end_matches('\t').len());
    }
}

/// Returns whether people look for things by the values of a property: few words that many things share, or a mail
/// address.
fn is_searched(property: &Property) -> bool {
    if outline::is_description(property) {
        return false;
    }
    let format = outline::format(property);
    match property.kind {
        Some(Type::String) => matches!(format, None | Some("email" | "team" | "user")),
        Some(Type::Array) => format.is_none(),
        Some(Type::Number) => outline::is_tag(property),
        _ => false,
    }
}

/// Returns a text that keeps to its place in a row.
fn plain(text: &str) -> String {
    // Most texts are as they should be.
    if text.len() <= LONGEST_NAME && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return text.trim().to_string();
    }
    let line: String =
        text.chars().map(|character| if character.is_whitespace() { ' ' } else { character }).collect();
    clip(&visible(line.trim()), LONGEST_NAME).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_words_are_bounded() {
        let long = "Über-Long_name\tand\nmore ".repeat(500);
        let entry = Entry::of_thing(&Thing {
            title: long.clone(),
            path: "pages/x.html".into(),
            kind: "Page",
            about: long,
        });
        assert!(entry.row.len() < 400 && entry.row.matches('\t').count() == 4, "{}", entry.row);
        assert!(!entry.row.contains('\n'));
        assert!(entry.words.len() <= 2 * MOST_WORDS + 1, "{}", entry.words.len());
    }

    #[test]
    fn a_word_counts_where_it_tells_most() {
        let thing = Thing {
            title: "Cart".into(),
            path: "a/cart.html".into(),
            kind: "Page",
            about: "the cart of Cart".into(),
        };
        let words = Entry::of_thing(&thing).words;
        let expected = [("cart", Field::Name), ("of", Field::Other), ("the", Field::Other)];
        assert_eq!(words, expected.map(|(word, field)| (word.to_string(), field)));
    }
}
