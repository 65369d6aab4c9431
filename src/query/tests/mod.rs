//! Questions to a small catalog, and how their answers look.

mod catalog;
mod format;
mod hostile;
mod question;

use super::*;
use catalog::portal;

/// Returns the answer to a selection as text.
fn asked(selection: &Selection, columns: &str, format: Format) -> String {
    let portal = portal();
    let columns: Vec<String> = columns.split(',').filter(|name| !name.is_empty()).map(String::from).collect();
    match run(&portal, selection, &columns) {
        Ok(answer) => written(&answer, &portal, format, Style::default()),
        Err(error) => format!("error: {error}\n"),
    }
}

fn written(answer: &Answer, portal: &Portal, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    write(answer, portal, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns the selection of a blueprint's entities.
fn of(blueprint: &str) -> Selection {
    Selection { blueprint: Some(blueprint.into()), ..Selection::default() }
}

/// Returns the selection about an entity.
fn about(entity: &str) -> Selection {
    Selection { entity: Some(entity.into()), ..Selection::default() }
}
