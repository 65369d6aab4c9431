//! Layers of a chart: on which each node is, and in which order the nodes of each stand.

use super::Chart;

/// How often the order is improved.
const SWEEPS: usize = 12;

/// A cell of a layer: a node, or a place that an edge passes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    /// The node, or the edge that passes.
    pub(super) what: What,
    pub(super) layer: usize,
    /// The group that it is in, with both ends for an edge.
    pub(super) group: Option<usize>,
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Node(usize),
    /// An edge that passes.
    Pass,
    /// An edge at the place of its label.
    Label(usize),
}

/// A chart in layers.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) cells: Vec<Cell>,
    /// The cells of each layer, in their order.
    pub(super) layers: Vec<Vec<usize>>,
    /// The cells that each edge leads through, from the upper layer to the lower.
    pub(super) ways: Vec<Vec<usize>>,
    /// Whether the edge leads up, so that its way is the other way round.
    pub(super) reversed: Vec<bool>,
}

/// Returns the chart in layers.
pub(super) fn layers(chart: &Chart) -> Layers {
    let reversed = reversed(chart);
    let rank = ranks(chart, &reversed);
    let mut layers = Layers { cells: Vec::new(), layers: Vec::new(), ways: Vec::new(), reversed };
    layers.layers = vec![Vec::new(); rank.iter().max().map_or(0, |last| last + 1)];
    for (number, node) in chart.nodes.iter().enumerate() {
        layers.add(What::Node(number), rank[number], node.group);
    }
    for (number, edge) in chart.edges.iter().enumerate() {
        let (from, to) = if layers.reversed[number] { (edge.to, edge.from) } else { (edge.from, edge.to) };
        let groups = (chart.nodes[from].group, chart.nodes[to].group);
        let group = groups.0.filter(|_| groups.0 == groups.1);
        let mut way = vec![from];
        let middle = usize::midpoint(rank[from], rank[to]);
        for layer in rank[from] + 1..rank[to] {
            let what = if edge.label.is_some() && layer == middle { What::Label(number) } else { What::Pass };
            way.push(layers.add(what, layer, group));
        }
        way.push(to);
        layers.ways.push(way);
    }
    layers.order();
    layers
}

/// Returns which edges lead back to what they come from, found by walking in the order of the text.
fn reversed(chart: &Chart) -> Vec<bool> {
    let mut reversed = vec![false; chart.edges.len()];
    // Not seen, on the way, done.
    let mut state = vec![0_u8; chart.nodes.len()];
    let outgoing = |node: usize| {
        let edges = chart.edges.iter().enumerate();
        edges.filter(move |(_, edge)| edge.from == node).map(|(number, _)| number).collect::<Vec<_>>()
    };
    for root in 0..chart.nodes.len() {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        let mut way = vec![(root, outgoing(root), 0)];
        while let Some((node, edges, next)) = way.last_mut() {
            let Some(&edge) = edges.get(*next) else {
                state[*node] = 2;
                way.pop();
                continue;
            };
            *next += 1;
            let to = chart.edges[edge].to;
            match state[to] {
                0 => {
                    state[to] = 1;
                    way.push((to, outgoing(to), 0));
                }
                1 => reversed[edge] = true,
                _ => {}
            }
        }
    }
    reversed
}

/// Returns the layer of each node: as high as the edges to it allow, then as low as those from it, so that edges are short.
fn ranks(chart: &Chart, reversed: &[bool]) -> Vec<usize> {
    let edges: Vec<(usize, usize, usize)> = chart
        .edges
        .iter()
        .zip(reversed)
        .map(|(edge, &reversed)| {
            let (from, to) = if reversed { (edge.to, edge.from) } else { (edge.from, edge.to) };
            (from, to, if edge.label.is_some() { 2 } else { 1 })
        })
        .collect();
    let mut rank = vec![0; chart.nodes.len()];
    // There is no cycle left, so that as many rounds as there are nodes settle everything.
    for _ in 0..chart.nodes.len() {
        for &(from, to, length) in &edges {
            rank[to] = rank[to].max(rank[from] + length);
        }
    }
    let is_start = |node: usize| edges.iter().all(|&(_, to, _)| to != node);
    for node in (0..chart.nodes.len()).filter(|&node| is_start(node)) {
        let below = edges.iter().filter(|(from, ..)| *from == node).map(|&(_, to, length)| rank[to] - length);
        rank[node] = below.min().unwrap_or(0);
    }
    let first = rank.iter().copied().min().unwrap_or(0);
    rank.iter().map(|rank| rank - first).collect()
}

