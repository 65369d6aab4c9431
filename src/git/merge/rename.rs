//! Which files of one state became which of another, under a new name.

use std::collections::{BTreeMap, BTreeSet};

use crate::worktree::TreeFile;

/// The least likeness of a file and what it became, in thousandths: Git's 50 %.
const LEAST: usize = 500;

/// The most pairs of files that are compared by what they hold. Beyond it only files that are the same count, as in Git.
const MOST_PAIRS: usize = 200_000;

/// Returns what each of the files `gone` became among `new`, by their paths, and whether all pairs were compared. Each
/// file becomes one at most: what is the same first, then what is most alike, a name that stays before another. Empty
/// files are nothing that could be told apart.
pub(super) fn renames<'a>(gone: &[&'a TreeFile], new: &[&'a TreeFile]) -> (BTreeMap<&'a str, &'a str>, bool) {
    let pairs = gone.iter().flat_map(|old| new.iter().map(move |new| (*old, *new)));
    let pairs = pairs.filter(|(old, new)| !old.bytes.is_empty() && !new.bytes.is_empty());
    let same = pairs.clone().filter(|(old, new)| old.bytes == new.bytes);
    let mut found = Found::default();
    found.take(same.map(|(old, new)| (1000, old, new)).collect());
    let left: Vec<_> = pairs.filter(|(old, new)| found.is_open(old, new)).collect();
    if left.len() > MOST_PAIRS {
        return (found.renames, false);
    }
    let mut chunks: BTreeMap<&str, Chunks<'_>> = BTreeMap::new();
    for (old, new) in &left {
        for file in [old, new] {
            chunks.entry(file.path.as_str()).or_insert_with(|| Chunks::of(&file.bytes));
        }
    }
    let likeness = |old: &TreeFile, new: &TreeFile| {
        let (old, new) = (chunks.get(old.path.as_str())?, chunks.get(new.path.as_str())?);
        Some(old.likeness(new)).filter(|likeness| *likeness >= LEAST)
    };
    let alike = left.into_iter().filter_map(|(old, new)| Some((likeness(old, new)?, old, new)));
    found.take(alike.collect());
    (found.renames, true)
}

/// The renames found so far.
#[derive(Default)]
struct Found<'a> {
    renames: BTreeMap<&'a str, &'a str>,
    taken: BTreeSet<&'a str>,
}

impl<'a> Found<'a> {
    fn is_open(&self, old: &TreeFile, new: &TreeFile) -> bool {
        !self.renames.contains_key(old.path.as_str()) && !self.taken.contains(new.path.as_str())
    }

    /// Takes the pairs, each with its likeness, best first.
    fn take(&mut self, mut pairs: Vec<(usize, &'a TreeFile, &'a TreeFile)>) {
        pairs.sort_by(|a, b| {
            let named = |(_, old, new): &(usize, &TreeFile, &TreeFile)| name(&old.path) == name(&new.path);
            let rest = |it: &(usize, &'a TreeFile, &'a TreeFile)| (it.1.path.as_str(), it.2.path.as_str());
            b.0.cmp(&a.0).then(named(b).cmp(&named(a))).then_with(|| rest(a).cmp(&rest(b)))
        });
        for (_, old, new) in pairs {
            if self.is_open(old, new) {
                self.renames.insert(&old.path, &new.path);
                self.taken.insert(&new.path);
            }
        }
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a file holds, in pieces as Git cuts them: lines, of which long ones are cut, without a carriage return before their
/// end. They are in order, each with how often it comes.
struct Chunks<'a> {
    pieces: Vec<(Piece<'a>, usize)>,
    size: usize,
}

/// Some bytes, and whether they end a line.
type Piece<'a> = (&'a [u8], bool);

/// The most bytes of a piece.
const PIECE: usize = 64;

fn weight((bytes, ends): Piece<'_>) -> usize {
    bytes.len() + usize::from(ends)
}

impl<'a> Chunks<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let mut all: Vec<Piece<'a>> = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ended = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n"));
            let mut rest = ended.unwrap_or(line);
            while let Some((piece, more)) = rest.split_at_checked(PIECE) {
                all.push((piece, false));
                rest = more;
            }
            all.push((rest, ended.is_some()));
        }
        all.sort_unstable();
        let mut pieces: Vec<(Piece<'a>, usize)> = Vec::new();
        for piece in all {
            match pieces.last_mut() {
                Some((last, count)) if *last == piece => *count += 1,
                _ => pieces.push((piece, 1)),
            }
        }
        let size = pieces.iter().map(|(piece, count)| weight(*piece) * count).sum();
        Self { pieces, size }
    }

    /// Returns how much of the larger one both have, in thousandths.
    fn likeness(&self, other: &Self) -> usize {
        let larger = self.size.max(other.size);
        if larger == 0 || self.size.min(other.size) * 1000 < larger * LEAST {
            return 0;
        }
        let (mut ours, mut theirs) = (self.pieces.iter().peekable(), other.pieces.iter().peekable());
        let mut shared = 0;
        while let (Some((piece, count)), Some((other, others))) = (ours.peek(), theirs.peek()) {
            match piece.cmp(other) {
                std::cmp::Ordering::Less => drop(ours.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    shared += weight(*piece) * count.min(others);
                    ours.next();
                    theirs.next();
                }
            }
        }
        shared * 1000 / larger
    }
}
