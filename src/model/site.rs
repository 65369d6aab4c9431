//! `site` of `portal.yaml`: whose site it is, and what it leads to.

use super::color::Color;
use super::shape::{Field, Object, Openness, Shape, optional};
use super::{Spanned, identifier, string, strings};
use crate::diagnostic::{Diagnostic, Rule};
use crate::yaml::Node;

/// The site's settings.
pub static SITE: Object = Object { name: "a site setting", fields: FIELDS, openness: Openness::Closed };

const FIELDS: &[Field] = &[
    optional("url", Shape::Text, "the public address, for the sitemap"),
    optional("output", Shape::Text, "the folder to write, relative to the catalog root"),
    optional("logo", Shape::Text, "a picture in the bar, SVG or PNG, relative to the catalog root"),
    optional("accent", ACCENT, "the colour of links and marks: #066169, or one for each scheme"),
    optional("navigation", Shape::Object(&NAVIGATION), "what the bar leads to"),
    optional("home", Shape::Object(&HOME), "the home page"),
    optional(
        "history",
        Shape::Number,
        "the most commits that the pages of changes are made from; 10,000 when absent",
    ),
    optional(
        "documents",
        Shape::Text,
        "jq that gives the folder of an entity's documents, relative to the catalog root: .properties.folder",
    ),
];

const ACCENT: Shape = Shape::Either(&[Shape::Text, Shape::Object(&SCHEMES)]);

static SCHEMES: Object = Object {
    name: "an accent",
    fields: &[
        optional("light", Shape::Text, "the colour on light grounds; made from `dark` when absent"),
        optional("dark", Shape::Text, "the colour on dark grounds; made from `light` when absent"),
    ],
    openness: Openness::Closed,
};

static NAVIGATION: Object = Object {
    name: "a navigation setting",
    fields: &[
        optional(
            "areas",
            Shape::List(&Shape::OneOf(AREAS)),
            "which of the site's own parts the bar names, in this order; all of them when absent",
        ),
        optional("links", Shape::List(&Shape::Object(&LINK)), "what it leads to after them"),
    ],
    openness: Openness::Closed,
};

static LINK: Object = Object {
    name: "a link of the navigation",
    fields: &[
        optional("title", Shape::Title(40), "what people read; the title of what it leads to when absent"),
        optional(
            "blueprint",
            Shape::Identifier(&identifier::BLUEPRINT),
            "the list of a blueprint's entities",
        ),
        optional("scorecard", Shape::Text, "the page of a scorecard"),
        optional("action", Shape::Text, "the page of an action"),
        optional("page", Shape::Text, "a dashboard"),
        optional("url", Shape::Text, "an address of the web"),
    ],
    openness: Openness::Closed,
};

static HOME: Object = Object {
    name: "a home setting",
    fields: &[
        optional("text", Shape::Text, "a Markdown file shown at the top, relative to the catalog root"),
        optional("show", Shape::List(&Shape::OneOf(SECTIONS)), "the parts below it; all of them when absent"),
    ],
    openness: Openness::Closed,
};

/// The parts of the site that the bar names.
pub const AREAS: &[&str] =
    &["overview", "catalog", "dashboards", "scorecards", "actions", "graph", "teams", "audit"];

/// The parts of the home page.
pub const SECTIONS: &[&str] = &[
    "search",
    "attention",
    "catalog",
    "initiatives",
    "scorecards",
    "changes",
    "dashboards",
    "actions",
    "teams",
];

/// The kinds of places that a link of the navigation may lead to.
const KINDS: &[&str] = &["blueprint", "scorecard", "action", "page", "url"];

/// The site's settings, decoded.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// The file of the logo, relative to the catalog root.
    pub logo: Option<Spanned<String>>,
    /// The accent on light grounds and on dark ones, as written.
    pub accent: Accent,
    /// The areas that the bar names, when not all.
    pub areas: Option<Vec<String>>,
    /// What the bar leads to after them.
    pub links: Vec<Link>,
    /// The Markdown file at the top of the home page.
    pub text: Option<Spanned<String>>,
    /// The parts of the home page, when not all.
    pub show: Option<Vec<String>>,
}

