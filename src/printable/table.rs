//! Aligned columns.

use unicode_width::UnicodeWidthStr;

use super::cut;

/// What stands between two columns.
const GAP: &str = "  ";

/// No column is cut narrower than this to make others fit.
const NARROWEST: usize = 8;

/// Returns the lines of a table, the header first, cut so that a line fits into `limit` if it can. The cells must be
/// harmless already.
pub fn aligned(header: &[String], rows: &[Vec<String>], limit: Option<usize>) -> Vec<String> {
    let widths = widths(header, rows, limit);
    let head = line(header, &widths);
    std::iter::once(head).chain(rows.iter().map(|row| line(row, &widths))).collect()
}

/// Returns how wide each column is, so that a line fits into `limit` if it can.
fn widths(header: &[String], rows: &[Vec<String>], limit: Option<usize>) -> Vec<usize> {
    let widest =
        |at: usize| rows.iter().map(|row| row[at].width()).chain([header[at].width()]).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..header.len()).map(widest).collect();
    let gaps = GAP.len() * header.len().saturating_sub(1);
    let Some(room) = limit.map(|limit| limit.saturating_sub(gaps)) else { return widths };
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

/// Returns the cells of a row, each in its column, without spaces at the end.
fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        let cell = cut(cell, width);
        line.push_str(&cell);
        line.push_str(&" ".repeat(width - cell.width().min(width)));
        line.push_str(GAP);
    }
    line.truncate(line.trim_end().len());
    line
}
