//! A plan, as people see it.

use std::io::{self, Write};
use std::path::Path;

use super::deed::{Deed, Planned};
use crate::printable::{plural, shown};
use crate::scaffold::verdict::Standing;
use crate::scaffold::{Part, Plan, Verdict};
use crate::workflow::difference;

/// Writes what would be done; `title` says where to, for each root.
pub(super) fn write(
    plan: &Plan,
    planned: &[Planned<'_>],
    title: impl Fn(&Path) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    for ground in &plan.grounds {
        writeln!(out, "{}", shown(&title(&ground.root)))?;
        let files: Vec<&Planned<'_>> = planned.iter().filter(|file| file.root == ground.root).collect();
        let width = files.iter().map(|file| shown(file.path()).chars().count()).max().unwrap_or(0);
        for file in files {
            let path = shown(file.path());
            let line = format!("  {} {path:width$}  {}", sign(file), about(file));
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    if let Some(made) = &plan.entity {
        write!(out, "{}", entity(&made.blueprint, &made.identifier, &made.verdict))?;
    }
    for note in &plan.notes {
        writeln!(out, "note: {}", shown(note))?;
    }
    Ok(())
}

fn sign(file: &Planned<'_>) -> char {
    match (file.conflict, file.deed) {
        (Some(_), _) => '!',
        (None, Deed::New) => '+',
        (None, Deed::Changes) => '~',
        (None, Deed::Same | Deed::Skipped) => '=',
    }
}

fn about(file: &Planned<'_>) -> String {
    let change = file.change;
    if let Some(reason) = file.conflict {
        return reason.to_string();
    }
    let mode = if change.executable { "  executable" } else { "" };
    match (file.deed, change.part) {
        (Deed::Same, _) => "is there already, as it would be".into(),
        (Deed::Skipped, _) => "stays as it is".into(),
        (_, Part::Appended) => {
            let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().count();
            let before = file.there.as_deref().map_or(0, lines);
            let added = lines(&change.bytes).saturating_sub(before);
            format!("+{}", plural(added, "line", "lines"))
        }
        (_, Part::Workflow) => "generated anew: there is one more to choose".into(),
        (_, Part::Record) => "the record of where it comes from".into(),
        _ => format!("{}{mode}", size(change.bytes.len())),
    }
}

/// Returns what the catalog says about an entity, in lines.
pub(super) fn entity(blueprint: &str, identifier: &str, verdict: &Verdict) -> String {
    let mut said = format!("  entity {blueprint}/{identifier}");
    if verdict.is_known {
        said.push_str(" — valid");
    }
    for standing in &verdict.standings {
        said.push_str(&format!(", {}", level(standing)));
    }
    let mut lines = format!("{}\n", shown(&said));
    for standing in verdict.standings.iter().filter(|standing| !standing.failing.is_empty()) {
        let failing = format!("{} does not pass yet: {}", standing.title, standing.failing.join("; "));
        lines.push_str(&format!("    {}\n", shown(&failing)));
    }
    lines
}

fn level(standing: &Standing) -> String {
    format!("{}: {} ({} of {})", standing.title, standing.level, standing.passed, standing.total)
}

/// Returns a number of bytes as people read it.
pub(super) fn size(bytes: usize) -> String {
    const KIB: usize = 1024;
    let tenths = |unit: usize| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..1_048_576 => format!("{} KiB", tenths(KIB)),
        _ => format!("{} MiB", tenths(KIB * KIB)),
    }
}

/// Returns what would change in a file, for a terminal.
pub(super) fn difference(file: &Planned<'_>) -> String {
    compared(file, difference::difference)
}

/// Returns what would change in a file, as a patch.
pub(super) fn patch(file: &Planned<'_>) -> String {
    compared(file, difference::patch)
}

fn compared(file: &Planned<'_>, by: fn(&str, Option<&str>, Option<&str>) -> String) -> String {
    if file.deed == Deed::Same || file.there.as_deref() == Some(&file.change.bytes) {
        return String::new();
    }
    between(file.path(), file.there.as_deref(), Some(&file.change.bytes), by)
}

/// Returns what turns bytes into others, by `by`; of what is no text, that they differ.
pub(super) fn between(
    path: &str,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
    by: fn(&str, Option<&str>, Option<&str>) -> String,
) -> String {
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| str::from_utf8(bytes).map(String::from)).transpose();
    match (text(old), text(new)) {
        (Ok(old), Ok(new)) => by(path, old.as_deref(), new.as_deref()),
        _ => format!("Binary files a/{0} and b/{0} differ\n", shown(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_down() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_535, "1.4 KiB"),
            (1_048_575, "1023.9 KiB"),
            (8 * 1_048_576, "8.0 MiB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn what_is_no_text_is_not_shown() {
        let said = between("a\u{1b}", Some(b"\xff"), Some(b"x"), difference::patch);
        assert_eq!(said, "Binary files a/a\\u{1b} and b/a\\u{1b} differ\n");
        assert!(between("a", None, Some(b"x\n"), difference::patch).ends_with("+x\n"));
    }
}
