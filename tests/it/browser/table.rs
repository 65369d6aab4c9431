//! Tables of entities: filtered, sorted, grouped, shared and taken along, by mouse and by keyboard.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::chromium::{Browser, on_disk};
use super::hands::with_text;
use super::{NOW, everywhere, past};
use crate::sandbox::Sandbox;

const PAGE: &str = "Component/index.html";

/// Waits until the script has made the table one to work with.
fn live(browser: &mut Browser) {
    browser.wait("document.querySelector('section.live thead button')");
}

/// Waits until so many rows pass, and returns the names in the order of the table.
fn rows(browser: &mut Browser, count: usize) -> Vec<String> {
    browser.wait(&format!(
        "document.querySelector('.pages [role=status]').textContent.startsWith('{count} of ')"
    ));
    browser.wait(&format!("document.querySelectorAll('table[data-rows] tbody th a.k').length === {count}"));
    browser.texts("table[data-rows] tbody th a.k b")
}

/// Returns how many entities a facet says that a value has.
fn counted(browser: &mut Browser, value: &str) -> usize {
    let button = with_text("aside .facet li > button", value);
    browser.wait(&button);
    browser.text(&format!("{button}.querySelector('small').textContent")).parse().unwrap()
}

/// Opens what the address bar says in a fresh page, as somebody does to whom it was sent.
fn share(browser: &mut Browser, home: &str) {
    let address = browser.text("location.href").strip_prefix(home).unwrap().to_string();
    browser.open(home, &address);
    live(browser);
}

/// Returns the texts of a column by its heading.
fn column(browser: &mut Browser, heading: &str) -> Vec<String> {
    let found = browser.value(&format!(
        "(() => {{ const at = [...document.querySelectorAll('[data-rows] thead th')].findIndex(th => th.textContent === {}); \
         return [...document.querySelectorAll('[data-rows] tbody tr:not(.grp)')].map(row => row.cells[at].textContent); }})()",
        json!(heading)
    ));
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(ToString::to_string).collect()
}

#[test]
fn what_is_filtered_is_shared_and_taken_back() {
    everywhere(|browser, home| {
        browser.open(home, PAGE);
        live(browser);
        let all: usize =
            browser.text("document.querySelector('.pages .still').textContent").trim().parse().unwrap();
        assert_eq!(browser.texts("table[data-rows] tbody th a.k").len(), all);
        let services = counted(browser, "service");
        assert!((1..all).contains(&services));
        browser.click_text("aside .facet li > button", "service");
        let found = rows(browser, services);
        assert!(column(browser, "Type").iter().all(|kind| kind == "service"));
        browser.wait("document.querySelector('aside [aria-pressed=true]')");
        // Narrower, by the keyboard: the button keeps the focus while the facets around it change.
        let owned = counted(browser, "Checkout");
        browser.value(&format!("{}.focus()", with_text("aside .facet li > button", "Checkout")));
        browser.press("Enter");
        let fewer = rows(browser, owned);
        assert!(fewer.iter().all(|name| found.contains(name)) && fewer.len() < found.len());
        assert!(browser.text("document.activeElement.textContent").starts_with("Checkout"));
        assert_eq!(browser.texts(".chip").len(), 2);
        share(browser, home);
        assert_eq!(rows(browser, owned), fewer);
        // Away with one of the two, then back, and back to all.
        browser.click_text(".chip", "Checkout");
        assert_eq!(rows(browser, services), found);
        browser.value("history.back()");
        assert_eq!(rows(browser, owned), fewer);
        browser.click_text(".chip", "Checkout");
        rows(browser, services);
        browser.click_text(".chip", "service");
        browser.wait(&format!("document.querySelectorAll('table[data-rows] tbody th a.k').length === {all}"));
        assert_eq!(browser.texts(".chip"), [""; 0]);
    });
}

