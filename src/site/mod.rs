//! The static site: pages for people, JSON for programs, one folder that any host serves.
//!
//! [`build`] is the way through. Each page is a context (what there is to say, from the modules named after the
//! pages) and a template (how it is said); [`Output`](crate::output::Output) compares and publishes. Pages are
//! made in parallel and none is kept, so memory does not grow with the site.

mod action;
mod address;
mod api;
mod api_schema;
mod api_score;
mod asset;
mod audit;
mod board;
mod brand;
mod chart;
mod computed;
mod course;
mod dashboard;
mod definition;
mod document;
mod drawing;
mod entity;
mod face;
mod feed;
mod fingerprint;
mod fixes;
mod frame;
mod graph;
mod health;
mod heat;
mod hierarchy;
mod history;
mod home;
mod host;
mod icon;
mod initiative;
mod interface;
mod json;
mod lifetime;
mod link;
mod listing;
mod llms;
mod markdown;
mod markup;
mod mermaid;
mod moment;
mod navigation;
mod neighbour;
mod outline;
mod owned;
mod pages;
mod paging;
mod record;
mod scorecard;
mod scorecards;
mod search;
mod sitemap;
mod table;
mod team;
mod theme;
mod trend;
mod value;
mod verdict;
mod waived;
mod words;
mod work;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use indicatif::ProgressBar;
use minijinja::Value;

use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};
use crate::document::Documents;
use crate::git::Commit;
use crate::graph::Graph;
use crate::history::timeline::Timeline;
use crate::history::{Outlook, Trends};
use crate::interface::Descriptions;
use crate::output;
use crate::portal::Portal;
use crate::source::Span;
use crate::worktree::Unreadable;
use action::Offers;
use address::Addresses;
use board::Board;
use face::Face;
use frame::{Area, Frames, Place};
use hierarchy::Hierarchy;
use history::Past;
use icon::Icons;
use lifetime::Lifetimes;
use outline::Outline;
use owned::Owners;
use theme::Theme;

pub use action::{Run, State};
pub use theme::TEMPLATES;

/// How a site is built.
#[derive(Debug)]
pub struct Options {
    /// The public address of the site; the configuration's when absent.
    pub base_url: Option<String>,
    /// The commit that was read.
    pub commit: Option<Commit>,
    /// How the initiatives have come along.
    pub outlooks: Vec<Outlook>,
    /// How scorecards, and what pages follow, have come along.
    pub trends: Trends,
    /// The runs of actions that were recorded, in any order.
    pub runs: Vec<Run>,
    /// What the commits changed.
    pub timeline: Arc<Timeline>,
    /// The descriptions of interfaces, and the files that they are in.
    pub interfaces: Descriptions,
    /// The catalog's own templates, by name.
    pub templates: BTreeMap<String, String>,
    /// The catalog's own files, by their path in the site; one called as an asset of ours takes its place.
    pub statics: Vec<(String, Vec<u8>)>,
    /// Whether a folder that portal did not make may be written into.
    pub force: bool,
    /// The documents of entities.
    pub documents: Documents,
    /// What shows how far the build is.
    pub progress: ProgressBar,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base_url: None,
            commit: None,
            outlooks: Vec::new(),
            trends: Trends::default(),
            runs: Vec::new(),
            timeline: Arc::default(),
            interfaces: Descriptions::default(),
            templates: BTreeMap::new(),
            statics: Vec::new(),
            force: false,
            documents: Documents::default(),
            progress: ProgressBar::hidden(),
        }
    }
}

/// What a build did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Built {
    /// HTML pages of the site.
    pub pages: usize,
    /// Files that are new or changed.
    pub written: usize,
    /// Files that stayed as they were.
    pub unchanged: usize,
    /// Files of an earlier build that are no longer produced.
    pub removed: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// What documents name and the site does not show, each a sentence.
    pub left_out: Vec<String>,
}

