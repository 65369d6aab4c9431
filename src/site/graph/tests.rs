use std::fs;

use proptest::prelude::*;

use super::layout::{Area, Item, Layout, Side, Sketch, Wire, lay_out};
use crate::model::instant::Instant;
use crate::portal::Origin;
use crate::site::{Options, build};
use crate::worktree::Worktree;

/// A title that must stay one in SVG, in scripts, in Mermaid and in DOT.
const HOSTILE: &str = "\"]; n9 [label=x] </title><script>alert(1)</script> `${x}` \\";

const BLUEPRINTS: &str = r#"
- {identifier: domain, title: TEXT}
- identifier: system
  relations: {domain: {title: TEXT, target: domain}, feeds: {title: TEXT, target: system, many: true}}
- identifier: service
  relations:
    system: {target: system}
    needs: {title: TEXT, target: service, many: true}
    on_call: {target: person}
- {identifier: person, schema: {properties: {onCall: {type: string}}}}
"#;

const ENTITIES: &str = r#"
- {blueprint: domain, identifier: shop, title: TEXT}
- {blueprint: system, identifier: cart, title: TEXT, relations: {domain: shop, feeds: [pay]}}
- {blueprint: system, identifier: pay, relations: {domain: shop}}
- {blueprint: service, identifier: a, title: TEXT, relations: {system: cart, needs: [b, c, far], on_call: ines}}
- {blueprint: service, identifier: b, relations: {system: cart, needs: [a]}}
- {blueprint: service, identifier: c, relations: {system: pay}}
- {blueprint: service, identifier: far, title: TEXT}
- {blueprint: person, identifier: ines, title: TEXT, properties: {onCall: "javascript:alert(1)"}}
"#;

