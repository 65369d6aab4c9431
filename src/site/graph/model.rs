//! The data model: every blueprint with its relations as a box with rows, and lines from the rows to what they lead to.

use minijinja::Value;

use super::layout::{Area, Item, Layout, Side, Sketch, Wire, lay_out};
use super::{MODEL, ROOT, count, pen};
use crate::catalog::BlueprintId;
use crate::model::relation::Relation;
use crate::printable::thousands;
use crate::site::Site;
use crate::site::definition;
use crate::site::frame::Area as Place;
use crate::site::icon::{Icon, Used};
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::record::{Link, list, maybe, none, record};

/// The most blueprints and the most rows of one that are drawn; the list below has all.
const MOST: usize = 80;
const MOST_ROWS: usize = 12;
/// The most neighbours on a side of a blueprint's own drawing.
const MOST_AROUND: usize = 8;
/// Up to here every relation has a line; above, what more than [`CROWD`] relations lead to is only named.
const FEW: usize = 8;
const CROWD: usize = 6;

const WIDTH: i32 = 220;
const HEAD: i32 = 32;
const ROW: i32 = 20;
const FOOT: i32 = 6;

/// Returns the letters that a row has room for beside `right`.
fn room(right: &str) -> usize {
    29usize.saturating_sub(right.chars().count()).max(8)
}

/// The blueprints of a catalog as they are drawn.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) kinds: Vec<Kind<'a>>,
}

/// A blueprint.
#[derive(Debug)]
pub(super) struct Kind<'a> {
    id: BlueprintId,
    pub(super) label: &'a str,
    pub(super) entities: usize,
    page: Option<&'a str>,
    icon: Icon,
    pub(super) relations: Vec<Row<'a>>,
}

/// A relation.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) relation: &'a Relation,
    /// The blueprints that it leads to, by number among those drawn.
    pub(super) targets: Vec<usize>,
    /// Whether lines are drawn to them.
    lined: bool,
}

impl<'a> Model<'a> {
    /// Returns the model of a catalog: all blueprints that have pages.
    pub(super) fn new(site: &'a Site<'_>) -> Self {
        let catalog = site.catalog();
        let shown: Vec<BlueprintId> = catalog
            .blueprints()
            .map(|(id, _)| id)
            .filter(|&id| site.addresses.folder(id).is_some())
            .collect();
        let mut numbers = vec![None; catalog.blueprints().len()];
        shown.iter().enumerate().for_each(|(number, id)| numbers[id.index()] = Some(number));
        let mut kinds: Vec<Kind<'a>> = shown.iter().map(|&id| Kind::new(site, id, &numbers)).collect();
        if kinds.len() > FEW {
            let mut users = vec![0; kinds.len()];
            kinds
                .iter()
                .flat_map(|kind| &kind.relations)
                .flat_map(|row| &row.targets)
                .for_each(|&to| users[to] += 1);
            for row in kinds.iter_mut().flat_map(|kind| &mut kind.relations) {
                row.lined = row.targets.iter().all(|&to| users[to] <= CROWD);
            }
        }
        Self { kinds }
    }
}

impl<'a> Kind<'a> {
    fn new(site: &'a Site<'_>, id: BlueprintId, numbers: &[Option<usize>]) -> Self {
        let blueprint = site.catalog().blueprint(id);
        let number = |name: &str| numbers[site.catalog().find_blueprint(name)?.index()];
        let row = |relation: &'a Relation| {
            let targets = relation.targets.iter().filter_map(|target| number(&target.value)).collect();
            Row { relation, targets, lined: true }
        };
        Self {
            id,
            label: blueprint.label(),
            entities: site.catalog().entities_of(id).len(),
            page: site.outline(id).page.as_deref(),
            icon: site.outline(id).icon,
            relations: blueprint.relations.iter().map(row).collect(),
        }
    }

    fn height(&self) -> i32 {
        let rows = count(self.relations.len().min(MOST_ROWS + 1));
        if rows == 0 { HEAD } else { HEAD + rows * ROW + FOOT }
    }
}

record! {
    /// What the template of the data model reads; `drawing` is markup.
    Page {
        site, frame, title, summary, icons,
        drawing, kinds, kind_count, relation_count, entity_count, crowded, left_out,
    }
}

record! {
    /// A blueprint in the list.
    ListedKind { link, count, relations }
}

record! {
    /// A relation in the list.
    ListedRelation { label, many, required, targets }
}

