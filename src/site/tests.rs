use std::fs;
use std::path::Path;

use super::*;
use crate::history::{Sample, Shift};
use crate::model::instant::Instant;
use crate::portal::Origin;
use crate::worktree::Worktree;

/// A text that must stay text, in every place that takes one.
pub(in crate::site) const HOSTILE: &str =
    r#"</title><script>alert(1)</script>"><img src=x onerror=alert(1)>"#;

const BLUEPRINT: &str = r#"
identifier: service
title: TEXT
description: TEXT
ownership: {type: Direct}
schema:
  properties:
    plain: {type: string, title: TEXT, description: TEXT}
    link: {type: string, format: url}
    mail: {type: string, format: email}
    owner: {type: string, format: team}
    body: {type: string, format: markdown}
    code: {type: string, format: yaml}
    kind: {type: string, enum: [TEXT, b], enumColors: {TEXT: red, b: TEXT}}
    many: {type: array, items: {type: string}}
    any: {type: object}
relations:
  needs: {title: TEXT, target: service, many: true}
mirrorProperties:
  names: {title: TEXT, path: needs.plain}
calculationProperties:
  said: {title: TEXT, type: string, calculation: .properties.plain, colorized: true, colors: {TEXT: red}}
"#;

const ENTITIES: &str = r#"
- identifier: a
  title: TEXT
  properties: {plain: TEXT, link: "javascript:alert(1)", mail: TEXT, owner: TEXT, body: TEXT, code: TEXT, kind: TEXT,
    many: [TEXT, TEXT], any: {TEXT: TEXT}}
  relations: {needs: [b, org/b]}
- {identifier: b, properties: {link: "https://example.com/b?c"}}
- {identifier: org/b, relations: {needs: [a]}}
"#;

const SCORECARDS: &str = r#"
identifier: care
title: TEXT
description: TEXT
blueprint: service
levels:
  - {title: Floor, color: paleBlue}
  - {title: TEXT, color: gold}
rules:
  - identifier: plain
    title: TEXT
    description: TEXT
    howToFix: TEXT
    level: TEXT
    query: {combinator: and, conditions: [{property: plain, operator: "=", value: TEXT}]}
  - identifier: kind
    title: TEXT
    level: TEXT
    stage: warn
    query: {combinator: and, conditions: [{property: kind, operator: "=", value: TEXT}]}
"#;

const WAIVER: &str = r#"
identifier: later
title: TEXT
scorecard: care
rule: kind
entity: b
reason: TEXT
approver: TEXT
expires: 2999-01-01
"#;

const INITIATIVE: &str = r#"
identifier: all
title: TEXT
description: TEXT
owner: TEXT
deadline: 1969-12-01
targets: [{scorecard: care, rules: [plain]}]
"#;

/// Returns a catalog in `root`, opened; `TEXT` stands for `text`.
pub(in crate::site) fn open(root: &Path, text: &str) -> Portal {
    let quoted = serde_json::to_string(text).expect("a text");
    write(root, &quoted, &[("blueprints/service.yaml", BLUEPRINT), ("entities/service/all.yaml", ENTITIES)]);
    read(root)
}

/// Returns the same catalog with a scorecard, a waiver and an initiative.
pub(in crate::site) fn open_judged(root: &Path, text: &str) -> Portal {
    let quoted = serde_json::to_string(text).expect("a text");
    write(
        root,
        &quoted,
        &[
            ("scorecards/care.yaml", SCORECARDS),
            ("waivers/later.yaml", WAIVER),
            ("initiatives/all.yaml", INITIATIVE),
        ],
    );
    open(root, text)
}

fn write(root: &Path, quoted: &str, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content.replace("TEXT", quoted)).expect("written");
    }
}

fn read(root: &Path) -> Portal {
    Portal::open(Origin::new(&Worktree::new(root), Instant::default()), None).expect("opened")
}

