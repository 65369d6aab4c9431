//! Layouts: every widget in one place, every place with a widget, twelve columns wide.

use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::page::{Row, Widget};
use crate::model::phrase::{clip, quoted_first};
use crate::yaml::Document;

/// The columns of a row, and the narrowest and the most widgets in it (Port's documentation).
const WIDTH: f64 = 12.0;
const NARROWEST: f64 = 3.0;
const MOST: usize = 4;

/// Pushes what does not fit between widgets and the rows that hold them. Without rows, they stand one after another.
pub(super) fn check(rows: &[Row], widgets: &[Widget], document: &Document, found: &mut Vec<Diagnostic>) {
    let names: Vec<&str> = widgets.iter().filter_map(name).collect();
    for (at, widget) in widgets.iter().enumerate() {
        let Some(identifier) = &widget.identifier else { continue };
        if widgets[..at].iter().filter_map(name).any(|other| other == identifier.value) {
            let message = format!("two widgets are called `{}`", clip(&identifier.value));
            let help = "give one of them another `id`, and a column of the layout";
            found.push(Diagnostic::new(Rule::InvalidLayout, identifier.span, message).help(help));
        }
    }
    if rows.is_empty() {
        return;
    }
    let columns = || rows.iter().flat_map(|row| &row.columns);
    let mut held: Vec<&str> = Vec::new();
    for column in columns() {
        let id = column.widget.value.as_str();
        if !names.contains(&id) {
            let message = format!("there is no widget `{}` here", clip(id));
            let help = did_you_mean(id, names.iter().copied());
            let help =
                help.unwrap_or_else(|| format!("the widgets are {}", quoted_first(names.iter().copied())));
            found.push(Diagnostic::new(Rule::InvalidLayout, column.widget.span, message).help(help));
        } else if held.contains(&id) {
            let message = format!("the widget `{}` has a place already", clip(id));
            let help = "remove one of the columns: a widget is shown once";
            found.push(Diagnostic::new(Rule::InvalidLayout, column.widget.span, message).help(help));
        }
        held.push(id);
    }
    for widget in widgets.iter().filter(|widget| name(widget).is_none_or(|name| !held.contains(&name))) {
        let span = widget.identifier.as_ref().or(widget.kind.as_ref()).map(|name| name.span);
        let span = span.unwrap_or_else(|| document.node(widget.node).span());
        let message = "no row of the layout holds this widget; it is shown below the others";
        found.push(Diagnostic::new(Rule::InvalidLayout, span, message).help("add a column with its `id`"));
    }
    found.extend(rows.iter().filter_map(|row| width(row, document)));
}

fn name(widget: &Widget) -> Option<&str> {
    widget.identifier.as_ref().map(|identifier| identifier.value.as_str())
}

/// Returns the finding that the widgets of a row are not twelve columns wide together.
fn width(row: &Row, document: &Document) -> Option<Diagnostic> {
    let span =
        row.columns.first().map_or_else(|| document.node(row.node).span(), |column| column.widget.span);
    let finding =
        |message: String, help: &str| Some(Diagnostic::new(Rule::InvalidLayout, span, message).help(help));
    if row.columns.len() > MOST {
        let message = format!("this row has {} columns, and Port holds {MOST}", row.columns.len());
        return finding(message, "begin another row");
    }
    let sizes: Vec<f64> = row.columns.iter().filter_map(|column| column.size).collect();
    let whole = |size: &f64| size.fract() == 0.0 && (NARROWEST..=WIDTH).contains(size);
    if let Some(size) = sizes.iter().find(|size| !whole(size)) {
        return finding(format!("a column is {size} wide"), "a whole number from 3 to 12");
    }
    let sum: f64 = sizes.iter().sum();
    if sizes.len() == row.columns.len() && !sizes.is_empty() && sum != WIDTH {
        return finding(format!("the columns of this row are {sum} wide together"), "make them 12 together");
    }
    None
}
