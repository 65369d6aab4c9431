//! A month of the audit as CSV (RFC 4180): a line for each change, for each run, and for each change of a level.

use super::Event;
use crate::git::Person;
use crate::history::timeline::Commit;
use crate::model::Kind;
use crate::site::history::{self, Turn};
use crate::site::words::counted;
use crate::site::{Site, moment};

/// Returns the events of a month as a table for spreadsheets.
pub(super) fn of(site: &Site<'_>, events: &[Event<'_>]) -> String {
    const HEAD: [&str; 13] = [
        "time",
        "commit",
        "change",
        "kind",
        "blueprint",
        "identifier",
        "title",
        "file",
        "author",
        "reviewers",
        "merged by",
        "pull request",
        "subject",
    ];
    let mut out = HEAD.join(",");
    out.push_str("\r\n");
    for event in events {
        match event {
            Event::Commit(commit) => commit_lines(site, commit, &mut out),
            Event::Turn(turn) => turn_lines(site, turn, &mut out),
            Event::Run(run, _) => {
                let (blueprint, identifier) =
                    run.entity.as_ref().map_or(("", ""), |(blueprint, name)| (blueprint, name));
                let by = run.by.as_deref().unwrap_or_default();
                let subject = format!("ran {}", run.action);
                let approved = run.approved_by.join("; ");
                let cells = [
                    &run.at,
                    "",
                    run.state.name(),
                    "run",
                    blueprint,
                    identifier,
                    "",
                    "",
                    by,
                    &approved,
                    "",
                    "",
                    &subject,
                ];
                line(&cells, &mut out);
            }
        }
    }
    out
}

/// Adds a line for each entity that rose or fell; its commits are those that may have done it.
fn turn_lines(site: &Site<'_>, turn: &Turn, out: &mut String) {
    let at = moment::from_seconds(turn.seconds()).map(|moment| moment.iso).unwrap_or_default();
    let board = turn.board(site);
    let blueprint = &site.catalog().blueprint(board.card.blueprint).identifier.value;
    for shift in site.past.turns.shifts(turn) {
        let (word, face) =
            (if shift.after > shift.before { "rose" } else { "fell" }, site.face(shift.entity));
        let commits = history::names(site, shift).join("; ");
        let (before, after) = (board.level(shift.before), board.level(shift.after));
        let said = format!("{}: {before} → {after} {}", board.card.title, turn.span.words());
        let (title, path) = (if face.label() == face.identifier() { "" } else { face.label() }, "");
        let cells = [&at, &commits, word, "level", blueprint, face.identifier(), title, path];
        line(&cells.into_iter().chain(["", "", "", "", &said]).collect::<Vec<_>>(), out);
    }
}

fn commit_lines(site: &Site<'_>, commit: &Commit, out: &mut String) {
    let names =
        |people: &[Person]| people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join("; ");
    let (authors, reviewers) = (names(&commit.authors), names(&commit.reviewers));
    let merged_by = commit.merged_by.as_ref().map(|person| person.name.as_str()).unwrap_or_default();
    let at = moment::from_seconds(commit.seconds).map(|moment| moment.iso).unwrap_or_default();
    let number = commit.number.map(|number| number.to_string()).unwrap_or_default();
    let mut write = |[change, kind, blueprint, identifier, title, file]: [&str; 6]| {
        let cells = [
            &at,
            commit.id.as_str(),
            change,
            kind,
            blueprint,
            identifier,
            title,
            file,
            &authors,
            &reviewers,
            merged_by,
            &number,
            &commit.subject,
        ];
        line(&cells, out);
    };
    if site.past.changes(commit).len() == 0 {
        let files = counted(commit.files, "file", "files");
        return write(["changed", "", "", "", "", &files]);
    }
    for (change, _) in site.past.changes(commit) {
        let kind = change.kind.map_or("configuration", Kind::name);
        let blueprint = change.blueprint.as_deref().unwrap_or_default();
        let title = change.title.as_deref().unwrap_or_default();
        write([change.fate.name(), kind, blueprint, &change.identifier, title, &change.path]);
    }
}

/// Adds a line of a table. A cell that a spreadsheet would take for a formula begins with an apostrophe.
fn line(cells: &[&str], out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula || cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            if formula {
                out.push('\'');
            }
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        for (cell, expected) in [
            ("a", "a\r\n"),
            ("a,b", "\"a,b\"\r\n"),
            ("a\"b", "\"a\"\"b\"\r\n"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"\r\n"),
            ("-1", "\"'-1\"\r\n"),
            ("@x", "\"'@x\"\r\n"),
        ] {
            let mut out = String::new();
            line(&[cell], &mut out);
            assert_eq!(out, expected, "{cell}");
        }
    }
}
