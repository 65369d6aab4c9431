//! The keys of widgets and layouts, for editors and for the check of shapes.
//!
//! Which of them a widget needs depends on its type, which a table cannot say: `crate::check` does.

use super::super::shape::{Object, Openness, Shape, optional, required};

/// A widget. Port adds keys to its types, so others pass.
pub(super) static WIDGET: Object = Object {
    name: "a widget",
    fields: &[
        optional("id", Shape::Text, "the name by which the layout places it"),
        required(
            "type",
            Shape::Text,
            "what it is: entities-pie-chart, table-entities-explorer, markdown and so on",
        ),
        optional("title", Shape::Text, "what people read"),
        optional("description", Shape::Text, "a sentence below the title"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("emptyStateText", Shape::Text, "what it says when there is nothing to show"),
        optional("blueprint", Shape::Text, "whose entities it shows"),
        optional("dataset", Shape::Any, "which of them: a search query, or a list of its rules"),
        optional("property", Shape::Text, "what it is about: property#x, relation#x, scorecard#x, $team"),
        optional(
            "chartType",
            Shape::Text,
            "of a number: countEntities, aggregateByProperty, displaySingleProperty",
        ),
        optional("func", Shape::Text, "count, sum, average, min, max or median"),
        optional("calculationBy", Shape::Text, "entities or property"),
        optional("averageOf", Shape::Text, "hour, day, week, month or total"),
        optional("measureTimeBy", Shape::Text, "the date that says when something was"),
        optional("entity", Shape::Text, "the one entity that it shows"),
        optional("unit", Shape::Text, "none, %, $, £, € or custom"),
        optional("unitCustom", Shape::Text, "the unit, when it is custom"),
        optional("unitAlignment", Shape::Text, "where the unit stands: left, right or bottom"),
        optional("displayFormatting", Shape::Text, "none, round or custom"),
        optional("decimalPlaces", Shape::Number, "how many, when the formatting is custom"),
        optional("conditionalFormatting", Shape::List(&Shape::Any), "colours and words for values"),
        optional("timeInterval", Shape::Text, "hour, day, isoWeek, month or quarter"),
        optional("timeRange", Shape::Any, "how far back a line goes: {preset: last3Months}"),
        optional("lines", Shape::List(&Shape::Any), "the lines of a multi-line-chart"),
        optional("markdown", Shape::Text, "the text of a markdown widget"),
        optional("url", Shape::Text, "the page of an iframe-widget"),
        optional("links", Shape::List(&Shape::Any), "the links of a links-widget"),
        optional("actions", Shape::List(&Shape::Any), "the actions of an action-card-widget"),
        optional("action", Shape::Text, "the action whose runs are shown"),
        optional(
            "scorecard",
            Shape::Text,
            "portal's addition: the scorecard of a heat-map, scorecard-levels, scorecard-trend",
        ),
        optional("scorecards", Shape::List(&Shape::Text), "portal's addition: those of scorecard-levels"),
        optional("rows", Shape::Text, "portal's addition: what the rows of a heat-map are"),
        optional("columns", Shape::Text, "portal's addition: what the columns of a heat-map are"),
        optional("layout", Shape::List(&Shape::Object(&ROW)), "the rows that hold its widgets"),
        optional("widgets", Shape::List(&Shape::Object(&WIDGET)), "the widgets of a dashboard"),
        optional("groups", Shape::List(&Shape::Object(&GROUP)), "the tabs of a grouper"),
    ],
    openness: Openness::Free,
};

static GROUP: Object = Object {
    name: "a group of widgets",
    fields: &[
        optional("title", Shape::Text, "what its tab says"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("widgets", Shape::List(&Shape::Object(&WIDGET)), "the widgets of the group"),
    ],
    openness: Openness::Free,
};

pub(super) static ROW: Object = Object {
    name: "a row of a layout",
    fields: &[
        optional("height", Shape::Number, "its height in pixels, at least 400"),
        required("columns", Shape::List(&Shape::Object(&COLUMN)), "what it holds, from left to right"),
    ],
    openness: Openness::Free,
};

static COLUMN: Object = Object {
    name: "a column of a layout",
    fields: &[
        required("id", Shape::Text, "the widget that it holds"),
        optional("size", Shape::Number, "its width in twelfths, 3 to 12"),
    ],
    openness: Openness::Free,
};
