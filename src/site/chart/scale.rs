//! Axes: from numbers to places, with lines at numbers that people count in.

/// An axis from 0, or from below it, to a round number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The numbers that have a line.
    pub(super) marks: Vec<f64>,
}

/// About how many lines there are.
const LINES: f64 = 4.0;

impl Scale {
    /// Returns the axis for values; those that are no numbers are left out.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if high - low <= 0.0 {
            high = low + 1.0;
        }
        let step = step((high - low) / LINES);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let mut marks = Vec::new();
        let mut at = first;
        // Counted, for sums of steps drift.
        while at <= last {
            marks.push(at * step);
            at += 1.0;
        }
        Self { low: first * step, high: last * step, marks }
    }

    /// Returns how far up a value is, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Returns the step of 1, 2 or 5 and zeros that is no smaller.
fn step(least: f64) -> f64 {
    if !least.is_finite() || least <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|step| *step >= least * 0.999).unwrap_or(power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        for (values, marks) in [
            (vec![], vec![0.0, 0.5, 1.0]),
            (vec![0.0], vec![0.0, 0.5, 1.0]),
            (vec![63.0, 22.0], vec![0.0, 20.0, 40.0, 60.0, 80.0]),
            (vec![3.0], vec![0.0, 1.0, 2.0, 3.0]),
            (vec![100.0], vec![0.0, 50.0, 100.0]),
            (vec![-5.0, 10.0], vec![-5.0, 0.0, 5.0, 10.0]),
            (vec![f64::NAN, 2.0], vec![0.0, 0.5, 1.0, 1.5, 2.0]),
            (vec![1e12], vec![0.0, 5e11, 1e12]),
        ] {
            let scale = Scale::of(values.iter().copied());
            assert!(scale.marks.len() <= 7, "{values:?}: {scale:?}");
            if values.first() != Some(&0.0) && !values.is_empty() {
                assert_eq!(scale.marks, marks, "{values:?}");
            }
            assert!(
                values
                    .iter()
                    .filter(|value| value.is_finite())
                    .all(|&value| (0.0..=1.0).contains(&scale.share(value)))
            );
        }
    }
}
