//! Steps that publish: what a person does instead, and what later steps may ask about it.

use serde_json::{Map, Value};

use super::address::Address;
use super::work::{inside, join};

/// What a step that publishes says, its texts rendered.
#[derive(Debug, Default)]
pub(super) struct Publication {
    /// The action: `publish:github`.
    pub action: String,
    pub description: Option<String>,
    pub visibility: Option<String>,
    pub default_branch: Option<String>,
    pub branch: Option<String>,
    pub target_branch: Option<String>,
    pub title: Option<String>,
    pub message: Option<String>,
    /// The folder that is published, below the root; empty for the root itself.
    pub folder: String,
    /// The folder in the repository that the files go to, of a pull request.
    pub target_path: Option<String>,
}

impl Publication {
    fn is_request(&self) -> bool {
        self.action.ends_with(":pull-request")
            || self.action.ends_with(":merge-request")
            || self.action.ends_with(":review")
    }

    fn main(&self) -> &str {
        self.default_branch.as_deref().map(name).filter(|branch| !branch.is_empty()).unwrap_or("main")
    }

    /// Returns what later steps can ask for. What only the host knows, the number of a pull request, is not there.
    pub(super) fn output(&self, address: &Address) -> Map<String, Value> {
        let mut output = Map::new();
        if self.is_request() {
            let branch = self.target_branch.as_deref().unwrap_or("main");
            output.insert("targetBranchName".into(), branch.into());
            return output;
        }
        let (remote, contents) = urls(&self.action, address, self.main());
        output.insert("remoteUrl".into(), remote.into());
        output.insert("repoContentsUrl".into(), contents.into());
        output
    }

    /// Returns the commands that do what the step would, for a person to run in the root.
    pub(super) fn commands(&self, address: &Address) -> Vec<String> {
        let folder = if self.folder.is_empty() { "." } else { &self.folder };
        let git = |rest: String| match folder {
            "." => format!("git {rest}"),
            folder => format!("git -C {} {rest}", quoted(folder)),
        };
        let message = self.message.as_deref().or(self.title.as_deref()).unwrap_or("Initial commit");
        let commit = git(format!("commit -m {}", quoted(message)));
        if self.is_request() {
            return self.request(address);
        }
        let mut commands =
            vec![git(format!("init -b {}", quoted(self.main()))), git("add -A".into()), commit];
        let (remote, _) = urls(&self.action, address, self.main());
        match provider(&self.action) {
            "github" => {
                let visibility = match self.visibility.as_deref() {
                    Some("public") => "--public",
                    Some("internal") => "--internal",
                    _ => "--private",
                };
                let description = self.description.as_deref().filter(|text| !text.trim().is_empty());
                let description = description.map(|text| format!(" --description {}", quoted(text)));
                commands.push(format!(
                    "gh repo create {} --source {} {visibility}{} --push",
                    quoted(&slug(address, "github.com")),
                    quoted(folder),
                    description.unwrap_or_default(),
                ));
                return commands;
            }
            "gitlab" => {
                let visibility = match self.visibility.as_deref() {
                    Some("public") => "--public",
                    Some("internal") => "--internal",
                    _ => "--private",
                };
                let host =
                    (address.host != "gitlab.com").then(|| format!("GITLAB_HOST={} ", quoted(&address.host)));
                commands.push(format!(
                    "{}glab repo create {} {visibility} --skipGitInit",
                    host.unwrap_or_default(),
                    quoted(&owned(address))
                ));
            }
            "azure" => {
                let organization = address.organization.clone().unwrap_or_default();
                let project = address.project.clone().or_else(|| address.owner.clone()).unwrap_or_default();
                commands.push(format!(
                    "az repos create --name {} --project {} --organization {}",
                    quoted(&address.repo),
                    quoted(&project),
                    quoted(&format!("https://{}/{organization}", address.host)),
                ));
            }
            _ => commands.push(format!("# create the repository {} on {}", owned(address), address.host)),
        }
        commands.push(git(format!("remote add origin {}", quoted(&remote))));
        commands.push(git(format!("push -u origin {}", quoted(self.main()))));
        commands
    }