/// Why a site could not be built, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder could not be written.
    #[error(transparent)]
    Output(#[from] output::Error),
    /// A document could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A template has a mistake.
    #[error("the template `{name}` has a mistake in line {line}: {reason}")]
    Template {
        /// The file, in `templates/`.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The public address is none.
    #[error("`{0}` is not the address of a site: it must start with https:// or http://")]
    BaseUrl(String),
}

impl Error {
    fn template(error: &minijinja::Error) -> Self {
        let reason = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        let name = error.name().unwrap_or("unknown").to_string();
        Self::Template { name, line: error.line().unwrap_or(1), reason }
    }
}

/// Writes the site of a catalog into `folder`, which need not exist.
///
/// # Errors
/// When the folder holds something else, another build writes it, the disk says no, or one of the catalog's own
/// templates has a mistake.
pub fn build(portal: &Portal, folder: &Path, options: &Options) -> Result<Built, Error> {
    let site = Site::new(portal, options)?;
    write(&site, output::Output::open(folder, options.force)?, options)
}

/// Puts the site of a catalog on a shelf in memory, where it takes the place of the last one in one step.
///
/// # Errors
/// When one of the catalog's own templates has a mistake; then the last site stays.
pub fn preview(portal: &Portal, shelf: &Arc<output::Shelf>, options: &Options) -> Result<Built, Error> {
    let site = Site::new(portal, options)?;
    write(&site, output::Output::memory(shelf), options)
}

fn write(site: &Site<'_>, output: output::Output, options: &Options) -> Result<Built, Error> {
    let pages::Pages { count, left_out } = pages::write(site, &output, options)?;
    let summary = output.publish()?;
    options.progress.finish_and_clear();
    Ok(Built {
        pages: count,
        written: summary.written,
        unchanged: summary.unchanged,
        removed: summary.removed,
        bytes: summary.bytes,
        left_out,
    })
}

/// The site while it is built: the catalog, and everything that is worked out once for all pages.
#[derive(Debug)]
pub(in crate::site) struct Site<'a> {
    portal: &'a Portal,
    addresses: Addresses,
    icons: Icons,
    theme: Theme,
    outlines: Vec<Outline>,
    faces: Vec<Face<'a>>,
    hierarchy: Hierarchy,
    owners: Owners,
    /// The scorecards, and the numbers of those of each blueprint.
    boards: Vec<Board<'a>>,
    boards_of: Vec<Vec<usize>>,
    /// What can be asked for, and the runs, by action and the newest first.
    offers: Offers<'a>,
    runs: Vec<Run>,
    /// When what actions created expires.
    lifetimes: Lifetimes,
    past: Past,
    /// How computed properties are shown, by blueprint.
    computed: Vec<Vec<computed::Face<'a>>>,
    /// What every template may read.
    common: Value,
    frames: Frames,
    /// The blueprints whose entities are teams and users.
    team: Option<BlueprintId>,
    user: Option<BlueprintId>,
    /// The public address, ending in a slash.
    base: Option<String>,
    commit: Option<Commit>,
    /// How the initiatives have come along.
    outlooks: Vec<Outlook>,
    /// How scorecards, and what pages follow, have come along.
    trends: Trends,
    /// The documents of entities: `all` lists them, and `document::path` says where the page of each is.
    documents: &'a Documents,
}

impl<'a> Site<'a> {
    fn new(portal: &'a Portal, options: &'a Options) -> Result<Self, Error> {
        let catalog = &portal.catalog;
        let theme = Theme::new(&options.templates)?;
        let addresses = Addresses::new(catalog);
        let icons = Icons::new();
        let outlines: Vec<Outline> =
            catalog.blueprints().map(|(id, _)| Outline::new(catalog, &addresses, &icons, id)).collect();
        let base =
            options.base_url.as_deref().or(catalog.config().site_url.as_deref()).map(base).transpose()?;
        let feed = feed::is_any(&options.timeline);
        let common = brand::common(portal, base.as_deref(), feed);
        let team = catalog.team_blueprint();
        let places = navigation::arrange(portal, &addresses, places(portal, options));
        let facts = frame::Facts { common: common.clone(), places, feed };
        let frames = Frames::new(&theme, &facts, &lost_root(base.as_deref()))?;
        Ok(Self {
            portal,
            faces: face::all(catalog, &addresses, &icons, &outlines),
            hierarchy: Hierarchy::new(catalog, &portal.graph, &outlines),
            icons,
            theme,
            outlines,
            owners: Owners::new(catalog, &portal.graph),
            boards_of: boards_of(portal),
            boards: board::boards(portal),
            offers: Offers::new(portal),
            lifetimes: Lifetimes::new(catalog, &options.runs),
            runs: action::sorted(options.runs.clone()),
            past: Past::new(catalog, Arc::clone(&options.timeline), &options.trends, portal.now),
            computed: catalog
                .blueprints()
                .map(|(id, _)| computed::Face::all(catalog, portal.computed.columns(id), id))
                .collect(),
            common,
            frames,
            team,
            user: catalog.find_blueprint(catalog.config().user()),
            base,
            commit: options.commit.clone(),
            outlooks: options.outlooks.clone(),
            trends: options.trends.clone(),
            documents: &options.documents,
            addresses,
        })
    }

