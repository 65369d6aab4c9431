//! Random changes of random texts: the values change as they should, and no line that is not touched.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::*;
use crate::yaml::write::tests::{hostile, value};

/// Values as people write them; lines after the first hold `@` where their indentation goes.
fn written() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec![
        "x",
        "a b",
        "\"q r\"",
        "'it''s'",
        "1",
        "-2.5",
        "true",
        "null",
        "~",
        "",
        "# c",
        "x # c",
        "\"q # r\" # c",
        "http://x/y#z",
        "\"a\\tb\"",
        "\"one\n@  two\"",
        "one\n@  two",
        "'one\n\n@  two' # c",
        "\n@  below # c",
        "\n@  \"be\n@  low\"",
        "|\n@  t\n\n@   u",
        "|- # c\n@  t",
        "|+\n@  t\n",
        ">-\n@  t\n@  u",
        ">\n@  t\n\n@  u\n",
        "|2\n@    t",
        "|\n",
        ">+\n@  t\n\n",
        "[]",
        "{}",
        "[ ]",
        "[a, 'b', 3] # c",
        "[a,b,]",
        "{a: 1, \"b\": [x, {c: d}]} # c",
        "{ a: 1,  b: 2, }",
        "[\n@  a, # c\n@  b # d\n@  ]",
        "{\n@  a: 1, # c\n@  # e\n@  b: {c: 2} # d\n@  }",
        "{\"a\":1,\"b\":[]}",
        "[[1, 2], {}]",
        "{a: , b: 1}",
    ]);
    scalar.prop_map(String::from).prop_recursive(4, 24, 4, |inner| {
        let key = prop::sample::select(vec!["a", "b", "c d", "\"e\"", "'f' ", "7", "g#h", "on", "\"\\\"\""]);
        let wide = prop::sample::select(vec!["", "  ", "    "]);
        let map = prop::collection::vec((key, inner.clone(), 0u8..20), 1..4);
        let list = prop::collection::vec((inner, 0u8..20), 1..4);
        (map, list, wide, any::<bool>()).prop_map(|(map, list, wide, is_map)| {
            if is_map { mapping(&map, wide) } else { listing(&list, wide) }
        })
    })
}

fn mapping(entries: &[(&str, String, u8)], wide: &str) -> String {
    let mut text = String::new();
    let wide = if wide.is_empty() { "  " } else { wide };
    for (at, (key, value, gap)) in entries.iter().enumerate() {
        let space = if value.is_empty() || value.starts_with('\n') { "" } else { " " };
        // Of one key there is one.
        let key = if entries[..at].iter().any(|(other, ..)| other == key) {
            format!("k{at}")
        } else {
            (*key).into()
        };
        let value = value.replace('@', &format!("@{wide}"));
        text.push_str(&format!("{}\n@{wide}{key}:{space}{value}", between(*gap)));
    }
    text
}

fn listing(items: &[(String, u8)], wide: &str) -> String {
    let mut text = String::new();
    for (value, gap) in items {
        let value = value.replace('@', &format!("@{wide}  "));
        let compact = value.strip_prefix('\n').map(|value| value.trim_start_matches(['@', ' ']));
        let value = compact.filter(|_| gap % 2 == 0).unwrap_or(&value);
        text.push_str(&format!("{}\n@{wide}- {value}", between(*gap)));
    }
    text
}

/// Returns what may stand between two entries.
fn between(gap: u8) -> &'static str {
    match gap.saturating_sub(14) {
        1 => "\n   # note",
        2 => "\n\n@# note",
        3 => "\n@              # deep",
        4 => "\n\n",
        5 => "\n",
        _ => "",
    }
}

/// Texts of up to three documents, with all that may be around them.
fn text() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec!["", "", "---\n", "# c\n", "# c\n\n---\n# d\n"]);
    let mark = prop::sample::select(vec!["\n---\n", "\n--- # c\n", "\n\n---\n# c\n", "\n...\n---\n"]);
    let end = prop::sample::select(vec!["\n", "", "\n\n", "\n# c\n", "\n# c"]);
    let documents = prop::collection::vec(written(), 1..4);
    (start, documents, mark, end, any::<bool>(), any::<bool>()).prop_map(
        |(start, documents, mark, end, crlf, bom)| {
            let documents: Vec<String> =
                documents.iter().map(|text| text.trim_start_matches('\n').replace('@', "")).collect();
            let text = format!("{start}{}{end}", documents.join(mark));
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if bom { format!("\u{feff}{text}") } else { text }
        },
    )
}

/// JSON as tools write it.
fn json_text() -> impl Strategy<Value = String> {
    (value(), any::<bool>()).prop_map(|(value, pretty)| {
        let object = serde_json::json!({"a": value, "b": {"c": [1, "x"]}});
        if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap()
    })
}

