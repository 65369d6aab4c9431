//! What people write to name a template.

use crate::git;
use crate::model::phrase::clip;
use crate::printable::shown;
use crate::worktree::normalise;

/// How an address is written, for messages.
const FORM: &str = "https://HOST/REPOSITORY//FOLDER@TAG";

/// What names a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// A name in the catalog.
    Name(String),
    /// A folder, perhaps `ROOT//DIR`, perhaps with a revision at its end.
    Folder(String),
    /// A repository elsewhere.
    Address(Address),
}

/// A folder of a repository elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// What Git is asked for: `https://host/org/repo`.
    pub(super) repository: String,
    /// The folder of the template, below the root of the repository; empty for the root.
    pub(super) folder: String,
    /// A tag, a branch or a commit.
    pub(super) revision: Option<String>,
}

impl Reference {
    /// Returns what `text` names. Nothing is looked up.
    ///
    /// # Errors
    /// Why it can name nothing, with what to do.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let said = || clip(&shown(text));
        if text.is_empty() {
            return Err("a template has a name, a folder or an address, and this is empty".into());
        }
        if text.chars().any(char::is_control) {
            return Err(format!("`{}` holds a control character, which no template is named by", said()));
        }
        if text.starts_with('-') {
            return Err(format!(
                "`{}` names no template: it begins with a dash; a folder of that name is `./{}`",
                said(),
                said()
            ));
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            return url(scheme, rest, text).map(Self::Address);
        }
        let head = text.split('/').next().unwrap_or(text);
        if let Some((helper, _)) = head.split_once("::").filter(|(helper, _)| !helper.is_empty()) {
            return Err(format!(
                "`{}::` has Git run a program, which portal never does; write {FORM}",
                clip(&shown(helper))
            ));
        }
        if let Some((user, host)) = head.split_once(':').and_then(|(place, _)| place.split_once('@')) {
            let rest = &text[user.len() + host.len() + 2..];
            return short(user, host, rest).map(Self::Address);
        }
        let is_folder = text.contains(['/', '\\']) || matches!(text, "." | "..");
        Ok(if is_folder { Self::Folder(text.to_string()) } else { Self::Name(text.to_string()) })
    }
}

/// Returns the address written as `scheme://rest`.
fn url(scheme: &str, rest: &str, whole: &str) -> Result<Address, String> {
    let said = || clip(&shown(whole));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    match scheme {
        "https" | "ssh" => {}
        "http" => {
            return Err(format!("`{}` would be fetched unencrypted: write https://", without_user(whole)));
        }
        "file" => return Err(format!("`{}` is on this disk: name its folder, ROOT//DIR", said())),
        _ => {
            let scheme = clip(&shown(scheme));
            return Err(format!(
                "templates are fetched by https:// and ssh://, not by `{scheme}://`; write {FORM}"
            ));
        }
    }
    let is_login = |user: &str| scheme == "ssh" && is_word(user);
    if user.is_some_and(|user| !is_login(user)) {
        return Err(format!(
            "`{}` must not hold credentials: they would be recorded; Git has them from a credential helper, or use ssh://",
            without_user(whole)
        ));
    }
    if !is_host(host) {
        return Err(format!("`{}` names no host: write {FORM}", said()));
    }
    let (path, folder, revision) = split(path, whole)?;
    let repository = format!("{scheme}://{authority}/{}", repository(path, whole)?);
    Ok(Address { repository, folder, revision })
}

/// Returns the address written as `user@host:path`.
fn short(user: &str, host: &str, path: &str) -> Result<Address, String> {
    let whole = format!("{user}@{host}:{path}");
    if !is_word(user) || !is_host(host) || host.contains([':', '[']) {
        return Err(format!(
            "`{}` names no host: write git@HOST:REPOSITORY//FOLDER@TAG",
            clip(&shown(&whole))
        ));
    }
    // A path from the root of the server's disk begins with a slash.
    let (lead, path) = path.strip_prefix('/').map_or(("", path), |path| ("/", path));
    let (path, folder, revision) = split(path, &whole)?;
    let repository = format!("{user}@{host}:{lead}{}", repository(path, &whole)?);
    Ok(Address { repository, folder, revision })
}

/// Returns the repository, the folder and the revision of `org/repo//folder@revision`.
fn split<'p>(path: &'p str, whole: &str) -> Result<(&'p str, String, Option<String>), String> {
    let said = || clip(&shown(whole));
    let (path, revision) = split_revision(path);
    if revision.is_some_and(|revision| revision.contains("//")) {
        return Err(format!("the revision of `{}` is not at its end: write {FORM}", said()));
    }
    if let Some(revision) = revision.filter(|revision| !is_revision(revision)) {
        return Err(format!(
            "`{}` is no name of a tag, a branch or a commit, in `{}`",
            clip(&shown(revision)),
            said()
        ));
    }
    let (path, folder) = path.split_once("//").unwrap_or((path, ""));
    let folder = folder.trim_end_matches('/');
    if !folder.is_empty() && !is_folder(folder) {
        return Err(format!("`{}` is no folder of a repository, in `{}`", clip(&shown(folder)), said()));
    }
    Ok((path, folder.to_string(), revision.map(String::from)))
}

