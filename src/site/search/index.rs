//! The index that `portal.js` searches: who is found by which words, as text that is read without parsing.
//!
//! Things are numbered so that those that others point at most come first, so a number is a rank, too. Words are
//! sorted, each with the numbers of the things that have it as a name, as a part of their name, or elsewhere:
//! differences in base 36, of which the commonest, one, is left out. A large site has both the rows and the words in
//! many files, none larger than its limit whatever things are called: words are cut into files wherever they are full,
//! even within the numbers of one word.

use std::cmp::{Ordering, Reverse};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::thing::Field;

/// How many rows a file of rows has.
pub(super) const BLOCK: usize = 128;

/// The most bytes of a file of words, besides the last entry's.
const SHARD: usize = 48 * 1024;

/// The most numbers of a word in one entry: a word with more has several.
const MOST_NUMBERS: usize = 8 * 1024;

/// Words with who is found by them, of which `words` and `numbers` have the same count of lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shard {
    pub(super) words: String,
    pub(super) numbers: String,
}

impl Shard {
    /// Returns its first word.
    pub(super) fn first(&self) -> &str {
        self.words.split('\n').next().unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.words.len() + self.numbers.len()
    }

    fn push(&mut self, word: &str, numbers: &str) {
        if !self.words.is_empty() {
            self.words.push('\n');
            self.numbers.push('\n');
        }
        self.words.push_str(word);
        self.numbers.push_str(numbers);
    }
}

/// The words of all things, each kept once.
#[derive(Debug, Default)]
pub(super) struct Words {
    ids: FxHashMap<Box<str>, u32>,
    /// Which word is found where in which thing, see [`posting`].
    postings: Vec<u64>,
}

/// Returns who has a word where, in one number whose order is that of words, fields and things.
fn posting(word: u32, field: u64, number: u32) -> u64 {
    u64::from(word) << 32 | field << 30 | u64::from(number)
}

fn word_of(posting: u64) -> usize {
    (posting >> 32) as usize
}

fn field_of(posting: u64) -> u64 {
    posting >> 30 & 3
}

fn number_of(posting: u64) -> u32 {
    (posting & 0x3fff_ffff) as u32
}

impl Words {
    /// Adds the words of the thing of this number.
    pub(super) fn add(&mut self, number: usize, words: Vec<(String, Field)>) {
        let number = u32::try_from(number).ok().filter(|number| *number < 1 << 30);
        let number = number.expect("fewer than a billion things");
        for (word, field) in words {
            let next = u32::try_from(self.ids.len()).expect("fewer than four billion words");
            let id = *self.ids.entry(word.into_boxed_str()).or_insert(next);
            self.postings.push(posting(id, field as u64, number));
        }
    }

    /// Returns the words with their things: in one piece, or in pieces of bounded size when `cut`.
    pub(super) fn shards(self, cut: bool) -> Shards {
        let (words, postings) = self.sorted();
        let mut shards = vec![Shard::default()];
        let mut counts: Vec<(usize, &str)> = Vec::new();
        for same in postings.chunk_by(|a, b| word_of(*a) == word_of(*b)) {
            let word = &*words[word_of(same[0])];
            counts.push((same.len(), word));
            for piece in same.chunks(if cut { MOST_NUMBERS } else { usize::MAX }) {
                let numbers = numbers(piece);
                let last = shards.last().expect("there is one");
                if cut && !last.words.is_empty() && last.len() + word.len() + numbers.len() > SHARD {
                    shards.push(Shard::default());
                }
                shards.last_mut().expect("there is one").push(word, &numbers);
            }
        }
        Shards { frequent: frequent(counts), shards }
    }

    /// Returns the words as scripts sort them, and the postings by the places of their words.
    fn sorted(self) -> (Vec<Box<str>>, Vec<u64>) {
        let mut words: Vec<(Box<str>, u32)> = self.ids.into_iter().collect();
        words.par_sort_unstable_by(|(a, _), (b, _)| compare(a, b));
        let mut places = vec![0; words.len()];
        for (place, (_, id)) in words.iter().enumerate() {
            places[*id as usize] = u32::try_from(place).expect("there are as many places as words");
        }
        let mut postings = self.postings;
        for at in &mut postings {
            *at = posting(places[word_of(*at)], field_of(*at), number_of(*at));
        }
        postings.par_sort_unstable();
        (words.into_iter().map(|(word, _)| word).collect(), postings)
    }
}