/// The accent, as written: one may be made from the other.
#[derive(Debug, Clone, Default)]
pub struct Accent {
    /// On light grounds.
    pub light: Option<Spanned<Color>>,
    /// On dark grounds.
    pub dark: Option<Spanned<Color>>,
}

/// A link of the navigation.
#[derive(Debug, Clone)]
pub struct Link {
    /// What people read.
    pub title: Option<String>,
    /// Where it leads.
    pub target: Target,
}

/// Where a link of the navigation leads.
#[derive(Debug, Clone)]
pub enum Target {
    /// The list of a blueprint's entities.
    Blueprint(Spanned<String>),
    /// The page of a scorecard.
    Scorecard(Spanned<String>),
    /// The page of an action.
    Action(Spanned<String>),
    /// A dashboard.
    Page(Spanned<String>),
    /// An address of the web.
    Url(Spanned<String>),
}

impl Site {
    /// Returns the settings written as `node`, pushing what no shape could say is wrong with them.
    pub fn decode(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Self {
        let navigation = node.get("navigation");
        let home = node.get("home");
        let names = |node: Node<'_>, key| {
            node.get(key).map(|_| strings(node, key).into_iter().map(|name| name.value).collect())
        };
        let links = navigation.and_then(|navigation| navigation.get("links"));
        Self {
            logo: string(node, "logo"),
            accent: node.get("accent").map(|accent| Accent::decode(accent, found)).unwrap_or_default(),
            areas: navigation.and_then(|navigation| names(navigation, "areas")),
            links: links
                .into_iter()
                .flat_map(Node::items)
                .filter_map(|link| Link::decode(link, found))
                .collect(),
            text: home.and_then(|home| string(home, "text")),
            show: home.and_then(|home| names(home, "show")),
        }
    }

    /// Returns whether the home page has this part.
    pub fn shows(&self, section: &str) -> bool {
        self.show.as_ref().is_none_or(|show| show.iter().any(|shown| shown == section))
    }
}

impl Accent {
    fn decode(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Self {
        let mut color = |node: Option<Node<'_>>| {
            let (node, text) = node.and_then(|node| Some((node, node.as_str()?)))?;
            let color = Color::parse(text).map(|color| Spanned::new(color, node.span()));
            if color.is_none() {
                let message = format!("`{text}` is no colour");
                let help = "write it as red, green and blue in hexadecimal, in quotes: \"#066169\"";
                found.push(Diagnostic::new(Rule::InvalidValue, node.span(), message).help(help));
            }
            color
        };
        match node.as_str() {
            Some(_) => Self { light: color(Some(node)), dark: None },
            None => Self { light: color(node.get("light")), dark: color(node.get("dark")) },
        }
    }

    /// Returns whether none is set.
    pub fn is_empty(&self) -> bool {
        self.light.is_none() && self.dark.is_none()
    }
}

impl Link {
    fn decode(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<Self> {
        let targets: Vec<_> = KINDS.iter().filter_map(|kind| Some((*kind, string(node, kind)?))).collect();
        let [(kind, target)] = targets.as_slice() else {
            let message = match targets.len() {
                0 => "this link leads nowhere".to_string(),
                _ => "a link leads to one place, not to several".to_string(),
            };
            let help = "give it one of `blueprint`, `scorecard`, `action`, `page` and `url`";
            found.push(Diagnostic::new(Rule::InvalidValue, node.span(), message).help(help));
            return None;
        };
        let title = string(node, "title").map(|title| title.value);
        let target = target.clone();
        let target = match *kind {
            "blueprint" => Target::Blueprint(target),
            "scorecard" => Target::Scorecard(target),
            "action" => Target::Action(target),
            "page" => Target::Page(target),
            _ => Target::Url(target),
        };
        if let (Target::Url(url), None) = (&target, &title) {
            let message =
                "a link to the web needs a `title`, for there is nothing that it could be called after";
            found.push(Diagnostic::new(Rule::MissingKey, url.span, message).help("add `title`"));
        }
        Some(Self { title, target })
    }
}