/// Returns the path of a repository when it can be one.
fn repository<'p>(path: &'p str, whole: &str) -> Result<&'p str, String> {
    let path = path.trim_end_matches('/');
    let said = || clip(&shown(whole));
    if path.is_empty() {
        return Err(format!("`{}` names no repository: write {FORM}", said()));
    }
    if path.contains(['?', '#']) {
        return Err(format!("`{}` is the address of a page: a revision is written {FORM}", said()));
    }
    let lower = path.to_ascii_lowercase();
    let is_odd = |part: &str| matches!(part, "" | "." | "..") || part.starts_with('-');
    let is_sound = !path.split('/').any(is_odd)
        && !path.contains(|c: char| c.is_whitespace() || matches!(c, '\\' | ':' | '"' | '\'' | '`' | '$'))
        && !["%2e", "%2f", "%5c", "%00"].iter().any(|code| lower.contains(code));
    if is_sound { Ok(path) } else { Err(format!("`{}` names no repository: write {FORM}", said())) }
}

/// Returns a path and the revision at its end. A revision begins with the first `@` inside a name, so that folders may be
/// called `@scope`, and tags `package@1.2.3`.
pub(super) fn split_revision(path: &str) -> (&str, Option<&str>) {
    let inside = |(at, _): &(usize, &str)| *at > 0 && !path[..*at].ends_with('/');
    match path.match_indices('@').find(inside) {
        Some((at, _)) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    }
}

/// Returns whether Git could call a tag, a branch or a commit so.
pub(super) fn is_revision(name: &str) -> bool {
    !name.starts_with('-') && git::is_reference_name(&format!("refs/tags/{name}"))
}

/// Returns whether a folder lies below what it is written after, and is none of Git's own.
pub(super) fn is_folder(path: &str) -> bool {
    let is_own = |part: &str| part.eq_ignore_ascii_case(".git") || part.contains(':');
    normalise("", path).is_some_and(|normal| normal == path) && !path.split('/').any(is_own)
}

fn is_word(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && text.chars().all(fits)
}

fn is_host(text: &str) -> bool {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let (name, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        // An address of IPv6.
        Some((name, rest)) => {
            let is_sound = name.contains(':') && name.chars().all(|c| c.is_ascii_hexdigit() || c == ':');
            return is_sound && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port));
        }
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    is_word(name) && port.is_none_or(is_port)
}

/// Returns an address as it may be shown: who logs in, and with what, is left out.
fn without_user(whole: &str) -> String {
    let Some((scheme, rest)) = whole.split_once("://") else { return clip(&shown(whole)) };
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    clip(&shown(&format!("{scheme}://{host}/{path}")))
}

impl Address {
    /// Returns the address of a folder of the repository that a remote of Git's points at, without the credentials that
    /// such a remote may hold; `None` when nobody else could use it.
    pub(super) fn of_remote(remote: &str, folder: &str) -> Option<Self> {
        let plain = match remote.split_once("://") {
            Some(("https", rest)) => {
                let (authority, path) = rest.split_once('/')?;
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                format!("https://{host}/{path}")
            }
            _ => remote.to_string(),
        };
        let Ok(Reference::Address(address)) = Reference::parse(&plain) else { return None };
        let is_whole = address.folder.is_empty() && address.revision.is_none();
        is_whole.then(|| Self { folder: folder.to_string(), ..address })
    }

