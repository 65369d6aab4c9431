//! The preview: a page tells what is wrong with the catalog while one writes, and comes back when it is mended.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread;

use super::chromium::Browser;
use super::{NOW, past};
use crate::sandbox::Sandbox;

/// A preview, ended with the test.
pub(super) struct Preview {
    /// Its address, ending in a slash.
    pub(super) home: String,
    sandbox: Sandbox,
    child: Child,
}

impl Preview {
    /// Starts the preview of the example with a relation that leads nowhere.
    pub(super) fn mistaken() -> Self {
        let mut preview = Self::start(past::example());
        preview.replace("entities/Component/cart-service.yaml", "  system: Cart\n", "  system: Crt\n");
        preview
    }

    fn start(sandbox: Sandbox) -> Self {
        let mut command =
            sandbox.command(env!("CARGO_BIN_EXE_portal"), &["--now", NOW, "serve", "--port", "0"]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ctrl-C ends") {
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "ended: {line}");
        }
        // What it says further is nobody's business, but somebody has to listen.
        thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
        let port = line.split("localhost:").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        Self { home: format!("http://localhost:{port}/"), sandbox, child }
    }

    fn replace(&mut self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.sandbox.path().join(file)).unwrap();
        assert!(text.contains(from));
        self.sandbox.write(file, text.replace(from, to));
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Holds when the page tells what is wrong.
pub(super) const TOLD: &str = "document.querySelector('.live-panel[open] li')";

#[test]
fn a_mistake_is_told_over_the_page_until_it_is_mended() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", "title: Shop\n");
    sandbox.write(
        "blueprints/service.yaml",
        "identifier: service\ntitle: Service\nschema: {properties: {}}\nrelations: {needs: {target: service}}\n",
    );
    sandbox.write("entities/pay.yaml", "identifier: pay\nblueprint: service\n");
    let file = "entities/cart.yaml";
    sandbox.write(file, "identifier: cart\ntitle: Cart\nblueprint: service\nrelations: {needs: pay}\n");
    let mut preview = Preview::start(sandbox);
    let home = preview.home.clone();
    browser.open(&home, "service/cart.html");
    preview.replace(file, "needs: pay", "needs: pey");
    browser.wait(TOLD);
    let told = browser.texts(".live-panel").concat();
    assert!(told.contains("pey") && told.contains(file) && told.contains("dangling-relation"), "{told}");
    // Out of the way, but not forgotten; and asked for again.
    browser.press("Escape");
    browser.wait(
        "!document.querySelector('dialog[open]') && document.querySelector('.live-badge').checkVisibility()",
    );
    browser.click(".live-badge");
    browser.wait(TOLD);
    preview.replace(file, "needs: pey", "needs: pay");
    browser.wait("!document.querySelector('.live-panel, .live-badge')");
    // What is right is shown by itself.
    preview.replace(file, "title: Cart\n", "title: Basket\n");
    browser.wait("document.querySelector('h1').textContent.includes('Basket')");
    assert_eq!(browser.complaints(), [""; 0]);
}