/// Returns what the page of the data model shows.
pub(super) fn page(site: &Site<'_>, model: &Model<'_>) -> Value {
    let mut icons = Used::new(&site.icons);
    let drawing = draw(model, &mut icons);
    let relations: usize = model.kinds.iter().map(|kind| kind.relations.len()).sum();
    let entities: usize = model.kinds.iter().map(|kind| kind.entities).sum();
    let mut crowded: Vec<usize> = model
        .kinds
        .iter()
        .flat_map(|kind| &kind.relations)
        .filter(|row| !row.lined)
        .flat_map(|row| row.targets.iter().copied())
        .collect();
    crowded.sort_unstable();
    crowded.dedup();
    let link = |kind: &Kind<'_>, icon| Link {
        text: Value::from(kind.label),
        id: none(),
        href: maybe(kind.page.map(|page| format!("{ROOT}{page}"))),
        icon,
        note: none(),
    };
    let listed = |row: &Row<'_>| ListedRelation {
        label: Value::from(row.relation.label()),
        many: Value::from(row.relation.many),
        required: Value::from(row.relation.required),
        targets: definition::targets(site, row.relation, ROOT),
    };
    Page {
        site: site.common.clone(),
        frame: site.frame(ROOT, Place::Graph),
        title: Value::from("Data model"),
        summary: Value::from("Which blueprint points at which"),
        drawing,
        kinds: list(model.kinds.iter().map(|kind| ListedKind {
            link: Value::from(link(kind, Value::from(icons.add(kind.icon)))),
            count: Value::from(thousands(kind.entities)),
            relations: list(kind.relations.iter().map(listed)),
        })),
        kind_count: Value::from(model.kinds.len()),
        relation_count: Value::from(relations),
        entity_count: Value::from(thousands(entities)),
        crowded: list(crowded.iter().map(|&at| link(&model.kinds[at], none()))),
        left_out: Value::from(model.kinds.len().saturating_sub(MOST)),
        icons: icons.drawings(),
    }
    .into()
}

/// Returns the drawing of the whole model.
fn draw(model: &Model<'_>, icons: &mut Used<'_>) -> Value {
    let kinds = &model.kinds[..model.kinds.len().min(MOST)];
    let item =
        |kind: &Kind<'_>| Item { height: kind.height(), group: 0, side: Side::Inside, entry: Some(HEAD / 2) };
    let mut wires = Vec::new();
    for (from, kind) in kinds.iter().enumerate() {
        for (row, relation) in kind.relations.iter().enumerate().filter(|(_, row)| row.lined) {
            let targets = relation.targets.iter().filter(|&&to| to != from && to < kinds.len());
            wires.extend(targets.map(|&to| Wire { from, meaning: row, to, port: Some(port(row)) }));
        }
    }
    wires.sort_unstable();
    wires.dedup();
    let items = kinds.iter().map(item).collect();
    let sketch = Sketch {
        items,
        wires,
        groups: vec![0],
        width: WIDTH,
        most: 5,
        even: kinds.len() > FEW,
        names: Vec::new(),
    };
    let layout = lay_out(&sketch);
    let mut out = Markup::with_capacity(32 * 1024);
    pen::begin(&layout, &mut out);
    pen::lines(&layout, &mut out);
    for (at, area) in layout.boxes.iter().enumerate() {
        boxed(model, at, *area, true, icons, &mut out);
    }
    out.raw("</svg>");
    out.finish()
}

/// Returns how far below the top of a box the line of a row leaves; rows that are not drawn share the last.
fn port(row: usize) -> i32 {
    HEAD + count(row.min(MOST_ROWS)) * ROW + ROW / 2
}

/// Draws a blueprint: a link with its name and how many there are, and below, when wanted, its relations.
fn boxed(model: &Model<'_>, at: usize, area: Area, rows: bool, icons: &mut Used<'_>, out: &mut Markup) {
    let kind = &model.kinds[at];
    let middle = area.y + if rows { HEAD / 2 } else { area.height / 2 };
    match kind.page {
        Some(page) => out.raw("<a href=\"").raw(ROOT).text(page).raw("\">"),
        None => out.raw("<g>"),
    };
    let number = thousands(kind.entities);
    let label = clip(kind.label, 24usize.saturating_sub(number.len()));
    if label != kind.label {
        out.raw("<title>").text(kind.label).raw("</title>");
    }
    pen::rectangle(area, out);
    out.raw("<use href=\"#").raw(icons.add(kind.icon)).raw("\" x=\"").number(area.x + 10).raw("\" y=\"");
    out.number(middle - 8).raw("\"/>");
    pen::text("n", area.x + 34, middle + 5, &label, out);
    pen::text("s r", area.x + area.width - 10, middle + 4, &number, out);
    out.raw(if kind.page.is_some() { "</a>" } else { "</g>" });
    if !rows || kind.relations.is_empty() {
        return;
    }
    out.raw("<path class=\"l\" d=\"M")
        .number(area.x)
        .raw(" ")
        .number(area.y + HEAD)
        .raw("h")
        .number(area.width)
        .raw("\"/>");
    for (number, row) in kind.relations.iter().enumerate().take(MOST_ROWS) {
        let y = area.y + port(number) + 4;
        let many = if row.relation.many { "many" } else { "one" };
        let right = match row.targets[..] {
            _ if row.targets.contains(&at) => format!("{many}, itself"),
            [] => format!("{many}, unknown"),
            [_, _, ..] if !row.lined => format!("{many} → {} blueprints", row.targets.len()),
            [to] if !row.lined => format!("{many} → {}", clip(model.kinds[to].label, 13)),
            _ => many.to_string(),
        };
        pen::text("t", area.x + 10, y, &clip(row.relation.label(), room(&right)), out);
        pen::text("s r", area.x + area.width - 10, y, &right, out);
    }
    if let Some(more @ 1..) = kind.relations.len().checked_sub(MOST_ROWS) {
        pen::text("s", area.x + 10, area.y + port(MOST_ROWS) + 4, &format!("and {more} more"), out);
    }
}

