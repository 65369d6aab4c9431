//! The columns of a layered drawing: what depends on another stands left of it, as far as circles allow.

/// Returns the column of each of `count` things, from 0 and below `most`; `None` for one that no edge touches.
/// `edges` lead from left to right and connect different things.
pub(super) fn rank(count: usize, edges: &[(usize, usize)], most: usize) -> Vec<Option<usize>> {
    let (order, kept) = acyclic(count, edges);
    let mut after = vec![Vec::new(); count];
    let mut before = vec![0usize; count];
    for &(from, to) in &kept {
        after[from].push(to);
        before[to] += 1;
    }
    let mut layers = vec![0usize; count];
    for &at in &order {
        for &next in &after[at] {
            layers[next] = layers[next].max(layers[at] + 1);
        }
    }
    // What leads to more than leads to it stands as close to that as it can: lines become shorter.
    for &at in order.iter().rev() {
        let nearest = after[at].iter().map(|&next| layers[next]).min();
        if let Some(nearest) = nearest.filter(|_| after[at].len() > before[at]) {
            layers[at] = nearest - 1;
        }
    }
    let mut touched = vec![false; count];
    edges.iter().for_each(|&(from, to)| (touched[from], touched[to]) = (true, true));
    let lowest = (0..count).filter(|&at| touched[at]).map(|at| layers[at]).min().unwrap_or(0);
    let depth = (0..count).filter(|&at| touched[at]).map(|at| layers[at] - lowest + 1).max().unwrap_or(0);
    let column = |layer: usize| if depth > most { layer * most / depth } else { layer };
    (0..count).map(|at| touched[at].then(|| column(layers[at] - lowest))).collect()
}

/// Returns all things so that kept edges lead forward, and the edges without those that close a circle.
fn acyclic(count: usize, edges: &[(usize, usize)]) -> (Vec<usize>, Vec<(usize, usize)>) {
    let mut after = vec![Vec::new(); count];
    let mut surplus = vec![0i64; count];
    for &(from, to) in edges {
        after[from].push(to);
        surplus[from] += 1;
        surplus[to] -= 1;
    }
    // Beginning where most leads out, few edges are against the order.
    let mut starts: Vec<usize> = (0..count).collect();
    starts.sort_by_key(|&at| (-surplus[at], at));
    let mut state = vec![State::New; count];
    let mut order = Vec::with_capacity(count);
    let mut kept = Vec::with_capacity(edges.len());
    for start in starts {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut path = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            let from = *at;
            let Some(&to) = after[from].get(*next) else {
                state[from] = State::Done;
                order.push(from);
                path.pop();
                continue;
            };
            *next += 1;
            if state[to] != State::Open {
                kept.push((from, to));
            }
            if state[to] == State::New {
                state[to] = State::Open;
                path.push((to, 0));
            }
        }
    }
    order.reverse();
    (order, kept)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lead_to_the_right() {
        for (count, edges, most, expected) in [
            (1, vec![], 4, vec![None]),
            (2, vec![(0, 1)], 4, vec![Some(0), Some(1)]),
            (3, vec![(2, 1), (1, 0)], 4, vec![Some(2), Some(1), Some(0)]),
            // A circle: one edge leads back.
            (3, vec![(0, 1), (1, 2), (2, 0)], 4, vec![Some(0), Some(1), Some(2)]),
            // Beside a long way there is a short one: it is kept short where it starts.
            (4, vec![(0, 1), (1, 2), (3, 2)], 4, vec![Some(0), Some(1), Some(2), Some(1)]),
            // A chain that is too long shares columns.
            (4, vec![(0, 1), (1, 2), (2, 3)], 2, vec![Some(0), Some(0), Some(1), Some(1)]),
            (4, vec![(1, 3)], 4, vec![None, Some(0), None, Some(1)]),
        ] {
            assert_eq!(rank(count, &edges, most), expected, "{edges:?}");
        }
    }
}
