//! Where the catalog's repository is, as far as `source.url` tells: what links to a provider's forms start with.

use crate::model::ci::Ci;
use crate::model::target::Target;
use crate::site::address::encode;
use crate::site::link::outside;

/// A repository of GitHub or GitLab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) provider: Provider,
    /// The address of the repository, without a slash at its end.
    base: String,
}

/// Who hosts a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    GitHub,
    GitLab,
}

impl Provider {
    /// Returns what people call it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
        }
    }

    /// Returns its CI system.
    pub(super) fn target(self) -> Target {
        match self {
            Self::GitHub => Target::GitHub,
            Self::GitLab => Target::GitLab,
        }
    }
}

impl Origin {
    /// Returns the repository whose files are at `source_url`: `https://HOST/OWNER/NAME/blob/…` is one of GitHub,
    /// `https://HOST/GROUP/…/NAME/-/blob/…` one of GitLab. Others have no forms that can be linked to.
    pub(super) fn of(source_url: &str) -> Option<Self> {
        // The placeholders are no part of an address; what stands for them does not matter.
        let plain = outside(&source_url.replace(['{', '}'], "")).map(|link| link.href)?;
        let scheme = plain.find("://")? + 3;
        let host_end = scheme + plain[scheme..].find('/')?;
        let (host, path) = plain.split_at(host_end);
        if let Some((project, rest)) = path.split_once("/-/") {
            let found = project.len() > 1 && names_file(rest.split('/').next()?);
            return found.then(|| Self { provider: Provider::GitLab, base: format!("{host}{project}") });
        }
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let [owner, name, kind, ..] = parts.as_slice() else { return None };
        let found = !owner.is_empty() && !name.is_empty() && names_file(kind);
        found.then(|| Self { provider: Provider::GitHub, base: format!("{host}/{owner}/{name}") })
    }

    /// Returns the address of the form that starts the workflow `file`, in the repository.
    pub(super) fn form(&self, file: &str) -> String {
        match self.provider {
            Provider::GitHub => {
                let name = file.rsplit('/').next().unwrap_or(file);
                format!("{}/actions/workflows/{}", self.base, encode(name))
            }
            Provider::GitLab => format!("{}/-/pipelines/new", self.base),
        }
    }

    /// Returns the address of a file in the repository.
    pub(super) fn file(&self, ci: &Ci, path: &str) -> String {
        let between = match self.provider {
            Provider::GitHub => "/blob/",
            Provider::GitLab => "/-/blob/",
        };
        format!("{}{between}{}/{}", self.base, encode(&ci.branch), encode(path))
    }

    /// Returns the address at which a file is created in `folder`, up to where its name is put, and whether its text can
    /// follow as `value`.
    pub(super) fn new_file(&self, ci: &Ci, folder: &str) -> (String, bool) {
        match self.provider {
            Provider::GitHub => {
                (format!("{}/new/{}/{}?filename=", self.base, encode(&ci.branch), encode(folder)), true)
            }
            // GitLab takes the name of a new file, with its folders, but not its text.
            Provider::GitLab => {
                (format!("{}/-/new/{}?file_name={}/", self.base, encode(&ci.branch), encode(folder)), false)
            }
        }
    }
}

/// Returns whether a part of an address comes before a branch and a file.
fn names_file(part: &str) -> bool {
    matches!(part, "blob" | "edit" | "tree" | "raw" | "blame")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_read_from_where_sources_are() {
        for (url, expected) in [
            (
                "https://github.com/acme/catalog/blob/main/{path}#L{line}",
                Some((Provider::GitHub, "https://github.com/acme/catalog")),
            ),
            (
                "https://git.example.com:8443/acme/catalog/edit/main/portal/{path}",
                Some((Provider::GitHub, "https://git.example.com:8443/acme/catalog")),
            ),
            (
                "https://gitlab.com/acme/platform/catalog/-/blob/main/{path}#L{line}",
                Some((Provider::GitLab, "https://gitlab.com/acme/platform/catalog")),
            ),
            ("https://gitlab.com/acme/catalog/-/issues/{path}", None),
            ("https://gitlab.com/-/blob/main/{path}", None),
            ("https://bitbucket.org/acme/catalog/src/main/{path}", None),
            ("https://dev.azure.com/acme/x/_git/catalog?path={path}", None),
            ("https://example.com/{path}", None),
            ("javascript:alert(1)//a/b/blob/{path}", None),
            ("{path}", None),
        ] {
            let found = Origin::of(url);
            let found = found.as_ref().map(|origin| (origin.provider, origin.base.as_str()));
            assert_eq!(found, expected, "{url}");
        }
    }

    #[test]
    fn links_lead_to_forms_and_new_files() {
        let ci = Ci { branch: "main".into(), ..Ci::default() };
        let github = Origin::of("https://github.com/a/b/blob/main/{path}").expect("GitHub");
        let gitlab = Origin::of("https://gitlab.com/a/b/-/blob/main/{path}").expect("GitLab");
        assert_eq!(
            github.form(".github/workflows/portal-action-x.yml"),
            "https://github.com/a/b/actions/workflows/portal-action-x.yml"
        );
        assert_eq!(gitlab.form(".gitlab/portal/action-x.yml"), "https://gitlab.com/a/b/-/pipelines/new");
        assert_eq!(
            github.new_file(&ci, "requests/x"),
            ("https://github.com/a/b/new/main/requests/x?filename=".to_string(), true)
        );
        assert_eq!(
            gitlab.new_file(&ci, "requests/x"),
            ("https://gitlab.com/a/b/-/new/main?file_name=requests/x/".to_string(), false)
        );
    }
}