impl Layers {
    fn add(&mut self, what: What, layer: usize, group: Option<usize>) -> usize {
        self.cells.push(Cell { what, layer, group });
        self.layers[layer].push(self.cells.len() - 1);
        self.cells.len() - 1
    }

    /// Returns the cells beside each cell on the layer above, and on that below.
    pub(super) fn neighbours(&self) -> [Vec<Vec<usize>>; 2] {
        let mut neighbours = [vec![Vec::new(); self.cells.len()], vec![Vec::new(); self.cells.len()]];
        for pair in self.ways.iter().flat_map(|way| way.windows(2)) {
            neighbours[0][pair[1]].push(pair[0]);
            neighbours[1][pair[0]].push(pair[1]);
        }
        neighbours
    }

    /// Orders the layers so that few edges cross, with the members of a group side by side.
    fn order(&mut self) {
        let neighbours = self.neighbours();
        let mut best = (usize::MAX, self.layers.clone());
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            let count = self.layers.len();
            for step in 0..count {
                let layer = if down { step } else { count - 1 - step };
                self.sort(layer, &neighbours[usize::from(!down)]);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// Orders one layer by where its neighbours are.
    fn sort(&mut self, layer: usize, neighbours: &[Vec<usize>]) {
        let place = self.places();
        let own = |cell: usize| {
            let beside = &neighbours[cell];
            if beside.is_empty() {
                return place[cell];
            }
            beside.iter().map(|&other| place[other]).sum::<f64>() / beside.len() as f64
        };
        // A group stands where its members are in all layers.
        let of_group = |group: usize| {
            let members = self.cells.iter().enumerate().filter(|(_, cell)| cell.group == Some(group));
            let (sum, count) =
                members.fold((0.0, 0.0), |(sum, count), (cell, _)| (sum + place[cell], count + 1.0));
            if count > 0.0 { sum / count } else { 0.0 }
        };
        let mut keys: Vec<(f64, usize, f64, usize)> = Vec::new();
        for &cell in &self.layers[layer] {
            let (group, number) = match self.cells[cell].group {
                Some(group) => (of_group(group), group + 1),
                None => (own(cell), 0),
            };
            keys.push((group, number, own(cell), cell));
        }
        keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
        self.layers[layer] = keys.into_iter().map(|key| key.3).collect();
    }

    /// Returns where each cell is in its layer, from 0 to 1.
    fn places(&self) -> Vec<f64> {
        let mut places = vec![0.0; self.cells.len()];
        for layer in &self.layers {
            for (at, &cell) in layer.iter().enumerate() {
                places[cell] = (at as f64 + 0.5) / layer.len() as f64;
            }
        }
        places
    }

    /// Returns how many pairs of edges cross between layers.
    fn crossings(&self) -> usize {
        let mut at = vec![0; self.cells.len()];
        for layer in &self.layers {
            layer.iter().enumerate().for_each(|(place, &cell)| at[cell] = place);
        }
        let mut between: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.layers.len()];
        for pair in self.ways.iter().flat_map(|way| way.windows(2)) {
            between[self.cells[pair[0]].layer].push((at[pair[0]], at[pair[1]]));
        }
        let cross =
            |a: &(usize, usize), b: &(usize, usize)| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1);
        let of = |edges: &Vec<(usize, usize)>| {
            let pairs =
                edges.iter().enumerate().flat_map(|(at, a)| edges[at + 1..].iter().map(move |b| (a, b)));
            pairs.filter(|(a, b)| cross(a, b)).count()
        };
        between.iter().map(of).sum()
    }
}
