//! How long the texts that a template works with can become, from its tags alone.
//!
//! The engine bounds how many instructions a text takes and how long what it writes is, but not what it keeps in a
//! variable: `{% set x = x ~ x %}`, thirty times, is a gigabyte. What may grow can be told before anything runs: a loop
//! does not keep what its turns set, and there are no macros.

use std::collections::BTreeMap;

/// The longest text that a variable may come to hold, in bytes, when everything that may be long is.
const LONGEST: u64 = 256 * 1024 * 1024;

/// How many times longer a repetition makes a text, at most, for one that is meant for numbers.
const REPEATED: u64 = 256;

/// How many times longer than what is given the variables of a text may be.
pub(super) struct Growth {
    longest: u64,
    variables: BTreeMap<String, u64>,
}

impl Growth {
    /// Returns that of a template, before its first tag, of which no text is longer than so many bytes, nor any that it is
    /// given.
    pub(super) fn new(bytes: usize) -> Self {
        let given = u64::try_from(bytes).unwrap_or(u64::MAX).max(1);
        Self { longest: (LONGEST / given).max(1), variables: BTreeMap::new() }
    }

    /// Takes a tag into account: its first word, if it is a statement; its text; what of that is not in quotes; and the
    /// names in it, with where they are.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub(super) fn tag(
        &mut self,
        word: &str,
        text: &str,
        plain: &[&str],
        names: &[(&str, usize)],
    ) -> Result<(), &'static str> {
        let count = |mark: char| plain.iter().map(|part| part.matches(mark).count() as u64).sum::<u64>();
        let repeated = count('*');
        // A text in quotes beside a repetition is what is repeated.
        if repeated > 0 && plain.len() > 1 {
            return Err("it repeats a text, which is no number");
        }
        let own =
            (1 + count('~') + count('+')).saturating_mul(REPEATED.saturating_pow(repeated.min(8) as u32));
        let known = |name: &&(&str, usize)| self.variables.get(name.0).copied().unwrap_or(1);
        let (split, targets) = match word {
            "set" => match text.find('=') {
                Some(at) => (at, true),
                None => return Err("`set` with a block cannot be used here"),
            },
            "for" => (text.find(" in ").unwrap_or(0), true),
            _ => (0, false),
        };
        let used = names.iter().filter(|(_, at)| *at >= split).map(|name| known(&name)).max().unwrap_or(1);
        let grown = own.saturating_mul(used);
        if grown > self.longest {
            return Err("it makes a text longer again and again");
        }
        for (name, _) in names.iter().filter(|(name, at)| targets && *at < split && *name != word) {
            let variable = self.variables.entry((*name).to_string()).or_insert(1);
            *variable = grown.max(*variable);
        }
        Ok(())
    }
}