/// A change to be made at one of the places of a text.
#[derive(Debug, Clone)]
enum Change {
    Set(Value),
    Insert(String, Value),
    Remove,
    Append(Value),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => value().prop_map(Change::Set),
        3 => (hostile(), value()).prop_map(|(key, value)| Change::Insert(key, value)),
        3 => Just(Change::Remove),
        1 => value().prop_map(Change::Append),
    ]
}

/// Returns every place of a text.
fn places(edit: &Edit) -> Vec<Place> {
    let mut places = Vec::new();
    for (document, root) in edit.document().roots().enumerate() {
        walk(root, &Place { document, steps: Vec::new() }, &mut places);
    }
    places
}

fn walk(node: Node<'_>, place: &Place, places: &mut Vec<Place>) {
    places.push(place.clone());
    for (key, value) in node.entries() {
        walk(value, &place.clone().key(key.text().unwrap()), places);
    }
    for (number, item) in node.items().enumerate() {
        walk(item, &place.clone().item(number), places);
    }
}

/// Returns the lines that the value at a place takes, its key or dash included, and with the blank lines and deeper
/// comments below it; what a change may touch.
fn lines_of(edit: &Edit, place: &Place) -> RangeInclusive<usize> {
    let text = edit.text();
    let layout = Layout::new(text);
    let line = |at: usize| text[..at].matches('\n').count();
    let mut spot = edit.start(place).unwrap();
    for step in &place.steps {
        spot = spot.step(layout, step).unwrap();
    }
    let first = match spot.holder {
        Holder::Root => spot.start(),
        Holder::Key { key, .. } => key,
        Holder::Item { after } => after.max(1) - 1,
    };
    let column = layout.column(first);
    let lines: Vec<&str> = text.lines().collect();
    let mut last = line(spot.end(layout));
    let below = |line: &str| {
        let content = line.trim_start();
        content.is_empty() || (content.starts_with('#') && line.len() - content.len() > column)
    };
    while lines.get(last + 1).is_some_and(|line| below(line)) {
        last += 1;
    }
    line(first)..=last
}

/// Returns whether `new` has all lines of `old` but those that a change may touch, in their order: `None` stands for
/// none. When something is removed, blank lines beside it may go, too.
fn keeps(old: &str, new: &str, touched: Option<RangeInclusive<usize>>, removes: bool) -> bool {
    let old: Vec<&str> = old.lines().collect();
    let counts = |line: &&str| !removes || !line.trim().is_empty();
    let new: Vec<&str> = new.lines().filter(counts).collect();
    let begins = |head: &[&str], tail: &[&str]| {
        let (head, tail): (Vec<&str>, Vec<&str>) =
            (head.iter().copied().filter(counts).collect(), tail.iter().copied().filter(counts).collect());
        new.len() >= head.len() + tail.len() && new.starts_with(&head) && new.ends_with(&tail)
    };
    match touched {
        Some(touched) => begins(&old[..*touched.start()], old.get(*touched.end() + 1..).unwrap_or_default()),
        None => (0..=old.len()).any(|at| begins(&old[..at], &old[at..])),
    }
}

/// Makes a change and holds the result against the same change of the values.
fn check(text: &str, at: Index, change: &Change) -> Result<(), TestCaseError> {
    let Ok(mut edit) = Edit::open(text) else { return Err(TestCaseError::reject("no text to change")) };
    let old = edit.clone();
    let mut values = edit.values();
    let places = places(&edit);
    let append = matches!(change, Change::Append(_));
    prop_assume!(!append || !edit.json);
    prop_assume!(append || !places.is_empty());
    let mut place = if append { Place::default() } else { at.get(&places).clone() };
    let mut touched = Some(place.clone()).filter(|_| !append);
    // Documents of a catalog are mappings and lists.
    let document = |value: &Value| value.is_object() || value.is_array();
    let result = match change {
        Change::Set(value) => {
            prop_assume!(!place.steps.is_empty() || (document(value) && document(&values[place.document])));
            *inner(&mut values, &place) = value.clone();
            edit.set(&place, value)
        }
        Change::Insert(key, value) => {
            let holder = inner(&mut values, &place);
            prop_assume!(
                holder.is_null() || holder.as_object().is_some_and(|entries| !entries.contains_key(key))
            );
            if holder.as_object().is_some_and(|entries| !entries.is_empty()) {
                // Nothing but its end changes.
                touched = None;
            }
            holder[key.as_str()] = value.clone();
            let holder = place.clone();
            place = place.key(key);
            if old.is_flow(&holder) {
                touched = Some(holder);
            }
            edit.set(&place, value)
        }
        Change::Remove => {
            if let Some(last) = place.steps.pop() {
                match (inner(&mut values, &place), &last) {
                    (Value::Object(entries), Step::Key(key)) => drop(entries.shift_remove(key)),
                    (Value::Array(items), Step::Item(number)) => drop(items.remove(*number)),
                    _ => unreachable!("places are places"),
                }
                let left = inner(&mut values, &place);
                let (single, flow) =
                    (left == &serde_json::json!({}) || left == &serde_json::json!([]), old.is_flow(&place));
                if single || flow {
                    touched = Some(place.clone());
                }
                place.steps.push(last);
            } else {
                prop_assume!(document(&values[place.document]));
                values.remove(place.document);
            }
            edit.remove(&place)
        }
        Change::Append(value) => {
            prop_assume!(!value.is_null());
            values.push(value.clone());
            edit.append(value)
        }
    };
    prop_assert_eq!(&result, &Ok(()), "{}\n---\n{:?}", text, change);
    let new = edit.text();
    prop_assert!(intended::same_all(&edit.values(), &values), "{}\n---\n{}", text, new);
    prop_assert_eq!(new.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
    if text.contains("\r\n") {
        prop_assert!(!new.replace("\r\n", "").contains('\n'), "{:?}", new);
    }
    if place.steps.is_empty() && matches!(change, Change::Remove) {
        return Ok(());
    }
    let removes = matches!(change, Change::Remove);
    let allowed = touched.map(|touched| {
        let lines = lines_of(&old, &touched);
        // What follows the first key or item beside a dash takes its place.
        let next = usize::from(removes && !touched.steps.is_empty());
        *lines.start()..=*lines.end() + next
    });
    prop_assert!(
        keeps(text, new, allowed.clone(), removes),
        "more than {:?} changed:\n{}\n---\n{}",
        allowed,
        text,
        new
    );
    Ok(())
}

fn inner<'v>(values: &'v mut [Value], place: &Place) -> &'v mut Value {
    place.steps.iter().fold(&mut values[place.document], |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Item(number) => &mut value[*number],
    })
}