#[test]
fn a_filter_is_made_of_any_property() {
    everywhere(|browser, home| {
        browser.open(home, PAGE);
        live(browser);
        browser.click_text(".tools summary", "Filter");
        browser.choose(".tools [name=id]", "slo");
        browser.choose(".tools [name=op]", "ge");
        browser.value("document.querySelector('.tools [name=value]').focus()");
        browser.type_text("99.95");
        browser.press("Enter");
        browser.wait("document.querySelector('.chip')");
        browser.wait("document.querySelector('.pages [role=status]').textContent.includes(' of ')");
        let count = browser.texts("table[data-rows] tbody th a.k").len();
        let mut found = rows(browser, count);
        found.sort();
        assert!(found.contains(&"Checkout Service".to_string()), "{found:?}");
        assert!(!found.contains(&"Cart Service".to_string()), "{found:?}");
        // The menu has closed, and Escape closes it.
        assert_eq!(browser.value("document.querySelectorAll('.tools details[open]').length"), json!(0));
        browser.click_text(".tools summary", "Columns");
        browser.wait("document.querySelector('.tools details[open]')");
        browser.press("Escape");
        browser.wait("!document.querySelector('.tools details[open]')");
    });
}

#[test]
fn columns_are_sorted_and_chosen_and_rows_grouped() {
    everywhere(|browser, home| {
        browser.open(home, PAGE);
        live(browser);
        let all = browser.texts("table[data-rows] tbody th a.k").len();
        let sorted = "[...document.querySelectorAll('[data-rows] thead th')].filter(th => /s/.test(th.ariaSort.replace('none', ''))).map(th => th.textContent + ' ' + th.ariaSort).join()";
        browser.click_text("[data-rows] thead button", "Component");
        rows(browser, all);
        browser.wait(&format!("{sorted} === 'Component ascending'"));
        let mut names = rows(browser, all);
        assert!(names.is_sorted_by_key(|name| name.to_lowercase()), "{names:?}");
        // The heading has the focus still: Enter turns the order around.
        browser.press("Enter");
        browser.wait(&format!("{sorted} === 'Component descending'"));
        names.reverse();
        assert_eq!(rows(browser, all), names);
        browser.click_text("[data-rows] thead button", "Type");
        browser.wait(&format!("{sorted} === 'Type ascending'"));
        browser.click_on(&with_text("[data-rows] thead button", "Owner"), "Shift+");
        browser.wait(&format!("{sorted} === 'Type ascending,Owner ascending'"));
        rows(browser, all);
        let (types, owners) = (column(browser, "Type"), column(browser, "Owner"));
        // Types are in the order that the blueprint gives them; within each, owners in that of the alphabet.
        let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
        for (kind, owner) in types.iter().zip(&owners) {
            match parts.last_mut() {
                Some((last, owners)) if last == kind => owners.push(owner),
                _ => parts.push((kind, vec![owner])),
            }
        }
        let kinds: BTreeSet<&str> = parts.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds.len(), parts.len(), "{parts:?}");
        assert!(parts.iter().all(|(_, owners)| owners.is_sorted()), "{parts:?}");
        // A column more, and in groups.
        browser.click_text(".tools summary", "Columns");
        browser.click(".boxes input[value=slo]");
        browser.wait(&format!("{}?.checkVisibility()", with_text("[data-rows] thead button", "SLO")));
        browser.press("Escape");
        browser.choose("[name=group]", "system");
        browser.wait("document.querySelector('.grp')");
        let groups = browser.texts(".grp button");
        assert!(groups.len() > 2, "{groups:?}");
        let of = |group: &str| group.rsplit(' ').next().unwrap_or_default().to_string();
        let counts = browser.texts(".grp small");
        assert_eq!(counts.iter().map(|count| of(count).parse::<usize>().unwrap()).sum::<usize>(), all);
        share(browser, home);
        rows(browser, all);
        assert_eq!(browser.texts(".grp button"), groups);
        assert!(browser.texts("[data-rows] thead th").iter().any(|heading| heading == "SLO"));
        // A group is closed, which is said and shared as well.
        browser.click(".grp button");
        let left = all - counts[0].parse::<usize>().unwrap();
        browser
            .wait(&format!("document.querySelectorAll('table[data-rows] tbody th a.k').length === {left}"));
        assert_eq!(browser.text("document.querySelector('.grp button').ariaExpanded"), "false");
    });
}

#[test]
fn the_arrow_keys_go_from_row_to_row() {
    everywhere(|browser, home| {
        browser.open(home, PAGE);
        live(browser);
        let focused = "document.activeElement.querySelector('b')?.textContent";
        let names = browser.texts("table[data-rows] tbody th a.k b");
        browser.value("document.querySelector('table[data-rows] tbody a.k').focus()");
        browser.press("ArrowDown");
        browser.press("ArrowDown");
        assert_eq!(browser.text(focused), names[2]);
        browser.press("ArrowUp");
        assert_eq!(browser.text(focused), names[1]);
        browser.press("Enter");
        browser.wait(&format!("document.querySelector('h1').textContent.includes({})", json!(names[1])));
    });
}

