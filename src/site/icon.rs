//! Drawings of icons: our own simple set.
//!
//! A page carries the paths of the icons it uses at its end, for browsers refuse to read them from another file
//! when a site is opened from a disk.

use minijinja::Value;
use rustc_hash::FxHashMap;

use super::record::{list, record};
use crate::model::icon;

/// The drawings: one `symbol` a line, with one path.
const DRAWINGS: &str = include_str!("../../templates/icons.svg");

/// What is shown for a name that is not known.
const UNKNOWN: &str = "package";

record! {
    /// The drawing of an icon.
    Drawing { id, path }
}

/// An icon of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Icon(u8);

/// The set of icons.
#[derive(Debug)]
pub(super) struct Icons {
    drawings: Vec<(Value, Value)>,
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
                icons.drawings.push((Value::from(id), Value::from(path)));
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

    /// Returns the icon for a name of Port's; when there is none, one that says "some thing".
    pub(super) fn find(&self, name: Option<&str>) -> Icon {
        name.and_then(icon::glyph).map_or(self.unknown, |id| self.drawn(id))
    }

    /// Returns the id of an icon's path on a page.
    pub(super) fn id(&self, icon: Icon) -> Value {
        self.drawings[icon.0 as usize].0.clone()
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
    pub(super) fn add(&mut self, icon: Icon) -> Value {
        if !self.used.contains(&icon) {
            self.used.push(icon);
        }
        self.icons.id(icon)
    }

    /// Adds the icon drawn as `id`.
    pub(super) fn add_drawn(&mut self, id: &str) -> Value {
        self.add(self.icons.drawn(id))
    }

    /// Returns the drawings for the end of the page.
    pub(super) fn drawings(&self) -> Value {
        let drawing = |icon: &Icon| {
            let (id, path) = self.icons.drawings[icon.0 as usize].clone();
            Drawing { id, path }
        };
        list(self.used.iter().map(drawing))
    }
}

/// Returns the value after `start` up to the next quote.
fn attribute<'a>(line: &'a str, start: &str) -> Option<&'a str> {
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
        assert_eq!(used.add_drawn("api").as_str(), Some("api"));
        assert_eq!(used.drawings().len(), Some(2));
    }
}
