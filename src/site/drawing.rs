//! The drawing of one entity and its neighbours in three columns.

use minijinja::Value;

use super::Site;
use super::face::Face;
use super::icon::Used;
use super::link::clip;
use super::markup::Markup;
use super::neighbour::Group;
use super::record::{none, record};
use crate::catalog::{EntityId, EntityRef};

/// Left edge of the left column, the middle and the right column.
const LEFT: i32 = 0;
const MIDDLE: i32 = 350;
const RIGHT: i32 = 684;
const MIDDLE_WIDTH: i32 = 200;
const SIDE_WIDTH: i32 = 244;
/// Where lines turn up and down, on the left and on the right.
const TURNS: [i32; 2] = [SIDE_WIDTH + 40, RIGHT - 60];
/// How far lines are round where they turn.
const ROUND: i32 = 8;
/// The most letters of a neighbour's name.
const LONGEST: usize = 29;
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
        /// The whole, as SVG.
        markup,
        /// Whether one column is missing.
        narrow,
    }
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
    root: &'static str,
    edges: Markup,
    heads: Markup,
    labels: Markup,
    nodes: Markup,
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
    root: &'static str,
    icons: &mut Used<'_>,
) -> Value {
    // What the entity is a part of is drawn around it, not beside it.
    let up = site.outline(entity.blueprint_id()).parent.filter(|_| !parents.is_empty());
    let uses: Vec<&Group<'_>> = uses.iter().filter(|group| up.is_none() || group.own != up).collect();
    // Its parts have a drawing of their own.
    let used_by: Vec<&Group<'_>> = used_by.iter().filter(|group| !group.parts).collect();
    if used_by.is_empty() && uses.is_empty() {
        return none();
    }
    let (left, right) = (Column::new(&used_by), Column::new(&uses));
    let parents = &parents[..parents.len().min(2)];
    let around = if parents.is_empty() { 60 } else { 84 + 64 * count(parents.len()) };
    let height = left.height.max(right.height).max(around);
    let mut pen = Pen::new(site, root, height / 2);
    pen.side(&left, Side::Left, icons);
    pen.side(&right, Side::Right, icons);
    if !used_by.is_empty() {
        arrow(&mut pen.heads, MIDDLE - 8, pen.center);
    }
    let from = if used_by.is_empty() { 296 } else { LEFT - 1 };
    let to = if uses.is_empty() { 604 } else { RIGHT + SIDE_WIDTH + 1 };
    let mut out = Markup::with_capacity(4096);
    out.raw("<svg viewBox=\"")
        .number(from)
        .raw(" -1 ")
        .number(to - from)
        .raw(" ")
        .number(height + 2)
        .raw("\">");
    pen.finish(parents, &mut out);
    me(site.face(entity.id()), pen.center, icons, &mut out);
    out.raw("</svg>");
    Drawing { markup: out.finish(), narrow: Value::from(used_by.is_empty() || uses.is_empty()) }.into()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl<'p, 'a> Pen<'p, 'a> {
    fn new(site: &'p Site<'a>, root: &'static str, center: i32) -> Self {
        let [edges, heads, labels, nodes] = [512, 256, 512, 2048].map(Markup::with_capacity);
        Self { site, root, edges, heads, labels, nodes, center }
    }

    /// Draws the column of one side.
    fn side(&mut self, column: &Column<'_>, side: Side, icons: &mut Used<'_>) {
        let x = if side == Side::Left { LEFT } else { RIGHT };
        let mut y = self.center - column.height / 2 + TOP;
        let mut ends = Vec::with_capacity(MOST);
        for (label, entities) in &column.groups {
            text(&mut self.labels, x, y, &clip(label, 40));
            y += LABEL;
            for &id in *entities {
                self.node(id, x, y, icons);
                ends.push(y + NODE / 2);
                y += PITCH;
            }
            y += NODE - PITCH + GAP;
        }
        for &end in &ends {
            let outermost = ends.first() == Some(&end) || ends.last() == Some(&end);
            self.edge(end, side, outermost);
        }
        if column.rest > 0 {
            let label = format!("and {} more, listed below", column.rest);
            text(&mut self.labels, x, y - GAP + 22, &label);
        }
    }

    fn node(&mut self, id: EntityId, x: i32, y: i32, icons: &mut Used<'_>) {
        let face = self.site.face(id);
        let out = &mut self.nodes;
        face.begin(self.root, out);
        translate(out, x, y);
        out.raw(">");
        let label = clip(face.label(), LONGEST);
        if label != face.label() {
            out.raw("<title>").text(face.label()).raw("</title>");
        }
        out.raw("<rect/><use href=\"#").raw(icons.add(face.icon)).raw("\"/><text>").text(&label);
        out.raw("</text><text>");
        face.note(30, out);
        out.raw("</text></a>");
    }

    /// Draws the line between the middle and a neighbour at the height `y`, with right angles and round corners. All lines
    /// of a side share their way up and down, which those to the outermost draw.
    fn edge(&mut self, y: i32, side: Side, outermost: bool) {
        let center = self.center;
        let radius = ((y - center).abs() / 2).min(ROUND);
        let down = if y > center { radius } else { -radius };
        let whole = outermost || radius < ROUND;
        let path = &mut self.edges;
        let [left, right] = TURNS;
        match side {
            Side::Left => {
                path.raw("M").number(SIDE_WIDTH).raw(" ").number(y);
                if radius > 0 {
                    corner(path.raw("H").number(left - ROUND), -down);
                }
                if radius > 0 && whole {
                    corner_after(path.raw("V").number(center + down), -down);
                }
                if whole {
                    path.raw("H").number(MIDDLE - 4);
                }
            }
            Side::Right => {
                if whole {
                    path.raw("M").number(MIDDLE + MIDDLE_WIDTH).raw(" ").number(center);
                }
                if radius > 0 && whole {
                    corner(path.raw("H").number(right - ROUND), down);
                    path.raw("V").number(y - down);
                } else if !whole {
                    path.raw("M").number(right).raw(" ").number(y - down);
                }
                if radius > 0 {
                    corner_after(path, down);
                }
                path.raw("H").number(RIGHT - 4);
                arrow(&mut self.heads, RIGHT - 8, y);
            }
        }
    }

    /// Writes everything but the middle.
    fn finish(&self, parents: &[EntityId], out: &mut Markup) {
        if !parents.is_empty() {
            out.raw("<g class=\"box\">");
            for (depth, &parent) in parents.iter().enumerate().rev() {
                frame(self.site.face(parent), count(depth), self.center, out);
            }
            out.raw("</g>");
        }
        out.raw("<path class=\"e\" d=\"").append(&self.edges);
        out.raw("\"/><path class=\"h\" d=\"").append(&self.heads).raw("\"/>");
        out.append(&self.labels).append(&self.nodes);
    }
}

/// Turns from a level line up or down.
fn corner(path: &mut Markup, down: i32) {
    path.raw(if down < 0 { "q8 0 8" } else { "q8 0 8 " }).number(down);
}

/// Turns from an upright line back to level.
fn corner_after(path: &mut Markup, down: i32) {
    path.raw("q0 ").number(down).raw(if down < 0 { " 8" } else { " 8 " }).number(down);
}

/// Draws the head of an arrow that ends 8 to the right of `x`.
fn arrow(heads: &mut Markup, x: i32, y: i32) {
    heads.raw("M").number(x).raw(" ").number(y - 4).raw("l8 4-8 4z");
}

fn text(out: &mut Markup, x: i32, y: i32, text: &str) {
    out.raw("<text x=\"").number(x).raw("\" y=\"").number(y).raw("\">").text(text).raw("</text>");
}

/// Ends the attribute before, and moves an element.
fn translate(out: &mut Markup, x: i32, y: i32) {
    out.raw("\" transform=\"translate(").number(x).raw(" ").number(y).raw(")\"");
}

/// Draws the entity itself.
fn me(face: &Face<'_>, center: i32, icons: &mut Used<'_>, out: &mut Markup) {
    out.raw("<g class=\"me");
    translate(out, MIDDLE, center - 26);
    out.raw("><rect/><use href=\"#").raw(icons.add(face.icon)).raw("\"/><text>");
    out.text(&clip(face.label(), 22)).raw("</text><text>");
    face.note(28, out);
    out.raw("</text></g>");
}

/// Draws the frame, as large as the stylesheet says, of what the entity is a part of: `depth` 0 is the nearest.
fn frame(face: &Face<'_>, depth: i32, center: i32, out: &mut Markup) {
    let (x, y) = (MIDDLE - 32 - 14 * depth, center - 62 - 32 * depth);
    out.raw(if depth == 0 { "<rect class=\"in\" x=\"" } else { "<rect x=\"" }).number(x);
    out.raw("\" y=\"").number(y).raw("\"/>");
    text(out, x + 12, y + 19, &clip(&format!("{}, {}", face.label(), face.kind), 36));
}
