use std::fs;
use std::path::Path;

use super::csv::guarded;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::site::{Options, build};
use crate::worktree::Worktree;

const BLUEPRINT: &str = r#"
identifier: service
title: Service
ownership: {type: Direct}
schema:
  properties:
    tier: {type: number}
    kind: {type: string, enum: [job, web], enumColors: {job: red, web: blue}}
    note: {type: string}
    at: {type: string, format: date-time}
    live: {type: boolean}
    tags: {type: array, items: {type: string}}
    deep: {type: object}
    text: {type: string, format: markdown}
    home: {type: string, format: url}
relations:
  needs: {title: Needs, target: service, many: true}
  kind: {title: Kind, target: service}
"#;

const ENTITIES: &str = r##"
- blueprint: service
  identifier: a
  title: First
  properties: {tier: 1, kind: web, note: "=1+1", at: 2026-03-01T09:30:00Z, live: true, tags: [x, "y,z"], deep: {k: [1]},
    text: "# T", home: "https://a.example/x"}
  relations: {needs: [b, org/c]}
- {blueprint: service, identifier: b, icon: Database, properties: {home: "http://b.example/", tier: -2, kind: web, note: "</script><b>\"\u202e"}, relations: {kind: a}}
- {blueprint: service, identifier: org/c, properties: {kind: job, note: "plain, with comma"}}
"##;

const SCORECARD: &str = r#"
identifier: care
title: Care
blueprint: service
levels:
  - {title: Basic, color: paleBlue}
  - {title: Good, color: gold}
rules:
  - identifier: tier
    title: Tier
    level: Good
    query: {combinator: and, conditions: [{property: tier, operator: isNotEmpty}]}
"#;

