use std::fs;

use super::*;
use crate::site::tests::{HOSTILE, open, page};
use crate::site::{Options, build};

/// Returns the value that a script of data hands over.
fn value(folder: &std::path::Path, path: &str) -> Value {
    let script = page(folder, path);
    let start = format!("portal.data(\"{path}\",");
    let inner = script.trim_end().strip_prefix(&start).and_then(|rest| rest.strip_suffix(')'));
    serde_json::from_str(inner.unwrap_or_else(|| panic!("{script}"))).expect("JSON is a script's value")
}

#[test]
fn everything_is_in_the_index() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), HOSTILE);
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    let index = value(&folder, "data/search.js");
    assert_eq!(index["count"], 4, "three entities and their blueprint");
    assert_eq!(index["kinds"][0], json!(["Blueprint", ""]));
    let rows: Vec<&str> = index["rows"].as_str().expect("rows").split('\n').collect();
    assert_eq!(rows.len(), 4);
    // What is named stands with the address of its page, when that is not what its identifier says.
    assert!(rows[0].ends_with("\tservice/index.html"), "{rows:?}");
    assert!(rows.contains(&"b") && rows.contains(&"org/b\t\t\t\tservice/org~2Fb.html"), "{rows:?}");
    let words: Vec<&str> = index["words"].as_str().expect("words").split('\n').collect();
    let numbers = index["numbers"].as_str().expect("numbers").split('\n');
    assert_eq!(numbers.count(), words.len());
    assert!(words.contains(&"script") && words.contains(&"orgb") && words.is_sorted(), "{words:?}");
    let found = fs::read_to_string(folder.join("search.html")).expect("a page");
    assert!(!found.contains("<script>") && found.contains("service/index.html"), "{found}");
    assert!(!folder.join("opensearch.xml").exists(), "the address is not known");
}

#[test]
fn browsers_are_told_where_the_search_is() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), HOSTILE);
    let folder = root.path().join("site");
    let options = Options { base_url: Some("https://example.com/x".into()), ..Options::default() };
    build(&portal, &folder, &options).expect("built");
    let description = page(&folder, "opensearch.xml");
    assert!(description.contains("template=\"https://example.com/x/search.html?q={searchTerms}\""));
    assert!(page(&folder, "search.html").contains("rel=\"search\""));
    assert!(page(&folder, "sitemap.xml").contains("https://example.com/x/search.html"));
    assert!(page(&folder, "llms.txt").contains("(https://example.com/x/api/v1/index.json)"));
}

#[test]
fn what_most_point_at_comes_first() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), "text");
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    let index = value(&folder, "data/search.js");
    // `b` is pointed at once, as are `org/b` and `a`; the order of the catalog decides.
    let rows: Vec<&str> = index["rows"].as_str().expect("rows").split('\n').collect();
    let names: Vec<&str> = rows.iter().filter_map(|row| row.split('\t').next()).collect();
    assert_eq!(names, ["text", "text", "b", "org/b"]);
    assert_eq!(index["places"], json!([0, 0, 1, 1]));
}

#[test]
fn runs_of_one_kind_are_found() {
    let item = |weight, kind, at| Item { weight: Reverse(weight), kind, source: Source::Own(at) };
    let mut items = vec![item(0, 1, 2), item(3, 2, 1), item(0, 1, 4), item(3, 2, 3), item(u32::MAX, 0, 0)];
    items.sort_unstable();
    let order: Vec<Source> = items.iter().map(|item| item.source).collect();
    assert_eq!(order, [0, 1, 3, 2, 4].map(Source::Own));
    assert_eq!(places(&items), [0, 0, 1, 2, 3, 1]);
}

#[test]
fn an_entity_comes_before_what_is_written_about_it() {
    let root = tempfile::tempdir().expect("a folder");
    let portal = open(root.path(), "text");
    let options = Options::default();
    let site = Site::new(&portal, &options).expect("a site");
    let mut things = thing::own(&site);
    let own = things.len();
    for kind in ["Document", "Dashboard", "Operation"] {
        let about = "org/b".to_string();
        things.push(Thing { title: "org/b".into(), path: format!("x/{kind}.html"), kind, about });
    }
    let items = items(&site, &things, own, &kinds(&site, &things));
    let sources: Vec<bool> = items.iter().map(|item| matches!(item.source, Source::Entity(_))).collect();
    assert_eq!(sources, [false, true, true, true, false, false, false], "{items:?}");
}

#[test]
fn teams_and_people_are_found() {
    let root = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("blueprints/team.yaml", "identifier: _team\ntitle: Team\n");
    write("entities/_team/cart.yaml", "identifier: cart\ntitle: Cart\n");
    let portal = open(root.path(), "text");
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    let index = value(&folder, "data/search.js");
    let rows: Vec<&str> = index["rows"].as_str().expect("rows").split('\n').collect();
    assert!(rows.contains(&"Teams\t\tPeople\t\tteams/index.html"), "{rows:?}");
    let words: Vec<&str> = index["words"].as_str().expect("words").split('\n').collect();
    assert!(["teams", "people", "cart"].iter().all(|word| words.contains(word)), "{words:?}");
}
