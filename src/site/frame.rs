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
    Teams,
    Nowhere,
}

impl Area {
    const ALL: [Self; 6] =
        [Self::Overview, Self::Catalog, Self::Scorecards, Self::Actions, Self::Teams, Self::Nowhere];
}

/// What the frame says.
pub(super) struct Facts {
    pub(super) common: Value,
    /// The path of the page of teams.
    pub(super) teams: Option<String>,
    /// Whether there are scorecards.
    pub(super) scorecards: bool,
    /// Whether there are actions or automations.
    pub(super) actions: bool,
}

/// The frames of all pages.
#[derive(Debug)]
pub(super) struct Frames {
    frames: Vec<(String, Area, Value)>,
    /// All markup of all frames.
    text: String,
}

impl Frames {
    /// Renders the frames for pages whose links start with one of `roots`.
    pub(super) fn new(theme: &Theme, facts: &Facts, roots: &[&str]) -> Result<Self, Error> {
        let mut frames = Vec::new();
        let mut text = String::new();
        for &root in roots {
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
    let link = |area: Area, text: &str, path: &str| {
        // The home page is the page itself, other areas are what the page belongs to.
        let mark = if area == Area::Overview { "page" } else { "true" };
        AreaLink {
            href: Value::from(format!("{root}{path}")),
            text: Value::from(text),
            current: if area == current { Value::from(mark) } else { none() },
        }
    };
    let mut areas = vec![
        link(Area::Overview, "Overview", "index.html"),
        link(Area::Catalog, "Catalog", "index.html#catalog"),
    ];
    areas.extend(facts.scorecards.then(|| link(Area::Scorecards, "Scorecards", "scorecards/index.html")));
    areas.extend(facts.actions.then(|| link(Area::Actions, "Actions", "actions/index.html")));
    areas.extend(facts.teams.as_ref().map(|page| link(Area::Teams, "Teams", page)));
    HeaderPart { site: facts.common.clone(), root: Value::from(root), areas: list(areas) }.into()
}

fn footer(root: &str) -> Value {
    FooterPart { root: Value::from(root) }.into()
}
