//! What an entity consists of: its parts within a boundary, theirs within their own, the relations between them, and
//! the nearest outside.

use std::collections::BTreeMap;

use minijinja::Value;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use super::layout::{Area, Item, Side, Sketch, Wire, lay_out};
use super::{count, pen};
use crate::catalog::EntityId;
use crate::graph::Edge;
use crate::site::Site;
use crate::site::fingerprint::Fingerprints;
use crate::site::icon::Used;
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::record::record;

/// The most parts that are drawn.
const MOST: usize = 40;
/// The most entities outside that are drawn on a side.
const MOST_OUTSIDE: usize = 6;
/// The most relations of a part that are looked at, each way: what everything points at says little of its own.
const MOST_EDGES: usize = 200;
/// How wide and high a box is.
const WIDTH: i32 = 172;
const HEIGHT: i32 = 40;
/// The most letters of a name in a box.
const LONGEST_LABEL: usize = 17;
/// The most letters of a name of a line, and how wide one is.
const LONGEST_NAME: usize = 15;
const LETTER: i32 = 6;

record! {
    /// A drawing of parts; `markup` is SVG.
    Drawing {
        markup,
        /// How many parts there are, and how many are not drawn.
        count,
        rest,
        /// What all lines mean, when they mean the same.
        meaning,
        /// Whether something outside is drawn.
        outside,
    }
}

/// Returns the parts of an entity.
fn parts_of(site: &Site<'_>, entity: EntityId) -> Vec<EntityId> {
    site.graph().incoming(entity).filter(|edge| site.hierarchy.is_part(edge)).map(|edge| edge.from).collect()
}

/// A box, or what stands for those that there is no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Entity(EntityId),
    /// So many more, listed at the entity.
    More(usize, EntityId),
}

/// What is drawn of an entity's parts.
#[derive(Debug)]
pub(in crate::site) struct Parts {
    whole: EntityId,
    /// Boxes with the number of their boundary and their side.
    nodes: Vec<(Node, usize, Side)>,
    /// The entities whose boundaries are drawn, from number 1: the whole, then parts that have parts.
    groups: Vec<EntityId>,
    /// From, to, and the relation by its source's blueprint and its number there.
    wires: Vec<(usize, usize, (usize, u32))>,
    count: usize,
    rest: usize,
}

impl Parts {
    /// Returns what is drawn of an entity's parts; `None` when it has none.
    pub(in crate::site) fn of(site: &Site<'_>, whole: EntityId) -> Option<Self> {
        let direct = parts_of(site, whole);
        if direct.is_empty() {
            return None;
        }
        let mut parts = Self {
            whole,
            nodes: Vec::new(),
            groups: vec![whole],
            wires: Vec::new(),
            count: direct.len(),
            rest: 0,
        };
        parts.choose(site, &direct);
        parts.connect(site);
        Some(parts)
    }

    /// Chooses the parts that there is room for; those that have parts share what is left.
    fn choose(&mut self, site: &Site<'_>, direct: &[EntityId]) {
        let shown = &direct[..direct.len().min(MOST)];
        self.rest = direct.len() - shown.len();
        let below: Vec<Vec<EntityId>> = shown.iter().map(|&part| parts_of(site, part)).collect();
        let mut left = MOST - shown.len();
        let mut shares = vec![0; shown.len()];
        while left > 0 {
            let open = (0..shown.len()).filter(|&at| shares[at] < below[at].len());
            let Some(at) = open.min_by_key(|&at| shares[at]) else { break };
            shares[at] += 1;
            left -= 1;
        }
        for ((&part, below), share) in shown.iter().zip(&below).zip(shares) {
            if share == 0 {
                self.nodes.push((Node::Entity(part), 1, Side::Inside));
                continue;
            }
            self.groups.push(part);
            let group = self.groups.len();
            self.nodes.extend(below[..share].iter().map(|&at| (Node::Entity(at), group, Side::Inside)));
            if below.len() > share {
                self.nodes.push((Node::More(below.len() - share, part), group, Side::Inside));
            }
            self.count += below.len();
            self.rest += below.len() - share;
        }
        if direct.len() > shown.len() {
            self.nodes.push((Node::More(direct.len() - shown.len(), self.whole), 1, Side::Inside));
        }
    }

