//! The drawing of one entity and its neighbours in three columns: places and lines, no markup.

use std::fmt::Write;

use minijinja::Value;

use super::icon::Used;
use super::link::clip;
use super::neighbour::Group;
use super::record::{list, none, record};
use super::{Site, value};
use crate::catalog::{EntityId, EntityRef};

/// Left edge of the left column, the middle and the right column.
const LEFT: i32 = 0;
const MIDDLE: i32 = 330;
const RIGHT: i32 = 644;
const MIDDLE_WIDTH: i32 = 200;
const SIDE_WIDTH: i32 = 216;
const NODE: i32 = 40;
const PITCH: i32 = 46;
/// From the baseline of a label to the first node under it.
const LABEL: i32 = 8;
/// From the last node of a group to the baseline of the next label.
const GAP: i32 = 30;
/// From the top to the first baseline.
const TOP: i32 = 12;
/// The most neighbours on a side.
const MOST: usize = 8;

record! {
    /// A drawing.
    Drawing {
        /// Left edge, width and height of what is visible.
        left, width, height,
        /// Whether one column is missing.
        narrow,
        /// Lines and arrow heads, as paths.
        edges, heads,
        boxes, labels, nodes, me,
    }
}

record! {
    /// A text, or a box with a text in its corner.
    Label { x, y, text, width, height, text_x, text_y, class }
}

record! {
    /// A neighbour, or the entity itself.
    Node { x, y, href, icon, text, full, note }
}

/// One side of a drawing while it is laid out.
struct Column<'g> {
    groups: Vec<(String, &'g [EntityId])>,
    /// How many entities are not drawn.
    rest: usize,
    height: i32,
}

