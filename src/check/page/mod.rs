//! Pages: widgets that could not show what they say, layouts that do not fit, and what a site cannot show.

mod chart;
mod layout;
mod subject;

use crate::catalog::{BlueprintId, Catalog};
use crate::condition::{Lookups, Scope, compile};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::graph::Graph;
use crate::jq;
use crate::model::Spanned;
use crate::model::instant::Instant;
use crate::model::page::about::{self, About, Place, Way};
use crate::model::page::{Content, Page, Prose, Sort, TYPES, Widget};
use crate::model::phrase::clip;
use crate::model::query::{QUERY, Query, RULE};
use crate::yaml::{Document, Kind};
use subject::wrong;

/// Pushes what is wrong with the pages of a catalog.
pub(super) fn check(catalog: &Catalog, graph: &Graph, now: Instant, found: &mut Vec<Diagnostic>) {
    let scope = Scope { catalog, graph, blueprint: None, max_age: None, now };
    jq::on_deep_stack(|| {
        for definition in catalog.pages() {
            let document = catalog.node(definition.place).document();
            let of = definition.value.blueprint.as_ref().filter(|_| definition.value.sort == Sort::Entity);
            let about = of.map(|name| name.value.as_str());
            page(&definition.value, &Checker { catalog, document, scope, about }, found);
        }
    });
}

/// What a page is checked with.
struct Checker<'a> {
    catalog: &'a Catalog,
    document: &'a Document,
    scope: Scope<'a>,
    /// The blueprint whose entities a page is about, when it is shown on the page of each.
    about: Option<&'a str>,
}

fn page(page: &Page, checker: &Checker<'_>, found: &mut Vec<Diagnostic>) {
    let span = page.identifier.span;
    let unshown = |message, help: &str| Diagnostic::new(Rule::UnshownWidget, span, message).help(help);
    if page.private {
        let message = "this page is private, and a site without a server cannot keep it so: it is left out";
        found.push(unshown(message, "share it with `visibility: org`, or keep it out of the catalog"));
    } else if page.sort == Sort::Entity && page.blueprint.is_none() {
        let message = "this page does not say the entities of which blueprint it is about: it is left out";
        found.push(unshown(message, "add `blueprint:` with the identifier of one"));
    } else if page.sort == Sort::Home {
        let message = "this page is one of the dashboards: the home page of the site stays what it is";
        found.push(unshown(message, "`site.home` in portal.yaml says what the home page has"));
    }
    if let Some(blueprint) = &page.blueprint {
        subject::blueprint(checker.catalog, blueprint, found);
    }
    for filter in &page.filters {
        let node = checker.document.node(*filter);
        if node.get("rules").is_some() || node.get("combinator").is_some() {
            QUERY.check(node, found);
        }
    }
    layout::check(&page.layout, &page.widgets, checker.document, found);
    page.each(&mut |widget| checker.widget(widget, page.sort == Sort::Entity, found));
}