    /// Returns how it is recorded: without the revision.
    pub(super) fn template(&self) -> String {
        match self.folder.as_str() {
            "" => self.repository.clone(),
            folder => format!("{}//{folder}", self.repository),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> String {
        match Reference::parse(text) {
            Ok(Reference::Address(Address { repository, folder, revision })) => {
                format!("{repository} | {folder} | {}", revision.unwrap_or_default())
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn addresses_are_read() {
        for (text, expected) in [
            ("https://host/org/repo", "https://host/org/repo |  | "),
            ("https://host/org/repo.git", "https://host/org/repo.git |  | "),
            ("https://host:8443/org/repo//sub/dir", "https://host:8443/org/repo | sub/dir | "),
            ("https://host/org/repo//sub/dir/@v1.2.0", "https://host/org/repo | sub/dir/@v1.2.0 | "),
            ("https://host/org/repo//sub@v1.2.0", "https://host/org/repo | sub | v1.2.0"),
            ("https://host/org/repo@feature/x", "https://host/org/repo |  | feature/x"),
            ("https://host/o/r//@scope/pkg@1.0", "https://host/o/r | @scope/pkg | 1.0"),
            ("https://host/o/r//pkg@pkg@1.0", "https://host/o/r | pkg | pkg@1.0"),
            ("ssh://git@host/org/repo//sub@v1", "ssh://git@host/org/repo | sub | v1"),
            ("ssh://host:22/org/repo", "ssh://host:22/org/repo |  | "),
            ("ssh://git@[::1]:22/org/repo", "ssh://git@[::1]:22/org/repo |  | "),
            ("git@host:org/repo//sub@v1", "git@host:org/repo | sub | v1"),
            ("git@host:org/repo.git", "git@host:org/repo.git |  | "),
            ("git@host:/srv/repo//sub", "git@host:/srv/repo | sub | "),
        ] {
            assert_eq!(address(text), expected, "{text}");
        }
    }

    #[test]
    fn names_and_folders_are_told_apart() {
        for (text, is_folder) in [
            ("http-service", false),
            ("a.b", false),
            ("a@b", false),
            ("./a", true),
            ("../a", true),
            ("/a", true),
            ("a/b", true),
            (".", true),
            ("..", true),
            ("a//b", true),
            ("a\\b", true),
            ("./a@v1", true),
        ] {
            let reference = Reference::parse(text).unwrap();
            assert_eq!(matches!(reference, Reference::Folder(_)), is_folder, "{text}: {reference:?}");
        }
    }

    #[test]
    fn what_could_do_harm_is_refused() {
        for (text, expected) in [
            ("", "this is empty"),
            ("--upload-pack=touch x", "begins with a dash"),
            ("-x", "begins with a dash"),
            ("ext::sh -c touch% x", "has Git run a program"),
            ("ext::sh/-c", "has Git run a program"),
            ("file::/x", "has Git run a program"),
            ("file:///etc", "is on this disk"),
            ("http://host/a", "unencrypted"),
            ("git://host/a", "not by `git://`"),
            ("ext://host/a", "not by `ext://`"),
            ("HTTPS://host/a", "not by `HTTPS://`"),
            ("https://host", "names no repository"),
            ("https://host/", "names no repository"),
            ("https:///a", "names no host"),
            ("https://-oProxyCommand=x/a", "names no host"),
            ("ssh://-oProxyCommand=x/a", "names no host"),
            ("ssh://git@-oProxyCommand=x/a", "names no host"),
            ("git@-oProxyCommand=x:a", "names no host"),
            ("-git@host:a", "begins with a dash"),
            ("a b@host:c", "names no host"),
            ("git@host:-a", "names no repository"),
            ("git@host:", "names no repository"),
            ("https://user:secret@host/a", "credentials"),
            ("https://token@host/a", "credentials"),
            ("ssh://git:secret@host/a", "credentials"),
            ("https://host/a/../b", "names no repository"),
            ("https://host/a/%2e%2E/b", "names no repository"),
            ("https://host/a b", "names no repository"),
            ("https://host/a?ref=v1", "is the address of a page"),
            ("https://host/a#b", "is the address of a page"),
            ("https://host/a//../b", "is no folder of a repository"),
            ("https://host/a//b/../../c", "is no folder of a repository"),
            ("https://host/a///b", "is no folder of a repository"),
            ("https://host/a//.git/hooks", "is no folder of a repository"),
            ("https://host/a//b@v1//c", "is not at its end"),
            ("https://host/a//b@-x", "is no name of a tag"),
            ("https://host/a//b@a..b", "is no name of a tag"),
            ("https://host/a//b@a:b", "is no name of a tag"),
            ("https://host/a//b@", "is no name of a tag"),
            ("https://host/a//b@x y", "is no name of a tag"),
            ("a\u{1b}[31m", "control character"),
            ("https://host/a\n", "control character"),
        ] {
            let error = Reference::parse(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("secret") && !error.contains("token"), "{error}");
            assert!(!error.contains(char::is_control), "{error}");
        }
    }

    #[test]
    fn a_remote_is_recorded_without_its_credentials() {
        for (remote, expected) in [
            ("https://x-access-token:secret@host/a/b.git", Some("https://host/a/b.git//t")),
            ("https://host/a/b", Some("https://host/a/b//t")),
            ("git@host:a/b.git", Some("git@host:a/b.git//t")),
            ("ssh://git@host/a", Some("ssh://git@host/a//t")),
            ("ssh://git:secret@host/a", None),
            ("/srv/git/a.git", None),
            ("../a", None),
            ("file:///srv/a", None),
            ("http://host/a", None),
            ("ext::sh -c x", None),
        ] {
            let address = Address::of_remote(remote, "t").map(|address| address.template());
            assert_eq!(address.as_deref(), expected, "{remote}");
        }
    }

    proptest! {
        #[test]
        fn no_text_harms(text in any::<String>(), tail in "[a-z@/:.%\\-]{0,20}") {
            for text in [text.clone(), format!("https://host/{text}"), format!("git@host:{tail}"), tail.clone()] {
                if let Ok(Reference::Address(address)) = Reference::parse(&text) {
                    prop_assert!(!address.repository.starts_with('-'));
                    prop_assert!(address.repository.split('/').all(|part| part != ".."), "{}", address.repository);
                    prop_assert!(address.folder.is_empty() || is_folder(&address.folder));
                    let again = Reference::parse(&address.template());
                    let whole = Address { revision: None, ..address };
                    prop_assert_eq!(again, Ok(Reference::Address(whole)));
                }
            }
        }
    }
}
