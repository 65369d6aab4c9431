//! Names in addresses.

/// Returns a name as one segment of an address: all but letters, digits, `-`, `.`, `_` and `~` of ASCII is encoded, and
/// so are the names that mean a folder.
pub fn encoded(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    let dots = matches!(name, "." | "..");
    for byte in name.bytes() {
        let plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || (byte == b'.' && !dots);
        if plain {
            segment.push(char::from(byte));
        } else {
            segment.push_str(&format!("%{byte:02X}"));
        }
    }
    segment
}

/// Returns `owner/name` as two segments.
///
/// # Errors
/// When it is not of that form.
pub(super) fn owner_and_name(repository: &str) -> Result<String, String> {
    let plain = |part: &str| {
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'{' | b'}');
        !part.is_empty() && !matches!(part, "." | "..") && part.bytes().all(plain)
    };
    match repository.split_once('/') {
        Some((owner, name)) if plain(owner) && plain(name) => {
            Ok(format!("{}/{}", encoded(owner), encoded(name)))
        }
        _ => Err(format!("`{}` is no repository: write owner/name", crate::printable::shown(repository))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment() {
        for (name, expected) in [
            ("portal-run", "portal-run"),
            ("a/b?c=d#e&f g", "a%2Fb%3Fc%3Dd%23e%26f%20g"),
            ("..", "%2E%2E"),
            ("é\n", "%C3%A9%0A"),
            ("v1.2", "v1.2"),
        ] {
            assert_eq!(encoded(name), expected);
        }
    }

    #[test]
    fn repositories_have_an_owner_and_a_name() {
        assert_eq!(owner_and_name("marlow/catalog.git").as_deref(), Ok("marlow/catalog.git"));
        for wrong in ["", "a", "a/b/c", "../b", "a/..", "a/b?x", "a/ b", "/b"] {
            assert!(owner_and_name(wrong).is_err(), "{wrong}");
        }
    }
}