    /// Returns the commands that put the files into a clone of the repository, and ask for them to be taken. Files in the
    /// root itself are in a clone already.
    fn request(&self, address: &Address) -> Vec<String> {
        let branch = self.branch.as_deref().map(name).filter(|branch| !branch.is_empty()).unwrap_or("change");
        let place = self.target_path.as_deref().and_then(|path| inside("", path)).unwrap_or_default();
        let (remote, _) = urls(&self.action, address, self.main());
        let clone = format!("{}-clone", address.repo.replace('/', "-"));
        let message = self.message.as_deref().or(self.title.as_deref()).unwrap_or("Change");
        let mut commands = Vec::new();
        let git = if self.folder.is_empty() && place.is_empty() {
            "git".to_string()
        } else {
            let to = join(&clone, &place);
            commands.push(format!("git clone {} {}", quoted(&remote), quoted(&clone)));
            if !place.is_empty() {
                commands.push(format!("mkdir -p {}", quoted(&to)));
            }
            commands.push(format!("cp -R {} {}", quoted(&join(&self.folder, ".")), quoted(&to)));
            format!("git -C {}", quoted(&clone))
        };
        commands.push(format!("{git} switch -c {}", quoted(branch)));
        commands.push(format!("{git} add -A"));
        commands.push(format!("{git} commit -m {}", quoted(message)));
        commands.push(format!("{git} push -u origin {}", quoted(branch)));
        let title = quoted(self.title.as_deref().unwrap_or(branch));
        let body = quoted(self.description.as_deref().unwrap_or_default());
        let base = self.target_branch.as_deref().map(name).filter(|branch| !branch.is_empty());
        match provider(&self.action) {
            "github" => {
                let base = base.map(|base| format!(" --base {}", quoted(base))).unwrap_or_default();
                let repository = quoted(&slug(address, "github.com"));
                let head = quoted(branch);
                commands.push(format!(
                    "gh pr create --repo {repository} --head {head}{base} --title {title} --body {body}"
                ));
            }
            "gitlab" => {
                let base = base.map(|base| format!(" --target-branch {}", quoted(base))).unwrap_or_default();
                commands.push(format!(
                    "glab mr create --repo {} --source-branch {}{base} --title {title} --description {body}",
                    quoted(&owned(address)),
                    quoted(branch),
                ));
            }
            _ => commands.push(format!("# open a pull request from {}: {title}", plain(branch))),
        }
        commands
    }
}

/// Returns the name of a branch, which no program takes for an option.
fn name(branch: &str) -> &str {
    branch.trim().trim_start_matches('-')
}

/// Returns who hosts what an action publishes to.
fn provider(action: &str) -> &str {
    if action.starts_with("github:") {
        return "github";
    }
    action.split(':').nth(1).unwrap_or_default()
}

/// Returns the name of a repository with that of what has it.
fn owned(address: &Address) -> String {
    let owners = [&address.workspace, &address.owner, &address.project];
    let owner = owners.into_iter().flatten().next();
    owner.map_or_else(|| address.repo.clone(), |owner| format!("{owner}/{}", address.repo))
}

/// Returns the same with the host, unless it is the usual one.
fn slug(address: &Address, usual: &str) -> String {
    let owned = owned(address);
    if address.host == usual { owned } else { format!("{}/{owned}", address.host) }
}

/// Returns the address of a repository for Git, and that of its files for people, as Backstage would have them.
fn urls(action: &str, address: &Address, branch: &str) -> (String, String) {
    let (host, repo) = (&address.host, &address.repo);
    let owner = address.owner.clone().unwrap_or_default();
    let project = || address.project.clone().or_else(|| address.owner.clone()).unwrap_or_default();
    let escaped = |text: &str| text.replace(' ', "%20");
    match provider(action) {
        "gitlab" => {
            let remote = format!("https://{host}/{owner}/{repo}");
            (remote.clone(), format!("{remote}/-/blob/{branch}"))
        }
        "azure" => {
            let organization = address.organization.clone().unwrap_or_default();
            let remote = escaped(&format!("https://{host}/{organization}/{}/_git/{repo}", project()));
            (remote.clone(), remote)
        }
        "bitbucketServer" => {
            let remote = format!("https://{host}/scm/{}/{repo}.git", project());
            (remote, format!("https://{host}/projects/{}/repos/{repo}/browse", project()))
        }
        "bitbucket" if host != "bitbucket.org" => {
            let remote = format!("https://{host}/scm/{}/{repo}.git", project());
            (remote, format!("https://{host}/projects/{}/repos/{repo}/browse", project()))
        }
        "bitbucket" | "bitbucketCloud" => {
            let workspace = address.workspace.clone().unwrap_or(owner);
            let remote = format!("https://{host}/{workspace}/{repo}");
            (remote.clone(), format!("{remote}/src/{branch}"))
        }
        "gitea" => {
            let remote = format!("https://{host}/{owner}/{repo}.git");
            (remote, format!("https://{host}/{owner}/{repo}/src/branch/{branch}"))
        }
        "gerrit" => {
            let remote = format!("https://{host}/a/{repo}");
            (remote, format!("https://{host}/gitiles/{repo}/+/refs/heads/{branch}"))
        }
        _ => {
            let html = format!("https://{host}/{owner}/{repo}");
            (format!("{html}.git"), format!("{html}/blob/{branch}"))
        }
    }
}

