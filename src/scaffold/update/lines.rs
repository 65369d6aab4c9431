//! The lines that a template adds to files that are not its own, when it asks for others.

use std::collections::{BTreeMap, BTreeSet};

use crate::worktree::{Look, TreeFile};

/// What becomes of the files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// The files that change: what each holds now, if it is there, and what it is to hold.
    pub files: Vec<(Option<TreeFile>, TreeFile)>,
    /// The files that should change and cannot, each with why.
    pub barred: Vec<(String, String)>,
    /// What people should know.
    pub notes: Vec<String>,
}

/// Returns what becomes of the files when lines `new` are asked for in place of `old`, each a file and a line: a line that
/// was replaced is replaced where it stands, one that a person deleted stays deleted, one that is new is added at the end.
pub(super) fn merge(
    old: &[(String, String)],
    new: &[(String, String)],
    looks: &BTreeMap<String, Look>,
) -> Lines {
    let mut lines = Lines::default();
    let files: BTreeSet<&str> = old.iter().chain(new).map(|(file, _)| file.as_str()).collect();
    for file in files {
        let (before, after) = (of(old, file), of(new, file));
        let gone: Vec<&str> = before.iter().filter(|line| !after.contains(line)).copied().collect();
        let come: Vec<&str> = after.iter().filter(|line| !before.contains(line)).copied().collect();
        if gone.is_empty() && come.is_empty() {
            continue;
        }
        match looks.get(file).unwrap_or(&Look::Nothing) {
            Look::Other(reason) => lines.barred.push((file.to_string(), reason.clone())),
            Look::Nothing if !before.is_empty() => {
                lines.notes.push(format!("`{file}` was deleted here and stays deleted"));
            }
            Look::Nothing => {
                let bytes = edited(&[], &gone, &come, file, &mut lines.notes).into();
                lines.files.push((None, TreeFile { path: file.to_string(), bytes, executable: false }));
            }
            Look::File(there) => {
                let bytes = edited(&there.bytes, &gone, &come, file, &mut lines.notes);
                if bytes != *there.bytes {
                    lines
                        .files
                        .push((Some(there.clone()), TreeFile { bytes: bytes.into(), ..there.clone() }));
                }
            }
        }
    }
    lines
}

/// Returns the lines that are asked for in one file. A text of several lines is several.
fn of<'l>(lines: &'l [(String, String)], file: &str) -> Vec<&'l str> {
    let texts = lines.iter().filter(|(of, _)| of == file).flat_map(|(_, text)| text.lines());
    texts.map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

/// Returns the bytes of a file with the lines `come` in place of the lines `gone`.
fn edited(bytes: &[u8], gone: &[&str], come: &[&str], file: &str, notes: &mut Vec<String>) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let end: &[u8] = if lines.first().is_some_and(|line| line.ends_with(b"\r\n")) { b"\r\n" } else { b"\n" };
    let find = |lines: &[Vec<u8>], line: &str| {
        lines.iter().position(|there| there.trim_ascii_end() == line.as_bytes())
    };
    for number in 0..gone.len().max(come.len()) {
        match (gone.get(number), come.get(number)) {
            (Some(old), new) => {
                let new = new.filter(|new| find(&lines, new).is_none());
                match (find(&lines, old), new) {
                    (Some(at), Some(new)) => {
                        if let Some(line) = lines.get_mut(at) {
                            let kept = line.len().min(old.len());
                            line.splice(..kept, new.bytes());
                        }
                    }
                    (Some(at), None) => drop(lines.remove(at)),
                    (None, Some(_)) => {
                        notes.push(format!(
                            "the line `{old}` was deleted from `{file}` here and stays deleted"
                        ));
                    }
                    (None, None) => {}
                }
            }
            (None, Some(new)) if find(&lines, new).is_none() => {
                if let Some(last) = lines.last_mut().filter(|last| !last.ends_with(b"\n")) {
                    last.extend_from_slice(end);
                }
                lines.push([new.as_bytes(), end].concat());
            }
            (None, _) => {}
        }
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &[&str]) -> Vec<(String, String)> {
        lines.iter().map(|line| ("CODEOWNERS".to_string(), (*line).to_string())).collect()
    }

    /// A name, the old and the new lines, the file, what it becomes when it changes, and how many notes there are.
    type Case<'c> = (&'c str, &'c [&'c str], &'c [&'c str], &'c str, Option<&'c str>, usize);

    #[test]
    fn lines_are_replaced_where_they_stand() {
        let cases: &[Case<'_>] = &[
            ("nothing new", &["a"], &["a"], "x\n", None, 0),
            ("replaced", &["a"], &["b"], "x\na\ny\n", Some("x\nb\ny\n"), 0),
            ("replaced, with carriage returns", &["a"], &["b"], "x\r\na\r\n", Some("x\r\nb\r\n"), 0),
            ("a person deleted it", &["a"], &["b"], "x\n", None, 1),
            ("a person wrote the new one", &["a"], &["b"], "b\n", None, 0),
            ("both are there", &["a"], &["b"], "a\nb\n", Some("b\n"), 0),
            ("no longer asked for", &["a", "b"], &["b"], "a\nb\n", Some("b\n"), 0),
            ("new", &["a"], &["a", "b"], "a", Some("a\nb\n"), 0),
            ("new, with carriage returns", &[], &["b"], "x\r\ny", Some("x\r\ny\r\nb\r\n"), 0),
            ("new, and there", &[], &["b"], "b\n", None, 0),
            ("several lines", &["a\nb\n"], &["a\nc\n"], "a\nb\n", Some("a\nc\n"), 0),
        ];
        for (name, old, new, text, expected, notes) in cases {
            let file =
                TreeFile { path: "CODEOWNERS".into(), bytes: text.as_bytes().into(), executable: false };
            let looks = [("CODEOWNERS".to_string(), Look::File(file))].into();
            let lines = merge(&asked(old), &asked(new), &looks);
            let after = lines.files.first().map(|(_, after)| String::from_utf8_lossy(&after.bytes));
            assert_eq!(after.as_deref(), *expected, "{name}");
            assert_eq!(lines.notes.len(), *notes, "{name}: {:?}", lines.notes);
        }
    }

    #[test]
    fn a_file_that_is_gone_stays_gone_and_a_new_one_is_made() {
        let none = BTreeMap::new();
        let gone = merge(&asked(&["a"]), &asked(&["b"]), &none);
        assert!(gone.files.is_empty());
        assert_eq!(gone.notes, ["`CODEOWNERS` was deleted here and stays deleted"]);
        let new = merge(&[], &asked(&["b"]), &none);
        assert_eq!(&*new.files[0].1.bytes, b"b\n");
        let link = [("CODEOWNERS".to_string(), Look::Other("is a symbolic link".into()))].into();
        let barred = merge(&[], &asked(&["b"]), &link).barred;
        assert_eq!(barred, [("CODEOWNERS".to_string(), "is a symbolic link".to_string())]);
    }
}
