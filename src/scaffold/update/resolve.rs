//! The end of an update that had conflicts: a person has decided all of them, or gives it up.

use std::path::Path;

use super::side::written;
use super::state::inside;
use super::{Merged, phrase};
use crate::git::merge::Labels;
use crate::provenance::{RECORD, Record, Updating};
use crate::scaffold::Refusal;
use crate::worktree::{Look, look};

/// Returns what completes an update that had conflicts: the record, once none of its files has conflict markers; `None` when
/// no update was begun. A file that a person deleted is decided, and so is one that never had markers: to complete the
/// update is to say so. `root` is what the service's folder `folder` is below, `catalog` the root of the catalog.
///
/// # Errors
/// The files that still have conflict markers, with the lines.
pub fn complete(
    root: &Path,
    catalog: &Path,
    folder: &str,
    record: &Record,
) -> Result<Option<Merged>, Refusal> {
    let Some(updating) = &record.updating else { return Ok(None) };
    let labels = phrase::labels(&record.origin, &updating.origin);
    let mut open = Vec::new();
    for path in &updating.conflicts {
        let is_entity = updating.entity.as_ref().is_some_and(|entity| entity.file == *path);
        let roots = if is_entity && root != catalog { vec![catalog, root] } else { vec![root] };
        for root in roots {
            // What is no plain file was never written by an update, so it has no markers.
            let Look::File(file) = look(root, path) else { continue };
            let lines = markers(&file.bytes, &labels);
            if !lines.is_empty() {
                open.push(format!("  {path}: {}", numbers(&lines)));
            }
        }
    }
    if open.is_empty() {
        let record = advanced(updating);
        return Ok(Some(written(root, folder, &look(root, &inside(folder, RECORD)), &record)));
    }
    let (these, have) =
        if open.len() == 1 { ("1 file", "has") } else { (&*format!("{} files", open.len()), "have") };
    Err(Refusal::Other(format!(
        "{these} still {have} conflict markers: decide what stays, take the markers out, and run this again\n{}",
        open.join("\n")
    )))
}

/// Returns the record without the update that was begun; `None` when none was. The files stay as they are: Git has them as
/// they were.
pub fn abandon(root: &Path, folder: &str, record: &Record) -> Option<Merged> {
    record.updating.as_ref()?;
    let record = Record { updating: None, ..record.clone() };
    Some(written(root, folder, &look(root, &inside(folder, RECORD)), &record))
}

/// Returns the record as the update makes it.
fn advanced(updating: &Updating) -> Record {
    let Updating { origin, answers, files, repository, appended, entity, conflicts: _ } = updating.clone();
    let portal = env!("CARGO_PKG_VERSION").to_string();
    Record { origin, portal, answers, files, repository, appended, entity, updating: None }
}

/// Returns the lines of a file, counted from 1, that are conflict markers with these labels. What parts the sides has no
/// label, and counts only between two that have one: a heading may be underlined the same way.
fn markers(bytes: &[u8], labels: &Labels) -> Vec<usize> {
    let [start, base, end] = [
        format!("<<<<<<< {}", labels.ours),
        format!("||||||| {}", labels.base),
        format!(">>>>>>> {}", labels.theirs),
    ];
    let mut found = Vec::new();
    let mut is_inside = false;
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let opens = line == start.as_bytes() || line == base.as_bytes();
        let closes = line == end.as_bytes();
        if opens || closes || is_inside && line == b"=======" {
            found.push(number);
        }
        is_inside = (is_inside || opens) && !closes;
    }
    found
}

fn numbers(lines: &[usize]) -> String {
    const MOST: usize = 12;
    let shown: Vec<String> = lines.iter().take(MOST).map(ToString::to_string).collect();
    let more = if lines.len() > MOST { " and more" } else { "" };
    format!("{} {}{more}", if lines.len() == 1 { "line" } else { "lines" }, shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_those_of_the_update() {
        let labels = Labels {
            ours: "yours".into(),
            base: "template v1 (before)".into(),
            theirs: "template v2".into(),
        };
        for (text, expected) in [
            ("Title\n=======\n", &[][..]),
            ("<<<<<<< HEAD\n=======\n>>>>>>> main\n", &[]),
            (
                "a\n<<<<<<< yours\r\nb\n||||||| template v1 (before)\nc\n=======\nd\n>>>>>>> template v2\n=======\n",
                &[2, 4, 6, 8],
            ),
            ("a\n||||||| template v1 (before)\n=======\n", &[2, 3]),
            (">>>>>>> template v2", &[1]),
            ("> <<<<<<< yours\n", &[]),
        ] {
            assert_eq!(markers(text.as_bytes(), &labels), expected, "{text}");
        }
    }
}