    /// Finds the relations between parts, and what is nearest outside.
    fn connect(&mut self, site: &Site<'_>) {
        self.stand_for_groups(site);
        let mut places: FxHashMap<EntityId, usize> = FxHashMap::default();
        for (at, (node, ..)) in self.nodes.iter().enumerate() {
            if let Node::Entity(id) = node {
                places.insert(*id, at);
            }
        }
        let mut wires = Vec::new();
        // Those that point at parts, and those that parts point at, each with how often.
        let mut outside = BTreeMap::<EntityId, (usize, usize)>::new();
        for &id in places.keys().collect::<std::collections::BTreeSet<_>>() {
            let edges = site.graph().outgoing(id).iter().take(MOST_EDGES);
            for edge in edges.filter(|edge| self.is_shown(site, edge) && !self.is_around(edge.to)) {
                match places.get(&edge.to) {
                    Some(&to) => wires.push((places[&id], to, self.meaning(site, edge))),
                    None => outside.entry(edge.to).or_default().1 += 1,
                }
            }
            let edges = site.graph().incoming(id).take(MOST_EDGES);
            for edge in edges.filter(|edge| self.is_shown(site, edge) && !self.is_around(edge.from)) {
                if !places.contains_key(&edge.from) {
                    outside.entry(edge.from).or_default().0 += 1;
                }
            }
        }
        // What there was no room for, and the boundaries themselves, are not outside.
        outside
            .retain(|&id, _| !self.groups.contains(&id) && !site.hierarchy.above(id).contains(&self.whole));
        for (id, side) in nearest(&outside) {
            let at = self.nodes.len();
            self.nodes.push((Node::Entity(id), 0, side));
            for edge in site.graph().outgoing(id).iter().take(MOST_EDGES) {
                if let Some(&to) = places.get(&edge.to).filter(|_| self.is_shown(site, edge)) {
                    wires.push((at, to, self.meaning(site, edge)));
                }
            }
            for edge in site.graph().incoming(id).take(MOST_EDGES) {
                if let Some(&from) = places.get(&edge.from).filter(|_| self.is_shown(site, edge)) {
                    wires.push((from, at, self.meaning(site, edge)));
                }
            }
        }
        wires.retain(|(from, to, _)| from != to);
        wires.sort_unstable();
        wires.dedup();
        self.wires = wires;
    }

    /// Puts a box for a part that has parts within its own boundary, when it has relations itself.
    fn stand_for_groups(&mut self, site: &Site<'_>) {
        for (number, &group) in self.groups.iter().enumerate().skip(1) {
            let graph = site.graph();
            let mut edges = graph.outgoing(group).iter().chain(graph.incoming(group)).take(MOST_EDGES);
            let other = |edge: &Edge| if edge.from == group { edge.to } else { edge.from };
            if edges.any(|edge| self.is_shown(site, edge) && !self.is_around(other(edge))) {
                let at = self.nodes.iter().position(|(_, of, _)| *of == number + 1).unwrap_or(0);
                self.nodes.insert(at, (Node::Entity(group), number + 1, Side::Inside));
            }
        }
    }

    /// Returns whether a line is drawn for an edge: what boundaries say is not said again.
    fn is_shown(&self, site: &Site<'_>, edge: &Edge) -> bool {
        edge.from != edge.to && !site.hierarchy.is_part(edge)
    }

    fn is_around(&self, id: EntityId) -> bool {
        id == self.whole
    }

    fn meaning(&self, site: &Site<'_>, edge: &Edge) -> (usize, u32) {
        (site.catalog().entity(edge.from).blueprint_id().index(), edge.relation)
    }

    /// Returns a hash of what is drawn, joined with `others`.
    pub(in crate::site) fn hash(&self, prints: &Fingerprints, others: u64) -> u64 {
        let mut hasher = Xxh3::new();
        let mut add = |number: u64| hasher.update(&number.to_le_bytes());
        [others, self.count as u64, self.rest as u64].into_iter().for_each(&mut add);
        for &(node, group, _) in &self.nodes {
            let (id, more) = match node {
                Node::Entity(id) => (id, 0),
                Node::More(more, id) => (id, more),
            };
            [group as u64, more as u64, prints.face(id)].into_iter().for_each(&mut add);
        }
        self.groups.iter().for_each(|&id| add(prints.face(id)));
        for &(from, to, (blueprint, relation)) in &self.wires {
            [from as u64, to as u64, blueprint as u64, u64::from(relation)].into_iter().for_each(&mut add);
        }
        hasher.digest()
    }

    /// Returns the drawing, on a page whose links start with `root`.
    pub(in crate::site) fn draw(&self, site: &Site<'_>, root: &'static str, icons: &mut Used<'_>) -> Drawing {
        let mut meanings: Vec<(usize, u32)> = self.wires.iter().map(|wire| wire.2).collect();
        meanings.sort_unstable();
        meanings.dedup();
        let names: Vec<&str> = meanings.iter().map(|&meaning| name(site, meaning)).collect();
        // What is called the same is one meaning.
        let mut labels = names.clone();
        labels.sort_unstable();
        labels.dedup();
        let sketch = sketch(self, &meanings, &names, &labels);
        let layout = lay_out(&sketch);
        let mut out = Markup::with_capacity(8192);
        pen::begin(&layout, &mut out);
        for (&group, &area) in self.groups.iter().zip(layout.frames.iter().skip(1)) {
            boundary(site, group, area, root, group != self.whole, &mut out);
        }
        pen::lines(&layout, &mut out);
        let mut written = layout.names.clone();
        written.sort_unstable();
        written.dedup();
        for name in written {
            let class = if name.ends { "s r" } else { "s" };
            pen::text(class, name.x, name.y, &clip(labels[name.meaning], LONGEST_NAME), &mut out);
        }
        for (&(node, ..), &area) in self.nodes.iter().zip(&layout.boxes) {
            draw_node(site, node, area, root, icons, &mut out);
        }
        out.raw("</svg>");
        Drawing {
            markup: out.finish(),
            count: Value::from(self.count),
            rest: Value::from(self.rest),
            meaning: if let [only] = labels[..] { Value::from(only) } else { Value::from(()) },
            outside: Value::from(self.nodes.iter().any(|(.., side)| *side != Side::Inside)),
        }
    }
}