pub(in crate::site) fn page(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn hostile_texts_stay_texts_on_every_page() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), HOSTILE);
    let folder = root.path().join("site");
    let options = Options { base_url: Some("https://example.com/x".into()), ..Options::default() };
    build(&portal, &folder, &options).expect("built");
    for path in [
        "index.html",
        "404.html",
        "search.html",
        "service/index.html",
        "service/a.html",
        "service/org~2Fb.html",
        "sitemap.xml",
    ] {
        let page = page(&folder, path);
        assert!(!page.contains("<script>") && !page.contains("<img"), "{path}:\n{page}");
        assert!(!page.contains("href=\"javascript:"), "{path}");
    }
    assert!(page(&folder, "service/a.html").contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(
        page(&folder, "service/b.html")
            .contains(r#"<a href="https://example.com/b?c" rel="noopener noreferrer">"#)
    );
    assert!(page(&folder, "sitemap.xml").contains("<loc>https://example.com/x/service/org~2Fb.html</loc>"));
    assert!(page(&folder, "404.html").contains("href=\"/x/portal.css\""));
    let json: serde_json::Value =
        serde_json::from_str(&page(&folder, "api/v1/entities/service/a.json")).expect("JSON");
    assert_eq!(json["title"], HOSTILE);
    assert_eq!(json["relations"]["needs"], serde_json::json!(["b", "org/b"]));
    assert_eq!(json["relatedBy"]["service.needs"], serde_json::json!(["org/b"]));
}

#[test]
fn hostile_scorecards_stay_texts() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open_judged(root.path(), HOSTILE);
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    for path in [
        "index.html",
        "service/index.html",
        "service/a.html",
        "service/b.html",
        "scorecards/index.html",
        "scorecards/care.html",
        "initiatives/all.html",
    ] {
        let page = page(&folder, path);
        assert!(!page.contains("<script>") && !page.contains("<img"), "{path}:\n{page}");
        assert!(page.contains("&lt;script&gt;"), "{path} says nothing of it");
    }
    let entity = page(&folder, "service/b.html");
    assert!(entity.contains("waived until") && entity.contains(">failed<"), "{entity}");
    let scorecard = page(&folder, "scorecards/care.html");
    assert!(scorecard.contains("warns only") && scorecard.contains("Next best fixes"), "{scorecard}");
    assert!(page(&folder, "initiatives/all.html").contains("overdue"));
}

#[test]
fn hostile_histories_stay_texts() {
    use crate::git::{End, Person};
    use crate::history::timeline::{Change, Commit, Fate, Part, PartSort};
    use crate::model::Kind;
    let text = || HOSTILE.to_string();
    let person = || Person { name: text(), email: text() };
    let part =
        |sort| Part { sort, name: text(), removed: vec![text()], added: vec![text(), text()], more: 1 };
    let change = |identifier: &str, fate| Change {
        kind: Some(Kind::Entity),
        blueprint: Some("service".into()),
        identifier: identifier.into(),
        title: Some(text()),
        path: text(),
        fate,
        parts: vec![part(PartSort::Property), part(PartSort::Key), part(PartSort::Relation)],
        more: 3,
        is_data: false,
    };
    let changes = vec![
        change("a", Fate::Changed),
        change(HOSTILE, Fate::Removed),
        change("b", Fate::Renamed(text())),
        change("b", Fate::Moved(text())),
    ];
    let commit = |number: i64, range| Commit {
        landed: number * 86_400,
        id: format!("{number:040x}"),
        seconds: number * 86_400,
        subject: text(),
        authors: vec![person(), person()],
        reviewers: vec![person()],
        merged_by: Some(person()),
        number: Some(7),
        files: 1,
        changes: range,
    };
    let commits = vec![commit(40, Some(0..3)), commit(39, Some(3..4)), commit(2, None)];
    let timeline = Timeline { commits, changes, end: End::Shallow, read: 3, since: Some(0) };
    let root = tempfile::tempdir().expect("a folder");
    let portal = open_judged(root.path(), HOSTILE);
    let folder = root.path().join("site");
    let options = Options { timeline: Arc::new(timeline), trends: risen(&portal), ..Options::default() };
    build(&portal, &folder, &options).expect("built");
    let page_of = |path: &str| page(&folder, path);
    assert!(page_of("service/a.html").contains("between 1 and 8 Jan 1970"));
    assert!(page_of("audit/1970-01.html").contains("<span class=\"pass\">rose</span>"));
    for path in [
        "index.html",
        "service/a.html",
        "service/b.html",
        "audit/index.html",
        "audit/1970-02.html",
        "audit/1970-01.html",
        "health.html",
        "feed.xml",
    ] {
        let page = page(&folder, path);
        assert!(!page.contains("<script>") && !page.contains("<img"), "{path}:\n{page}");
        assert!(page.contains("&lt;script&gt;"), "{path} says nothing of it");
    }
    assert!(page(&folder, "audit/index.html").contains("fetch-depth: 0"));
    assert!(page(&folder, "service/b.html").contains("id=\"history\""));
    let table = page(&folder, "audit/1970-02.csv");
    assert_eq!(table.lines().count(), 5, "{table}");
    let table = page(&folder, "audit/1970-01.csv");
    assert!(table.contains(",rose,level,service,b,"), "{table}");
}

/// Returns trends in which two entities have risen: one long ago, one lately.
pub(in crate::site) fn risen(portal: &Portal) -> Trends {
    let day = |text: &str| Instant::parse(text).expect("a day");
    let sample = |text: &str| Sample {
        at: day(text),
        levels: BTreeMap::new(),
        entities: BTreeMap::new(),
        values: BTreeMap::new(),
    };
    let service = portal.catalog.find_blueprint("service").expect("a blueprint");
    let entity = |name: &str| portal.catalog.find_entity(service, name).expect("an entity");
    let shift = |since, name| Shift { since, card: 0, entity: entity(name), before: 0, after: 1 };
    Trends {
        samples: ["1970-01-01", "1970-01-08", "1970-02-01", "1970-02-12"].map(sample).to_vec(),
        shifts: vec![shift(0, "a"), shift(2, "b")],
    }
}