/// The words of a site as files have them.
#[derive(Debug)]
pub(super) struct Shards {
    pub(super) shards: Vec<Shard>,
    /// The words that most things have: what somebody meant who mistyped one.
    pub(super) frequent: String,
}

/// Returns the words that most things have, as far as a file may hold them: no numbers, and no short ones.
fn frequent(mut counts: Vec<(usize, &str)>) -> String {
    counts.retain(|(_, word)| word.len() > 3 && !word.bytes().all(|byte| byte.is_ascii_digit()));
    counts.sort_by_key(|(count, _)| Reverse(*count));
    let mut frequent = String::new();
    for (_, word) in counts {
        if frequent.len() + word.len() >= SHARD {
            break;
        }
        if !frequent.is_empty() {
            frequent.push('\n');
        }
        frequent.push_str(word);
    }
    frequent
}

/// Compares words as scripts do, by units of UTF-16.
fn compare(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// Returns the numbers of postings of one word, a list for each field, as far as there are any.
fn numbers(postings: &[u64]) -> String {
    let mut lists = [String::new(), String::new(), String::new()];
    for same in postings.chunk_by(|a, b| field_of(*a) == field_of(*b)) {
        let list = &mut lists[field_of(same[0]) as usize];
        let mut before = None;
        for number in same.iter().map(|posting| number_of(*posting)) {
            match before {
                None => base36(number, list),
                Some(before) => {
                    list.push(',');
                    if number - before > 1 {
                        base36(number - before, list);
                    }
                }
            }
            before = Some(number);
        }
    }
    lists.join("\t").trim_end_matches('\t').to_string()
}

/// Appends a number in base 36.
fn base36(mut number: u32, out: &mut String) {
    let start = out.len();
    loop {
        out.insert(start, char::from_digit(number % 36, 36).expect("a digit of base 36"));
        number /= 36;
        if number == 0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Vec<(String, Field)>;

    fn entry(words: &[(&str, Field)]) -> Found {
        words.iter().map(|(word, field)| ((*word).into(), *field)).collect()
    }

    fn shards(entries: &[Found], cut: bool) -> Vec<Shard> {
        let mut words = Words::default();
        entries.iter().enumerate().for_each(|(number, entry)| words.add(number, entry.clone()));
        words.shards(cut).shards
    }

    #[test]
    fn numbers_are_differences() {
        let cart = |field| entry(&[("cart", field)]);
        let mut entries = vec![cart(Field::Name), cart(Field::Name), cart(Field::Part)];
        entries.extend((3..40).map(|_| entry(&[("other", Field::Other)])));
        entries.push(cart(Field::Name));
        let shards = shards(&entries, false);
        assert_eq!(shards.len(), 1);
        assert_eq!(shards[0].words, "cart\nother");
        let others = ",".repeat(36);
        assert_eq!(shards[0].numbers, format!("0,,13\t2\n\t\t3{others}"));
    }

    #[test]
    fn files_are_bounded_whatever_things_are_called() {
        let names = |number: usize| {
            [format!("service{number:05}"), "service".to_string(), format!("{number:05}{}", "x".repeat(59))]
        };
        let entries: Vec<Found> = (0..30_000)
            .map(|number| {
                let words = names(number);
                entry(&[(&words[0], Field::Name), (&words[1], Field::Part), (&words[2], Field::Part)])
            })
            .collect();
        let whole = shards(&entries, false);
        let cut = shards(&entries, true);
        assert!(cut.len() > 20 && cut.iter().all(|shard| shard.len() <= SHARD + 64 * 1024), "{}", cut.len());
        let words = |shards: &[Shard]| {
            let mut words: Vec<String> =
                shards.iter().flat_map(|shard| shard.words.split('\n').map(String::from)).collect();
            assert!(words.is_sorted());
            words.dedup();
            words
        };
        assert_eq!(words(&whole), words(&cut));
    }

    #[test]
    fn what_was_meant_is_what_most_things_have() {
        let mut words = Words::default();
        for number in 0..10 {
            let own = format!("own{number}");
            words.add(number, entry(&[("2026", Field::Part), ("api", Field::Part), (&own, Field::Part)]));
        }
        words.add(10, entry(&[("payment", Field::Part), ("own1", Field::Other)]));
        assert!(words.shards(true).frequent.starts_with("own1\nown0\nown2\n"));
    }

    #[test]
    fn words_are_sorted_as_scripts_compare() {
        let shards = shards(&[entry(&[("\u{ff41}", Field::Part), ("\u{10428}", Field::Part)])], false);
        assert_eq!(shards[0].words, "\u{10428}\n\u{ff41}");
    }
}
