//! Addresses of repositories and of entities, as Backstage writes them.

use serde_json::{Value, json};

/// The repository of `github.com?owner=acme&repo=cart`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub host: String,
    pub owner: Option<String>,
    pub repo: String,
    pub organization: Option<String>,
    pub workspace: Option<String>,
    pub project: Option<String>,
}

impl Address {
    /// Returns the repository that a text names. Its parts can be part of a command and of a URL as they are.
    ///
    /// # Errors
    /// Why it names none, as a phrase.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const NO_REPOSITORY: &str = "names no repository: it looks like `github.com?owner=acme&repo=cart`";
        let text = text.trim();
        let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        let (host, query) = bare.split_once('?').ok_or(NO_REPOSITORY)?;
        let mut address = Self { host: host.trim_end_matches('/').to_string(), ..Self::default() };
        let is_host = |host: &str| {
            host.starts_with(|c: char| c.is_ascii_alphanumeric())
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b))
        };
        if !is_host(&address.host) {
            return Err(format!("names the host `{}`, which is none", crate::model::phrase::clip(host)));
        }
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            if !value.is_empty() && !is_name(&value) {
                let clipped = crate::model::phrase::clip(&value);
                return Err(format!("says `{clipped}` for `{key}`, which is no name of a repository's"));
            }
            let value = Some(value).filter(|value| !value.is_empty());
            match &*key {
                "owner" => address.owner = value,
                "repo" => address.repo = value.unwrap_or_default(),
                "organization" => address.organization = value,
                "workspace" => address.workspace = value,
                "project" => address.project = value,
                _ => {}
            }
        }
        if address.repo.is_empty() { Err(NO_REPOSITORY.into()) } else { Ok(address) }
    }

    /// Returns its parts by the names that templates know them by.
    pub(super) fn entries(&self) -> Vec<(&'static str, String)> {
        let parts = [
            ("host", Some(&self.host)),
            ("owner", self.owner.as_ref()),
            ("repo", Some(&self.repo)),
            ("organization", self.organization.as_ref()),
            ("workspace", self.workspace.as_ref()),
            ("project", self.project.as_ref()),
        ];
        parts.into_iter().filter_map(|(name, value)| Some((name, value?.clone()))).collect()
    }
}

/// Returns whether a text is a name of a repository, or of what has it: groups of GitLab have slashes in theirs, projects
/// of Azure may have spaces.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._-~/ ".contains(c);
    let parts = || text.split('/');
    text.chars().all(plain)
        && parts().all(|part| !part.is_empty() && part != "." && part != ".." && !part.starts_with('-'))
}

/// Returns a text as it can be in a URL, as JavaScript's `encodeURIComponent` has it.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Returns an address of a repository on a host, as people type it.
pub(super) fn example(host: &str) -> String {
    match host {
        "bitbucket.org" => format!("{host}?workspace=acme&project=SHOP&repo=cart"),
        "dev.azure.com" => format!("{host}?organization=acme&project=shop&repo=cart"),
        _ => format!("{host}?owner=acme&repo=cart"),
    }
}

/// Returns the kind, namespace and name of a reference of an entity: `group:default/payments`; `None` when it is none, or
/// has no kind and there is no usual one.
pub(super) fn entity(text: &str, kind: Option<&str>, namespace: Option<&str>) -> Option<Value> {
    let (kind, rest) = match text.split_once(':').filter(|(before, _)| !before.contains('/')) {
        Some((kind, rest)) => (kind, rest),
        None => (kind?, text),
    };
    let (namespace, name) = rest.split_once('/').unwrap_or((namespace.unwrap_or("default"), rest));
    if kind.is_empty() || namespace.is_empty() || name.is_empty() {
        return None;
    }
    Some(json!({"kind": kind, "namespace": namespace, "name": name}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_named_by_their_parts() {
        let address = Address::parse("github.com?owner=acme&repo=cart").unwrap();
        assert_eq!((address.host.as_str(), address.repo.as_str()), ("github.com", "cart"));
        assert_eq!(address.owner.as_deref(), Some("acme"));
        let azure = Address::parse("dev.azure.com?owner=proj&repo=r&organization=org").unwrap();
        assert_eq!(azure.entries().len(), 4);
        for (wrong, why) in [
            ("github.com", "names no repository"),
            ("github.com?owner=acme", "names no repository"),
            ("-evil?repo=a", "names the host"),
            ("github.com?owner=--help&repo=a", "says `--help`"),
            ("github.com?owner=a&repo=$(id)", "says `$(id)`"),
            ("github.com?owner=a&repo=../b", "says `../b`"),
            ("github.com?owner=a&repo=a%0Ab", "says"),
        ] {
            let reason = Address::parse(wrong).unwrap_err();
            assert!(reason.contains(why), "{wrong}: {reason}");
        }
    }

    #[test]
    fn references_have_a_kind_a_namespace_and_a_name() {
        let parts = |text, kind, namespace| entity(text, kind, namespace).map(|it| it.to_string());
        let group = r#"{"kind":"group","namespace":"default","name":"a"}"#;
        assert_eq!(parts("group:a", None, None).as_deref(), Some(group));
        assert_eq!(parts("a", Some("group"), None).as_deref(), Some(group));
        assert_eq!(parts("default/a", Some("group"), Some("x")).as_deref(), Some(group));
        assert_eq!(parts("a", None, None), None);
        assert_eq!(parts("group:", None, None), None);
    }
}
