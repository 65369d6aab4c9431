//! What a text defines that cannot be read, as far as a glance tells: who points at that is not to blame.

/// Returns what a text that cannot be read seems to define: the words after each `identifier` key.
pub(super) fn lost_identifiers(text: &str) -> Vec<String> {
    let quote = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '＂');
    let mut names = Vec::new();
    for (at, key) in text.match_indices("identifier") {
        let rest = text[at + key.len()..].trim_start_matches(|c| quote(c) || c == ' ');
        let Some(rest) = rest.strip_prefix(':') else { continue };
        let value = rest.trim_start_matches(|c| quote(c) || c == ' ');
        let end = value
            .find(|c: char| quote(c) || c.is_whitespace() || matches!(c, ',' | '}' | '{'))
            .unwrap_or(value.len());
        if end > 0 {
            names.push(value[..end].to_string());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_text_still_tells_what_it_defines() {
        for (text, expected) in [
            ("{ “identifier”: “Resource”, “title”: “R” }", vec!["Resource"]),
            ("identifier: cart\n\tbad: 1\nidentifier: 'a/b' # c", vec!["cart", "a/b"]),
            ("the identifier is missing", vec![]),
            ("identifier:", vec![]),
        ] {
            assert_eq!(lost_identifiers(text), expected, "{text}");
        }
    }
}