/// Builds the site of a small catalog whose titles are `text`, and returns one of its files.
fn built(text: &str, path: &str) -> String {
    let root = tempfile::tempdir().expect("a folder");
    let quoted = serde_json::to_string(text).expect("a text");
    for (folder, content) in [("blueprints", BLUEPRINTS), ("entities", ENTITIES)] {
        fs::create_dir_all(root.path().join(folder)).expect("made");
        fs::write(root.path().join(folder).join("all.yaml"), content.replace("TEXT", &quoted))
            .expect("written");
    }
    let portal =
        crate::portal::Portal::open(Origin::new(&Worktree::new(root.path()), Instant::default()), None)
            .expect("opened");
    let folder = root.path().join("site");
    build(&portal, &folder, &Options::default()).expect("built");
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn parts_stand_within_boundaries() {
    let page = built("Title", "domain/shop.html");
    let drawing =
        page.split("id=\"parts\"").nth(1).and_then(|rest| rest.split("</section>").next()).expect("drawn");
    // The domain and its two systems; one of them points at the other and stands for itself as well.
    assert_eq!(drawing.matches("class=\"box\"").count(), 1);
    assert_eq!(drawing.matches("class=\"in\"").count(), 2);
    for (path, times) in
        [("system/cart", 2), ("system/pay", 2), ("service/a", 1), ("service/far", 1), ("service/c", 1)]
    {
        let link = format!("href=\"../{path}.html\"");
        assert_eq!(drawing.matches(&link).count(), times, "{path}\n{drawing}");
    }
    assert!(drawing.contains(">needs<") || drawing.contains(">Title<"), "lines of two meanings are named");
    let page = built("Title", "service/far.html");
    assert!(!page.contains("id=\"parts\""), "what has no parts has no such drawing");
}

#[test]
fn names_stay_names_in_every_language() {
    for path in ["domain/shop.html", "graph/index.html", "graph/explore.html", "system/index.html"] {
        let page = built(HOSTILE, path);
        assert!(!page.contains("<script>"), "{path}");
    }
    let mermaid = built(HOSTILE, "graph/model.mmd");
    assert_eq!(mermaid.lines().count(), 1 + 4 + 5, "{mermaid}");
    assert!(!mermaid.contains("script>") && !mermaid.contains("n9 [label=x]"), "{mermaid}");
    let dot = built(HOSTILE, "graph/model.dot");
    assert!(dot.contains(r#"b0 [label="\"]; n9"#), "{dot}");
    let data = built(HOSTILE, "data/graph/0.js");
    let value =
        data.strip_prefix("portal.data(\"data/graph/0.js\",").and_then(|rest| rest.strip_suffix(");\n"));
    let value: serde_json::Value = serde_json::from_str(value.expect("one call")).expect("JSON");
    assert_eq!(value[0][1], HOSTILE);
    assert_eq!(value[1][7][0], "javascript:alert(1)");
    assert_eq!(value[1][7].as_array().map(Vec::len), Some(1), "an address that is no link is text");
}

#[test]
fn the_data_leads_from_an_address_to_its_neighbours() {
    let data = built("Title", "data/graph/0.js");
    let value =
        data.strip_prefix("portal.data(\"data/graph/0.js\",").and_then(|rest| rest.strip_suffix(");\n"));
    let entities: serde_json::Value = serde_json::from_str(value.expect("one call")).expect("JSON");
    let entities = entities.as_array().expect("a list");
    let paths: Vec<&str> = entities.iter().filter_map(|entity| entity[0].as_str()).collect();
    assert!(paths.is_sorted() && paths.len() == 8, "{paths:?}");
    let a = &entities[paths.iter().position(|path| *path == "service/a").expect("listed")];
    let to: Vec<&str> = a[3]
        .as_array()
        .expect("a list")
        .chunks(2)
        .filter_map(|edge| Some(paths[usize::try_from(edge[1].as_u64()?).ok()?]))
        .collect();
    assert_eq!(to, ["system/cart", "service/b", "service/c", "service/far", "person/ines"]);
    assert_eq!(a[4].as_array().map(Vec::len), Some(2), "one points at it");
    assert_eq!(paths[usize::try_from(a[7][0].as_u64().expect("a number")).expect("small")], "person/ines");
}

fn overlap(a: &Area, b: &Area) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/// Asserts what every drawing promises.
fn check(sketch: &Sketch, layout: &Layout) {
    for (at, area) in layout.boxes.iter().enumerate() {
        assert!(area.x >= 0 && area.x + area.width <= layout.width, "{area:?} is on the sheet");
        assert!(area.y >= 0 && area.y + area.height <= layout.height, "{area:?} is on the sheet");
        for other in &layout.boxes[..at] {
            assert!(!overlap(area, other), "{area:?} and {other:?}");
        }
        let within = |outer: &Area| {
            outer.x < area.x
                && area.x + area.width < outer.x + outer.width
                && outer.y < area.y
                && area.y + area.height < outer.y + outer.height
        };
        let group = sketch.items[at].group;
        for (number, frame) in layout.frames.iter().enumerate().skip(1) {
            let mut of = group;
            while of > 0 && of != number {
                of = sketch.groups[of];
            }
            assert!(
                if of == number { within(frame) } else { !overlap(area, frame) },
                "{area:?} and {frame:?}"
            );
        }
    }
    for line in &layout.lines {
        for (from, to) in line.iter().zip(&line[1..]) {
            let stroke = Area {
                x: from.0.min(to.0),
                y: from.1.min(to.1),
                width: (from.0 - to.0).abs().max(1),
                height: (from.1 - to.1).abs().max(1),
            };
            for area in &layout.boxes {
                // A line begins at the side of its box.
                let inner = Area { x: area.x + 1, width: area.width - 1, ..*area };
                assert!(!overlap(&stroke, &inner), "{line:?} runs through {area:?}");
            }
        }
    }
    for (at, name) in layout.names.iter().enumerate() {
        for other in layout.names[..at].iter().filter(|other| *other != name) {
            let same = (other.x, other.ends) == (name.x, name.ends);
            assert!(!same || (other.y - name.y).abs() >= 12, "{name:?} and {other:?}");
        }
    }
}

fn sketches() -> impl Strategy<Value = Sketch> {
    let items = prop::collection::vec((0..4usize, 0..12usize), 1..24);
    let wires = prop::collection::vec((0..24usize, 0..3usize, 0..24usize), 0..50);
    (items, wires, any::<(bool, bool)>()).prop_map(|(items, wires, (named, even))| {
        let items: Vec<Item> = items
            .into_iter()
            .map(|(group, side)| {
                let side = [Side::Left, Side::Right].get(side).copied().unwrap_or(Side::Inside);
                let group = if side == Side::Inside { group.max(1) } else { 0 };
                Item { height: 40, group, side, entry: None }
            })
            .collect();
        let inside = |at: usize| items[at].side == Side::Inside;
        let mut wires: Vec<Wire> = wires
            .into_iter()
            .map(|(from, meaning, to)| Wire {
                from: from % items.len(),
                meaning,
                to: to % items.len(),
                port: None,
            })
            .filter(|wire| wire.from != wire.to && (inside(wire.from) || inside(wire.to)))
            .collect();
        wires.sort_unstable();
        wires.dedup();
        let names = if named { vec![60, 90, 30] } else { Vec::new() };
        Sketch { items, wires, groups: vec![0, 0, 1, 1], width: 184, most: 4, even, names }
    })
}

proptest! {
    #[test]
    fn nothing_overlaps(sketch in sketches()) {
        check(&sketch, &lay_out(&sketch));
    }
}