impl Checker<'_> {
    /// Pushes what is wrong with one widget; `about_one` says that it is on the page of an entity, which it need not
    /// name.
    fn widget(&self, widget: &Widget, about_one: bool, found: &mut Vec<Diagnostic>) {
        let place = self.about.map(|blueprint| about::place(widget, blueprint, self.document));
        if let Some(Place::Refused(why)) = place {
            found.extend(left_out(widget, why));
        }
        if let Some(Place::Own | Place::Refused(_)) = place {
            return;
        }
        let blueprint = match (&widget.blueprint, self.about) {
            (Some(name), Some(of)) if about::is_blueprint(&name.value) => self.catalog.find_blueprint(of),
            (name, _) => name.as_ref().and_then(|name| subject::blueprint(self.catalog, name, found)),
        };
        match &place {
            Some(Place::Shown(Some(about))) => {
                self.shape(widget.dataset.as_ref(), found);
                self.way(widget, about, blueprint, found);
                self.search(&about.rest, blueprint, found);
            }
            _ => self.dataset(widget.dataset.as_ref(), blueprint, found),
        }
        if !widget.layout.is_empty() || matches!(widget.content, Content::Board) {
            layout::check(&widget.layout, &widget.widgets, self.document, found);
        }
        if needs_blueprint(&widget.content) && widget.blueprint.is_none() {
            let help = "add `blueprint:` with the identifier of one";
            found.push(wrong(self.place(widget), "it does not say whose entities it shows", help));
        }
        // What is put in on the page of an entity is not known here.
        let plain = |url: &&Spanned<String>| self.about.is_none() || !url.value.contains("{{");
        match &widget.content {
            Content::Unknown => found.extend(unknown(widget)),
            Content::Elsewhere(why) => found.extend(unshown(widget, why)),
            Content::Number(number) => chart::number(self, widget, number, blueprint, about_one, found),
            Content::Pie(levels) | Content::Bar(levels) => {
                self.about(widget, "property", levels.by.as_ref(), blueprint, found)
            }
            Content::Lines(chart) => chart::lines(self, widget, chart, about_one, found),
            Content::Table(table) => {
                let columns =
                    table.shown.iter().chain(&table.group).chain(table.sort.iter().map(|(name, _)| name));
                for (name, blueprint) in columns.filter_map(|name| Some((name, blueprint?))) {
                    let reference = crate::model::page::Reference::parse(&name.value);
                    subject::reference(self.catalog, blueprint, &Spanned::new(reference, name.span), found);
                }
            }
            Content::Entity(entity) => self.entity(widget, entity.as_ref(), blueprint, about_one, found),
            Content::Prose(Prose::Property { .. }) if self.about.is_some() => {}
            Content::Prose(Prose::Property { blueprint, entity, .. }) => {
                let blueprint =
                    blueprint.as_ref().and_then(|name| subject::blueprint(self.catalog, name, found));
                if let (Some(blueprint), Some(entity)) = (blueprint, entity) {
                    subject::entity(self.catalog, blueprint, entity, found);
                }
            }
            Content::Frame(url) => found.extend(url.iter().filter(plain).filter_map(address)),
            Content::Links(links) => found
                .extend(links.iter().filter_map(|link| link.url.as_ref()).filter(plain).filter_map(address)),
            Content::Actions(actions) => actions.iter().for_each(|name| self.action(name, found)),
            Content::Runs(action) => action.iter().for_each(|name| self.action(name, found)),
            Content::Heat(grid) => {
                self.about(widget, "rows", grid.rows.as_ref(), blueprint, found);
                match &grid.scorecard {
                    Some(name) => {
                        subject::scorecard(self.catalog, blueprint, &name.value, None, name.span, found)
                    }
                    None => self.about(widget, "columns", grid.columns.as_ref(), blueprint, found),
                }
            }
            Content::Standards { scorecards, by } => {
                for name in scorecards {
                    subject::scorecard(self.catalog, blueprint, &name.value, None, name.span, found);
                }
                if let (Some(by), Some(blueprint)) = (by, blueprint) {
                    subject::reference(self.catalog, blueprint, by, found);
                }
            }
            Content::Trend(scorecard) => match scorecard {
                Some(name) => {
                    subject::scorecard(self.catalog, blueprint, &name.value, None, name.span, found)
                }
                None => found.push(wrong(
                    self.place(widget),
                    "it does not say which scorecard",
                    "add `scorecard:`",
                )),
            },
            Content::Board
            | Content::Tabs(_)
            | Content::Prose(Prose::Text(_))
            | Content::People(_)
            | Content::Initiatives => {}
        }
    }

    /// Returns where a widget is told from others.
    fn place(&self, widget: &Widget) -> crate::source::Span {
        let name = widget.kind.as_ref().map(|kind| kind.span);
        name.unwrap_or_else(|| self.document.node(widget.node).span())
    }

    /// Pushes what is wrong with what a widget is about, written under `key`.
    fn about(
        &self,
        widget: &Widget,
        key: &str,
        written: Option<&Spanned<crate::model::page::Reference>>,
        blueprint: Option<BlueprintId>,
        found: &mut Vec<Diagnostic>,
    ) {
        match (written, blueprint) {
            (None, _) => {
                let message = format!("it does not say by what its entities divide: `{key}` is missing");
                found.push(wrong(
                    self.place(widget),
                    message,
                    format!("add `{key}: property#…`, `relation#…` or `scorecard#…`"),
                ));
            }
            (Some(written), Some(blueprint)) => subject::reference(self.catalog, blueprint, written, found),
            (Some(_), None) => {}
        }
    }

    fn entity(
        &self,
        widget: &Widget,
        entity: Option<&Spanned<String>>,
        blueprint: Option<BlueprintId>,
        about_one: bool,
        found: &mut Vec<Diagnostic>,
    ) {
        match (entity, blueprint) {
            (Some(name), Some(blueprint)) => subject::entity(self.catalog, blueprint, name, found),
            (None, _) if !about_one => {
                found.push(wrong(
                    self.place(widget),
                    "it does not say which entity it shows",
                    "add `entity:`",
                ));
            }
            _ => {}
        }
    }

    fn action(&self, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
        let names = self.catalog.actions().iter().map(|action| action.value.identifier.value.as_str());
        if !names.clone().any(|known| known == name.value) {
            found.push(subject::missing("action", name, names));
        }
    }

    /// Pushes what is wrong with a search about the entities of a blueprint.
    fn dataset(&self, dataset: Option<&Query>, blueprint: Option<BlueprintId>, found: &mut Vec<Diagnostic>) {
        self.shape(dataset, found);
        if let Some(dataset) = dataset {
            self.search(dataset, blueprint, found);
        }
    }

    /// Pushes what is wrong with how a search is written.
    fn shape(&self, dataset: Option<&Query>, found: &mut Vec<Diagnostic>) {
        let Some(node) = dataset.map(|dataset| self.document.node(dataset.node)) else { return };
        match node.kind() {
            Kind::Map => QUERY.check(node, found),
            _ => node.items().for_each(|rule| crate::model::shape::Shape::Object(&RULE).check(rule, found)),
        }
    }

    /// Pushes that the entities of a blueprint have no such relation to the entity that is looked at.
    fn way(
        &self,
        widget: &Widget,
        about: &About,
        blueprint: Option<BlueprintId>,
        found: &mut Vec<Diagnostic>,
    ) {
        let (Way::Pointing(name), Some(blueprint)) = (&about.way, blueprint) else { return };
        let of = self.catalog.blueprint(blueprint);
        if of.relation(name).is_none() {
            let message = format!("`{}` has no relation `{}`", of.identifier.value, clip(name));
            let names = of.relations.iter().map(|relation| relation.identifier.value.as_str());
            let help = did_you_mean(name, names)
                .unwrap_or_else(|| "name a relation that leads to the entity".into());
            found.push(wrong(self.place(widget), message, help));
        }
    }

    /// Pushes what is wrong with what a search asks about the entities of a blueprint.
    fn search(&self, dataset: &Query, blueprint: Option<BlueprintId>, found: &mut Vec<Diagnostic>) {
        let node = self.document.node(dataset.node);
        let mut lookups = Lookups::default();
        let condition =
            compile(dataset, self.document, Scope { blueprint, ..self.scope }, &mut lookups, found);
        if !lookups.is_empty() {
            let message = "a widget cannot ask for files or the history";
            let help = "ask for a property, or for a scorecard whose rules ask for them";
            found.push(Diagnostic::new(Rule::InvalidCondition, node.span(), message).help(help));
        }
        if condition.is_personal() {
            let message =
                "this depends on who looks, whom a site without a server does not know: it shows nothing";
            let help = "ask for a team or a user by name";
            found.push(Diagnostic::new(Rule::UnshownWidget, node.span(), message).help(help));
        }
    }
}