#[test]
fn programs_read_scores_and_computed_values() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open_judged(root.path(), "text");
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    let json = |path: &str| -> serde_json::Value {
        serde_json::from_str(&page(&folder, path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let entity = json("api/v1/entities/service/a.json");
    assert_eq!(entity["properties"]["said"], "text");
    assert_eq!(entity["computed"][1], "said");
    assert_eq!(entity["scorecards"]["care"]["level"], "text");
    assert_eq!(entity["scorecards"]["care"]["rules"], serde_json::json!({}));
    let scorecard = json("api/v1/scorecards/care.json");
    assert_eq!(scorecard["judged"][0]["missing"], serde_json::json!(["plain"]));
    assert_eq!(scorecard["rules"][1]["waived"], 1);
    assert_eq!(json("api/v1/scorecards.json")[0]["file"], "api/v1/scorecards/care.json");
    let initiative = &json("api/v1/initiatives.json")[0];
    assert_eq!((&initiative["done"], &initiative["total"]), (&1.into(), &3.into()));
    assert_eq!(initiative["participants"][1]["missing"], serde_json::json!(["care/plain"]));
}

#[test]
fn scorecards_of_one_name_have_pages_of_their_own() {
    let root = tempfile::tempdir().expect("a folder");
    let scorecard = SCORECARDS.replace("blueprint: service", "blueprint: scorecards");
    write(
        root.path(),
        "text",
        &[
            ("blueprints/scorecards.yaml", "identifier: scorecards\nschema: {properties: {}}"),
            ("scorecards/other.yaml", &scorecard),
            ("entities/scorecards/one.yaml", "{identifier: one, properties: {}}"),
        ],
    );
    let portal = open_judged(root.path(), "text");
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    for path in
        ["scorecards/care~of~service.html", "scorecards/care~of~scorecards.html", "~73corecards/one.html"]
    {
        assert!(page(&folder, path).contains("<h1"), "{path}");
    }
}

#[test]
fn a_build_is_the_same_with_any_number_of_threads() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), "text");
    let folder = root.path().join("site");
    let build = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| build(&portal, &folder, &Options::default())).expect("built")
    };
    let first = build(1);
    assert_eq!((first.pages, first.unchanged), (10, 0));
    let second = build(4);
    assert_eq!((second.written, second.removed, second.bytes), (0, 0, first.bytes));
}

#[test]
fn a_catalog_can_bring_its_own_templates_and_files() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), "text");
    let folder = root.path().join("site");
    let own = "{% extends \"layout.html\" %}{% block main %}<h1>Ours: {{ name }}</h1>{% endblock %}";
    let options = Options {
        templates: BTreeMap::from([("entity.html".to_string(), own.to_string())]),
        statics: vec![("portal.css".into(), b"a{}".to_vec()), ("logo/a.svg".into(), b"<svg/>".to_vec())],
        ..Options::default()
    };
    build(&portal, &folder, &options).expect("built");
    assert!(page(&folder, "service/b.html").contains("<h1>Ours: b</h1>"));
    assert_eq!(page(&folder, "portal.css"), "a{}");
    assert_eq!(page(&folder, "logo/a.svg"), "<svg/>");
    let broken = BTreeMap::from([("entity.html".to_string(), "\n{{ nmae }}".to_string())]);
    let error =
        build(&portal, &folder, &Options { templates: broken, ..Options::default() }).expect_err("a mistake");
    assert!(error.to_string().contains("`entity.html` has a mistake in line 2"), "{error}");
    assert!(page(&folder, "service/b.html").contains("<h1>Ours: b</h1>"), "the last site stays");
}

#[test]
fn only_web_addresses_are_addresses_of_a_site() {
    for (url, expected) in [
        ("https://example.com", Some("https://example.com/")),
        ("https://example.com/a", Some("https://example.com/a/")),
        ("http://example.com/a/?b#c", Some("http://example.com/a/")),
        ("ftp://example.com/", None),
        ("example.com", None),
    ] {
        assert_eq!(base(url).ok().as_deref(), expected, "{url}");
    }
}

#[test]
fn blueprints_without_entities_stand_apart_when_they_are_many() {
    let root = tempfile::tempdir().expect("a folder");
    let home = |empty: usize| {
        let text =
            |number| format!("identifier: empty{number}\ntitle: Empty\nschema: {{properties: {{}}}}\n");
        let empty: Vec<String> = (0..empty).map(text).collect();
        write(root.path(), "x", &[("blueprints/empty.yaml", &empty.join("---\n"))]);
        let folder = root.path().join("site");
        build(&open(root.path(), "x"), &folder, &Options::default()).expect("built");
        page(&folder, "index.html")
    };
    let few = home(5);
    assert!(!few.contains("<details>") && few.find("service/index.html") < few.find("empty0/index.html"));
    let many = home(6);
    assert!(many.contains("in 7 blueprints") && many.contains("<summary>6 blueprints without entities<"));
    let [table, apart] = ["service/index.html", "empty5/index.html"].map(|path| many.find(path));
    assert!(table < many.find("<details>") && many.find("<details>") < apart, "{many}");
}