/// Returns a text as one word of a shell, on one line: as it is when nothing in it means anything there, else in single
/// quotes.
pub(super) fn quoted(text: &str) -> String {
    let text = plain(text);
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&b);
    if !text.is_empty() && !text.starts_with(['-', '=']) && text.bytes().all(safe) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns a text on one line, without what a terminal would take for more than letters.
pub(super) fn plain(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Returns the address of a file in a published repository.
pub(super) fn file_url(contents: &str, path: &str) -> String {
    format!("{}/{}", contents.trim_end_matches('/'), path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication(action: &str) -> Publication {
        Publication { action: action.into(), folder: "cart".into(), ..Publication::default() }
    }

    fn commands(publication: &Publication, url: &str) -> Vec<String> {
        publication.commands(&Address::parse(url).unwrap())
    }

    #[test]
    fn a_person_runs_what_the_step_would() {
        let mut github = publication("publish:github");
        github.description = Some("it's $(id)\n`x`".into());
        assert_eq!(
            commands(&github, "github.com?owner=acme&repo=cart"),
            [
                "git -C cart init -b main",
                "git -C cart add -A",
                "git -C cart commit -m 'Initial commit'",
                r"gh repo create acme/cart --source cart --private --description 'it'\''s $(id) `x`' --push",
            ]
        );
        let enterprise = commands(&publication("publish:github"), "git.acme.com?owner=acme&repo=cart");
        assert!(enterprise[3].starts_with("gh repo create git.acme.com/acme/cart "), "{enterprise:?}");
        let gitlab = commands(&publication("publish:gitlab"), "gitlab.com?owner=a/b&repo=cart");
        assert_eq!(gitlab[3], "glab repo create a/b/cart --private --skipGitInit");
        assert_eq!(gitlab[4], "git -C cart remote add origin https://gitlab.com/a/b/cart");
        let azure = "dev.azure.com?organization=o&project=my shop&repo=cart";
        let azure = commands(&publication("publish:azure"), azure);
        assert_eq!(
            azure[3],
            "az repos create --name cart --project 'my shop' --organization https://dev.azure.com/o"
        );
        let mut request = publication("publish:github:pull-request");
        request.branch = Some("; rm -rf /".into());
        let request = commands(&request, "github.com?owner=acme&repo=cart");
        assert_eq!(
            request,
            [
                "git clone https://github.com/acme/cart.git cart-clone",
                "cp -R cart/. cart-clone",
                "git -C cart-clone switch -c '; rm -rf /'",
                "git -C cart-clone add -A",
                "git -C cart-clone commit -m Change",
                "git -C cart-clone push -u origin '; rm -rf /'",
                "gh pr create --repo acme/cart --head '; rm -rf /' --title '; rm -rf /' --body ''",
            ]
        );
        let mut merge = publication("publish:gitlab:merge-request");
        (merge.branch, merge.target_path) = (Some("--force".into()), Some("deploy".into()));
        let merge = commands(&merge, "gitlab.com?owner=acme&repo=cart");
        assert_eq!(merge[1], "mkdir -p cart-clone/deploy");
        assert_eq!(merge[2], "cp -R cart/. cart-clone/deploy");
        assert_eq!(merge[6], "git -C cart-clone push -u origin force", "no branch is an option");
    }

    #[test]
    fn outputs_are_those_of_each_host() {
        for (action, url, remote, contents) in [
            (
                "publish:github",
                "github.com?owner=a&repo=r",
                "https://github.com/a/r.git",
                "https://github.com/a/r/blob/main",
            ),
            (
                "publish:gitlab",
                "gitlab.com?owner=a&repo=r",
                "https://gitlab.com/a/r",
                "https://gitlab.com/a/r/-/blob/main",
            ),
            (
                "publish:azure",
                "dev.azure.com?owner=p&repo=r&organization=o",
                "https://dev.azure.com/o/p/_git/r",
                "https://dev.azure.com/o/p/_git/r",
            ),
            (
                "publish:bitbucketCloud",
                "bitbucket.org?workspace=w&project=p&repo=r",
                "https://bitbucket.org/w/r",
                "https://bitbucket.org/w/r/src/main",
            ),
        ] {
            let output = publication(action).output(&Address::parse(url).unwrap());
            assert_eq!(output["remoteUrl"], remote);
            assert_eq!(output["repoContentsUrl"], contents);
        }
    }

    #[test]
    fn words_of_a_shell_mean_nothing_else() {
        for (text, expected) in [
            ("cart", "cart"),
            ("", "''"),
            ("-x", "'-x'"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("a\u{1b}[1m", "'a [1m'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
