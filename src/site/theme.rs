//! Templates: those embedded in the binary, those of the catalog in their place, and what they may call.

use std::collections::BTreeMap;
use std::fmt::Write;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};

use super::Error;

/// The templates of the binary, by name; a catalog's file of the same name takes the place of one.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("../../templates/layout.html")),
    ("header.html", include_str!("../../templates/header.html")),
    ("footer.html", include_str!("../../templates/footer.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("blueprint.html", include_str!("../../templates/blueprint.html")),
    ("entity.html", include_str!("../../templates/entity.html")),
    ("404.html", include_str!("../../templates/404.html")),
    ("sitemap.xml", include_str!("../../templates/sitemap.xml")),
    ("sitemap-index.xml", include_str!("../../templates/sitemap-index.xml")),
];

/// The stylesheet; a catalog's `static/portal.css` takes its place.
pub(super) const STYLESHEET: &str = include_str!("../../templates/portal.css");

/// Templates, compiled.
#[derive(Debug)]
pub(super) struct Theme {
    environment: Environment<'static>,
}

impl Theme {
    /// Returns the templates of the binary with those of a catalog in their place.
    pub(super) fn new(overrides: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(format);
        let syntax = SyntaxConfig::builder().trim_blocks(true).build();
        environment.set_syntax(syntax.expect("the delimiters of the library are its own"));
        for (name, source) in TEMPLATES {
            if !overrides.contains_key(*name) {
                environment.add_template(name, source).map_err(|error| Error::template(&error))?;
            }
        }
        for (name, source) in overrides {
            let added = environment.add_template_owned(name.clone(), source.clone());
            added.map_err(|error| Error::template(&error))?;
        }
        Ok(Self { environment })
    }

    /// Renders a template into `page`, which is emptied first.
    pub(super) fn render(&self, name: &str, context: Value, page: &mut Vec<u8>) -> Result<(), Error> {
        page.clear();
        let template = self.environment.get_template(name).map_err(|error| Error::template(&error))?;
        template.render_captured_to(context, page).map_err(|error| Error::template(&error))?;
        Ok(())
    }

    /// Renders a part that many pages share, as markup that is not escaped again.
    pub(super) fn part(&self, name: &str, context: Value) -> Result<Value, Error> {
        let template = self.environment.get_template(name).map_err(|error| Error::template(&error))?;
        let text = template.render(context).map_err(|error| Error::template(&error))?;
        Ok(Value::from_safe_string(text))
    }
}

/// Writes a value: markup as it is, numbers as they are, text escaped.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(escape(text, out)?),
        Some(text) => Ok(out.write_str(text)?),
        None if value.is_none() => Ok(()),
        None => minijinja::escape_formatter(out, state, value),
    }
}

/// Writes text so that it stays text between tags and between quotes. Characters that HTML forbids, and those
/// that would show the text in another order than it has, are shown by their number.
pub(super) fn escape(text: &str, out: &mut impl Write) -> std::fmt::Result {
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let known = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            b' '..=b'~' | b'\t' | b'\n' | b'\r' => continue,
            _ if !text.is_char_boundary(at) => continue,
            _ => match hidden(&text[at..]) {
                Some(character) => {
                    write!(out, "{}\u{2039}U+{:04X}\u{203a}", &text[start..at], u32::from(character))?;
                    start = at + character.len_utf8();
                    continue;
                }
                None => continue,
            },
        };
        out.write_str(&text[start..at])?;
        out.write_str(known)?;
        start = at + 1;
    }
    out.write_str(&text[start..])
}

/// Returns the first character of `text` if it must not be written as it is.
fn hidden(text: &str) -> Option<char> {
    let character = text.chars().next()?;
    let hidden = match character {
        '\t' | '\n' | '\r' => false,
        // Embeddings, overrides and isolates of writing direction; marks (U+200E, U+200F) only concern neighbours.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => character.is_control() || u32::from(character) & 0xfffe == 0xfffe,
    };
    hidden.then_some(character)
}

/// Returns the text with the characters that [`escape`] would show by their number replaced alike.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let mut buffer = [0; 4];
        match hidden(character.encode_utf8(&mut buffer)) {
            Some(_) => shown.push_str(&format!("\u{2039}U+{:04X}\u{203a}", u32::from(character))),
            None => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("plain", "plain"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\"'&", "&quot;&#39;&amp;"),
            ("a/b\tc\n", "a/b\tc\n"),
            ("Gr\u{fc}\u{df}e \u{1f600}", "Gr\u{fc}\u{df}e \u{1f600}"),
            ("\u{5e9}\u{5dc}\u{200f}", "\u{5e9}\u{5dc}\u{200f}"),
            ("a\u{202e}b\u{0}c", "a\u{2039}U+202E\u{203a}b\u{2039}U+0000\u{203a}c"),
            (
                "\u{ffff}\u{1fffe}\u{85}",
                "\u{2039}U+FFFF\u{203a}\u{2039}U+1FFFE\u{203a}\u{2039}U+0085\u{203a}",
            ),
        ] {
            let mut out = String::new();
            escape(text, &mut out).expect("a string takes everything");
            assert_eq!(out, expected, "{text:?}");
            assert_eq!(visible(text).contains('\u{2039}'), expected.contains('\u{2039}'));
        }
    }

    #[test]
    fn a_mistake_in_a_template_is_named_with_its_line() {
        let overrides = |text: &str| BTreeMap::from([("404.html".to_string(), text.to_string())]);
        let error = Theme::new(&overrides("a\n{% if %}")).expect_err("no expression");
        assert!(error.to_string().contains("404.html") && error.to_string().contains("line 2"), "{error}");
        let theme = Theme::new(&overrides("a\n\n{{ nonsense }}")).expect("compiles");
        let error =
            theme.render("404.html", Value::from_pairs([("x", 1)]), &mut Vec::new()).expect_err("undefined");
        assert!(error.to_string().contains("line 3"), "{error}");
    }
}