impl Edit {
    /// Returns whether what is inside of a value is in brackets.
    fn is_flow(&self, place: &Place) -> bool {
        let layout = Layout::new(&self.text);
        let mut spot = self.start(place).unwrap();
        for step in &place.steps {
            spot = spot.step(layout, step).unwrap();
        }
        spot.is_flow(layout)
    }
}

/// What was found by chance once.
#[test]
fn what_cannot_be_removed_is_left_alone() {
    for text in ["? \u{e0041}<<:   \u{e0041}", "?\r=", "? a\r: b\nc: d"] {
        let Ok(edit) = Edit::open(text) else { continue };
        for place in places(&edit) {
            let mut edit = Edit::open(text).unwrap();
            let _ = edit.remove(&place);
        }
    }
}

// More when hunting by hand: `PROPTEST_CASES=200000 cargo test yaml::edit::tests::random`.
proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn texts_change_where_they_should(text in text(), at in any::<Index>(), change in change()) {
        check(&text, at, &change)?;
    }

    #[test]
    fn json_stays_json(text in json_text(), at in any::<Index>(), change in change()) {
        let Ok(mut edit) = Edit::open(&text) else { return Err(TestCaseError::reject("a control character")) };
        prop_assert!(edit.json);
        check(&text, at, &change)?;
        if let Change::Set(value) = &change {
            let place = at.get(&places(&edit)).clone();
            prop_assert_eq!(edit.set(&place, value), Ok(()));
            prop_assert!(serde_json::from_str::<Value>(edit.text()).is_ok());
        }
    }

    #[test]
    fn a_change_and_the_change_back_give_the_same_values(text in text(), at in any::<Index>(), value in value()) {
        let Ok(mut edit) = Edit::open(&text) else { return Ok(()) };
        let places = places(&edit);
        prop_assume!(!places.is_empty());
        let place = at.get(&places).clone();
        let before = edit.values();
        prop_assume!(!place.steps.is_empty());
        let old = intended::get(&before[place.document], &place.steps).unwrap().clone();
        prop_assert_eq!(edit.set(&place, &value), Ok(()), "{}", text);
        let between = edit.text().to_string();
        prop_assert_eq!(edit.set(&place, &old), Ok(()), "{}\n---\n{}", text, between);
        prop_assert!(intended::same_all(&edit.values(), &before));
    }

    #[test]
    fn no_text_is_too_odd(lines in prop::collection::vec((hostile(), hostile()), 1..6), at in any::<Index>(), change in change()) {
        let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        for text in [lines.join("\n"), format!("{{{}}}", lines.join(", "))] {
            let Ok(mut edit) = Edit::open(&text) else { continue };
            let places = places(&edit);
            prop_assume!(!places.is_empty());
            let place = at.get(&places);
            // It is changed as intended or not at all: what is held against the intention is in `take`.
            let before = edit.text().to_string();
            let result = match &change {
                Change::Set(value) | Change::Append(value) => edit.set(place, value),
                Change::Insert(key, value) => edit.set(&place.clone().key(key), value),
                Change::Remove => edit.remove(place),
            };
            prop_assert!(result.is_ok() || edit.text() == before);
        }
    }
}
