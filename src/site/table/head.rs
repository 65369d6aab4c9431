//! What a script must know of a table before it loads rows: its columns, what can be asked of each, what it offers to
//! choose from, and the shape of a page that keeps a view.

use serde_json::{Map, Value, json};

use super::Table;
use super::column::{Column, Kind};
use super::data::CHUNK;
use crate::site::Site;
use crate::site::icon::Used;
use crate::site::markup::{Markup, visible};

/// The name of the column of names, as Port has it.
const TITLE: &str = "$title";

/// What can be asked of values, by kind: the key in addresses, the words, the operator of a search.
const ASKS: &[(Kind, &[[&str; 3]])] = &[
    (Kind::Text, &[IS, NOT, ["has", "contains", "contains"], EMPTY, ANY]),
    (
        Kind::Number,
        &[
            IS,
            NOT,
            ["lt", "is less than", "<"],
            ["le", "is at most", "<="],
            ["gt", "is more than", ">"],
            ["ge", "is at least", ">="],
            EMPTY,
            ANY,
        ],
    ),
    (
        Kind::Time,
        &[
            ["lt", "is before", "<"],
            ["ge", "is since", ">="],
            ["gt", "is after", ">"],
            ["le", "is until", "<="],
            EMPTY,
            ANY,
        ],
    ),
    (
        Kind::Level,
        &[
            IS,
            NOT,
            ["lt", "is below", "<"],
            ["ge", "is at least", ">="],
            ["gt", "is above", ">"],
            ["le", "is at most", "<="],
            EMPTY,
            ANY,
        ],
    ),
    (Kind::Long, &[EMPTY, ANY]),
];

const IS: [&str; 3] = ["is", "is", "="];
const NOT: [&str; 3] = ["not", "is not", "!="];
const EMPTY: [&str; 3] = ["empty", "is empty", "isEmpty"];
const ANY: [&str; 3] = ["any", "is not empty", "isNotEmpty"];

/// Returns whether a column of that kind can be asked for this.
pub(super) fn can_ask(kind: Kind, asked: &str) -> bool {
    let asks = ASKS.iter().find(|(known, _)| *known == kind).map_or(&[] as &[_], |(_, asks)| asks);
    asks.iter().any(|[own, ..]| *own == asked)
}

/// A page of the catalog that keeps a view; the script puts in what is between angles, as JSON, which YAML takes.
const VIEW: &str = r#"# A view, to be committed as a file in pages/.
identifier: <name>
title: <title>
type: dashboard
widgets:
  - id: dashboard
    type: dashboard-widget
    layout:
      - height: 800
        columns:
          - {id: table, size: 12}
    widgets:
      - id: table
        type: table-entities-explorer
        title: <title>
        displayMode: widget
        dataset:
          combinator: and
          rules:
            - {property: $blueprint, operator: "=", value: BLUEPRINT}<rules>
        excludedFields: []
        blueprintConfig:
          BLUEPRINT:
            groupSettings: {groupBy: <group>}
            sortSettings: {sortBy: <sort>}
            propertiesSettings: {shown: <shown>}
"#;

