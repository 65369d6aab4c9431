//! What is the same on many pages: the bar above and the line below, rendered once.

use minijinja::Value;

use super::Error;
use super::record::{list, none, record};
use super::theme::Theme;

record! {
    /// What every template may read.
    Common { title, description }
}

record! {
    /// The frame of a page; `root` leads from the page to the root of the site.
    Frame { root, header, footer }
}

record! {
    HeaderPart { site, root, areas }
}

record! {
    FooterPart { root }
}

record! {
    AreaLink { href, text, current }
}

/// A part of the site, as the bar names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Overview,
    Catalog,
    Scorecards,
    Actions,
    Graph,
    Teams,
    Audit,
    Nowhere,
}

impl Area {
    const ALL: [Self; 8] = [
        Self::Overview,
        Self::Catalog,
        Self::Scorecards,
        Self::Actions,
        Self::Graph,
        Self::Teams,
        Self::Audit,
        Self::Nowhere,
    ];
}

/// A place that the bar leads to.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The part of the site that it stands for.
    pub(super) area: Area,
    /// What people read.
    pub(super) text: String,
    /// Its path in the site.
    pub(super) path: String,
}

/// What the frame says.
pub(super) struct Facts {
    pub(super) common: Value,
    /// What the bar leads to, from left to right.
    pub(super) places: Vec<Place>,
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
            let footer = theme.part("footer.html", footer(root))?;
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
        let mark = if place.area == Area::Overview { "page" } else { "true" };
        AreaLink {
            href: Value::from(format!("{root}{}", place.path)),
            text: Value::from(place.text.as_str()),
            current: if place.area == current { Value::from(mark) } else { none() },
        }
    };
    let areas = list(facts.places.iter().map(link));
    HeaderPart { site: facts.common.clone(), root: Value::from(root), areas }.into()
}

fn footer(root: &str) -> Value {
    FooterPart { root: Value::from(root) }.into()
}