fn needs_blueprint(content: &Content) -> bool {
    match content {
        Content::Number(_) | Content::Pie(_) | Content::Bar(_) | Content::Table(_) | Content::Entity(_) => {
            true
        }
        Content::Heat(grid) => grid.scorecard.is_none(),
        _ => false,
    }
}

fn unknown(widget: &Widget) -> Option<Diagnostic> {
    let kind = widget.kind.as_ref()?;
    let names = || TYPES.iter().map(|(name, _)| *name);
    let message = format!("there is no widget of the type `{}`; nothing is shown", clip(&kind.value));
    let help = did_you_mean(&kind.value, names());
    let help = help.unwrap_or_else(|| "docs/pages.md lists the types".into());
    Some(Diagnostic::new(Rule::UnknownWidget, kind.span, message).help(help))
}

fn unshown(widget: &Widget, why: &str) -> Option<Diagnostic> {
    let kind = widget.kind.as_ref()?;
    let message = format!("`{}` {why}", kind.value);
    let help = "the page says so in its place; remove the widget, or turn this rule off";
    Some(Diagnostic::new(Rule::UnshownWidget, kind.span, message).help(help))
}

/// Returns the finding that a widget is left out of the pages of entities.
fn left_out(widget: &Widget, why: &str) -> Option<Diagnostic> {
    let kind = widget.kind.as_ref()?;
    let message = format!("this `{}` {why}", kind.value);
    let help = "it is left out of the pages of entities; move it to a dashboard, or turn this rule off";
    Some(Diagnostic::new(Rule::UnshownWidget, kind.span, message).help(help))
}

/// Returns the finding that an address is none that a page can link to.
fn address(url: &Spanned<String>) -> Option<Diagnostic> {
    let parsed = url::Url::parse(&url.value).ok();
    let fine = parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
    (!fine).then(|| {
        let message = format!("`{}` is no web address, so nothing is linked", clip(&url.value));
        wrong(url.span, message, "begin it with https://")
    })
}
