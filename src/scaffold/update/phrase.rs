//! How an update says what a merge came to.

use crate::git::merge::{Conflict, Labels, Remark};
use crate::printable::shown;
use crate::provenance::Origin;

/// What conflict markers call the files of a person.
pub(super) const YOURS: &str = "yours";

/// How many digits name a commit or a digest.
const DIGITS: usize = 12;

/// Returns what conflict markers call the sides of an update between two states of a template.
pub(super) fn labels(from: &Origin, to: &Origin) -> Labels {
    let side = |origin: &Origin| shown(&format!("template {}", state(origin)));
    let base = format!("{} (before)", side(from).trim_end());
    Labels { ours: YOURS.into(), base, theirs: side(to).trim_end().to_string() }
}

/// Returns a state of a template as people name it: its tag, else the beginning of its commit, else of its digest.
pub(super) fn state(origin: &Origin) -> String {
    let short = |id: &str| id.chars().take(DIGITS).collect();
    match (&origin.tag, &origin.commit) {
        (Some(tag), _) => tag.clone(),
        (None, Some(commit)) if origin.is_committed => short(commit),
        _ => short(&origin.digest),
    }
}

/// Returns what a person must decide about a file; `is_known` says whether what it was made from is.
pub(super) fn conflict(conflict: &Conflict, is_known: bool) -> String {
    match conflict {
        Conflict::Lines if is_known => "both changed the same lines".into(),
        Conflict::Lines => "it was changed here, and what the template made before is not known".into(),
        Conflict::Added => "both added it, and differently".into(),
        Conflict::Binary => "both changed it, and it is no text: yours is kept".into(),
        Conflict::Deleted => "it was changed here, and the template no longer has it: yours is kept".into(),
        Conflict::DeletedFrom(path) => {
            format!("it was `{path}`, which the template no longer has: yours is kept")
        }
        Conflict::RenamedTwice(to, from) => {
            format!("it was `{from}`: it was renamed here, and the template renamed it to `{to}`")
        }
        Conflict::Occupied(path) => format!("the template renamed it to `{path}`, where another file is"),
        Conflict::Barred(reason) => format!("what the template has cannot be written: {reason}"),
    }
}

/// Returns what people should know; `is_known` says whether what a file was made from is.
pub(super) fn remark(remark: &Remark, is_known: impl Fn(&str) -> bool) -> String {
    match remark {
        Remark::StaysDeleted(path, Some(to)) => {
            format!("`{path}` was deleted here and stays deleted; the template renamed it to `{to}`")
        }
        Remark::StaysDeleted(path, None) if is_known(path) => {
            format!("`{path}` was deleted here and stays deleted; the template changed it")
        }
        Remark::StaysDeleted(path, None) => format!("`{path}` was deleted here and stays deleted"),
        Remark::Followed(from, to) => {
            format!("`{from}` was renamed to `{to}` here, so the template's changes are made there")
        }
        Remark::Renamed(from, to) => format!("the template renamed `{from}` to `{to}`"),
        Remark::ManyFiles => {
            "there are so many new files that only files with the same bytes were taken for \
                              renamed ones"
                .into()
        }
    }
}
