//! What two sides made of one file, merged line by line.

use std::borrow::Cow;

use git2::{MergeFileInput, MergeFileOptions, merge_file};

use super::super::GitError;

/// What Git looks at to tell whether a file is text.
const HEAD: usize = 8000;

/// What conflict markers call the sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Our side.
    pub ours: String,
    /// What both sides come from.
    pub base: String,
    /// Their side.
    pub theirs: String,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// One side's, or what both changed in different places; nobody need look.
    Clean(Vec<u8>),
    /// With markers where both changed the same lines.
    Marked(Vec<u8>),
    /// Nothing: it is no text, and both changed it.
    Binary,
}

/// Returns what `ours` and `theirs`, both made from `base`, come to; without a base what they share is taken and the rest
/// stands against each other. Where all lines of a side end alike, how they end is no difference of lines: it is merged for
/// itself.
pub(super) fn merge(
    base: Option<&[u8]>,
    ours: &[u8],
    theirs: &[u8],
    labels: &Labels,
) -> Result<Text, GitError> {
    if let Some(side) = one_side(base, ours, theirs) {
        return Ok(Text::Clean(side.to_vec()));
    }
    if [base.unwrap_or_default(), ours, theirs].into_iter().any(is_binary) {
        return Ok(Text::Binary);
    }
    let ends = [base.unwrap_or_default(), ours, theirs].map(Ends::of);
    if ends.contains(&Ends::Mixed) {
        return lines(base, ours, theirs, labels);
    }
    let [base_ends, our_ends, their_ends] = ends;
    let base_ends = base_ends.or(our_ends).or(their_ends);
    let (our_ends, their_ends) = (our_ends.or(base_ends), their_ends.or(base_ends));
    let result_ends = if base.is_some() && our_ends == base_ends { their_ends } else { our_ends };
    let base = base.map(plain);
    let (base, ours, theirs) = (base.as_deref(), plain(ours), plain(theirs));
    let text = match one_side(base, &ours, &theirs) {
        Some(side) => Text::Clean(side.to_vec()),
        None => lines(base, &ours, &theirs, labels)?,
    };
    Ok(match text {
        Text::Clean(bytes) => Text::Clean(result_ends.given_to(bytes)),
        Text::Marked(bytes) => Text::Marked(result_ends.given_to(bytes)),
        Text::Binary => Text::Binary,
    })
}

/// Returns whether two files hold the same, but for how all of their lines end.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one == other
        || !is_binary(one)
            && !is_binary(other)
            && ![Ends::of(one), Ends::of(other)].contains(&Ends::Mixed)
            && plain(one) == plain(other)
}

/// Returns the side that is right, when it takes no merge to say.
fn one_side<'s>(base: Option<&[u8]>, ours: &'s [u8], theirs: &'s [u8]) -> Option<&'s [u8]> {
    if ours == theirs || base == Some(theirs) {
        return Some(ours);
    }
    (base == Some(ours)).then_some(theirs)
}

/// Merges lines as `git merge-file` does: with the base between the markers when there is one, else with what both share
/// outside of them.
fn lines(base: Option<&[u8]>, ours: &[u8], theirs: &[u8], labels: &Labels) -> Result<Text, GitError> {
    // A side that is empty would have no label, and one that is empty against an empty base would count as unchanged.
    if ours.is_empty() || theirs.is_empty() {
        return Ok(Text::Marked(whole(base, ours, theirs, labels)));
    }
    // The library has no memory to give before something starts it, and merging a file does not.
    git2::opts::strict_hash_verification(false);
    let known = base.filter(|base| !base.is_empty());
    let sides = [known.unwrap_or_default(), ours, theirs].map(|bytes| {
        let mut input = MergeFileInput::new();
        input.content(bytes);
        input
    });
    let mut options = MergeFileOptions::new();
    options
        .ancestor_label(label(&labels.base))
        .our_label(label(&labels.ours))
        .their_label(label(&labels.theirs));
    match known {
        Some(_) => options.style_diff3(true),
        None => options.style_standard(true),
    };
    let [base, ours, theirs] = &sides;
    let merged = merge_file(base, ours, theirs, Some(&mut options))
        .map_err(|error| GitError::new("cannot merge a file", &error))?;
    let bytes = merged.content().to_vec();
    Ok(if merged.is_automergeable() { Text::Clean(bytes) } else { Text::Marked(bytes) })
}

/// Returns the sides one after the other, as one conflict.
fn whole(base: Option<&[u8]>, ours: &[u8], theirs: &[u8], labels: &Labels) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut part = |marker: &str, side: &[u8]| {
        bytes.extend_from_slice(marker.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(side);
        if !side.is_empty() && !side.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    };
    part(&format!("<<<<<<< {}", label(&labels.ours)), ours);
    if let Some(base) = base.filter(|base| !base.is_empty()) {
        part(&format!("||||||| {}", label(&labels.base)), base);
    }
    part("=======", theirs);
    part(&format!(">>>>>>> {}", label(&labels.theirs)), &[]);
    bytes
}

/// Returns a label as it stands in a marker: on one line, without the bytes that end a text.
fn label(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(HEAD).any(|byte| *byte == 0)
}

/// How the lines of a file end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// There are none.
    None,
    /// With a line feed.
    Plain,
    /// With a carriage return and a line feed.
    Carriage,
    /// Some this way, some that.
    Mixed,
}

impl Ends {
    fn of(bytes: &[u8]) -> Self {
        let (mut plain, mut carriage) = (false, false);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            carriage |= line.ends_with(b"\r\n");
            plain |= line.ends_with(b"\n") && !line.ends_with(b"\r\n");
        }
        match (plain, carriage) {
            (false, false) => Self::None,
            (true, false) => Self::Plain,
            (false, true) => Self::Carriage,
            (true, true) => Self::Mixed,
        }
    }

    fn or(self, other: Self) -> Self {
        if self == Self::None { other } else { self }
    }

    /// Returns a text whose lines end with a line feed with these ends.
    fn given_to(self, bytes: Vec<u8>) -> Vec<u8> {
        if self != Self::Carriage {
            return bytes;
        }
        let mut ended = Vec::with_capacity(bytes.len() + bytes.len() / 16);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(line) => {
                    ended.extend_from_slice(line);
                    ended.extend_from_slice(b"\r\n");
                }
                None => ended.extend_from_slice(line),
            }
        }
        ended
    }
}

/// Returns a text whose lines end alike with line feeds.
pub(super) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    if Ends::of(bytes) != Ends::Carriage {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                plain.extend_from_slice(line);
                plain.push(b'\n');
            }
            None => plain.extend_from_slice(line),
        }
    }
    Cow::Owned(plain)
}
