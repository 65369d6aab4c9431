//! Which form a text is written in.

use super::model::Form;

/// The family of forms: what reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// YAML or JSON, whose keys say which.
    Tree,
    GraphQl,
    Protobuf,
}

/// The extensions of files that may be descriptions.
pub(super) const EXTENSIONS: &[(&str, Family)] = &[
    (".yaml", Family::Tree),
    (".yml", Family::Tree),
    (".json", Family::Tree),
    (".graphql", Family::GraphQl),
    (".graphqls", Family::GraphQl),
    (".gql", Family::GraphQl),
    (".proto", Family::Protobuf),
];

/// Returns what a file is, by its name.
pub(super) fn by_name(path: &str) -> Option<Family> {
    let lower = path.to_ascii_lowercase();
    EXTENSIONS.iter().find(|(extension, _)| lower.ends_with(extension)).map(|(_, family)| *family)
}

/// The keys of which a document in YAML or JSON has one, with the form that it says.
pub(super) const KEYS: &[(&str, Form)] =
    &[("openapi", Form::OpenApi), ("swagger", Form::Swagger), ("asyncapi", Form::AsyncApi)];

/// Returns what a text without a name is, by how its lines begin.
pub(super) fn by_text(text: &str) -> Option<Family> {
    let start = text.trim_start();
    if start.starts_with('{') {
        return KEYS.iter().any(|(key, _)| text.contains(&format!("\"{key}\""))).then_some(Family::Tree);
    }
    text.lines().find_map(by_line)
}

fn by_line(line: &str) -> Option<Family> {
    let unquoted = line.trim_start_matches(['"', '\'']);
    let is_key = |key: &str| {
        let rest = unquoted.strip_prefix(key).map(|rest| rest.trim_start_matches(['"', '\'']));
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    if KEYS.iter().any(|(key, _)| is_key(key)) {
        return Some(Family::Tree);
    }
    let mut words = line.split_whitespace();
    let (first, second) = (words.next()?, words.next().unwrap_or_default());
    let named = second.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let opens = line.trim_end().ends_with(['{', '}']);
    match first {
        _ if first.starts_with("syntax") && line.contains("\"proto") => Some(Family::Protobuf),
        "message" | "service" if named && opens => Some(Family::Protobuf),
        "type" | "interface" | "input" | "enum" if named && opens && !line.contains(['=', ';']) => {
            Some(Family::GraphQl)
        }
        "schema" if opens => Some(Family::GraphQl),
        "extend" if matches!(second, "type" | "schema" | "interface") => Some(Family::GraphQl),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_recognised_by_their_lines() {
        for (text, expected) in [
            ("openapi: 3.1.0\n", Some(Family::Tree)),
            ("# about\n\"swagger\": '2.0'", Some(Family::Tree)),
            ("{\"asyncapi\": \"2.0.0\"}", Some(Family::Tree)),
            ("{\"a\": 1}", None),
            ("// about\nsyntax = \"proto3\";", Some(Family::Protobuf)),
            ("service Greeter {\n", Some(Family::Protobuf)),
            ("\"\"\"\nAll\n\"\"\"\ntype Query {\n  a: Int\n}", Some(Family::GraphQl)),
            ("schema {\n  query: Q\n}", Some(Family::GraphQl)),
            ("import { z } from 'zod';\nexport const apiRouter = router({", None),
            ("export type A = {", None),
            ("type A = {", None),
            ("The service is of the type {", None),
            ("", None),
        ] {
            assert_eq!(by_text(text), expected, "{text}");
        }
        assert_eq!(by_name("a/B.PROTO"), Some(Family::Protobuf));
        assert_eq!(by_name("a/b.md"), None);
    }
}
