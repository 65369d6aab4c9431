//! Where the host of the repository shows commits and pull requests: told from where it shows files.

use super::link;

/// The pages of a repository at its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    /// The address of the repository, without a slash at its end.
    repository: String,
    style: Style,
}

/// How a host writes the addresses of its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    GitHub,
    GitLab,
    Bitbucket,
    Azure,
    Gitea,
}

impl Host {
    /// Returns the host whose files are at `source`, the address with `{path}` and `{line}` of the configuration; `None`
    /// when it is of no known form.
    pub(super) fn of(source: &str) -> Option<Self> {
        /// What follows the repository in the address of a file; the longer forms first.
        const FORMS: &[(&str, Style)] = &[
            ("/-/blob/", Style::GitLab),
            ("/blob/", Style::GitHub),
            ("/src/branch/", Style::Gitea),
            ("/src/commit/", Style::Gitea),
            ("/src/", Style::Bitbucket),
            ("?path=", Style::Azure),
        ];
        let source = source.replace("{path}", "x").replace("{line}", "1");
        let source = link::outside(&source).map(|link| link.href)?;
        let (at, style) = FORMS.iter().find_map(|(form, style)| Some((source.find(form)?, *style)))?;
        Some(Self { repository: source[..at].to_string(), style })
    }

    /// Returns the page of a commit.
    pub(super) fn commit(&self, id: &str) -> String {
        let folder = match self.style {
            Style::GitHub | Style::Azure | Style::Gitea => "/commit/",
            Style::GitLab => "/-/commit/",
            Style::Bitbucket => "/commits/",
        };
        format!("{}{folder}{id}", self.repository)
    }

    /// Returns the page of a pull request.
    pub(super) fn pull_request(&self, number: u64) -> String {
        let folder = match self.style {
            Style::GitHub => "/pull/",
            Style::GitLab => "/-/merge_requests/",
            Style::Bitbucket => "/pull-requests/",
            Style::Azure => "/pullrequest/",
            Style::Gitea => "/pulls/",
        };
        format!("{}{folder}{number}", self.repository)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_the_addresses_of_files() {
        for (source, commit, request) in [
            (
                "https://github.com/m/c/blob/main/{path}#L{line}",
                "https://github.com/m/c/commit/ab",
                "https://github.com/m/c/pull/7",
            ),
            (
                "https://gitlab.com/m/s/c/-/blob/main/{path}#L{line}",
                "https://gitlab.com/m/s/c/-/commit/ab",
                "https://gitlab.com/m/s/c/-/merge_requests/7",
            ),
            (
                "https://bitbucket.org/m/c/src/main/{path}#lines-{line}",
                "https://bitbucket.org/m/c/commits/ab",
                "https://bitbucket.org/m/c/pull-requests/7",
            ),
            (
                "https://dev.azure.com/m/p/_git/c?path=/{path}&line={line}",
                "https://dev.azure.com/m/p/_git/c/commit/ab",
                "https://dev.azure.com/m/p/_git/c/pullrequest/7",
            ),
            (
                "https://codeberg.org/m/c/src/branch/main/{path}#L{line}",
                "https://codeberg.org/m/c/commit/ab",
                "https://codeberg.org/m/c/pulls/7",
            ),
        ] {
            let host = Host::of(source).expect("a known host");
            assert_eq!((host.commit("ab").as_str(), host.pull_request(7).as_str()), (commit, request));
        }
        for source in ["javascript:alert(1)/blob/{path}", "https://example.com/{path}", "", "/blob/{path}"] {
            assert_eq!(Host::of(source), None, "{source}");
        }
    }
}
