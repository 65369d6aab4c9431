//! Property formats: what each is called, which type it belongs to, and what a value must look like.
//!
//! To add a format: a row in [`FORMATS`], with its check, and a row in the table of tests.

use super::property::Type;

/// A format of a property.
#[derive(Debug)]
pub struct Format {
    /// Port's name for it.
    pub name: &'static str,
    /// The type of the properties that may have it.
    pub of: Type,
    /// Whether a text has the format.
    pub check: fn(&str) -> bool,
    /// What a text must look like, for a message: `a date and time with an offset`.
    pub looks: &'static str,
    /// An example, for the help.
    pub example: &'static str,
}

/// Every format of Port's model, with those of action inputs.
pub static FORMATS: &[Format] = &[
    text("date-time", date_time, "a date and time with an offset (ISO 8601)", "2026-03-01T09:30:00Z"),
    text("timer", date_time, "a date and time with an offset (ISO 8601)", "2026-03-01T09:30:00Z"),
    text("url", url, "a URL with its scheme", "https://example.com/page"),
    text("email", email, "an e-mail address", "ines@example.com"),
    text("idn-email", email, "an e-mail address", "ines@example.com"),
    text("user", email, "the e-mail address of a user", "ines@example.com"),
    text("team", anything, "the identifier of a team", "payments"),
    text("markdown", anything, "Markdown", "# Title"),
    text("multi-line", anything, "text of several lines", "a\nb"),
    text("yaml", anything, "YAML", "a: 1"),
    text("proto", anything, "a protocol buffer definition", "message A {}"),
    text("json", anything, "JSON", "{}"),
    text("blueprints", anything, "the identifier of a blueprint", "service"),
    text("entity", anything, "the identifier of an entity", "checkout"),
    text("ipv4", ipv4, "an IPv4 address", "192.0.2.7"),
    text("ipv6", ipv6, "an IPv6 address", "2001:db8::7"),
    Format {
        name: "labeled-url",
        of: Type::Object,
        check: anything,
        looks: "a mapping with a `url`",
        example: "{url: https://example.com, displayText: Docs}",
    },
    Format { name: "json", of: Type::Object, check: anything, looks: "a mapping", example: "{}" },
];

/// Returns a format of strings.
const fn text(
    name: &'static str,
    check: fn(&str) -> bool,
    looks: &'static str,
    example: &'static str,
) -> Format {
    Format { name, of: Type::String, check, looks, example }
}

/// Returns the format called `name`.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

fn anything(_: &str) -> bool {
    true
}

/// ISO 8601 with an offset, as Port's schema check wants it: `2026-03-01T09:30:00Z`, fractions and `+02:00` too.
fn date_time(text: &str) -> bool {
    let has_offset = text.ends_with(['Z', 'z']) || text.len() > 19 && text[19..].contains(['+', '-']);
    text.is_ascii() && text.len() >= 17 && has_offset && text.parse::<jiff::Timestamp>().is_ok()
}

fn url(text: &str) -> bool {
    !text.contains(char::is_whitespace) && url::Url::parse(text).is_ok()
}

/// One `@` with something on both sides and no spaces: what mail systems accept is wider than any pattern.
fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let quoted = local.starts_with('"') && local.ends_with('"') && local.len() > 2;
    let plain = !local.is_empty() && !local.contains(['@', ' ', '<', '>', ',', ';']);
    let labels = !domain.is_empty() && domain.split('.').all(|label| !label.is_empty());
    (plain || quoted)
        && labels
        && !domain.contains([' ', '<', '>', ',', ';'])
        && !text.contains(char::is_control)
}

fn ipv4(text: &str) -> bool {
    text.parse::<std::net::Ipv4Addr>().is_ok()
}

fn ipv6(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_take_what_port_takes() {
        for (format, text, accepted) in [
            ("date-time", "2022-04-18T11:44:15.345Z", true),
            ("date-time", "2022-04-18T11:44:15+02:00", true),
            ("date-time", "2022-04-18T11:44:15", false),
            ("date-time", "2022-04-18", false),
            ("date-time", "yesterday", false),
            ("date-time", "2022-13-18T11:44:15Z", false),
            ("url", "https://example.com/a?b=c#d", true),
            ("url", "mailto:ines@example.com", true),
            ("url", "slack://channel?id=1", true),
            ("url", "example.com", false),
            ("url", "https://exa mple.com", false),
            ("email", "ines@example.com", true),
            ("email", "ines@localhost", true),
            ("email", "ines", false),
            ("email", "a@b@c", false),
            ("email", "a@.com", false),
            ("ipv4", "192.0.2.7", true),
            ("ipv4", "192.0.2.256", false),
            ("ipv6", "2001:db8::7", true),
            ("ipv6", "192.0.2.7", false),
            ("markdown", "", true),
        ] {
            let found = find(format).expect("the table names formats that exist");
            assert_eq!((found.check)(text), accepted, "{format}: {text}");
        }
    }

    #[test]
    fn every_example_has_its_format() {
        for format in FORMATS.iter().filter(|format| format.of == Type::String) {
            assert!((format.check)(format.example), "{}", format.name);
        }
    }
}
