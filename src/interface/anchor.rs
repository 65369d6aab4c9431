//! The parts of addresses that lead to operations and schemas.

use std::collections::BTreeSet;

/// The most characters of an anchor.
const LONGEST: usize = 80;

/// Anchors, each given once.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    taken: BTreeSet<String>,
}

impl Anchors {
    /// Returns an anchor of letters, digits, `-`, `_` and `.` for what is called `name`. The same names in the same
    /// order have the same anchors.
    pub(super) fn give(&mut self, prefix: &str, name: &str) -> String {
        let mut anchor = prefix.to_string();
        for character in name.chars() {
            match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' => anchor.push(character),
                _ if anchor.ends_with('-') => {}
                _ => anchor.push('-'),
            }
            if anchor.len() >= LONGEST {
                break;
            }
        }
        let anchor = anchor.trim_end_matches('-').to_string();
        let mut given = anchor.clone();
        let mut number = 1;
        // Capitals count: `getCart` and `getcart` are two, and so are `a` and `a-2`.
        while !self.taken.insert(given.clone()) {
            number += 1;
            given = format!("{anchor}-{number}");
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_plain_and_unique() {
        let mut anchors = Anchors::default();
        for (name, expected) in [
            ("getBasket", "op-getBasket"),
            ("GET /baskets/{id}", "op-GET-baskets-id"),
            ("getBasket", "op-getBasket-2"),
            ("\"><script>", "op-script"),
            ("", "op"),
            ("\u{e9}", "op-2"),
        ] {
            assert_eq!(anchors.give("op-", name), expected, "{name}");
        }
    }
}
