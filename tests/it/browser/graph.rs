//! Graphs: the drawing on the page of an entity, and the explorer, by mouse and by keyboard.

use serde_json::{Value, json};

use super::chromium::Browser;
use super::everywhere;

/// Waits until the explorer shows an entity.
fn shows(browser: &mut Browser, title: &str) {
    let title = json!(title);
    browser.wait(&format!(
        "document.getElementById('name').checkVisibility() && document.getElementById('name').textContent === {title} \
         && document.querySelector('#sheet a.me .n')?.textContent === {title} && document.title.startsWith({title})"
    ));
}

/// Returns the names that are drawn, in order of the alphabet.
fn drawn(browser: &mut Browser) -> Vec<String> {
    let found =
        browser.value("[...document.querySelectorAll('#sheet a .n')].filter(node => node.checkVisibility()).map(node => node.textContent).sort()");
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(ToString::to_string).collect()
}

/// Waits until the remark says another number of entities than before, and returns what it says.
fn after(browser: &mut Browser, before: &str) -> String {
    let remark = "document.getElementById('remark').textContent";
    browser.wait(&format!("{remark} !== {}", json!(before)));
    browser.text(remark)
}

#[test]
fn the_explorer_goes_as_far_as_one_asks() {
    everywhere(|browser, home| {
        browser.open(home, "graph/explore.html#Component/CartService");
        shows(browser, "Cart Service");
        let near = browser.text("document.getElementById('remark').textContent");
        let names = drawn(browser);
        for name in ["Cart", "Core Kafka Library", "Core Payment Library"] {
            assert!(names.iter().any(|drawn| drawn == name), "{name}: {names:?}");
        }
        // The words say what the drawing says, and more.
        let words = browser.texts("#rows tr:not(.grp) th > a");
        assert!(
            names.iter().all(|name| name == "Cart Service"
                || words.iter().any(|word| word.starts_with(name.trim_end_matches('…')))),
            "{names:?} {words:?}"
        );
        browser.choose("[name=depth]", "2");
        let far = after(browser, &near);
        browser.wait("location.hash.includes('depth=2')");
        assert!(browser.texts("#rows tr:not(.grp) th > a").len() > words.len(), "{far}");
        browser.choose("[name=direction]", "out");
        let out = after(browser, &far);
        let names = drawn(browser);
        assert!(!names.iter().any(|name| name == "Products Service"), "it depends on the cart: {names:?}");
        // What was chosen is part of the address, which another page takes up; and one goes back.
        let address = browser.text("location.href").replace(home, "");
        browser.open(home, &address);
        shows(browser, "Cart Service");
        assert_eq!(browser.text("document.getElementById('remark').textContent"), out);
        assert_eq!(drawn(browser), names);
        browser.choose("[name=direction]", "both");
        assert_eq!(after(browser, &out), far);
        browser.value("history.back()");
        assert_eq!(after(browser, &far), out);
        // What would be hit.
        browser.click("[name=blast]");
        browser.wait("location.hash.includes('depth=all') && location.hash.includes('direction=in')");
        browser.wait("document.querySelector('[name=depth]').value === 'all'");
    });
}

#[test]
fn one_follows_entities_by_mouse_and_by_keyboard() {
    everywhere(|browser, home| {
        // As the page of an entity leads there.
        browser.open(home, "graph/explore.html?entity=Component/CartService");
        shows(browser, "Cart Service");
        browser.click_on(
            "[...document.querySelectorAll('#sheet a')].find(a => a.querySelector('.n').textContent === 'Core Kafka Library')",
            "",
        );
        shows(browser, "Core Kafka Library");
        browser.wait("location.hash.startsWith('#Component/CoreKafkaLibrary')");
        browser.value(
            "[...document.querySelectorAll('#sheet a')].find(a => a.querySelector('.n').textContent === 'Checkout Service').focus()",
        );
        browser.press("Enter");
        shows(browser, "Checkout Service");
        // From the list as well, and to the page at last.
        browser.value(
            "document.querySelector('#rows a[aria-label=\"from here, Core Payment Library\"]').focus()",
        );
        browser.press("Enter");
        shows(browser, "Core Payment Library");
        browser.value("document.querySelector('#sheet a.me').focus()");
        browser.press("Enter");
        browser.wait("location.pathname.endsWith('/Component/CorePaymentLibrary.html')");
        browser.open(home, "graph/explore.html#Component/Nothing");
        browser.wait("document.getElementById('trouble').textContent.includes('Component/Nothing')");
    });
}

#[test]
fn the_drawing_is_zoomed_and_hidden_by_kind() {
    everywhere(|browser, home| {
        browser.open(home, "graph/explore.html#Component/CartService");
        shows(browser, "Cart Service");
        let wide = "+document.getElementById('sheet').getAttribute('width')";
        let before = browser.value(wide).as_f64().unwrap();
        browser.value("document.querySelector('.pane').focus()");
        browser.press("+");
        browser.wait(&format!("{wide} > {before}"));
        let remark = browser.text("document.getElementById('remark').textContent");
        browser.click("#explorer details > summary");
        browser.click("#filter input[value='blueprint Component']");
        after(browser, &remark);
        let names = drawn(browser);
        assert!(!names.iter().any(|name| name == "Core Kafka Library"), "{names:?}");
    });
}

#[test]
fn the_drawing_is_taken_along() {
    everywhere(|browser, home| {
        browser.open(home, "graph/explore.html#Component/CartService");
        shows(browser, "Cart Service");
        let names = drawn(browser);
        for (form, beginning, escaped) in
            [("mmd", "flowchart LR\n", false), ("dot", "digraph portal {\n", false), ("svg", "<svg ", true)]
        {
            browser.click(&format!("#explorer [name={form}]"));
            let text = browser.saved(&format!("graph.{form}"));
            assert!(text.starts_with(beginning), "{text}");
            assert!(!names.is_empty());
            for name in
                names.iter().filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' '))
            {
                assert!(text.contains(name.as_str()), "{form} has no {name}: {text}");
            }
            // What is said is also there to be copied; what is drawn has its colours with it.
            let shown = browser.text("document.getElementById('text').value");
            assert!(if escaped { text.contains("fill=\"rgb(") } else { shown == text }, "{text}");
        }
    });
}

#[test]
fn the_drawing_of_an_entity_leads_to_its_neighbours() {
    everywhere(|browser, home| {
        for (page, selector) in [
            ("Component/CheckoutService.html", ".graph a"),
            ("System/Cart.html", ".graph a"),
            ("graph/index.html", "main svg a"),
        ] {
            browser.open(home, page);
            let links = format!("[...document.querySelectorAll('{selector}')]");
            let name = "(a => (a.getAttribute('aria-label') ?? a.querySelector('text').firstChild.data).split(',')[0].replace('…', '').trim())";
            let address = "(a => new URL(a.getAttribute('href'), location.href).href)";
            let other = format!(
                "{links}.find(a => a.getAttribute('href') && !a.getAttribute('href').startsWith('#') && {address}(a) !== location.href)"
            );
            let said = browser.text(&format!("{name}({other})"));
            let href = browser.text(&format!("{address}({other})"));
            assert!(href.starts_with(home) && !said.is_empty(), "{page}: {href} {said}");
            browser.click_on(&other, "");
            browser.wait(&format!("location.href === {}", json!(href)));
            browser.wait(&format!("document.querySelector('h1').textContent.includes({})", json!(said)));
        }
    });
}
