//! Identifiers: which characters each kind of thing may be named with, and the path a name gets on the site.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::phrase::clip;
use crate::diagnostic::{Diagnostic, Rule};
use crate::yaml::Node;

/// The rule for the identifiers of one kind of thing, after Port's API.
#[derive(Debug)]
pub struct Form {
    /// What is named, with its article.
    pub of: &'static str,
    /// Which characters are allowed besides ASCII letters and digits.
    extra: &'static str,
    /// Whether letters of every script are allowed.
    unicode: bool,
    /// The most characters.
    longest: usize,
    /// The same as a pattern, for JSON Schema.
    pattern: &'static str,
}

/// Blueprints: `^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/-]+$`, at most 100 characters.
pub static BLUEPRINT: Form = Form {
    of: "a blueprint identifier",
    extra: "@_.+:\\/-",
    unicode: true,
    longest: 100,
    pattern: r"^[\p{L}0-9@_.+:\\/-]+$",
};

/// Entities: as blueprints, with `=`, at most 1,000 characters.
pub static ENTITY: Form = Form {
    of: "an entity identifier",
    extra: "@_.+:\\/=-",
    unicode: true,
    longest: 1000,
    pattern: r"^[\p{L}0-9@_.+:\\/=-]+$",
};

/// Properties and relations of every sort: `^[A-Za-z0-9@_=\-]+$`, at most 100 characters.
pub static PROPERTY: Form = Form {
    of: "a property or relation identifier",
    extra: "@_=-",
    unicode: false,
    longest: 100,
    pattern: r"^[A-Za-z0-9@_=-]+$",
};

/// Scorecards, rules, initiatives and waivers: as blueprints, with `=`.
pub static SCORECARD: Form = Form {
    of: "an identifier",
    extra: "@_.+:\\/=-",
    unicode: true,
    longest: 100,
    pattern: r"^[\p{L}0-9@_.+:\\/=-]+$",
};

/// Actions, automations, pages and integrations: as scorecards, without slashes; Port gives no maximum.
pub static ACTION: Form = Form {
    of: "an identifier",
    extra: "@_.+:=-",
    unicode: true,
    longest: 1000,
    pattern: r"^[\p{L}0-9@_.+:=-]+$",
};

/// Keys that are free text: enum values, header names.
pub static FREE: Form = Form { of: "a key", extra: "", unicode: true, longest: usize::MAX, pattern: "" };

impl Form {
    /// Returns whether `name` may be used.
    pub fn allows(&self, name: &str) -> bool {
        if self.pattern.is_empty() {
            return true;
        }
        let plain = |c: char| {
            c.is_ascii_alphanumeric() || self.extra.contains(c) || (self.unicode && c.is_alphabetic())
        };
        let dots = self.extra.contains('.') && matches!(name, "." | "..");
        let short = name.len() <= self.longest || name.chars().count() <= self.longest;
        !name.is_empty() && !dots && short && name.chars().all(plain)
    }

    /// Returns the finding that the string `node` is not such an identifier.
    pub fn check(&self, node: Node<'_>) -> Option<Diagnostic> {
        let name = node.as_str().unwrap_or_default();
        if self.allows(name) {
            return None;
        }
        let message = format!("`{}` is not {}", clip(name), self.of);
        Some(Diagnostic::new(Rule::InvalidIdentifier, node.span(), message).help(self.help(name)))
    }

    /// Returns what to do about a name that is not allowed.
    pub fn help(&self, name: &str) -> String {
        if name.chars().count() > self.longest {
            return format!("use at most {} characters", self.longest);
        }
        let characters = if self.unicode { "letters, digits" } else { "ASCII letters, digits" };
        let extra: Vec<String> = self.extra.chars().map(String::from).collect();
        format!("use {characters} and {}", extra.join(" "))
    }

