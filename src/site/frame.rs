//! What is the same on many pages: the bar above and the line below, rendered once.

use minijinja::Value;

use super::Error;
use super::record::{list, none, record};
use super::theme::Theme;

record! {
    /// What every template may read.
    Common {
        title, description,
        /// The public address, when it is known.
        address,
        /// Whether there is a feed of changes.
        feed,
        /// The logo; nothing when there is none.
        logo,
        /// The path of the picture that browsers show on tabs.
        favicon,
        /// Whether there is a stylesheet of the catalog's accent.
        accent,
    }
}

record! {
    /// The frame of a page; `root` leads from the page to the root of the site.
    Frame { root, header, footer }
}

record! {
    HeaderPart { site, root, areas }
}

record! {
    FooterPart { root, feed }
}

record! {
    AreaLink {
        href, text, current,
        /// Whether it leads to another host.
        outside,
    }
}

/// A part of the site, as the bar names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Overview,
    Catalog,
    Dashboards,
    Scorecards,
    Actions,
    Graph,
    Teams,
    Audit,
    Nowhere,
}

impl Area {
    const ALL: [Self; 9] = [
        Self::Overview,
        Self::Catalog,
        Self::Dashboards,
        Self::Scorecards,
        Self::Actions,
        Self::Graph,
        Self::Teams,
        Self::Audit,
        Self::Nowhere,
    ];

    /// Returns what the configuration calls it; nothing of what the bar does not name.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Overview => Some("overview"),
            Self::Catalog => Some("catalog"),
            Self::Dashboards => Some("dashboards"),
            Self::Scorecards => Some("scorecards"),
            Self::Actions => Some("actions"),
            Self::Graph => Some("graph"),
            Self::Teams => Some("teams"),
            Self::Audit => Some("audit"),
            Self::Nowhere => None,
        }
    }
}

/// A place that the bar leads to.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The part of the site that it stands for, when it is one.
    pub(super) area: Option<Area>,
    /// What people read.
    pub(super) text: String,
    /// Its path in the site, or its address when it is outside.
    pub(super) path: String,
    /// Whether it is on another host.
    pub(super) is_outside: bool,
}

impl Place {
    /// Returns a part of the site.
    pub(super) fn own(area: Area, text: &str, path: &str) -> Self {
        Self { area: Some(area), text: text.into(), path: path.into(), is_outside: false }
    }
}

/// What the frame says.
pub(super) struct Facts {
    pub(super) common: Value,
    /// What the bar leads to, from left to right.
    pub(super) places: Vec<Place>,
    /// Whether there is a feed of changes.
    pub(super) feed: bool,
}

/// How many folders below the root the lowest page is.
pub(super) const DEEPEST: usize = 3;

/// The frames of all pages.
#[derive(Debug)]
pub(super) struct Frames {
    frames: Vec<(String, Area, Value)>,
    /// All markup of all frames.
    text: String,
}

impl Frames {
    /// Renders the frames for pages in the root and up to [`DEEPEST`] folders below it, and for those whose links start
    /// with `lost`.
    pub(super) fn new(theme: &Theme, facts: &Facts, lost: &str) -> Result<Self, Error> {
        let mut frames = Vec::new();
        let mut text = String::new();
        let mut roots: Vec<String> = (0..=DEEPEST).map(|depth| "../".repeat(depth)).collect();
        if !roots.iter().any(|root| root == lost) {
            roots.push(lost.to_string());
        }
        for root in roots {
            let root = root.as_str();
            let footer = theme.part("footer.html", footer(root, facts.feed))?;
            for area in Area::ALL {
                let header = theme.part("header.html", header(facts, root, area))?;
                text.extend([&header, &footer].map(|part| part.as_str().unwrap_or_default()));
                let frame = Frame { root: Value::from(root), header, footer: footer.clone() };
                frames.push((root.to_string(), area, Value::from(frame)));
            }
        }
        Ok(Self { frames, text })
    }

    /// Returns the markup of all frames, of which every page holds one.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the frame of a page in `area`.
    pub(super) fn get(&self, root: &str, area: Area) -> Value {
        let mut frames = self.frames.iter();
        frames.find(|(of, at, _)| of == root && *at == area).map_or_else(none, |(_, _, frame)| frame.clone())
    }
}

fn header(facts: &Facts, root: &str, current: Area) -> Value {
    let link = |place: &Place| {
        // The home page is the page itself, other areas are what the page belongs to.
        let mark = if current == Area::Overview { "page" } else { "true" };
        let root = if place.is_outside { "" } else { root };
        AreaLink {
            href: Value::from(format!("{root}{}", place.path)),
            text: Value::from(place.text.as_str()),
            current: if place.area == Some(current) { Value::from(mark) } else { none() },
            outside: Value::from(place.is_outside),
        }
    };
    let areas = list(facts.places.iter().map(link));
    HeaderPart { site: facts.common.clone(), root: Value::from(root), areas }.into()
}

fn footer(root: &str, feed: bool) -> Value {
    FooterPart { root: Value::from(root), feed: Value::from(feed) }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::site::AREAS;

    #[test]
    fn the_configuration_can_name_every_area() {
        let names: Vec<&str> = Area::ALL.into_iter().filter_map(Area::name).collect();
        assert_eq!(names, AREAS);
    }
}