#[test]
fn what_is_shown_is_taken_along_and_kept_as_a_view() {
    everywhere(|browser, home| {
        browser.open(home, &format!("{PAGE}#?type.is=service&sort=%24title:desc&column=%24team&column=slo"));
        live(browser);
        let count = counted(browser, "service");
        let names = rows(browser, count);
        browser.click_text(".pages button", "CSV");
        let file = browser.saved("Component.csv");
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines[0], r#""$identifier","$title","$team","slo""#);
        assert_eq!(lines.len(), count + 1);
        for (line, name) in lines.iter().skip(1).zip(&names) {
            assert!(line.contains(&format!(",\"{name}\",")), "{line} is not {name}");
        }
        assert!(file.contains(r#""CartService","Cart Service","cart","99.9""#), "{file}");
    });
    // A view that was saved is a page of the catalog; its link shows what was seen.
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = past::example();
    let build = |sandbox: &Sandbox| {
        let ran = sandbox.portal(&["--now", NOW, "build", "--output", "site", "--force"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        on_disk(&sandbox.path().join("site"))
    };
    let home = build(&sandbox);
    browser.open(&home, &format!("{PAGE}#?type.is=service&type.is=worker&lifecycle.is=production&sort=%24title:desc&column=slo&group=system"));
    live(&mut browser);
    browser.wait("document.querySelector('.grp')");
    let seen = browser.texts("table[data-rows] tbody :is(th a.k b, .grp button)");
    browser.click_text(".pages button", "Save as view");
    browser.wait("document.querySelector('dialog[open] textarea').value.includes('identifier:')");
    browser.value("document.querySelector('dialog[open] input').select()");
    browser.type_text("What runs");
    browser.wait("document.querySelector('dialog[open] textarea').value.includes('What runs')");
    let page = browser.text("document.querySelector('dialog[open] textarea').value");
    sandbox.write("pages/what-runs.yaml", &page);
    let ran = sandbox.portal(&["validate", "--format", "concise", "--error-on-warning"]);
    assert_eq!((ran.stdout.as_str(), ran.code), ("", 0), "{page}");
    build(&sandbox);
    browser.open(&home, PAGE);
    live(&mut browser);
    browser.click_text(".views a", "What runs");
    browser.wait("document.querySelector('.grp')");
    assert_eq!(browser.texts("table[data-rows] tbody :is(th a.k b, .grp button)"), seen, "{page}");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_long_table_is_read_page_by_page_and_worked_with_whole() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", "title: Shop\n");
    sandbox.write(
        "blueprints/service.yaml",
        "identifier: service\ntitle: Service\nschema: {properties: {tier: {type: number, title: Tier, enum: [1, 2, 3]}}}\n",
    );
    let entity = |at: usize| {
        format!(
            "- {{identifier: s{at}, title: Service {at}, blueprint: service, properties: {{tier: {}}}}}\n",
            at % 3 + 1
        )
    };
    sandbox.write("entities/services.yaml", (0..700).map(entity).collect::<String>());
    let ran = sandbox.portal(&["--now", NOW, "build", "--output", "site"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let home = on_disk(&sandbox.path().join("site"));
    browser.scripts(false);
    browser.open(&home, "service/index.html");
    let first = browser.texts("table tbody th a b");
    assert_eq!(first.len(), 100);
    let mut seen = first;
    for page in ["~page-2.html", "~page-3.html"] {
        browser.click(".pages a[rel=next]");
        browser.wait(&format!("location.pathname.endsWith('{page}') && document.readyState === 'complete'"));
        seen.extend(browser.texts("table tbody th a"));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 700);
    browser.scripts(true);
    browser.open(&home, "service/index.html#?tier.is=2&sort=%24title:desc");
    browser.wait("document.querySelector('.pages [role=status]').textContent === '233 of 700'");
    browser.wait("document.querySelector('table[data-rows] tbody th a.k b').textContent === 'Service 697'");
    // Rows that come near are drawn.
    browser.value("scrollTo(0, document.body.scrollHeight)");
    browser.wait("[...document.querySelectorAll('table[data-rows] tbody th a.k b')].some(name => name.textContent === 'Service 1')");
    assert_eq!(browser.complaints(), [""; 0]);
}
