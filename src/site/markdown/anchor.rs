//! The ids of headings, as GitHub makes them.

use rustc_hash::FxHashMap;

use super::Places;

/// Returns the id that GitHub gives a heading, or the one that a link to it names.
fn slug(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    let slug: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
    if slug.is_empty() { "section".into() } else { slug }
}

/// Returns the id that a link to `#fragment` means: one that the page has for something else is another here.
pub(in crate::site) fn anchor(fragment: &str, places: &dyn Places) -> String {
    // An id that is written out is as it is; only what cannot be in one goes.
    let id: String = fragment.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    if places.is_taken(&id) { format!("section-{id}") } else { id }
}

/// The ids of a text.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    taken: FxHashMap<String, usize>,
}

impl Anchors {
    /// Returns the id of the next heading.
    pub(super) fn next(&mut self, text: &str, places: &dyn Places) -> String {
        let slug = slug(text);
        let mut id = slug.clone();
        let mut number = self.taken.get(&slug).copied().unwrap_or(0);
        while self.taken.contains_key(&id) {
            number += 1;
            id = format!("{slug}-{number}");
        }
        self.taken.insert(slug, number);
        self.taken.entry(id.clone()).or_insert(0);
        if places.is_taken(&id) { format!("section-{id}") } else { id }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Web;
    use super::*;

    #[test]
    fn ids_are_those_of_github() {
        let mut anchors = Anchors::default();
        for (text, expected) in [
            ("Run it", "run-it"),
            ("Run it", "run-it-1"),
            ("Run it 1", "run-it-1-1"),
            ("1. What's `new`?", "1-whats-new"),
            ("A & B", "a--b"),
            ("Größe", "größe"),
            ("🚀", "section"),
            ("snake_case-name", "snake_case-name"),
        ] {
            assert_eq!(anchors.next(text, &Web), expected, "{text}");
        }
    }
}