/// Returns a reader of the files of the site of a catalog with one page.
fn site(root: &Path, page: &str) -> impl Fn(&str) -> String {
    for (path, text) in [
        ("blueprints/service.yaml", BLUEPRINT),
        ("entities/all.yaml", ENTITIES),
        ("scorecards/care.yaml", SCORECARD),
        ("pages/one.yaml", page),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    let portal = Portal::open(Origin::new(&Worktree::new(root), Instant::default()), None).expect("opened");
    let folder = root.join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    move |path| fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the value that a script of data hands over.
fn value(script: &str) -> serde_json::Value {
    let (_, rest) = script.split_once(".js\",").expect("the name of the file");
    serde_json::from_str(rest.strip_suffix(");\n").expect("the end of the call")).expect("JSON")
}

#[test]
fn formulas_are_texts() {
    for (text, expected) in [
        ("", ""),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\u{ff1d}1", "'\u{ff1d}1"),
        ("-2", "-2"),
        ("+1.5", "+1.5"),
        ("-inf", "'-inf"),
    ] {
        assert_eq!(guarded(text), expected, "{text:?}");
    }
}

#[test]
fn a_spreadsheet_has_every_column_of_every_entity() {
    let root = tempfile::tempdir().expect("a folder");
    let text = site(root.path(), "identifier: none")("data/table/service/entities.csv");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.expect("a record"));
    let rows: Vec<Vec<String>> = records.map(|record| record.iter().map(str::to_string).collect()).collect();
    let expected: [[&str; 15]; 4] = [
        [
            "$identifier",
            "$title",
            "tier",
            "kind",
            "note",
            "at",
            "live",
            "tags",
            "deep",
            "text",
            "home",
            "$team",
            "needs",
            "relation#kind",
            "scorecard#care",
        ],
        [
            "a",
            "First",
            "1",
            "web",
            "'=1+1",
            "2026-03-01T09:30:00Z",
            "true",
            "x; y,z",
            "{\"k\":[1]}",
            "# T",
            "https://a.example/x",
            "",
            "b; org/c",
            "",
            "Good",
        ],
        [
            "b",
            "b",
            "-2",
            "web",
            "</script><b>\"\u{202e}",
            "",
            "",
            "",
            "",
            "",
            "http://b.example/",
            "",
            "",
            "a",
            "Good",
        ],
        ["org/c", "org/c", "", "job", "plain, with comma", "", "", "", "", "", "", "", "", "", "Basic"],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_chunk_has_what_pages_show() {
    let root = tempfile::tempdir().expect("a folder");
    let read = site(root.path(), "identifier: none");
    let chunk = value(&read("data/table/service/0.js"));
    let head = value(&read("data/table/service/head.js"));
    assert_eq!(head["count"], 3);
    let columns = head["columns"].as_array().expect("columns");
    let names: Vec<_> = columns.iter().filter_map(|column| column["id"].as_str()).collect();
    assert_eq!(chunk.as_array().map(Vec::len), Some(names.len()), "names and columns");
    for (name, expected) in [
        ("$title", r#"[["a","First"],["b",0,"database"],["org~2Fc","org/c",0,"org/c"]]"#),
        ("tier", r#"[[[0,"1"],[0,"-2"],[]],0]"#),
        (
            "kind",
            r#"[[["<span class=\"tag blue\">web</span>",["web"]],["<span class=\"tag red\">job</span>",["job"]]],[0,0,1]]"#,
        ),
        ("note", r#"[[[0,"=1+1"],[0,"</script><b>\"‹U+202E›"],[0,"plain, with comma"]],0]"#),
        ("at", r#"[[[3,"2026-03-01T09:30:00Z"],[]],[0,1,1]]"#),
        ("live", r#"[[[0,"yes"],[]],[0,1,1]]"#),
        ("tags", r#"[[[0,"x","y,z"],[]],[0,1,1]]"#),
        ("deep", r#"[[[0,"{\"k\":[1]}"],[]],[0,1,1]]"#),
        (
            "home",
            r#"[[[2,"https://a.example/x"],["<a href=\"http://b.example/\" rel=\"noopener noreferrer\">b.example</a>",["b.example","http://b.example/"]],[]],0]"#,
        ),
        (
            "needs",
            r#"[[["<a href=\"../service/b.html\">b</a>, <a href=\"../service/org~2Fc.html\">org/c</a>",["b"],["org/c"]],[]],[0,1,1]]"#,
        ),
        ("relation#kind", r#"[[[],[1,["First","a"]]],[0,1,0]]"#),
        (
            "scorecard#care",
            r#"[[["<b class=\"lv gold q3\">Good</b>",["Good"]],["<b class=\"lv none\">Basic</b>",["Basic"]]],[0,0,1]]"#,
        ),
    ] {
        let at = names.iter().position(|known| *known == name);
        assert_eq!(at.map(|at| chunk[at].to_string()).as_deref(), Some(expected), "{name} of {names:?}");
    }
}

#[test]
fn the_page_shows_facets_and_where_the_rest_is() {
    let root = tempfile::tempdir().expect("a folder");
    let page = site(root.path(), "identifier: none")("service/index.html");
    for part in [
        "<div class=\"facet\"><h2>kind</h2><ul><li>web <small>2</small><li>job <small>1</small></ul></div>",
        "data-rows=\"data/table/service\"",
        "href=\"../data/table/service/entities.csv\"",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn saved_tables_are_addresses() {
    for (widget, link) in [
        (
            "dataset: {combinator: and, rules: [{property: $blueprint, operator: '=', value: service}, {property: \
             tier, operator: in, value: [1, 2]}, {property: live, operator: '=', value: true}]}",
            "?tier.is=1&amp;tier.is=2&amp;live.is=yes\">Mine</a>",
        ),
        (
            "blueprint: service, blueprintConfig: {service: {groupSettings: {groupBy: [kind]}, sortSettings: \
             {sortBy: [{property: tier, order: desc}]}, propertiesSettings: {shown: [$title, note, $updatedAt]}}}",
            "?group=kind&amp;sort=tier%3Adesc&amp;column=note\">Mine</a>",
        ),
        (
            "blueprint: service, dataset: {combinator: and, rules: [{relation: needs, operator: '=', value: b}, \
             {scorecard: care, operator: '>=', value: Good}, {relation: kind, operator: isEmpty}]}",
            "?needs.is=b&amp;scorecard%23care.ge=Good&amp;relation%23kind.empty=\">Mine</a>",
        ),
        (
            "blueprint: service, dataset: {combinator: and, rules: [{property: $team, operator: in, value: \
             ['{{getUserTeams()}}']}, {property: tier, operator: '>', value: 1}]}",
            "?tier.gt=1\" title=\"This table cannot have 1 of its filters or groups\">Mine <small>without 1 of its",
        ),
        (
            "blueprint: service, dataset: {combinator: or, rules: [{property: tier, operator: '=', value: 1}, \
             {property: tier, operator: in, value: [2, 3]}]}",
            "?tier.is=1&amp;tier.is=2&amp;tier.is=3\">Mine</a>",
        ),
        (
            "blueprint: service, dataset: {combinator: or, rules: [{property: tier, operator: '=', value: 1}, \
             {property: live, operator: '=', value: true}]}",
            "?\" title=\"This table cannot have 1 of its",
        ),
        (
            "blueprint: service, dataset: [{property: tags, operator: contains, value: x}, {property: tags, operator: \
             contains, value: z}, {property: $identifier, operator: '=', value: a}, {property: note, operator: isEmpty, not: true}]",
            "?tags.is=x&amp;%24title.is=a&amp;note.any=\" title=\"This table cannot have 1 of its",
        ),
        (
            "blueprint: service, dataset: [{property: at, operator: between, value: {preset: lastWeek}}, {property: tier, \
             operator: between, value: {from: 1, to: 2}}, {property: at, operator: between, value: {from: '2026-01-01', to: '2026-01-02'}}, \
             {property: note, operator: '>', value: 1}, {jq: .properties.tier}]",
            "?at.ge=1969-12-25T00%3A00%3A00Z&amp;at.lt=1970-01-01T00%3A00%3A00Z&amp;tier.ge=1&amp;tier.le=2&amp;at.ge=2026-01-01T00%3A00%3A00Z\
             &amp;at.lt=2026-01-03T00%3A00%3A00Z\" title=\"This table cannot have 2 of its",
        ),
    ] {
        let root = tempfile::tempdir().expect("a folder");
        let widget = format!("{{id: t, type: table-entities-explorer, title: Mine, {widget}}}");
        let widgets = format!("[{{id: d, type: dashboard-widget, widgets: [{widget}]}}]");
        let page = format!("identifier: mine\ntype: dashboard\nwidgets: {widgets}\n");
        let page = site(root.path(), &page)("service/index.html");
        assert!(page.contains(link), "{link}\n{page}");
    }
}
