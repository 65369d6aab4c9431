//! What is suggested while one types: entities of the catalog, and choices too many to show at once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::control::text;
use crate::catalog::{BlueprintId, EntityRef};
use crate::condition::{Asked, Condition, Gathered, Truth};
use crate::site::Site;
use crate::site::markup::Markup;

/// The most suggestions of a list: a page must not grow with the catalog.
const MOST: usize = 100;

/// The most entities that are held against a search for one list.
const MOST_ASKED: usize = 2_000;

/// The lists of a page, each written once.
#[derive(Debug, Default)]
pub(super) struct Suggestions {
    /// The lists of all entities of a blueprint, by their numbers.
    whole: BTreeMap<BlueprintId, usize>,
    count: usize,
    markup: Markup,
}

/// A list, by its number, and how many of how many it holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub(super) number: usize,
    pub(super) shown: usize,
    pub(super) total: usize,
}

impl Suggestions {
    /// Returns the list of the entities of a blueprint that a condition lets through, or may let through; `None` when
    /// there are none. Call it inside [`on_deep_stack`](crate::jq::on_deep_stack) when there is a condition.
    pub(super) fn entities(
        &mut self,
        site: &Site<'_>,
        blueprint: BlueprintId,
        condition: Option<&Condition>,
    ) -> Option<Listed> {
        let total = site.catalog().entities_of(blueprint).len();
        let all = site.catalog().entities_of(blueprint);
        let Some(condition) = condition else {
            let shown = total.min(MOST);
            if let Some(&number) = self.whole.get(&blueprint) {
                return Some(Listed { number, shown, total });
            }
            let number = self.add(all.take(MOST).map(|entity| face(site, entity)))?;
            self.whole.insert(blueprint, number);
            return Some(Listed { number, shown, total });
        };
        let nothing = Gathered::default();
        let fits = |entity: &EntityRef<'_>| {
            condition.evaluate(&Asked::new(site.portal.known(), *entity), &nothing) != Truth::Fails
        };
        let fitting: Vec<EntityRef<'_>> = all.take(MOST_ASKED).filter(fits).take(MOST).collect();
        let shown = fitting.len();
        let complete = shown < MOST && total <= MOST_ASKED;
        let number = self.add(fitting.into_iter().map(|entity| face(site, entity)))?;
        Some(Listed { number, shown, total: if complete { shown } else { total } })
    }

    /// Returns the list of these choices.
    pub(super) fn choices(&mut self, choices: &[Value]) -> Option<Listed> {
        let shown = choices.len().min(MOST);
        let number = self.add(choices.iter().take(MOST).map(|choice| (text(choice), String::new())))?;
        Some(Listed { number, shown, total: choices.len() })
    }

    fn add(&mut self, options: impl Iterator<Item = (String, String)>) -> Option<usize> {
        let mut options = options.peekable();
        options.peek()?;
        self.count += 1;
        let out = &mut self.markup;
        out.raw("<datalist id=\"l").number(self.count).raw("\">");
        for (value, label) in options {
            out.raw("<option value=\"").text(&value).raw("\">").text(&label);
        }
        out.raw("</datalist>\n");
        Some(self.count)
    }

    /// Returns all lists.
    pub(super) fn finish(self) -> Markup {
        self.markup
    }
}

/// Returns what is entered for an entity, and what people read of it.
fn face(site: &Site<'_>, entity: EntityRef<'_>) -> (String, String) {
    let face = site.face(entity.id());
    let label = if face.label() == face.identifier() { "" } else { face.label() };
    (face.identifier().to_string(), label.to_string())
}