    fn catalog(&self) -> &'a Catalog {
        &self.portal.catalog
    }

    fn graph(&self) -> &'a Graph {
        &self.portal.graph
    }

    fn outline(&self, blueprint: BlueprintId) -> &Outline {
        &self.outlines[blueprint.index()]
    }

    fn face(&self, entity: EntityId) -> &Face<'a> {
        &self.faces[entity.index()]
    }

    fn frame(&self, root: &str, area: Area) -> Value {
        self.frames.get(root, area)
    }

    /// Returns the numbers of the scorecards of a blueprint.
    fn boards_of(&self, blueprint: BlueprintId) -> &[usize] {
        &self.boards_of[blueprint.index()]
    }

    /// Returns the file and the line that an entity is written in.
    fn place(&self, entity: EntityRef<'_>) -> (&'a str, usize) {
        self.place_at(entity.node().span())
    }

    /// Returns the file and the line that something is written in.
    fn place_at(&self, span: Span) -> (&'a str, usize) {
        /// Up to here, counting is cheaper than keeping where each line starts.
        const SMALL: usize = 16 * 1024;
        let source = self.portal.sources.get(span.source);
        let start = span.start;
        let line = if source.text().len() <= SMALL {
            let before = source.text().as_bytes().get(..start as usize).unwrap_or_default();
            1 + before.iter().filter(|&&byte| byte == b'\n').count()
        } else {
            source.line_at(start)
        };
        (source.path(), line)
    }
}

/// Returns what the bar of every page leads to.
fn places(portal: &Portal, options: &Options) -> Vec<Place> {
    let place = Place::own;
    let mut places = vec![
        place(Area::Overview, "Overview", "index.html"),
        place(Area::Catalog, "Catalog", "index.html#catalog"),
    ];
    if dashboard::is_any(portal) {
        places.push(place(Area::Dashboards, "Dashboards", &dashboard::path()));
    }
    if !portal.scores.cards.is_empty() {
        places.push(place(Area::Scorecards, "Scorecards", "scorecards/index.html"));
    }
    if action::is_any(portal) {
        places.push(place(Area::Actions, "Actions", "actions/index.html"));
    }
    if graph::is_any(portal) {
        places.push(place(Area::Graph, "Graph", graph::MODEL));
    }
    if team::is_any(&portal.catalog) {
        places.push(place(Area::Teams, "Teams", team::PATH));
    }
    if audit::is_any(options) {
        places.push(place(Area::Audit, "Audit", audit::PATH));
    }
    places
}

/// Returns the numbers of the scorecards of each blueprint.
fn boards_of(portal: &Portal) -> Vec<Vec<usize>> {
    let mut boards = vec![Vec::new(); portal.catalog.blueprints().len()];
    for (number, card) in portal.scores.cards.iter().enumerate() {
        boards[card.blueprint.index()].push(number);
    }
    boards
}

/// Returns the public address with a slash at its end.
fn base(url: &str) -> Result<String, Error> {
    let parsed =
        url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mut base = String::from(parsed.ok_or_else(|| Error::BaseUrl(url.to_string()))?);
    if let Some(end) = base.find(['?', '#']) {
        base.truncate(end);
    }
    if !base.ends_with('/') {
        base.push('/');
    }
    Ok(base)
}

/// Returns what links of the page for lost readers start with: hosts show it at any depth, so they must not be
/// relative to it when it is known where the site is.
fn lost_root(base: Option<&str>) -> String {
    let url = base.and_then(|base| url::Url::parse(base).ok());
    url.map(|url| url.path().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