impl<'g> Column<'g> {
    /// Returns the groups that fit, each with a fair share of the places.
    fn new(groups: &[&'g Group<'_>]) -> Self {
        let shown = &groups[..groups.len().min(MOST)];
        let mut shares: Vec<usize> = shown.iter().map(|_| 1).collect();
        let mut left = MOST - shown.len();
        while left > 0 {
            let Some(at) = (0..shown.len())
                .filter(|&at| shares[at] < shown[at].entities.len())
                .min_by_key(|&at| shares[at])
            else {
                break;
            };
            shares[at] += 1;
            left -= 1;
        }
        let all: usize = groups.iter().map(|group| group.entities.len()).sum();
        let label = |group: &&Group<'_>| match group.of {
            Some(of) => format!("{of}: {}", group.label),
            None => group.label.to_string(),
        };
        let groups: Vec<_> = shown
            .iter()
            .zip(&shares)
            .map(|(group, &share)| (label(group), &group.entities[..share]))
            .collect();
        let nodes: i32 =
            groups.iter().map(|(_, entities)| count(entities.len()) * PITCH - PITCH + NODE).sum();
        let rest = all - shares.iter().sum::<usize>();
        let more = if rest > 0 { 24 } else { 0 };
        let height = TOP + nodes + count(groups.len()) * (LABEL + GAP) - GAP + more;
        Self { height: if groups.is_empty() { 0 } else { height }, groups, rest }
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A drawing in the making.
struct Pen<'p, 'a> {
    site: &'p Site<'a>,
    root: &'p str,
    edges: String,
    heads: String,
    labels: Vec<Label>,
    nodes: Vec<Node>,
    center: i32,
}

/// Returns the drawing of an entity, or nothing when it stands alone; `parents` are what it is a part of, the
/// nearest first.
pub(super) fn draw(
    site: &Site<'_>,
    entity: EntityRef<'_>,
    used_by: &[Group<'_>],
    uses: &[Group<'_>],
    parents: &[EntityId],
    root: &str,
    icons: &mut Used<'_>,
) -> Value {
    if used_by.is_empty() && uses.is_empty() {
        return none();
    }
    // What the entity is a part of is drawn around it, not beside it.
    let up = site.outline(entity.blueprint_id()).parent.filter(|_| !parents.is_empty());
    let uses: Vec<&Group<'_>> = uses.iter().filter(|group| up.is_none() || group.own != up).collect();
    let used_by: Vec<&Group<'_>> = used_by.iter().collect();
    let (left, right) = (Column::new(&used_by), Column::new(&uses));
    let parents = &parents[..parents.len().min(2)];
    let height = left.height.max(right.height).max(if parents.is_empty() {
        60
    } else {
        84 + 64 * count(parents.len())
    });
    let center = height / 2;
    let mut pen = Pen {
        site,
        root,
        edges: String::new(),
        heads: String::new(),
        labels: Vec::new(),
        nodes: Vec::new(),
        center,
    };
    pen.side(&left, Side::Left, icons);
    pen.side(&right, Side::Right, icons);
    if !used_by.is_empty() {
        arrow(&mut pen.heads, MIDDLE - 8, center);
    }
    let from = if used_by.is_empty() { 276 } else { -1 };
    let to = if uses.is_empty() { 584 } else { 861 };
    let me = Node {
        x: Value::from(MIDDLE),
        y: Value::from(center - 26),
        href: none(),
        icon: icons.add(site.icon(entity)),
        text: Value::from(clip(entity.label(), 22)),
        full: Value::from(entity.label()),
        note: Value::from(clip(&note(site, entity), 28)),
    };
    Drawing {
        left: Value::from(from),
        width: Value::from(to - from),
        height: Value::from(height + 2),
        narrow: Value::from(used_by.is_empty() || uses.is_empty()),
        edges: Value::from(pen.edges),
        heads: Value::from(pen.heads),
        boxes: boxes(site, parents, center),
        labels: list(pen.labels),
        nodes: list(pen.nodes),
        me: Value::from(me),
    }
    .into()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Pen<'_, '_> {
    /// Draws the column of one side.
    fn side(&mut self, column: &Column<'_>, side: Side, icons: &mut Used<'_>) {
        let x = if side == Side::Left { LEFT } else { RIGHT };
        let mut y = self.center - column.height / 2 + TOP;
        for (label, entities) in &column.groups {
            self.labels.push(plain(x, y, &clip(label, 40)));
            y += LABEL;
            for &id in *entities {
                self.node(id, x, y, icons);
                self.edge(y + NODE / 2, side);
                y += PITCH;
            }
            y += NODE - PITCH + GAP;
        }
        if column.rest > 0 {
            let label = format!("and {} more, listed below", column.rest);
            self.labels.push(plain(x, y - GAP + 22, &label));
        }
    }

    fn node(&mut self, id: EntityId, x: i32, y: i32, icons: &mut Used<'_>) {
        let entity = self.site.catalog().entity(id);
        let text = clip(entity.label(), 24);
        let full = if text == entity.label() { none() } else { Value::from(entity.label()) };
        self.nodes.push(Node {
            x: Value::from(x),
            y: Value::from(y),
            href: Value::from(self.site.addresses.below(self.root, entity, ".html")),
            icon: icons.add(self.site.icon(entity)),
            text: Value::from(text),
            full,
            note: Value::from(clip(&note(self.site, entity), 30)),
        });
    }

    /// Draws the line between the middle and a neighbour at the height `y`, with right angles and round corners.
    fn edge(&mut self, y: i32, side: Side) {
        let center = self.center;
        let radius = ((y - center).abs() / 2).min(8);
        let down = if y > center { radius } else { -radius };
        let path = &mut self.edges;
        // Writing to a string does not fail.
        match side {
            Side::Left if radius == 0 => write!(path, "M{SIDE_WIDTH} {y}H{}", MIDDLE - 4),
            Side::Left => write!(
                path,
                "M{SIDE_WIDTH} {y}H248q8 0 8 {}V{}q0 {} 8 {}H{}",
                -down,
                center + down,
                -down,
                -down,
                MIDDLE - 4
            ),
            Side::Right if radius == 0 => write!(path, "M{} {center}H{}", MIDDLE + MIDDLE_WIDTH, RIGHT - 4),
            Side::Right => write!(
                path,
                "M{} {center}H596q8 0 8 {down}V{}q0 {down} 8 {down}H{}",
                MIDDLE + MIDDLE_WIDTH,
                y - down,
                RIGHT - 4
            ),
        }
        .ok();
        if side == Side::Right {
            arrow(&mut self.heads, RIGHT - 8, y);
        }
    }
}

/// Draws the head of an arrow that ends 8 to the right of `x`.
fn arrow(heads: &mut String, x: i32, y: i32) {
    write!(heads, "M{x} {}l8 4-8 4z", y - 4).ok();
}

/// Returns what is said of an entity in small: what it is.
fn note(site: &Site<'_>, entity: EntityRef<'_>) -> String {
    let blueprint = entity.blueprint();
    let outline = site.outline(entity.blueprint_id());
    let tag = outline.tags.first().and_then(|&number| {
        let property = &blueprint.properties[number].identifier.value;
        entity.property(property)?.text()
    });
    match tag {
        Some(tag) => format!("{}, {tag}", blueprint.label()),
        None => blueprint.label().to_string(),
    }
}

/// Returns the frames around the middle, the outer one first.
fn boxes(site: &Site<'_>, parents: &[EntityId], center: i32) -> Value {
    let frame = |(depth, &id): (usize, &EntityId)| {
        let entity = site.catalog().entity(id);
        let depth = count(depth);
        let (x, y) = (298 - 14 * depth, center - 62 - 32 * depth);
        Label {
            x: Value::from(x),
            y: Value::from(y),
            width: Value::from(264 + 28 * depth),
            height: Value::from(108 + 46 * depth),
            text_x: Value::from(x + 12),
            text_y: Value::from(y + 19),
            text: Value::from(clip(&format!("{}, {}", entity.label(), entity.blueprint().label()), 36)),
            class: Value::from(if depth == 0 { "in" } else { "" }),
        }
    };
    list(parents.iter().enumerate().map(frame).rev())
}

fn plain(x: i32, y: i32, text: &str) -> Label {
    let value::Atom { text, .. } = value::text(text);
    let (x, y) = (Value::from(x), Value::from(y));
    Label { x, y, text, width: none(), height: none(), text_x: none(), text_y: none(), class: none() }
}
