//! Aligned columns.

use std::io::{self, Write};

use super::cell::text;
use super::{Answer, Style};
use crate::portal::Portal;
use crate::printable::{aligned, shown};

/// Writes the entities of `answer`, a line each, below the names of the columns.
pub(super) fn write(answer: &Answer, portal: &Portal, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let header: Vec<String> = answer.columns.iter().map(|column| shown(&column.name)).collect();
    let cells = |row| answer.columns.iter().map(|column| shown(&text(&column.value(portal, row)))).collect();
    let rows: Vec<Vec<String>> = answer.rows.iter().map(cells).collect();
    for (number, line) in aligned(&header, &rows, style.limit()).iter().enumerate() {
        writeln!(out, "{}", if number == 0 { style.bold(line) } else { line.clone() })?;
    }
    Ok(())
}