/// Appends what a script must know.
pub(super) fn append(site: &Site<'_>, table: &Table<'_>, out: &mut Vec<u8>) {
    let blueprint = site.catalog().blueprint(table.blueprint);
    let mut icons = Used::new(&site.icons);
    let own = icons.add(site.outline(table.blueprint).icon);
    let entities = site.catalog().entities_of(table.blueprint);
    let count = entities.len();
    entities.for_each(|entity| {
        icons.add(site.face(entity.id()).icon);
    });
    let quoted = Value::from(blueprint.identifier.value.as_str()).to_string();
    let shown: Vec<usize> = table.shown.iter().map(|number| number + 1).collect();
    let asks = ASKS.iter().map(|(kind, asks)| (kind.letter().to_string(), json!(asks)));
    let head = json!({
        "blueprint": blueprint.identifier.value,
        "folder": site.addresses.folder(table.blueprint),
        "icon": own,
        "icons": icons.drawings().as_str(),
        "count": count,
        "chunk": CHUNK,
        "chunks": count.div_ceil(CHUNK),
        "shown": shown,
        "asks": asks.collect::<Map<_, _>>(),
        "columns": columns(site, table, blueprint.label()),
        "menus": menus(table, blueprint.label()),
        "view": VIEW.replace("BLUEPRINT", &quoted),
    });
    serde_json::to_writer(&mut *out, &head).expect("memory takes everything");
    // The facets come in their own writing, into the object that was just closed.
    out.pop();
    out.extend_from_slice(b",\"facets\":[");
    for (at, facet) in table.facets.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b",\n" } else { b"\n" });
        facet.append(out);
    }
    out.extend_from_slice(b"]}");
}

/// Returns the columns, that of the name first.
fn columns(site: &Site<'_>, table: &Table<'_>, title: &str) -> Value {
    let first = json!({"id": TITLE, "label": visible(title), "kind": Kind::Text.letter()});
    let others = table.names.iter().zip(&table.columns).map(|(name, column)| definition(site, name, column));
    std::iter::once(first).chain(others).collect()
}

/// Returns a column: what is false of it is left out.
fn definition<'a>(site: &'a Site<'_>, name: &str, column: &Column<'a>) -> Value {
    let mut own = Map::new();
    let mut add = |key: &str, value: Value| own.insert(key.to_string(), value);
    add("id", name.into());
    add("label", visible(column.label()).into());
    add("kind", column.kind().letter().into());
    for (key, is) in [
        ("number", column.is_number()),
        ("tag", column.is_tag()),
        ("many", column.is_many()),
        ("boolean", column.is_boolean()),
    ] {
        if is {
            add(key, true.into());
        }
    }
    if let Some(folder) = column.folder(site) {
        add("folder", folder.into());
    }
    let order = column.order();
    if !order.is_empty() && column.kind() != Kind::Number {
        add("order", order.into_iter().map(visible).collect());
    }
    match column {
        Column::Relation(_, relation) => add("subject", json!({"relation": relation.identifier.value})),
        Column::Level(board) => add("subject", json!({"scorecard": board.scorecard.identifier.value})),
        _ => None,
    };
    own.into()
}

/// Returns the markup of what there is to choose: columns to group by, orders, columns to ask for, columns to show.
fn menus(table: &Table<'_>, title: &str) -> [String; 4] {
    let mut menus = [(); 4].map(|()| Markup::default());
    let [groups, orders, asked, shown] = &mut menus;
    option("", "No groups", "", groups);
    option("", "Usual order", "", orders);
    let columns = table.names.iter().map(String::as_str).zip(&table.columns);
    // Where nothing has an owner, nobody asks for one.
    let columns = columns.filter(|(_, column)| !matches!(column, Column::Owner(false)));
    let columns = columns.map(|(name, column)| (name, column.label(), column.kind() == Kind::Long));
    for (name, label, long) in std::iter::once((TITLE, title, false)).chain(columns) {
        option(name, label, "", asked);
        if !long {
            option(name, label, " \u{2191}", orders);
            option(&format!("{name}:desc"), label, " \u{2193}", orders);
        }
        if name == TITLE {
            continue;
        }
        if !long {
            option(name, label, "", groups);
        }
        shown
            .raw("<label><input type=\"checkbox\" value=\"")
            .text(name)
            .raw("\">")
            .text(label)
            .raw("</label>");
    }
    shown.raw("<label><input type=\"checkbox\" value=\"\">Compact rows</label>");
    menus.map(|menu| menu.as_str().to_string())
}

fn option(value: &str, label: &str, end: &'static str, out: &mut Markup) {
    out.raw("<option value=\"").text(value).raw("\">").text(label).raw(end);
}
