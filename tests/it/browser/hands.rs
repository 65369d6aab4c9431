//! What people do with a page: they click, press keys and type.

use serde_json::{Value, json};

use super::chromium::Browser;

/// The bits that stand for keys that are held.
const HELD: [(&str, u32); 2] = [("Control+", 2), ("Shift+", 8)];

/// The keys that the tests press: their name for scripts, their place on the keyboard, their number, what they type.
const KEYS: [(&str, &str, u32, Option<&str>); 11] = [
    ("Enter", "Enter", 13, Some("\r")),
    ("Escape", "Escape", 27, None),
    ("Tab", "Tab", 9, None),
    ("ArrowDown", "ArrowDown", 40, None),
    ("ArrowUp", "ArrowUp", 38, None),
    ("ArrowRight", "ArrowRight", 39, None),
    ("ArrowLeft", "ArrowLeft", 37, None),
    ("Space", "Space", 32, Some(" ")),
    ("+", "Equal", 187, Some("+")),
    ("/", "Slash", 191, Some("/")),
    ("k", "KeyK", 75, Some("k")),
];

/// Takes the keys that are held off a name such as `Shift+Tab`: their bits, and the rest of the name.
fn held(name: &str) -> (u32, &str) {
    let found = HELD.iter().find_map(|(held, bits)| Some((*bits, name.strip_prefix(held)?)));
    found.unwrap_or((0, name))
}

/// Returns an expression for the first element of a selector that has a text in it.
pub(super) fn with_text(selector: &str, text: &str) -> String {
    let (selector, text) = (json!(selector), json!(text));
    format!("[...document.querySelectorAll({selector})].find(node => node.textContent.includes({text}))")
}

impl Browser {
    /// Clicks the middle of the first element that a selector finds, scrolled into view.
    pub(super) fn click(&mut self, selector: &str) {
        self.click_on(&format!("document.querySelector({})", json!(selector)), "");
    }

    /// Clicks the first element of a selector that has a text in it.
    pub(super) fn click_text(&mut self, selector: &str, text: &str) {
        self.click_on(&with_text(selector, text), "");
    }

    /// Clicks an element, with keys such as `Shift+` held.
    pub(super) fn click_on(&mut self, node: &str, keys: &str) {
        self.wait(&format!("{node}?.checkVisibility()"));
        let place = self.value(&format!(
            "(() => {{ const node = {node}; node.scrollIntoView({{block: 'center'}}); \
             const box = node.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let parameters = json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1,
                "modifiers": held(keys).0});
            self.ask("Input.dispatchMouseEvent", &parameters);
        }
    }

    /// Types text where the focus is.
    pub(super) fn type_text(&mut self, text: &str) {
        self.ask("Input.insertText", &json!({"text": text}));
    }

    /// Presses a key, such as `Enter`, `Control+k` or `Shift+Tab`.
    pub(super) fn press(&mut self, name: &str) {
        let (bits, key) = held(name);
        let found = KEYS.iter().find(|(known, ..)| *known == key);
        let (_, code, number, typed) = found.unwrap_or_else(|| panic!("the tests know no key {key}"));
        let script = if key == "Space" { " " } else { key };
        let mut parameters =
            json!({"key": script, "code": code, "windowsVirtualKeyCode": number, "modifiers": bits});
        let typed = typed.filter(|_| bits == 0);
        parameters["type"] = json!(if typed.is_some() { "keyDown" } else { "rawKeyDown" });
        if let Some(text) = typed {
            parameters["text"] = json!(text);
        }
        self.ask("Input.dispatchKeyEvent", &parameters);
        parameters["type"] = json!("keyUp");
        self.ask("Input.dispatchKeyEvent", &parameters);
    }

    /// Chooses a value of a select that can be seen.
    pub(super) fn choose(&mut self, selector: &str, value: &str) {
        let (node, value) = (json!(selector), json!(value));
        self.wait(&format!(
            "document.querySelector({node}).checkVisibility() && \
             [...document.querySelector({node}).options].some(option => option.value === {value})"
        ));
        self.value(&format!(
            "(() => {{ const node = document.querySelector({node}); node.focus(); node.value = {value}; \
             node.dispatchEvent(new Event('change', {{bubbles: true}})); }})()"
        ));
    }

    /// Returns the texts of all elements of a selector that are shown.
    pub(super) fn texts(&mut self, selector: &str) -> Vec<String> {
        let selector = json!(selector);
        let found = self.value(&format!(
            "[...document.querySelectorAll({selector})].filter(node => node.checkVisibility()).map(node => node.textContent)"
        ));
        let texts = found.as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.map(ToString::to_string).collect()
    }
}
