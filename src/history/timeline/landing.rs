//! Which merge brought a commit to the branch that is built.

use rustc_hash::FxHashMap;

use crate::git::Log;

/// Returns, for each commit of a log, the position of the merge that brought it; `None` of those of the branch itself.
/// What more than one merge brought, the oldest did.
pub(super) fn landings(log: &Log) -> Vec<Option<usize>> {
    let positions: FxHashMap<&str, usize> =
        log.commits.iter().enumerate().map(|(at, commit)| (commit.id.as_str(), at)).collect();
    let find = |id: &String| positions.get(id.as_str()).copied();
    let mut is_main = vec![false; log.commits.len()];
    let mut at = (!log.commits.is_empty()).then_some(0);
    while let Some(here) = at.filter(|here| !is_main[*here]) {
        is_main[here] = true;
        at = log.commits[here].parents.first().and_then(find);
    }
    let mut landings = vec![None; log.commits.len()];
    for (at, commit) in log.commits.iter().enumerate() {
        let brought_by = if is_main[at] { Some(at) } else { landings[at] };
        let side = commit.parents.iter().filter_map(find).filter(|parent| !is_main[*parent]);
        side.for_each(|parent| landings[parent] = brought_by);
    }
    landings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{End, Logged, Person};

    #[test]
    fn commits_land_with_the_oldest_merge_that_has_them() {
        let commit = |id: &str, parents: &str| Logged {
            id: id.into(),
            seconds: 0,
            author: Person::default(),
            committer: Person::default(),
            message: String::new(),
            parents: parents.split_whitespace().map(String::from).collect(),
            is_beginning: false,
        };
        let log = |lines: &[(&str, &str)]| Log {
            commits: lines.iter().map(|(id, parents)| commit(id, parents)).collect(),
            end: End::First,
        };
        for (lines, expected) in [
            (vec![("b", "a"), ("a", "")], vec![None, None]),
            // m merges c and b, which begin at a.
            (vec![("m", "a c"), ("c", "b"), ("b", "a"), ("a", "")], vec![None, Some(0), Some(0), None]),
            // n merges d, which was built upon b, that m had brought before.
            (
                vec![("n", "m d"), ("d", "b"), ("m", "a b"), ("b", "a"), ("a", "")],
                vec![None, Some(0), None, Some(2), None],
            ),
            (vec![], vec![]),
        ] {
            assert_eq!(landings(&log(&lines)), expected, "{lines:?}");
        }
    }
}
