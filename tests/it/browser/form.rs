//! The form of an action: filled in by hand, with what it asks following what was said, and the command copied.

use serde_json::json;

use super::everywhere;

#[test]
fn the_command_follows_the_form_and_is_copied() {
    everywhere(|browser, home| {
        browser.open(home, "actions/dev_environment.html");
        let why = "document.querySelector('[data-name=why]').checkVisibility()";
        assert_eq!(browser.value(why), json!(false), "asked though nothing is large");
        browser.click("#f1");
        browser.type_text("spike");
        // On with the keyboard.
        browser.press("Tab");
        browser.type_text("CartService");
        // The hint has a link.
        browser.press("Tab");
        browser.press("Tab");
        browser.type_text("cart");
        browser.click("input[value=large]");
        browser.wait(why);
        browser.click("#f5");
        browser.type_text("It's a $(load) test of \"baskets\"");
        let command = "document.getElementById('command').textContent";
        let expected = "portal run dev_environment \\\n  --set name=spike \\\n  --set service=CartService \\\n  \
             --set owner=cart \\\n  --set size=large \\\n  --set 'why=It'\\''s a $(load) test of \"baskets\"'";
        browser.wait(&format!("{command}.includes('baskets')"));
        assert_eq!(browser.text(command), expected);
        browser.value("navigator.clipboard.writeText = async (text) => { window.copied = text; }");
        browser.click("#run .copy .do");
        browser.wait("document.querySelector('#run .copy .do').textContent === 'Copied'");
        assert_eq!(browser.text("window.copied"), expected);
        // What a pattern refuses is marked, and what is not asked any more is not said.
        browser.click("#f1");
        browser.type_text("NOT A NAME");
        browser.wait("document.getElementById('f1').getAttribute('aria-invalid') === 'true'");
        browser.click("input[value=small]");
        browser.wait(&format!("!{command}.includes('baskets')"));
        assert_eq!(browser.value(why), json!(false));
    });
}

#[test]
fn a_link_from_an_entity_brings_it_along() {
    everywhere(|browser, home| {
        browser.open(home, "Component/CartService.html");
        browser.wait("[...document.querySelectorAll('#actions a')].some(a => a.textContent.includes('Deploy a service'))");
        let deploy = "[...document.querySelectorAll('#actions a')].find(a => a.textContent.includes('Deploy a service'))";
        let href = browser.text(&format!("{deploy}.getAttribute('href')"));
        browser.open(home, &format!("Component/{href}"));
        browser.wait("document.querySelector('[data-name=\"$entity\"] input').value === 'CartService'");
        browser.wait("document.getElementById('command').textContent.includes('--entity CartService')");
    });
}