record! {
    /// The neighbourhood of a blueprint; `markup` is SVG.
    Around { markup, href }
}

/// Returns the drawing of a blueprint with what points at it and what it points at; nothing when it stands alone.
pub(in crate::site) fn around(site: &Site<'_>, id: BlueprintId, icons: &mut Used<'_>) -> Value {
    let model = Model::new(site);
    let Some(own) = model.kinds.iter().position(|kind| kind.id == id) else { return none() };
    let points = |kind: &Kind<'_>| kind.relations.iter().any(|row| row.targets.contains(&own));
    let left: Vec<usize> = (0..model.kinds.len())
        .filter(|&at| at != own && points(&model.kinds[at]))
        .take(MOST_AROUND)
        .collect();
    let mut right: Vec<usize> = model.kinds[own]
        .relations
        .iter()
        .flat_map(|row| row.targets.iter().copied())
        .filter(|&to| to != own)
        .collect();
    right.sort_unstable();
    right.dedup();
    right.truncate(MOST_AROUND);
    if left.is_empty() && right.is_empty() {
        return none();
    }
    let numbers: Vec<usize> =
        std::iter::once(own).chain(left.iter().copied()).chain(right.iter().copied()).collect();
    let side = |at: usize| match at {
        0 => Side::Inside,
        at if at <= left.len() => Side::Left,
        _ => Side::Right,
    };
    let item = |at: usize| match at {
        0 => Item { height: model.kinds[own].height(), group: 0, side: Side::Inside, entry: Some(HEAD / 2) },
        at => Item { height: HEAD, group: 0, side: side(at), entry: None },
    };
    let (wires, labels) = wires_around(&model, own, &numbers, left.len());
    let sketch = Sketch {
        items: (0..numbers.len()).map(item).collect(),
        wires,
        groups: vec![0],
        width: WIDTH,
        most: 1,
        even: false,
        names: labels.iter().map(|label| 6 * count(clip(label, 18).chars().count())).collect(),
    };
    let layout = lay_out(&sketch);
    let markup = draw_around(&model, &numbers, &layout, &labels, icons);
    Around { markup, href: Value::from(format!("{ROOT}{MODEL}")) }.into()
}

/// Returns the lines to and from a blueprint, and their names; those that start in a row have none.
fn wires_around<'a>(
    model: &Model<'a>,
    own: usize,
    numbers: &[usize],
    left: usize,
) -> (Vec<Wire>, Vec<&'a str>) {
    let rows = &model.kinds[own].relations;
    let mut labels = vec![""; rows.len()];
    let mut wires = Vec::new();
    for (row, relation) in rows.iter().enumerate() {
        let right = numbers.iter().enumerate().skip(left + 1);
        let targets = right.filter(|(_, number)| relation.targets.contains(number));
        wires.extend(targets.map(|(to, _)| Wire { from: 0, meaning: row, to, port: Some(port(row)) }));
    }
    for (from, &number) in numbers.iter().enumerate().skip(1).take(left) {
        for row in model.kinds[number].relations.iter().filter(|row| row.targets.contains(&own)) {
            wires.push(Wire { from, meaning: labels.len(), to: 0, port: None });
            labels.push(row.relation.label());
        }
    }
    wires.sort_unstable();
    (wires, labels)
}

fn draw_around(
    model: &Model<'_>,
    numbers: &[usize],
    layout: &Layout,
    labels: &[&str],
    icons: &mut Used<'_>,
) -> Value {
    let mut out = Markup::with_capacity(4096);
    pen::begin(layout, &mut out);
    pen::lines(layout, &mut out);
    for name in &layout.names {
        pen::text("s", name.x, name.y, &clip(labels[name.meaning], 18), &mut out);
    }
    for (at, (&number, &area)) in numbers.iter().zip(&layout.boxes).enumerate() {
        if at == 0 {
            out.raw("<g class=\"me\">");
        }
        boxed(model, number, area, at == 0, icons, &mut out);
        if at == 0 {
            out.raw("</g>");
        }
    }
    out.raw("</svg>");
    out.finish()
}
