//! The preview: a page tells what is wrong with the catalog while one writes, and comes back when it is mended.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread;

use super::chromium::Browser;
use super::{NOW, past};
use crate::sandbox::Sandbox;

const FILE: &str = "entities/Component/cart-service.yaml";

/// A preview of the example in which a relation leads nowhere, ended with the test.
pub(super) struct Preview {
    /// Its address, ending in a slash.
    pub(super) home: String,
    sandbox: Sandbox,
    child: Child,
}

impl Preview {
    pub(super) fn start() -> Self {
        let sandbox = past::example();
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
        let mut preview = Self { home: format!("http://localhost:{port}/"), sandbox, child };
        preview.replace("  system: Cart\n", "  system: Crt\n");
        preview
    }

    fn replace(&mut self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.sandbox.path().join(FILE)).unwrap();
        assert!(text.contains(from));
        self.sandbox.write(FILE, text.replace(from, to));
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
    let mut preview = Preview::start();
    let home = preview.home.clone();
    browser.open(&home, "Component/CartService.html");
    browser.wait(TOLD);
    let told = browser.texts(".live-panel").concat();
    assert!(told.contains("Crt") && told.contains(FILE) && told.contains("dangling-relation"), "{told}");
    // Out of the way, but not forgotten; and asked for again.
    browser.press("Escape");
    browser.wait(
        "!document.querySelector('dialog[open]') && document.querySelector('.live-badge').checkVisibility()",
    );
    browser.click(".live-badge");
    browser.wait(TOLD);
    preview.replace("  system: Crt\n", "  system: Cart\n");
    browser.wait("!document.querySelector('.live-panel, .live-badge')");
    // What is right is shown by itself.
    preview.replace("title: Cart Service\n", "title: Basket Service\n");
    browser.wait("document.querySelector('h1').textContent.includes('Basket Service')");
    assert_eq!(browser.complaints(), [""; 0]);
}
