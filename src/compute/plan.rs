//! The order in which columns are computed: after those that they read.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{ColumnId, Deriving, Formula};
use crate::catalog::BlueprintId;
use crate::jq::Reads;
use crate::known::Sort;

/// Columns that are computed together.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Columns that do not read each other: one, or calculations of one blueprint.
    Columns(Vec<ColumnId>),
    /// Columns that read each other in a circle.
    Circle(Vec<ColumnId>),
}

/// Returns all columns in an order in which each comes after what it reads.
pub(super) fn groups(deriving: &Deriving<'_>) -> Vec<Group> {
    let ids: Vec<ColumnId> = deriving
        .formulas
        .iter()
        .enumerate()
        .flat_map(|(blueprint, formulas)| {
            let blueprint = BlueprintId::new(blueprint);
            (0..formulas.len()).map(move |number| ColumnId { blueprint, number })
        })
        .collect();
    let number: FxHashMap<ColumnId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let reads: Vec<Vec<usize>> =
        ids.iter().map(|&id| reads(deriving, id).iter().map(|id| number[id]).collect()).collect();
    let mut search = Search::new(&reads);
    (0..ids.len()).for_each(|at| search.visit(at));
    // The depth of a column: how many columns have to come before it, one after another.
    let mut depths = vec![0; ids.len()];
    let mut keyed: Vec<(usize, usize, Group)> = Vec::new();
    let mut together: FxHashMap<(usize, BlueprintId), Vec<ColumnId>> = FxHashMap::default();
    for members in &search.circles {
        let inside: BTreeSet<usize> = members.iter().copied().collect();
        let before = members.iter().flat_map(|&at| &reads[at]).filter(|at| !inside.contains(at));
        let depth = before.map(|&at| depths[at] + 1).max().unwrap_or(0);
        members.iter().for_each(|&at| depths[at] = depth);
        let [only] = members.as_slice() else {
            let mut circle: Vec<ColumnId> = members.iter().map(|&at| ids[at]).collect();
            circle.sort_unstable();
            keyed.push((depth, keyed.len(), Group::Circle(circle)));
            continue;
        };
        let id = ids[*only];
        if reads[*only].contains(only) {
            keyed.push((depth, keyed.len(), Group::Circle(vec![id])));
        } else if matches!(deriving.formula(id), Formula::Calculation(_)) {
            together.entry((depth, id.blueprint)).or_default().push(id);
        } else {
            keyed.push((depth, keyed.len(), Group::Columns(vec![id])));
        }
    }
    let mut calculations: Vec<_> = together.into_iter().collect();
    calculations.sort_unstable();
    for ((depth, _), mut columns) in calculations {
        columns.sort_unstable();
        keyed.push((depth, keyed.len(), Group::Columns(columns)));
    }
    keyed.sort_by_key(|(depth, at, _)| (*depth, *at));
    keyed.into_iter().map(|(.., group)| group).collect()
}

/// Returns the columns that a column reads.
pub(super) fn reads(deriving: &Deriving<'_>, id: ColumnId) -> Vec<ColumnId> {
    let mut read = match deriving.formula(id) {
        Formula::Broken => Vec::new(),
        Formula::Mirror(mirror) => {
            let mut at = vec![id.blueprint];
            for name in &mirror.relations {
                at = at.iter().flat_map(|&blueprint| targets(deriving, blueprint, name)).collect();
            }
            at.into_iter().filter_map(|blueprint| deriving.column(blueprint, &mirror.property)).collect()
        }
        Formula::Aggregation(aggregation) => {
            let asked =
                aggregation.condition.as_ref().map(|condition| condition.properties()).unwrap_or_default();
            let names = asked.iter().chain(&aggregation.measure.over).chain([&aggregation.measure.dated]);
            names.filter_map(|name| deriving.column(aggregation.target, name)).collect()
        }
        Formula::Calculation(calculation) => calculated(deriving, id.blueprint, calculation.filter.reads()),
    };
    read.sort_unstable();
    read.dedup();
    read
}

/// Returns the columns that an expression reads: those it names and, when it may read others, all that come before
/// calculations.
fn calculated(deriving: &Deriving<'_>, blueprint: BlueprintId, reads: &Reads) -> Vec<ColumnId> {
    let named = reads.properties.iter().filter_map(|(name, _)| deriving.column(blueprint, name));
    let columns = deriving.computed.columns(blueprint).iter().enumerate();
    let before = columns.filter(|(_, column)| reads.others && column.sort != Sort::Calculation);
    named.chain(before.map(|(number, _)| ColumnId { blueprint, number })).collect()
}

fn targets(deriving: &Deriving<'_>, blueprint: BlueprintId, relation: &str) -> Vec<BlueprintId> {
    let relation = deriving.catalog.blueprint(blueprint).relation(relation);
    let targets = relation.into_iter().flat_map(|(_, relation)| &relation.targets);
    targets.filter_map(|target| deriving.catalog.find_blueprint(&target.value)).collect()
}

/// Tarjan's search for circles; what it finds comes after what it reads.
struct Search<'a> {
    reads: &'a [Vec<usize>],
    order: Vec<Option<usize>>,
    low: Vec<usize>,
    stack: Vec<usize>,
    waiting: Vec<bool>,
    seen: usize,
    circles: Vec<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(reads: &'a [Vec<usize>]) -> Self {
        let count = reads.len();
        Self {
            reads,
            order: vec![None; count],
            low: vec![0; count],
            stack: Vec::new(),
            waiting: vec![false; count],
            seen: 0,
            circles: Vec::new(),
        }
    }

    /// Visits a column and what it reads, without recursion: a chain of columns may be long.
    fn visit(&mut self, start: usize) {
        if self.order[start].is_some() {
            return;
        }
        self.enter(start);
        let mut path = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            let (at, number) = (*at, *next);
            if let Some(&read) = self.reads[at].get(number) {
                *next += 1;
                match self.order[read] {
                    None => {
                        self.enter(read);
                        path.push((read, 0));
                    }
                    Some(order) if self.waiting[read] => self.low[at] = self.low[at].min(order),
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[at]);
            }
            if self.order[at] == Some(self.low[at]) {
                let from = self.stack.iter().position(|&other| other == at).unwrap_or(0);
                let members = self.stack.split_off(from);
                members.iter().for_each(|&member| self.waiting[member] = false);
                self.circles.push(members);
            }
        }
    }

    fn enter(&mut self, at: usize) {
        self.order[at] = Some(self.seen);
        self.low[at] = self.seen;
        self.seen += 1;
        self.stack.push(at);
        self.waiting[at] = true;
    }
}
