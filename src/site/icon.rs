//! Drawings of icons: our own simple set.
//!
//! A page carries the paths of the icons it uses at its end, for browsers refuse to read them from another file
//! when a site is opened from a disk.

use minijinja::Value;
use rustc_hash::FxHashMap;

use super::markup::Markup;
use crate::model::icon;

/// The drawings: one `symbol` a line, with one path.
const DRAWINGS: &str = include_str!("../../templates/icons.svg");

/// What is shown for a name that is not known.
const UNKNOWN: &str = "package";

/// An icon of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Icon(u8);

/// The set of icons.
#[derive(Debug)]
pub(super) struct Icons {
    /// The id and the path of each.
    drawings: Vec<(&'static str, &'static str)>,
    index: FxHashMap<&'static str, Icon>,
    unknown: Icon,
}

impl Icons {
    /// Returns the set.
    pub(super) fn new() -> Self {
        let mut icons = Self { drawings: Vec::new(), index: FxHashMap::default(), unknown: Icon(0) };
        for line in DRAWINGS.lines() {
            if let (Some(id), Some(path)) = (attribute(line, " id=\""), attribute(line, " d=\"")) {
                let icon = Icon(u8::try_from(icons.drawings.len()).expect("fewer than 256 icons are drawn"));
                icons.drawings.push((id, path));
                icons.index.insert(id, icon);
            }
        }
        icons.unknown = icons.index[UNKNOWN];
        icons
    }

    /// Returns the icon drawn as `id`.
    pub(super) fn drawn(&self, id: &str) -> Icon {
        self.index.get(id).copied().unwrap_or(self.unknown)
    }

    /// Returns whether an icon is drawn as `id`, so that the id means it on a page.
    pub(super) fn is_drawn(&self, id: &str) -> bool {
        self.index.contains_key(id)
    }

    /// Returns the icon for a name of Port's; when there is none, one that says "some thing".
    pub(super) fn find(&self, name: Option<&str>) -> Icon {
        name.and_then(icon::glyph).map_or(self.unknown, |id| self.drawn(id))
    }

    /// Returns the id of an icon's path on a page, and the path.
    fn drawing(&self, icon: Icon) -> (&'static str, &'static str) {
        self.drawings[icon.0 as usize]
    }
}

/// The icons that a page uses.
#[derive(Debug)]
pub(super) struct Used<'a> {
    icons: &'a Icons,
    used: Vec<Icon>,
}

impl<'a> Used<'a> {
    /// Returns a page's list, empty.
    pub(super) fn new(icons: &'a Icons) -> Self {
        Self { icons, used: Vec::new() }
    }

    /// Adds an icon and returns the id of its path.
    pub(super) fn add(&mut self, icon: Icon) -> &'static str {
        if !self.used.contains(&icon) {
            self.used.push(icon);
        }
        self.icons.drawing(icon).0
    }

    /// Adds the icon drawn as `id`.
    pub(super) fn add_drawn(&mut self, id: &str) -> &'static str {
        self.add(self.icons.drawn(id))
    }

    /// Adds the icons of a part of the page that was written before.
    pub(super) fn append(&mut self, part: &Used<'_>) {
        part.used.iter().for_each(|&icon| _ = self.add(icon));
    }

    /// Returns the drawings for the end of the page, as markup.
    pub(super) fn drawings(&self) -> Value {
        let mut out = Markup::default();
        for (id, path) in self.used.iter().map(|&icon| self.icons.drawing(icon)) {
            out.raw("<path id=\"").raw(id).raw("\" d=\"").raw(path).raw("\"/>");
        }
        out.finish()
    }
}

/// Returns the value after `start` up to the next quote.
fn attribute(line: &'static str, start: &str) -> Option<&'static str> {
    let (_, rest) = line.split_once(start)?;
    rest.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_drawn() {
        let icons = Icons::new();
        for name in icon::NAMES {
            let id = icon::glyph(name).expect("a name of the list");
            assert!(icons.index.contains_key(id), "`{id}`, for {name}, is not drawn");
        }
        assert_eq!(icons.find(Some("NoSuchIcon")), icons.drawn(UNKNOWN));
        assert_eq!(icons.find(None), icons.drawn(UNKNOWN));
    }

    #[test]
    fn a_page_names_each_icon_once() {
        let icons = Icons::new();
        let mut used = Used::new(&icons);
        used.add_drawn("api");
        used.add_drawn("team");
        assert_eq!(used.add_drawn("api"), "api");
        assert_eq!(used.drawings().to_string().matches("<path ").count(), 2);
    }
}
