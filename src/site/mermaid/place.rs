//! Places along a layer: near the neighbours, with room between.

/// Returns the places nearest to `wanted`, in their order, at least `apart[i]` between `i` and `i + 1`: the mean of those
/// that push each other.
pub(super) fn spread(wanted: &[f64], apart: &[f64]) -> Vec<f64> {
    // Without the room between, the order is all that is asked: pools of neighbours share their mean.
    let mut before = vec![0.0; wanted.len()];
    for at in 1..wanted.len() {
        before[at] = before[at - 1] + apart[at - 1];
    }
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (at, &wanted) in wanted.iter().enumerate() {
        pools.push((wanted - before[at], 1));
        while let [.., (left, of_left), (right, of_right)] = pools[..]
            && left > right
        {
            pools.truncate(pools.len() - 2);
            let count = of_left + of_right;
            pools.push(((left * of_left as f64 + right * of_right as f64) / count as f64, count));
        }
    }
    let places = pools.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean, count));
    places.zip(before).map(|(place, before)| place + before).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn what_is_too_near_moves_apart() {
        for (wanted, apart, expected) in [
            (vec![0.0, 50.0], vec![10.0], vec![0.0, 50.0]),
            (vec![0.0, 0.0], vec![10.0], vec![-5.0, 5.0]),
            (vec![0.0, 0.0, 30.0], vec![10.0, 10.0], vec![-5.0, 5.0, 30.0]),
            (vec![10.0, 0.0, 5.0], vec![10.0, 10.0], vec![-5.0, 5.0, 15.0]),
            (vec![], vec![], vec![]),
        ] {
            assert_eq!(spread(&wanted, &apart), expected, "{wanted:?}");
        }
    }
}