    /// Returns the JSON Schema of such an identifier.
    pub fn json_schema(&self) -> Value {
        if self.pattern.is_empty() {
            return json!({"type": "string"});
        }
        json!({"type": "string", "pattern": self.pattern, "minLength": 1, "maxLength": self.longest})
    }
}

/// Returns an identifier as one segment of a path or a URL: ASCII letters, digits, `.`, `_`, `-` stay, every
/// other byte becomes `~` and two hexadecimal digits, so that different identifiers have different segments.
/// What a host, a shell or Windows would take for something else (`index`, `con`, a leading dot) is escaped too,
/// and a name too long for a file name ends in a hash of the whole.
pub fn segment(identifier: &str) -> Cow<'_, str> {
    const LONGEST: usize = 120;
    let dots = identifier.starts_with('.') || identifier.ends_with('.');
    if identifier.len() <= LONGEST && !dots && identifier.bytes().all(is_plain) && !is_reserved(identifier) {
        return Cow::Borrowed(identifier);
    }
    let mut path = String::with_capacity(identifier.len());
    let reserved = is_reserved(identifier);
    for (at, byte) in identifier.bytes().enumerate() {
        let edge_dot = byte == b'.' && (at == 0 || at + 1 == identifier.len());
        if is_plain(byte) && !edge_dot && !(reserved && at == 0) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("~{byte:02X}"));
        }
    }
    if path.len() > LONGEST {
        let hash = xxhash_rust::xxh3::xxh3_64(identifier.as_bytes());
        // A cut inside `~XX` is harmless: the hash, not the head, keeps the names apart.
        path.truncate(LONGEST - 18);
        path.push_str(&format!("~~{hash:016x}"));
    }
    Cow::Owned(path)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Returns whether a file of this name means something else to a host or to Windows, whatever its extension.
fn is_reserved(identifier: &str) -> bool {
    let stem = identifier.split('.').next().unwrap_or_default();
    if !(3..=5).contains(&stem.len()) {
        return false;
    }
    let stem = stem.to_ascii_lowercase();
    let numbered = |prefix: &str| stem.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n != "0");
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "index") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_allow_what_port_allows() {
        for (form, name, allowed) in [
            (&BLUEPRINT, "Component", true),
            (&BLUEPRINT, "k8s/pod:v1+a.b", true),
            (&BLUEPRINT, "a=b", false),
            (&BLUEPRINT, "..", false),
            (&BLUEPRINT, "größe", true),
            (&BLUEPRINT, "two words", false),
            (&BLUEPRINT, "", false),
            (&ENTITY, "org/repo", true),
            (&ENTITY, "a=b@c.d", true),
            (&PROPERTY, "providesApi", true),
            (&PROPERTY, "a.b", false),
            (&PROPERTY, "größe", false),
            (&ACTION, "a/b", false),
            (&FREE, "Open API", true),
        ] {
            assert_eq!(form.allows(name), allowed, "{} {name}", form.of);
        }
        assert!(!PROPERTY.allows(&"a".repeat(101)));
        assert!(BLUEPRINT.allows(&"é".repeat(100)));
    }

    #[test]
    fn segments_are_safe_and_distinct() {
        for (identifier, expected) in [
            ("CartService", "CartService"),
            ("org/repo", "org~2Frepo"),
            ("org~2Frepo", "org~7E2Frepo"),
            ("..", "~2E~2E"),
            (".git", "~2Egit"),
            ("trailing.", "trailing~2E"),
            ("index", "~69ndex"),
            ("CON", "~43ON"),
            ("com1.txt", "~63om1.txt"),
            ("com10", "com10"),
            ("ines@marlow.example", "ines~40marlow.example"),
            ("é", "~C3~A9"),
            ("<script>", "~3Cscript~3E"),
        ] {
            assert_eq!(segment(identifier), expected, "{identifier}");
        }
        let long = "x".repeat(1000);
        assert_ne!(segment(&long), segment(&"x".repeat(999)));
        assert!(segment(&long).len() <= 120);
    }
}