/// Returns those outside that are connected most, on the side where they are.
fn nearest(outside: &BTreeMap<EntityId, (usize, usize)>) -> Vec<(EntityId, Side)> {
    let of = |side: Side| {
        let mut found: Vec<(EntityId, usize)> = outside
            .iter()
            .filter(|(_, (users, used))| (users >= used) == (side == Side::Left))
            .map(|(&id, (users, used))| (id, users + used))
            .collect();
        found.sort_by_key(|&(id, count)| (std::cmp::Reverse(count), id));
        found.truncate(MOST_OUTSIDE);
        found.into_iter().map(move |(id, _)| (id, side))
    };
    of(Side::Left).chain(of(Side::Right)).collect()
}

fn name<'a>(site: &'a Site<'_>, (blueprint, relation): (usize, u32)) -> &'a str {
    site.catalog().blueprint(crate::catalog::BlueprintId::new(blueprint)).relations[relation as usize].label()
}

fn sketch(parts: &Parts, meanings: &[(usize, u32)], names: &[&str], labels: &[&str]) -> Sketch {
    let meaning = |of: (usize, u32)| {
        let name = meanings.binary_search(&of).map_or("", |at| names[at]);
        labels.binary_search(&name).unwrap_or(0)
    };
    let mut wires: Vec<Wire> = parts
        .wires
        .iter()
        .map(|&(from, to, of)| Wire { from, meaning: meaning(of), to, port: None })
        .collect();
    wires.sort_unstable();
    wires.dedup();
    let width = |label: &&str| LETTER * count(clip(label, LONGEST_NAME).chars().count());
    Sketch {
        items: parts
            .nodes
            .iter()
            .map(|&(node, group, side)| Item {
                height: if matches!(node, Node::More(..)) { 24 } else { HEIGHT },
                group,
                side,
                entry: None,
            })
            .collect(),
        wires,
        groups: (0..=parts.groups.len()).map(|group| usize::from(group > 1)).collect(),
        width: WIDTH,
        most: 4,
        even: false,
        names: if labels.len() > 1 { labels.iter().map(width).collect() } else { Vec::new() },
    }
}

/// Draws the boundary of an entity; those of parts lead to them.
fn boundary(site: &Site<'_>, id: EntityId, area: Area, root: &'static str, linked: bool, out: &mut Markup) {
    let face = site.face(id);
    let title = clip(&format!("{}, {}", face.label(), face.kind), 30).into_owned();
    out.raw(if linked { "<g class=\"in\">" } else { "<g class=\"box\">" });
    pen::rectangle(area, out);
    if linked {
        face.begin(root, out).raw("\">");
    }
    pen::text("s", area.x + 12, area.y + 19, &title, out);
    out.raw(if linked { "</a></g>" } else { "</g>" });
}

fn draw_node(
    site: &Site<'_>,
    node: Node,
    area: Area,
    root: &'static str,
    icons: &mut Used<'_>,
    out: &mut Markup,
) {
    let middle = area.y + area.height / 2;
    let id = match node {
        Node::Entity(id) => id,
        Node::More(more, of) => {
            // The list of the whole is on this page or on that of the part.
            site.face(of).begin(root, out).raw("#relations\"><text class=\"s\" x=\"").number(area.x + 4);
            out.raw("\" y=\"").number(middle + 4).raw("\">and ").number(more).raw(" more</text></a>");
            return;
        }
    };
    let face = site.face(id);
    // How wide and high a box is, and where in it what stands, is in the stylesheet.
    face.begin(root, out).raw("\" transform=\"translate(").number(area.x).raw(" ").number(area.y).raw(")\">");
    let label = clip(face.label(), LONGEST_LABEL);
    if label != face.label() {
        out.raw("<title>").text(face.label()).raw("</title>");
    }
    out.raw("<rect/><use href=\"#").raw(icons.add(face.icon)).raw("\"/><text>").text(&label);
    out.raw("</text><text>");
    face.note(21, out);
    out.raw("</text></a>");
}
