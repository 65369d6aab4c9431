//! Lines added to files of the root: an owner, a link in a list.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Change, Part};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::skeleton::refusal;
use crate::source::Span;
use crate::worktree::{Look, look};

/// Returns the files below `root` with these lines, each a file, a line and where it is asked for. A line that is there
/// already is not added again, and an empty one is none. Every file is one change, in path order; one that has all its lines
/// is left out.
///
/// # Errors
/// What cannot be added to, in the order of the lines.
pub(super) fn changes(root: &Path, lines: &[(String, String, Span)]) -> Result<Vec<Change>, Vec<Diagnostic>> {
    let mut files: BTreeMap<&str, Result<Text, ()>> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, line, span) in lines.iter().filter(|(_, line, _)| !line.trim().is_empty()) {
        if let Some(reason) = unfit(line) {
            let message = format!("the line for `{}` {reason}", clip(path));
            let help = "an `append` adds one line of text; make the answer one line, or add another item";
            findings.push(Diagnostic::new(Rule::TemplateFault, *span, message).help(help));
            continue;
        }
        let file = files.entry(path).or_insert_with(|| {
            Text::open(root, path).map_err(|(rule, reason)| {
                let message = format!("nothing can be added to `{}`: it {reason}", clip(path));
                let help = "let `append` name a text file of the repository, or add the line by hand";
                findings.push(Diagnostic::new(rule, *span, message).help(help));
            })
        });
        if let Ok(file) = file {
            file.add(line);
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let changed = files.into_iter().filter_map(|(path, file)| {
        let file = file.ok().filter(|file| file.is_changed)?;
        let bytes = file.text.into_bytes();
        Some(Change { path: path.to_string(), bytes, executable: file.executable, part: Part::Appended })
    });
    Ok(changed.collect())
}

/// Returns why a line is none, as a phrase.
fn unfit(line: &str) -> Option<&'static str> {
    if line.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return Some("has a line break");
    }
    line.contains(|c: char| c.is_control() && c != '\t').then_some("has a control character")
}

/// A text that gets more lines.
struct Text {
    text: String,
    executable: bool,
    is_changed: bool,
    line_break: &'static str,
}

impl Text {
    /// Returns the text of a file, empty when there is none, or why it cannot be had, as a phrase, with the rule that says
    /// so.
    fn open(root: &Path, path: &str) -> Result<Self, (Rule, String)> {
        if let Some(reason) = refusal(path) {
            return Err((Rule::TemplatePath, reason));
        }
        let (bytes, executable) = match look(root, path) {
            Look::Nothing => (Vec::new(), false),
            Look::File(file) => (file.bytes.to_vec(), file.executable),
            Look::Other(reason) => return Err((Rule::TemplatePath, reason)),
        };
        let text =
            String::from_utf8(bytes).map_err(|_| (Rule::TemplateFault, "is no UTF-8 text".to_string()))?;
        if text.contains('\0') {
            return Err((Rule::TemplateFault, "is no text".into()));
        }
        let first = text.split_once('\n').map(|(first, _)| first);
        let line_break = if first.is_some_and(|first| first.ends_with('\r')) { "\r\n" } else { "\n" };
        Ok(Self { text, executable, is_changed: false, line_break })
    }

