//! The search, by keyboard alone: the palette over every page, and the page of results.

use serde_json::json;

use super::chromium::Browser;
use super::everywhere;
use super::hands::with_text;

const INPUT: &str = "dialog.palette[open] input";

/// Waits until the palette is open and has the focus.
fn opened(browser: &mut Browser) {
    browser.wait(&format!("document.activeElement === document.querySelector('{INPUT}')"));
}

/// Asks in the palette, in the place of what was asked, and waits until the answer is another one than before.
fn ask(browser: &mut Browser, query: &str) {
    browser.value(&format!("document.querySelector('{INPUT}').select()"));
    browser.value("document.querySelector('.palette [role=status]').textContent = ''");
    browser.type_text(query);
    browser.wait("document.querySelector('.palette [role=status]').textContent.includes(' found')");
}

/// Returns the names that are found, without their notes.
fn names(browser: &mut Browser) -> Vec<String> {
    browser.texts(".hits .hit > b")
}

/// The name of the result that Enter would open.
const CHOSEN: &str = "document.querySelector('.hit[aria-selected=true] > b')?.textContent";

#[test]
fn the_palette_finds_and_opens_by_keyboard() {
    everywhere(|browser, home| {
        for (key, page) in [("/", "index.html"), ("Control+k", "scorecards/production_readiness.html")] {
            browser.open(home, page);
            browser.press(key);
            opened(browser);
            ask(browser, "cart");
            let found = names(browser);
            assert!(found.iter().any(|name| name == "Cart Service"), "{found:?}");
            assert!(found.len() > 3, "{found:?}");
            // To the next, back, and once around.
            let first = browser.text(CHOSEN);
            assert_eq!(first, found[0]);
            browser.press("ArrowDown");
            assert_eq!(browser.text(CHOSEN), found[1]);
            browser.press("ArrowUp");
            browser.press("ArrowUp");
            assert_eq!(browser.text(CHOSEN), *found.last().unwrap());
            // Whoever cannot see it is told which one is chosen.
            let told = format!(
                "document.getElementById(document.querySelector('{INPUT}').getAttribute('aria-activedescendant'))"
            );
            assert_eq!(browser.value(&format!("{told}?.ariaSelected")), json!("true"));
            ask(browser, "cartservice");
            let found = names(browser);
            let at = found.iter().position(|name| name == "Cart Service");
            for _ in 0..at.unwrap_or_else(|| panic!("{found:?}")) {
                browser.press("ArrowDown");
            }
            browser.press("Enter");
            browser.wait("/\\/(Component\\/CartService|docs\\/.*)\\.html$/.test(location.pathname)");
            browser.wait("document.querySelector('h1').textContent.includes('Cart Service')");
        }
    });
}

#[test]
fn typos_are_forgiven_and_kinds_are_chosen() {
    everywhere(|browser, home| {
        browser.open(home, "index.html");
        browser.press("/");
        opened(browser);
        // A letter too few, two in the wrong order, one too many in a longer word.
        for (query, name) in [
            ("chekout", "Checkout Service"),
            ("pyament", "Payment Service"),
            ("storefronnt", "Storefront Web"),
        ] {
            ask(browser, query);
            let found = names(browser);
            assert!(found.iter().any(|found| found == name), "{query}: {found:?}");
        }
        ask(browser, "qqqqqqqq");
        assert_eq!(names(browser), [""; 0]);
        ask(browser, "cart");
        let tab = ".kinds [aria-selected=true]";
        let all = names(browser).len();
        assert!(browser.texts(tab)[0].starts_with("All "), "{:?}", browser.texts(tab));
        // The next kind: as many results as its tab says, all of that kind.
        browser.press("Tab");
        browser.wait("!document.querySelector('.kinds [aria-selected=true]').textContent.startsWith('All ')");
        browser.wait("[...document.querySelectorAll('.hits .hit')].length === +document.querySelector('.kinds [aria-selected=true] small').textContent");
        let kind =
            browser.text("document.querySelector('.kinds [aria-selected=true]').firstChild.data.trim()");
        let notes = browser.texts(".hits .hit > small");
        assert!(!notes.is_empty() && notes.len() < all, "{notes:?}");
        assert!(notes.iter().all(|note| note.starts_with(&kind)), "{kind}: {notes:?}");
        browser.press("Shift+Tab");
        browser.wait("document.querySelector('.kinds [aria-selected=true]').textContent.startsWith('All ')");
        browser.wait(&format!("document.querySelectorAll('.hits .hit').length === {all}"));
        // The focus has stayed where one types.
        opened(browser);
    });
}

#[test]
fn escape_gives_the_focus_back_and_what_was_opened_is_offered() {
    everywhere(|browser, home| {
        browser.value("try { localStorage.clear() } catch {}");
        browser.open(home, "Component/CartService.html");
        browser.wait("document.querySelector('.named')");
        browser.open(home, "Component/CheckoutService.html");
        browser.wait("document.querySelector('.named')");
        browser.click_text(".named button", "Pin");
        browser.wait(&with_text(".named button", "Pinned"));
        browser.open(home, "index.html");
        // The first stop of the Tab key, a link, has the focus.
        browser.press("Tab");
        browser.wait("document.activeElement.className === 'skip'");
        browser.press("/");
        opened(browser);
        let group = |label: &str| format!(".hits [aria-label='{label}'] .hit > b");
        browser.wait(&format!("document.querySelector({})", json!(group("Recent"))));
        assert_eq!(browser.texts(&group("Recent")), ["Checkout Service", "Cart Service"]);
        assert_eq!(browser.texts(&group("Pinned")), ["Checkout Service"]);
        // A pin leads there without a word.
        assert_eq!(browser.value("document.querySelectorAll('.hit[aria-selected=true]').length"), json!(0));
        browser.press("Escape");
        browser.wait("!document.querySelector('dialog[open]')");
        assert_eq!(browser.text("document.activeElement.className"), "skip");
        // It opens again, and what one types in a field is no command.
        browser.press("/");
        opened(browser);
        browser.press("/");
        browser.wait(&format!("document.querySelector('{INPUT}').value === '/'"));
        browser.press("Escape");
        browser.press("Control+k");
        opened(browser);
        browser.press("ArrowDown");
        browser.press("Enter");
        browser.wait("location.pathname.endsWith('/Component/CheckoutService.html')");
        browser.value("localStorage.clear()");
    });
}

#[test]
fn the_page_of_results_is_an_address() {
    everywhere(|browser, home| {
        browser.open(home, "search.html?q=cart");
        browser.wait("document.querySelector('#results .hit')");
        let found = browser.texts("#results .hit > b");
        assert!(found.iter().any(|name| name == "Cart Service"), "{found:?}");
        assert_eq!(browser.value("document.getElementById('all').checkVisibility()"), json!(false));
        browser.value("document.querySelector('.big input').select()");
        browser.type_text("payment-service");
        browser.wait("document.querySelector('#results .hit b')?.textContent.includes('Payment')");
        if home.starts_with("http") {
            browser.wait("location.search === '?q=payment-service'");
        }
        browser.press("Enter");
        browser.wait("!location.pathname.endsWith('/search.html')");
        browser.wait("document.querySelector('h1').textContent.includes('Payment')");
    });
}
