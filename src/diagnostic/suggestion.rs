//! "Did you mean": the known names nearest to a misspelt one.

/// Names less similar than this (Jaro-Winkler, 0 to 1) are not worth suggesting.
const SIMILAR: f64 = 0.75;

/// Returns the at most three `known` names most like `wrong`, best first; equal ones keep their order.
pub fn closest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let folded = wrong.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .into_iter()
        .filter(|name| *name != wrong && comparable(wrong, name))
        .map(|name| (strsim::jaro_winkler(&folded, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity > SIMILAR)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.dedup_by_key(|(_, name)| *name);
    near.truncate(3);
    near.into_iter().map(|(_, name)| name).collect()
}

/// Returns ``did you mean `a`, `b` or `c`?`` for the nearest known names, or `None` when nothing is near.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = closest(wrong, known);
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    let (last, others) = quoted.split_last()?;
    match others {
        [] => Some(format!("did you mean {last}?")),
        _ => Some(format!("did you mean {} or {last}?", others.join(", "))),
    }
}

/// Spares the comparison of names whose lengths alone rule each other out: catalogs have 100,000 of them.
fn comparable(wrong: &str, name: &str) -> bool {
    let (short, long) = (wrong.len().min(name.len()), wrong.len().max(name.len()));
    long <= 256 && long <= short * 2 + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_near_names_only() {
        let known = ["System", "Component", "Resource", "API"];
        for (wrong, expected) in [
            ("Sytsem", Some("did you mean `System`?")),
            ("component", Some("did you mean `Component`?")),
            ("Ressource", Some("did you mean `Resource`?")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(did_you_mean(wrong, known).as_deref(), expected, "{wrong}");
        }
    }

    #[test]
    fn names_at_most_three() {
        assert_eq!(
            did_you_mean("cart", ["carts", "cart1", "cart2", "cart3"]).as_deref(),
            Some("did you mean `carts`, `cart1` or `cart2`?")
        );
    }
}
