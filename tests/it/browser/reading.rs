//! Everything can be read without a script, on every kind of page.

use serde_json::json;

use super::{PAGES, everywhere};

#[test]
fn everything_is_read_without_scripts() {
    everywhere(|browser, home| {
        browser.scripts(false);
        for (_, page) in PAGES {
            browser.open(home, page);
            let shown = "document.querySelector('main').innerText.length";
            assert!(browser.value(shown).as_u64() > Some(120), "{page} says nothing");
            assert_eq!(browser.texts("h1").len(), 1, "{page} has no title");
            assert!(browser.texts("footer").concat().len() > 20, "{page} does not say where it comes from");
            // What does nothing without a script is not there; of the form of an action the fields are read.
            let idle = "[...document.querySelectorAll('main button, main select:not(form *)')].filter(node => node.checkVisibility()).map(node => node.outerHTML)";
            let idle = browser.value(idle);
            assert_eq!(idle, json!([]), "{page}");
            // Nothing is hidden that only a script would show.
            let hidden = "[...document.querySelectorAll('main :is(p, li, tr, dd)')].filter(node => !node.checkVisibility() && \
                !node.closest('[hidden], details:not([open]), .tools, dialog, .p2, .p3') && node.textContent.trim()).map(node => node.outerHTML.slice(0, 90))";
            assert_eq!(browser.value(hidden), json!([]), "{page}");
        }
        // The forms lead somewhere, and so does the bar.
        browser.open(home, "index.html");
        browser.click(".hero .find input");
        browser.type_text("cart");
        browser.press("Enter");
        browser.wait("location.pathname.endsWith('/search.html') && location.search === '?q=cart'");
        browser.wait("document.querySelector('noscript').innerText.length > 20");
        browser.click_text(".nav a", "Teams");
        browser.wait("location.pathname.endsWith('/teams/index.html') && document.readyState === 'complete'");
        browser.scripts(true);
    });
}