    /// Adds a line, unless it is there.
    fn add(&mut self, line: &str) {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        // A carriage return is part of no line, also where no line feed follows.
        if text.lines().any(|there| there.trim_end_matches('\r') == line) {
            return;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            self.text.push_str(self.line_break);
        }
        self.text.push_str(line);
        self.text.push_str(self.line_break);
        self.is_changed = true;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceId;
    use crate::worktree::MOST_FILE_BYTES;

    fn asked(lines: &[(&str, &str)]) -> Vec<(String, String, Span)> {
        let line = |(at, (file, line)): (usize, &(&str, &str))| {
            ((*file).to_string(), (*line).to_string(), Span::new(SourceId::new(0), at, at))
        };
        lines.iter().enumerate().map(line).collect()
    }

    /// Returns what a file that holds `before` holds with these lines.
    fn added(before: Option<&[u8]>, lines: &[&str]) -> Result<Option<String>, Vec<String>> {
        let root = tempfile::tempdir().unwrap();
        if let Some(before) = before {
            fs::create_dir(root.path().join("docs")).unwrap();
            fs::write(root.path().join("docs/list.md"), before).unwrap();
        }
        let lines: Vec<(&str, &str)> = lines.iter().map(|line| ("docs/list.md", *line)).collect();
        let changes = changes(root.path(), &asked(&lines))
            .map_err(|findings| findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>())?;
        assert!(changes.len() <= 1 && changes.iter().all(|change| change.path == "docs/list.md"));
        Ok(changes.into_iter().next().map(|change| String::from_utf8(change.bytes).unwrap()))
    }

    #[test]
    fn lines_are_added_at_the_end_once() {
        for (before, lines, expected) in [
            (None, &["a"][..], Some("a\n")),
            (Some(""), &["a", "b"], Some("a\nb\n")),
            (Some("x\n"), &["a", "x"], Some("x\na\n")),
            (Some("x\na\ny\n"), &["a"], None),
            (Some("x"), &["a"], Some("x\na\n")),
            (Some("a"), &["a"], None),
            (Some("x\r\ny\r\n"), &["a"], Some("x\r\ny\r\na\r\n")),
            (Some("x\r\ny"), &["a"], Some("x\r\ny\r\na\r\n")),
            (Some("a\r\n"), &["a"], None),
            (Some("x\ny\r\n"), &["a"], Some("x\ny\r\na\n")),
            (Some("\u{feff}a\n"), &["a"], None),
            (Some("aa\n a\na \n"), &["a", "a"], Some("aa\n a\na \na\n")),
            (Some("x\n\n"), &["a\tb # é"], Some("x\n\na\tb # é\n")),
            (Some("x\n"), &["", "  "], None),
            (None, &[""], None),
        ] {
            let added = added(before.map(str::as_bytes), lines).unwrap();
            assert_eq!(added.as_deref(), expected, "{before:?} {lines:?}");
        }
    }

    #[test]
    fn what_is_no_line_or_no_text_is_refused() {
        for line in ["a\nb", "a\r", "\0a", "a\u{1b}[1m", "a\u{85}b", "a\u{2028}b", "\nb"] {
            let reasons = added(Some(b"x\n"), &[line, "fine", line]).unwrap_err();
            assert_eq!(reasons.len(), 2, "{line:?}");
            assert!(reasons[0].starts_with("the line for `docs/list.md` has a "), "{reasons:?}");
        }
        for (before, reason) in [
            (&b"\xff\xfea\0"[..], "is no UTF-8 text"),
            (b"a\0b", "is no text"),
            (&vec![b'a'; MOST_FILE_BYTES + 1], "is larger than 8 MiB"),
        ] {
            let reasons = added(Some(before), &["a", "b"]).unwrap_err();
            assert_eq!(reasons, [format!("nothing can be added to `docs/list.md`: it {reason}")]);
        }
    }

    #[test]
    fn nothing_outside_of_the_root_is_read() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        for path in ["../x", "/etc/passwd", "a/../../x", "a\\..\\x", "file/x", "folder"] {
            let findings = changes(root.path(), &asked(&[(path, "a"), ("new", "b\nc")])).unwrap_err();
            assert_eq!(findings.len(), 2, "{path}");
            assert_eq!(findings[0].rule, Rule::TemplatePath, "{path}");
            assert_eq!((findings[0].primary.span.start, findings[1].primary.span.start), (0, 1));
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2, "nothing is written");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused_and_modes_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("x"), "outside\n").unwrap();
        symlink(outside.path(), root.path().join("folder")).unwrap();
        symlink(outside.path().join("x"), root.path().join("link")).unwrap();
        symlink("nowhere", root.path().join("lost")).unwrap();
        for path in ["folder/x", "folder/new", "link", "lost"] {
            let findings = changes(root.path(), &asked(&[(path, "a")])).unwrap_err();
            assert!(findings[0].message.contains("symbolic link"), "{findings:?}");
        }
        fs::write(root.path().join("run.sh"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(root.path().join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        let lines = asked(&[("run.sh", "b"), ("a.txt", "1"), ("run.sh", "c")]);
        let changes = changes(root.path(), &lines).unwrap();
        let told: Vec<_> = changes.iter().map(|it| (it.path.as_str(), &*it.bytes, it.executable)).collect();
        assert_eq!(told, [("a.txt", &b"1\n"[..], false), ("run.sh", b"#!/bin/sh\nb\nc\n", true)]);
    }

    #[test]
    fn a_line_that_ends_in_half_a_line_break_is_there() {
        assert_eq!(added(Some(b"bb\r"), &["bb"]), Ok(None));
        assert_eq!(added(Some(b"bb\r\n"), &["bb"]), Ok(None));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_there_stays_and_every_line_is_there_once_more_at_most(
            before in "[ab\r\n]{0,12}", lines in prop::collection::vec("[ab\r\n\0]{0,3}", 0..4)
        ) {
            let asked: Vec<&str> = lines.iter().map(String::as_str).collect();
            match added(Some(before.as_bytes()), &asked) {
                Err(reasons) => prop_assert!(!reasons.is_empty() && lines.iter().any(|line| unfit(line).is_some())),
                Ok(after) => {
                    let after = after.unwrap_or(before.clone());
                    prop_assert!(after.starts_with(&before));
                    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
                        let same = |there: &&str| there.trim_end_matches('\r') == line;
                        let count = |text: &str| text.lines().filter(same).count();
                        prop_assert_eq!(count(&after), count(&before).max(1), "{:?}", after);
                    }
                }
            }
        }
    }
}
