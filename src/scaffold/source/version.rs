//! Which of several tags is the newest version.

use std::cmp::Ordering;

use crate::git::Tag;

/// A version, as tags write it: `v1.2.3`, `1.2`, `2.0.0-rc.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    /// What comes before the release, by its parts; none for the release itself.
    before: Vec<String>,
    /// How many numbers are written: `v1` is a label that moves, `v1.0.0` stays.
    written: usize,
}

impl Version {
    fn parse(tag: &str) -> Option<Self> {
        let text = tag.strip_prefix('v').unwrap_or(tag);
        // What a version was built from says nothing about its order.
        let text = text.split_once('+').map_or(text, |(text, _)| text);
        let (numbers, before) = text.split_once('-').map_or((text, None), |(text, rest)| (text, Some(rest)));
        let mut version = Self { numbers: [0; 3], before: Vec::new(), written: 0 };
        for part in numbers.split('.') {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let slot = version.numbers.get_mut(version.written)?;
            *slot = part.parse().ok().filter(|_| is_number)?;
            version.written += 1;
        }
        if let Some(before) = before {
            version.before = before.split('.').map(String::from).collect();
        }
        let is_sound = version.before.iter().all(|part| !part.is_empty());
        is_sound.then_some(version)
    }

    fn is_release(&self) -> bool {
        self.before.is_empty()
    }
}

impl Ord for Version {
    /// The order of Semantic Versioning 2.0.0, section 11; of equal versions that with more numbers is the greater.
    fn cmp(&self, other: &Self) -> Ordering {
        let before = match (self.is_release(), other.is_release()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => parts(&self.before, &other.before),
        };
        self.numbers.cmp(&other.numbers).then(before).then(self.written.cmp(&other.written))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn parts(one: &[String], other: &[String]) -> Ordering {
    let number = |part: &str| part.parse::<u64>().ok();
    for (a, b) in one.iter().zip(other) {
        let order = match (number(a), number(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    one.len().cmp(&other.len())
}

/// Returns whether a tag is a version.
pub(super) fn is_version(tag: &str) -> bool {
    Version::parse(tag).is_some()
}

/// Returns the newest of the tags that are versions: the greatest release, or, when nothing was released, the greatest
/// version before one. Never one before the version `since`.
pub(super) fn newest<'t>(tags: &'t [Tag], since: Option<&str>) -> Option<&'t Tag> {
    let versions = later(tags, since, true);
    let release = versions.iter().find(|(version, _)| version.is_release());
    release.or(versions.first()).map(|(_, tag)| *tag)
}

/// Returns the tags that are versions after `since`, newest first: releases, and versions before one only when `since` is
/// one itself or nothing was released.
pub(super) fn newer<'t>(tags: &'t [Tag], since: &str) -> Vec<&'t Tag> {
    let versions = later(tags, Some(since), false);
    let is_release = Version::parse(since).is_none_or(|version| version.is_release());
    let released = versions.iter().any(|(version, _)| version.is_release());
    let counts = |version: &Version| version.is_release() || !is_release || !released;
    versions.iter().filter(|(version, _)| counts(version)).map(|(_, tag)| *tag).collect()
}

/// Returns the tags that are versions after `since`, or `since` itself when `or_same`, newest first.
fn later<'t>(tags: &'t [Tag], since: Option<&str>, or_same: bool) -> Vec<(Version, &'t Tag)> {
    let since = since.and_then(Version::parse);
    let is_later =
        |version: &Version| since.as_ref().is_none_or(|since| version > since || or_same && version == since);
    let versions = tags.iter().filter_map(|tag| Some((Version::parse(&tag.name)?, tag)));
    let mut versions: Vec<(Version, &Tag)> = versions.filter(|(version, _)| is_later(version)).collect();
    versions.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(names: &str) -> Vec<Tag> {
        names.split(' ').map(|name| Tag { name: name.into(), commit: String::new() }).collect()
    }

    #[test]
    fn tags_are_versions_or_not() {
        for (tag, expected) in [
            ("v1.2.3", true),
            ("1.2.3", true),
            ("v1", true),
            ("1.2", true),
            ("v1.2.3-rc.1", true),
            ("v1.2.3+build.7", true),
            ("v1.2.3.4", false),
            ("v", false),
            ("", false),
            ("v1.", false),
            ("v1.x", false),
            ("v1.2.3-", false),
            ("vv1", false),
            ("+1", false),
            ("latest", false),
            ("release-1.2.3", false),
            ("v99999999999999999999", false),
        ] {
            assert_eq!(is_version(tag), expected, "{tag}");
        }
    }

    #[test]
    fn versions_are_ordered_as_they_mean() {
        let ascending = "v0.9 v1.0.0-alpha v1.0.0-alpha.1 v1.0.0-alpha.beta v1.0.0-beta.2 v1.0.0-beta.11 \
                         v1.0.0-rc.1 v1 v1.0.0 1.2.0 v1.10.0 v2";
        let versions: Vec<Version> = ascending.split_whitespace().filter_map(Version::parse).collect();
        assert_eq!(versions.len(), 12);
        assert!(versions.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_newest_release_is_taken() {
        for (names, since, expected) in [
            ("v1.9.0 v1.10.0 v1.2.0 latest", None, Some("v1.10.0")),
            ("v1.0.0 v2.0.0-rc.1", None, Some("v1.0.0")),
            ("v2.0.0-rc.1 v2.0.0-rc.2", None, Some("v2.0.0-rc.2")),
            ("v1.0.0 v2.0.0-rc.1", Some("v2.0.0-rc.1"), Some("v2.0.0-rc.1")),
            ("v1.0.0 v2.0.0-rc.1 v2.0.0-rc.2", Some("v2.0.0-rc.1"), Some("v2.0.0-rc.2")),
            ("v1.0.0 v2.0.0-rc.1 v2.0.0", Some("v2.0.0-rc.1"), Some("v2.0.0")),
            ("v1 v1.0.0", None, Some("v1.0.0")),
            ("latest stable", None, None),
        ] {
            let tags = tags(names);
            assert_eq!(newest(&tags, since).map(|tag| tag.name.as_str()), expected, "{names} {since:?}");
        }
    }

    #[test]
    fn newer_versions_are_counted() {
        for (names, since, expected) in [
            ("v1.0.0 v1.1.0 v1.2.0", "v1.0.0", "v1.2.0 v1.1.0"),
            ("v1.0.0 v1.1.0-rc.1 v1.1.0", "v1.0.0", "v1.1.0"),
            ("v1.0.0-rc.1 v1.0.0-rc.2", "v1.0.0-rc.1", "v1.0.0-rc.2"),
            ("v1.0.0 v1.1.0", "v1.1.0", ""),
            ("v1.0.0 v1.1.0", "v2.0.0", ""),
        ] {
            let tags = tags(names);
            let newer: Vec<&str> = newer(&tags, since).iter().map(|tag| tag.name.as_str()).collect();
            assert_eq!(newer.join(" "), expected, "{names} since {since}");
        }
    }
}
