//! Levels: which one an entity has reached.

use crate::known::{CardRule, Outcome};

/// Returns the number of the level that outcomes come to: the highest that has a rule of its own and all of whose
/// rules, and those of the levels below it, pass or are waived; else the floor, 0. Port computes it so; that a level
/// without rules is never awarded is our reading of what it leaves open. Rules in preview, and rules of levels that do
/// not exist, do not count.
pub fn level(rules: &[CardRule], outcomes: &[Outcome]) -> usize {
    let counted = || rules.iter().zip(outcomes).filter(|(rule, _)| rule.counts());
    let held_back =
        counted().filter(|(_, outcome)| !outcome.counts_as_passed()).filter_map(|(rule, _)| rule.level).min();
    let reached =
        counted().filter_map(|(rule, _)| rule.level).filter(|level| held_back.is_none_or(|at| *level < at));
    reached.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scorecard::Stage;

    fn rule(level: Option<usize>, stage: Stage) -> CardRule {
        CardRule { identifier: String::new(), title: String::new(), level, weight: 1.0, stage }
    }

    #[test]
    fn a_level_needs_all_rules_up_to_it() {
        use Outcome::{Failed, Passed, Unknown, Waived};
        // Rules by level (0 is the floor, p a rule in preview, - one of no level), outcomes, the level.
        for (levels, outcomes, expected) in [
            ("", vec![], 0),
            ("123", vec![Passed, Passed, Passed], 3),
            ("123", vec![Passed, Passed, Failed], 2),
            ("123", vec![Failed, Passed, Passed], 0),
            ("123", vec![Passed, Failed, Passed], 1),
            ("1123", vec![Passed, Failed, Passed, Passed], 0),
            ("321", vec![Passed, Passed, Passed], 3),
            ("123", vec![Passed, Waived, Passed], 3),
            ("123", vec![Passed, Unknown, Passed], 1),
            // No rule for 2 and 4 of four levels: 2 is passed through, 4 is never awarded.
            ("13", vec![Passed, Passed], 3),
            ("13", vec![Passed, Failed], 1),
            ("13", vec![Failed, Passed], 0),
            ("2", vec![Passed], 2),
            ("2", vec![Failed], 0),
            // A rule on the floor, which Port forbids, still holds back what is above it.
            ("01", vec![Failed, Passed], 0),
            ("01", vec![Passed, Passed], 1),
            // Rules in preview do not count, either way.
            ("1p", vec![Passed, Failed], 1),
            ("p", vec![Passed], 0),
            ("-", vec![Failed], 0),
            ("1-", vec![Passed, Failed], 1),
        ] {
            let rules: Vec<CardRule> = levels
                .chars()
                .map(|c| match c {
                    'p' => rule(Some(2), Stage::Preview),
                    '-' => rule(None, Stage::Enforce),
                    digit => rule(digit.to_digit(10).map(|level| level as usize), Stage::Enforce),
                })
                .collect();
            assert_eq!(level(&rules, &outcomes), expected, "{levels} {outcomes:?}");
        }
    }
}
