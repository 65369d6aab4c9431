//! What differs between two texts, line by line, as Git shows it.

use std::fmt::Write;

use crate::printable::shown;

/// Lines around a difference.
const AROUND: usize = 3;

/// The largest table of lines against lines; texts that differ more are shown as a whole.
const LARGEST: usize = 1 << 22;

/// A line, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// Returns what turns `old` into `new`, as a patch of the file `path`; a file that is not there is `None`.
pub fn difference(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let mut out = head(path, old.is_some(), new.is_some());
    let old: Vec<&str> = old.unwrap_or_default().lines().collect();
    let new: Vec<&str> = new.unwrap_or_default().lines().collect();
    hunks(&align(&old, &new), &mut out, &|sign, line| {
        let line = format!("{sign}{}", shown(&line.replace('\t', "    ")));
        format!("{}\n", line.trim_end())
    });
    out
}

/// Returns what turns `old` into `new`, as a patch of the file `path` that `git apply` and `patch` take: every character
/// as it is. For a terminal there is [`difference`].
pub fn patch(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let mut out = head(path, old.is_some(), new.is_some());
    let old: Vec<&str> = old.unwrap_or_default().split_inclusive('\n').collect();
    let new: Vec<&str> = new.unwrap_or_default().split_inclusive('\n').collect();
    hunks(&align(&old, &new), &mut out, &|sign, line| match line.ends_with('\n') {
        true => format!("{sign}{line}"),
        false => format!("{sign}{line}\n\\ No newline at end of file\n"),
    });
    out
}

/// Returns the lines that name the file; one that is not there is `/dev/null`.
fn head(path: &str, is_old: bool, is_new: bool) -> String {
    let path = shown(path);
    let side = |is_there: bool, letter: &str| match is_there {
        true => format!("{letter}/{path}"),
        false => "/dev/null".to_string(),
    };
    format!("--- {}\n+++ {}\n", side(is_old, "a"), side(is_new, "b"))
}

/// Returns the lines of both texts in order, those that are in both once.
fn align<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (rest_old, rest_new) = (&old[start..], &new[start..]);
    let end = rest_old.iter().rev().zip(rest_new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_old, middle_new) = (&rest_old[..rest_old.len() - end], &rest_new[..rest_new.len() - end]);
    let mut lines: Vec<Line<'t>> = old[..start].iter().map(|line| Line::Both(line)).collect();
    lines.extend(align_all(middle_old, middle_new));
    lines.extend(rest_old[rest_old.len() - end..].iter().map(|line| Line::Both(line)));
    lines
}

/// Aligns by the longest common subsequence.
fn align_all<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let removed = old.iter().map(|line| Line::Old(line));
    if old.len().saturating_mul(new.len()) > LARGEST {
        return removed.chain(new.iter().map(|line| Line::New(line))).collect();
    }
    // `common[i][j]` lines are common to what follows `i` and `j`.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut lines, mut i, mut j) = (Vec::new(), 0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(Line::Both(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j == new.len() || common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push(Line::Old(old[i]));
            i += 1;
        } else {
            lines.push(Line::New(new[j]));
            j += 1;
        }
    }
    lines
}

/// Writes the differences, each with the lines around it.
fn hunks(lines: &[Line<'_>], out: &mut String, say: &dyn Fn(char, &str) -> String) {
    let changed: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !matches!(line, Line::Both(_)))
        .map(|(at, _)| at)
        .collect();
    let mut from = 0;
    while from < changed.len() {
        // Differences closer than their surroundings are one.
        let close = changed[from..].windows(2).take_while(|pair| pair[1] - pair[0] <= 2 * AROUND).count();
        let last = from + close;
        let range = changed[from].saturating_sub(AROUND)..(changed[last] + AROUND + 1).min(lines.len());
        hunk(lines, range, out, say);
        from = last + 1;
    }
}

fn hunk(
    lines: &[Line<'_>],
    range: std::ops::Range<usize>,
    out: &mut String,
    say: &dyn Fn(char, &str) -> String,
) {
    let count = |lines: &[Line<'_>]| {
        let old = lines.iter().filter(|line| !matches!(line, Line::New(_))).count();
        let new = lines.iter().filter(|line| !matches!(line, Line::Old(_))).count();
        (old, new)
    };
    let (before_old, before_new) = count(&lines[..range.start]);
    let (old, new) = count(&lines[range.clone()]);
    let start = |before: usize, count: usize| if count == 0 { before } else { before + 1 };
    let (old_start, new_start) = (start(before_old, old), start(before_new, new));
    let _ = writeln!(out, "@@ -{old_start},{old} +{new_start},{new} @@");
    for line in &lines[range] {
        let (sign, text) = match line {
            Line::Both(text) => (' ', text),
            Line::Old(text) => ('-', text),
            Line::New(text) => ('+', text),
        };
        out.push_str(&say(sign, text));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_difference_is_a_patch() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n";
        assert_eq!(
            difference("a.yml", Some(old), Some(new)),
            "--- a/a.yml\n+++ b/a.yml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -12,3 +12,4 @@\n 12\n 13\n 14\n+15\n"
        );
        assert_eq!(difference("a", None, Some("x\n")), "--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n");
        assert_eq!(
            difference("a", Some("x\u{1b}\n"), None),
            "--- a/a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\\u{1b}\n"
        );
    }

    #[test]
    fn a_patch_is_exact() {
        for (old, new, expected) in [
            (Some("a\tb \n"), Some("a\tb\n"), "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\tb \n+a\tb\n"),
            (None, Some("x"), "--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+x\n\\ No newline at end of file\n"),
            (Some("x\n"), Some("x\r\n"), "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-x\n+x\r\n"),
            (
                Some("x"),
                Some("x\n"),
                "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n",
            ),
        ] {
            assert_eq!(patch("f", old, new), expected);
        }
    }

    proptest! {
        #[test]
        fn lines_of_both_texts_are_all_there(old in prop::collection::vec("[ab]", 0..12), new in prop::collection::vec("[ab]", 0..12)) {
            let (old, new): (Vec<&str>, Vec<&str>) = (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            let lines = align(&old, &new);
            let left: Vec<&str> = lines.iter().filter_map(|line| match line { Line::Both(text) | Line::Old(text) => Some(*text), Line::New(_) => None }).collect();
            let right: Vec<&str> = lines.iter().filter_map(|line| match line { Line::Both(text) | Line::New(text) => Some(*text), Line::Old(_) => None }).collect();
            prop_assert_eq!(left, old);
            prop_assert_eq!(right, new);
        }
    }
}
