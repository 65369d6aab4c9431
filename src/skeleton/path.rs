//! Names of files that mean the same, and nothing else, on every system.
//!
//! What Windows, macOS and Git each take for something else is refused everywhere: a service is made on one system and
//! cloned on all of them. Sources of the rules: "Naming Files, Paths, and Namespaces" of Windows, Git's own checks of
//! `.git` for NTFS and HFS+, and the limits of 255 bytes a name that the usual file systems of Linux share.

use std::collections::HashMap;

use crate::printable::is_deceptive;

/// The longest path, in bytes.
const LONGEST_PATH: usize = 1_024;

/// The most segments of a path.
const MOST_SEGMENTS: usize = 64;

/// The longest name, in bytes.
pub(super) const LONGEST_NAME: usize = 255;

/// The record of a service, which only portal writes.
pub const RECORD: &str = ".portal/scaffold.yaml";

/// Names that Windows takes for devices, also with an extension.
const DEVICES: &[&str] = &["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

/// Returns why a path with forward slashes cannot be written below a folder, as a phrase: `leads out of the destination`;
/// `None` when it can, on Linux, macOS and Windows.
pub fn refusal(path: &str) -> Option<String> {
    if path.is_empty() {
        return Some("is empty".into());
    }
    if path.len() > LONGEST_PATH {
        return Some("is a path of more than 1,024 bytes".into());
    }
    if path.split('/').count() > MOST_SEGMENTS {
        return Some(format!("is a path of more than {MOST_SEGMENTS} folders"));
    }
    if path.starts_with('/') {
        return Some("is an absolute path".into());
    }
    path.split('/').find_map(segment_refusal)
}

/// Returns why one segment of a path cannot be written, as a phrase.
pub(super) fn segment_refusal(name: &str) -> Option<String> {
    match name {
        "" => return Some("has a folder without a name".into()),
        ".." => return Some("leads out of the destination".into()),
        "." => return Some("has a segment `.`, which names no file".into()),
        _ => {}
    }
    if let Some(reason) = name.chars().find_map(character_refusal) {
        return Some(reason);
    }
    if name.len() > LONGEST_NAME {
        return Some(format!("has a name of more than {LONGEST_NAME} bytes"));
    }
    if is_git(name) {
        return Some("leads into the data of Git".into());
    }
    if name.ends_with(['.', ' ']) {
        let last = if name.ends_with('.') { "dot" } else { "space" };
        return Some(format!("has a name that ends in a {last}, which Windows drops"));
    }
    if is_device(name) {
        return Some(format!("has the name `{name}`, which is a device on Windows"));
    }
    None
}

fn character_refusal(character: char) -> Option<String> {
    match character {
        '\\' => Some("has a backslash, which separates folders on Windows".into()),
        ':' => Some("has a colon, which names a drive or a stream on Windows".into()),
        '<' | '>' | '"' | '|' | '?' | '*' => Some(format!("has `{character}`, which Windows does not allow")),
        _ if character.is_control() => {
            Some(format!("has a control character, U+{:04X}", u32::from(character)))
        }
        _ if is_unseen(character) => {
            Some(format!("has a character that nobody can see, U+{:04X}", u32::from(character)))
        }
        _ if is_decomposed(character) => Some(format!(
            "has a character in parts, U+{:04X}, which some systems write as one",
            u32::from(character)
        )),
        _ => None,
    }
}

/// Returns whether a character hides or reorders text, or is left out by HFS+ when it compares names.
fn is_unseen(character: char) -> bool {
    is_deceptive(character)
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Returns whether a character is one that normalisation (NFC) puts together with the one before, or replaces. Names
/// with such characters are written in one form by some systems and in another by others, so that two names could be one
/// file. Marks of scripts that have no other form of them stay.
fn is_decomposed(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{2126}' | '\u{212a}' | '\u{212b}' | '\u{3099}' | '\u{309a}'
        | '\u{f900}'..='\u{faff}' | '\u{fe20}'..='\u{fe2f}' | '\u{2f800}'..='\u{2fa1f}')
}

/// Returns whether a name is `.git` to Git on any system: in any case, with dots and spaces behind it, or as NTFS
/// shortens it.
fn is_git(name: &str) -> bool {
    let folded = name.trim_end_matches(['.', ' ']).to_lowercase();
    let short = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    folded == ".git" || folded.strip_prefix("git~").is_some_and(short)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|port| {
        let rest = stem.strip_prefix(port).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(rest.as_deref(), Some([digit]) if digit.is_ascii_digit() || "¹²³".contains(*digit))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

/// Returns what names are told apart by on a disk that does not tell cases apart. Capitals come first, so that `ß` and
/// `ss`, and all forms of a Greek sigma, are one; no other normalisation is needed, for [`refusal`] lets no other form
/// through.
fn folded(path: &str) -> String {
    path.to_uppercase().to_lowercase()
}

/// Returns the paths that would be one file, or a file and its folder, on a disk that does not tell cases apart: each
/// with the one before it that it meets, in the order of `paths`.
pub fn clashes<'p>(paths: impl IntoIterator<Item = &'p str>) -> Vec<(&'p str, &'p str)> {
    let mut files: HashMap<String, &'p str> = HashMap::new();
    let mut folders: HashMap<String, &'p str> = HashMap::new();
    let mut clashes = Vec::new();
    for path in paths {
        let key = folded(path);
        let above: Vec<&str> = key.match_indices('/').map(|(at, _)| &key[..at]).collect();
        let met = files.get(&key).or_else(|| folders.get(&key));
        let met = met.or_else(|| above.iter().find_map(|folder| files.get(*folder)));
        if let Some(first) = met {
            clashes.push((*first, path));
        }
        for folder in above {
            if !folders.contains_key(folder) {
                folders.insert(folder.to_string(), path);
            }
        }
        files.entry(key).or_insert(path);
    }
    clashes
}

/// Returns whether a path is that of the record, on any disk.
pub(super) fn is_record(path: &str) -> bool {
    folded(path) == RECORD
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_that_mean_one_file_everywhere_are_taken() {
        for path in [
            "a",
            "src/main.rs",
            ".gitignore",
            ".github/workflows/ci.yml",
            ".gitmodules",
            "git~x",
            "git",
            "[...slug]/page.tsx",
            "a b/c",
            "…/é/名前/файл",
            "console.txt",
            "com10",
            "COMA",
            "lpt",
            "nul-terminated.c",
            "..a",
            "a..b",
            "...a",
            "@scope/package",
            "%APPDATA%",
            "~/x",
            "-rf",
        ] {
            assert_eq!(refusal(path), None, "{path}");
        }
        assert_eq!(refusal(&vec!["a"; 64].join("/")), None);
        assert_eq!(refusal(&"a".repeat(255)), None);
    }

    #[test]
    fn others_are_refused_with_why() {
        for (path, reason) in [
            ("", "is empty"),
            ("/etc/passwd", "absolute"),
            ("//server/share", "absolute"),
            ("..", "leads out"),
            ("a/../../b", "leads out"),
            ("a/..", "leads out"),
            ("./a", "a segment `.`"),
            ("a//b", "without a name"),
            ("a/", "without a name"),
            ("a\\b", "backslash"),
            ("..\\..\\x", "backslash"),
            ("C:/x", "colon"),
            ("C:x", "colon"),
            ("a::$DATA", "colon"),
            ("a|b", "`|`"),
            ("what?", "`?`"),
            ("a\0b", "U+0000"),
            ("a\nb", "U+000A"),
            ("a\u{7f}", "U+007F"),
            ("a\u{85}", "U+0085"),
            (".git", "data of Git"),
            (".git/hooks/pre-commit", "data of Git"),
            ("sub/.GIT/config", "data of Git"),
            (".Git. ", "data of Git"),
            ("git~1", "data of Git"),
            ("GIT~2/config", "data of Git"),
            (".g\u{200c}it/config", "U+200C"),
            (".gi\u{feff}t", "U+FEFF"),
            ("a\u{202e}b", "U+202E"),
            ("e\u{301}", "U+0301"),
            ("\u{212b}", "U+212B"),
            ("\u{1112}\u{1161}", "U+1112"),
            ("a.", "a dot"),
            ("a ", "a space"),
            ("a./b", "a dot"),
            ("...", "a dot"),
            ("CON", "device"),
            ("con.txt", "device"),
            ("aux.tar.gz", "device"),
            ("Nul .txt", "device"),
            ("COM1", "device"),
            ("com0", "device"),
            ("LPT¹.log", "device"),
            ("x/prn/y", "device"),
            ("conin$", "device"),
        ] {
            let found = refusal(path);
            assert!(found.as_deref().is_some_and(|found| found.contains(reason)), "{path:?}: {found:?}");
        }
        assert!(refusal(&"a".repeat(256)).is_some_and(|it| it.contains("255 bytes")));
        assert!(refusal(&"é".repeat(128)).is_some_and(|it| it.contains("255 bytes")));
        assert!(refusal(&"a/".repeat(600)).is_some_and(|it| it.contains("1,024")));
        assert!(refusal(&vec!["a"; 65].join("/")).is_some_and(|it| it.contains("64")));
    }

    #[test]
    fn one_file_under_two_names_is_found() {
        for (paths, expected) in [
            (vec!["a", "b", "a/b"], vec![("a", "a/b")]),
            (vec!["a/b", "a"], vec![("a/b", "a")]),
            (vec!["README.md", "readme.MD"], vec![("README.md", "readme.MD")]),
            (vec!["a", "a"], vec![("a", "a")]),
            (vec!["Straße", "STRASSE"], vec![("Straße", "STRASSE")]),
            (vec!["ΟΔΟΣ", "οδος"], vec![("ΟΔΟΣ", "οδος")]),
            (vec!["x/É", "X/é"], vec![("x/É", "X/é")]),
            (vec!["a", "A/b/c"], vec![("a", "A/b/c")]),
            (vec!["a/b", "a/c", "A/d"], vec![]),
            (vec!["a", "ab", "a.b", "a-b/c"], vec![]),
        ] {
            assert_eq!(clashes(paths.iter().copied()), expected, "{paths:?}");
        }
    }

    #[test]
    fn the_record_is_known_on_every_disk() {
        assert!(is_record(".portal/scaffold.yaml") && is_record(".Portal/SCAFFOLD.yaml"));
        assert!(!is_record("x/.portal/scaffold.yaml") && !is_record(".portal/scaffold.yml"));
    }

    proptest! {
        /// What is let through stays below the destination, read as Unix reads it and as Windows does.
        #[test]
        fn nothing_gets_out(path in r"[a-cA-C./\\: ~$\u{200c}\u{ff0e}gitGIT1nul\x00-\x20]{0,24}|\PC{0,12}") {
            if refusal(&path).is_none() {
                let mut depth = 0usize;
                for segment in path.split(['/', '\\']) {
                    let windows = segment.trim_end_matches(['.', ' ']);
                    prop_assert!(!windows.is_empty() && windows == segment);
                    prop_assert!(!segment.contains(':') && !segment.contains(char::is_control));
                    let seen: String = segment.chars().filter(|&c| !is_unseen(c)).collect();
                    prop_assert!(!seen.eq_ignore_ascii_case(".git"));
                    depth += 1;
                }
                let components = std::path::Path::new(&path).components();
                prop_assert_eq!(components.count(), depth);
                let normal = |it: std::path::Component<'_>| matches!(it, std::path::Component::Normal(_));
                prop_assert!(std::path::Path::new(&path).components().all(normal));
            }
        }
    }
}
