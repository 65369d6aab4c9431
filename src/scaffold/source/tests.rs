//! Templates wherever they are, in real repositories.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::model::instant::Instant;
use crate::scaffold::Recipe;
use crate::worktree::Worktree;

/// A folder with a catalog, and room beside it.
struct Sandbox {
    folder: TempDir,
}

/// What happens to a catalog that is open.
type Then<'t, T> = &'t dyn Fn(&Library<'_>) -> T;

impl Sandbox {
    fn new() -> Self {
        let sandbox = Self { folder: tempfile::tempdir().unwrap() };
        sandbox.write("catalog/portal.yaml", "");
        sandbox.template("catalog/scaffolds/api", "api", "one");
        sandbox.commit("catalog", "first");
        sandbox
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a template whose one file says `text`.
    fn template(&self, folder: &str, name: &str, text: &str) {
        self.write(&format!("{folder}/scaffold.yaml"), &format!("identifier: {name}\ntarget: services/x\n"));
        self.write(&format!("{folder}/template/file.txt"), text);
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let path = self.path(folder);
        let identity =
            ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
        let done = Command::new("git").current_dir(path).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_string()
    }

    fn commit(&self, folder: &str, message: &str) -> String {
        if !self.path(folder).join(".git").exists() {
            self.git(folder, &["init", "-q"]);
        }
        self.git(folder, &["add", "-A"]);
        self.git(folder, &["commit", "-q", "--allow-empty", "-m", message]);
        self.git(folder, &["rev-parse", "HEAD"])
    }

    /// Opens the catalog in `catalog/`, with paths read from `directory`.
    fn open<T>(&self, directory: &str, then: Then<'_, T>) -> T {
        let root = self.path("catalog");
        let files = Worktree::new(&root);
        let origin = crate::portal::Origin::new(&files, Instant::default());
        let portal = Portal::open(origin, None).unwrap();
        let directory = self.path(directory);
        then(&Library { portal: &portal, files: &files, root: &root, directory: &directory })
    }

    /// Returns a `git` for which `https://example.com/` is this folder, and which writes down what it is asked.
    #[cfg(unix)]
    fn stub(&self) -> Git {
        use std::os::unix::fs::PermissionsExt;
        let here = self.path("");
        let text = format!(
            "#!/bin/sh\n\
             test \"$GIT_ALLOW_PROTOCOL\" = https:ssh || exit 9\n\
             test -z \"$GIT_EXTERNAL_DIFF$GIT_DIR\" || exit 9\n\
             echo \"$@\" >>'{here}asked'\n\
             GIT_ALLOW_PROTOCOL=file exec git -c 'url.file://{here}.insteadOf=https://example.com/' \"$@\"\n",
            here = here.display()
        );
        self.write("git", &text);
        fs::set_permissions(self.path("git"), fs::Permissions::from_mode(0o755)).unwrap();
        Git::new(self.path("git"))
    }
}

/// Returns what a template's file says, where it is from and how it is recorded.
fn said(template: &Template) -> String {
    let file =
        template.tree.file("template/file.txt").map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let Origin { template: name, tag, is_committed, .. } = &template.origin;
    let tag = tag.as_deref().unwrap_or("-");
    format!("{} {name} {tag} {is_committed}", file.unwrap_or_default())
}

fn failed<T: std::fmt::Debug>(result: Result<T, String>) -> String {
    result.expect_err("no template")
}

#[test]
fn a_template_of_the_catalog_has_the_state_of_the_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.open("", &|library| {
        let template = library.open("api").unwrap();
        assert_eq!(said(&template), "one api - true");
        assert_eq!(template.place, "scaffolds/api");
        assert_eq!(template.identifier, "api");
        assert!(template.findings.is_empty());
        assert!(matches!(template.recipe, Recipe::Portal { .. }));
        assert_eq!(template.sources.find("scaffolds/api/scaffold.yaml").map(|id| id.index()), Some(0));
        assert_eq!(template.origin.commit, Some(sandbox.git("catalog", &["rev-parse", "HEAD"])));
    });
    sandbox.write("catalog/scaffolds/api/template/file.txt", "two");
    sandbox.open("", &|library| assert_eq!(said(&library.open("api").unwrap()), "two api - false"));
    sandbox.write("catalog/scaffolds/api/template/file.txt", "one");
    sandbox.write("catalog/scaffolds/api/tests/a/answers.yaml", "{}");
    sandbox.open("", &|library| assert_eq!(said(&library.open("api").unwrap()), "one api - true"));
}

#[test]
fn the_past_of_a_template_of_the_catalog_is_opened() {
    let sandbox = Sandbox::new();
    let origin = sandbox.open("", &|library| library.open("api").unwrap().origin);
    let state = |at_origin: bool| {
        sandbox.open("", &|library| library.reopen(&origin, at_origin).map(|template| said(&template)))
    };
    let count = || sandbox.open("", &|library| library.versions(&origin).map(|versions| versions.len()));
    assert_eq!(
        (state(false), state(true), count()),
        (Ok("one api - true".into()), Ok("one api - true".into()), Ok(0))
    );
    sandbox.write("catalog/entities/a.yaml", "");
    sandbox.commit("catalog", "something else");
    sandbox.write("catalog/scaffolds/api/tests/a/answers.yaml", "{}");
    sandbox.commit("catalog", "a test");
    assert_eq!(count(), Ok(0));
    sandbox.write("catalog/scaffolds/api/template/file.txt", "two");
    sandbox.commit("catalog", "second");
    sandbox.write("catalog/scaffolds/api/template/more.txt", "");
    sandbox.commit("catalog", "third");
    assert_eq!(
        (state(false), state(true), count()),
        (Ok("two api - true".into()), Ok("one api - true".into()), Ok(2))
    );
    sandbox.open("", &|library| {
        let versions = library.versions(&origin).unwrap();
        let titles: Vec<_> = versions.iter().map(|version| version.title.as_deref().unwrap()).collect();
        assert_eq!(titles, ["third", "second"]);
        assert_eq!(said(&library.reopen_at(&origin, "HEAD~1").unwrap()), "two api HEAD~1 true");
    });
    fs::rename(sandbox.path("catalog/scaffolds/api"), sandbox.path("catalog/scaffolds/http")).unwrap();
    sandbox.commit("catalog", "moved");
    assert_eq!(
        (state(false), state(true), count()),
        (Ok("two api - true".into()), Ok("one api - true".into()), Ok(1))
    );
    fs::remove_dir_all(sandbox.path("catalog/scaffolds/http")).unwrap();
    sandbox.commit("catalog", "gone");
    assert_eq!(state(true), Ok("one api - true".into()));
    assert!(
        state(false).unwrap_err().starts_with("there is no template `api`; the catalog has no templates")
    );
}

#[test]
fn what_was_never_committed_has_no_past() {
    let sandbox = Sandbox::new();
    sandbox.write("catalog/scaffolds/api/template/file.txt", "draft");
    let origin = sandbox.open("", &|library| library.open("api").unwrap().origin);
    let original =
        || sandbox.open("", &|library| library.reopen(&origin, true).map(|template| said(&template)));
    assert_eq!(original(), Ok("draft api - false".into()), "as long as nothing changes, it is there");
    sandbox.write("catalog/scaffolds/api/template/file.txt", "final");
    assert!(original().unwrap_err().contains("was never committed"));
}

#[test]
fn who_misspells_a_template_is_told_what_there_is() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "catalog/actions/deploy.yaml",
        "identifier: deploy\ntrigger: {type: self-service, operation: CREATE, userInputs: {properties: {}}}\n\
         invocationMethod: {type: WEBHOOK, url: 'https://example.com'}\n",
    );
    sandbox.write("catalog/plain/readme.md", "");
    sandbox.open("catalog", &|library| {
        for (name, expected) in [
            ("apo", "there is no template `apo`; did you mean `api`?"),
            (
                "deploy",
                "there is no template `deploy`; `deploy` is an action: start it with `portal run deploy`",
            ),
            ("plain", "there is no template `plain`; for the folder, write `./plain`"),
            ("zzz", "there is no template `zzz`; `portal scaffold list` shows those that there are"),
            ("./plain", "`./plain` is no template: it has no `scaffold.yaml`"),
            ("./none", "there is no folder `./none`"),
            ("./none@v1", "there is no revision `v1`: revspec 'v1' not found"),
            ("./scaffolds/api@a..b", "`a..b` is no name of a tag, a branch or a commit"),
            (".//../..", "`../..` leads out of"),
        ] {
            let error = failed(library.open(name));
            assert!(error.starts_with(expected), "{name}: {error}");
        }
    });
}

#[test]
fn mistakes_of_a_document_are_findings() {
    let sandbox = Sandbox::new();
    for (text, expected) in [
        ("identifier: a\ntarget: x\n---\nidentifier: b\ntarget: x\n", "a scaffold is one document"),
        ("", "this file holds no document"),
        ("identifier: [\n", ""),
        ("identifier: a\n", "a scaffold needs the key `target`"),
    ] {
        sandbox.write("other/scaffold.yaml", text);
        sandbox.open("", &|library| {
            let template = library.open("./other").unwrap();
            assert!(!template.findings.is_empty(), "{text}");
            let is_said = template.findings.iter().any(|finding| finding.message.contains(expected));
            assert!(is_said, "{text}: {:?}", template.findings);
        });
    }
    fs::write(sandbox.path("other/scaffold.yaml"), [0xff]).unwrap();
    sandbox.open("", &|library| {
        assert!(failed(library.open("./other")).starts_with("`./other/scaffold.yaml` is no UTF-8 text"));
    });
}

#[test]
fn a_folder_is_recorded_so_that_others_find_it() {
    let sandbox = Sandbox::new();
    sandbox.template("catalog/drafts/new", "new", "draft");
    sandbox.template("shared/t", "t", "shared");
    sandbox.template("remote/sub/t", "t", "remote");
    sandbox.commit("remote", "first");
    sandbox.git("remote", &["remote", "add", "origin", "https://user:secret@example.com/acme/templates.git"]);
    let absolute = sandbox.path("shared/t").display().to_string();
    let table = [
        ("catalog", "./drafts/new", "draft ./drafts/new - false".to_string()),
        ("catalog/drafts", "./new", "draft ./drafts/new - false".into()),
        ("catalog", "drafts/new", "draft ./drafts/new - false".into()),
        ("catalog", ".//drafts/new", "draft .//drafts/new - false".into()),
        ("catalog", "../shared/t", "shared ../shared/t - false".into()),
        ("catalog/drafts", "../../shared//t", "shared ../shared//t - false".into()),
        ("catalog", &absolute, format!("shared {absolute} - false")),
        ("catalog", "../remote/sub/t", "remote https://example.com/acme/templates.git//sub/t - true".into()),
        ("remote/sub/t", ".", "remote https://example.com/acme/templates.git//sub/t - true".into()),
    ];
    for (directory, written, expected) in &table {
        let template = sandbox.open(directory, &|library| library.open(written).unwrap());
        assert_eq!(said(&template), *expected, "{written} from {directory}");
        if !expected.contains("https:") {
            let again = sandbox.open("", &|library| library.reopen(&template.origin, false).unwrap());
            assert_eq!(said(&again), *expected, "{written} again");
        }
    }
}

#[test]
fn a_folder_is_read_at_a_revision() {
    let sandbox = Sandbox::new();
    sandbox.template("other/t", "t", "one");
    let first = sandbox.commit("other", "first");
    sandbox.git("other", &["tag", "v1.0.0"]);
    sandbox.template("other/t", "t", "two");
    sandbox.commit("other", "second");
    sandbox.git("other", &["tag", "-a", "-m", "x", "v1.1.0"]);
    sandbox.git("other", &["tag", "v2.0.0-rc.1"]);
    sandbox.template("other/t", "t", "three");
    sandbox.open("", &|library| {
        for (written, expected) in [
            ("./other/t", "three"),
            ("./other/t@v1.0.0", "one v1.0.0 true"),
            ("./other/t@main", "two main true"),
            ("./other//t@v1.1.0", "two v1.1.0 true"),
        ] {
            let template = library.open(written).unwrap();
            let parts: Vec<&str> = expected.split(' ').collect();
            let text = said(&template);
            assert!(text.starts_with(parts[0]), "{written}: {text}");
            assert_eq!(template.origin.is_committed, parts.len() == 3, "{written}");
        }
        let old = library.open("./other/t@v1.0.0").unwrap().origin;
        assert_eq!(old.commit.as_deref(), Some(first.as_str()));
        assert_eq!(old.template, "../other/t");
        assert_eq!(said(&library.reopen(&old, false).unwrap()), "two ../other/t v1.1.0 true");
        assert_eq!(said(&library.reopen(&old, true).unwrap()), "one ../other/t v1.0.0 true");
        assert_eq!(said(&library.reopen_at(&old, "v2.0.0-rc.1").unwrap()), "two ../other/t v2.0.0-rc.1 true");
        let versions = library.versions(&old).unwrap();
        assert_eq!(
            versions.iter().filter_map(|version| version.tag.as_deref()).collect::<Vec<_>>(),
            ["v1.1.0"]
        );
    });
    fs::remove_dir_all(sandbox.path("other/t")).unwrap();
    sandbox.open("", &|library| {
        assert_eq!(said(&library.open("./other/t@v1.0.0").unwrap()), "one ../other/t v1.0.0 true");
    });
}

#[cfg(unix)]
#[test]
fn links_of_a_revision_are_named_and_not_followed() {
    let sandbox = Sandbox::new();
    sandbox.template("other/t", "t", "one");
    std::os::unix::fs::symlink("/etc/passwd", sandbox.path("other/t/template/passwd")).unwrap();
    sandbox.write("other/u/template/x", "");
    std::os::unix::fs::symlink("../t/scaffold.yaml", sandbox.path("other/u/scaffold.yaml")).unwrap();
    sandbox.commit("other", "first");
    sandbox.open("", &|library| {
        for written in ["./other/t", "./other/t@HEAD"] {
            let tree = library.open(written).unwrap().tree;
            assert_eq!(tree.refused[0].path, "template/passwd", "{written}");
            assert!(tree.file("template/passwd").is_none());
        }
        for written in ["./other/u", "./other/u@HEAD"] {
            assert!(failed(library.open(written)).contains("is a symbolic link"), "{written}");
        }
    });
}

/// Returns a sandbox with a repository of templates, and its first commit.
#[cfg(unix)]
fn elsewhere() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.template("acme/templates/sub/t", "t", "one");
    let first = sandbox.commit("acme/templates", "first");
    sandbox.git("acme/templates", &["tag", "v1.9.0"]);
    sandbox.template("acme/templates/sub/t", "t", "two");
    sandbox.commit("acme/templates", "second");
    sandbox.git("acme/templates", &["tag", "-a", "-m", "x", "v1.10.0"]);
    sandbox.template("acme/templates/sub/t", "t", "three");
    sandbox.commit("acme/templates", "third");
    sandbox.git("acme/templates", &["tag", "v2.0.0-rc.1"]);
    sandbox.git("acme/templates", &["branch", "feature/x"]);
    sandbox.template("acme/untagged", "u", "untagged");
    sandbox.commit("acme/untagged", "first");
    (sandbox, first)
}

#[cfg(unix)]
#[test]
fn a_template_elsewhere_is_fetched() {
    let (sandbox, first) = elsewhere();
    let git = sandbox.stub();
    let name = "https://example.com/acme/templates//sub/t";
    sandbox.open("", &|library| {
        for (revision, expected) in [
            (String::new(), format!("two {name} v1.10.0 true")),
            ("@v1.9.0".into(), format!("one {name} v1.9.0 true")),
            ("@v2.0.0-rc.1".into(), format!("three {name} v2.0.0-rc.1 true")),
            ("@main".into(), format!("three {name} main true")),
            ("@feature/x".into(), format!("three {name} feature/x true")),
            (format!("@{first}"), format!("one {name} - true")),
        ] {
            let template = library.open_with(&git, &format!("{name}{revision}")).unwrap();
            assert_eq!(said(&template), expected, "{revision}");
            assert!(template.place.starts_with(name));
        }
        let untagged = library.open_with(&git, "https://example.com/acme/untagged").unwrap();
        assert_eq!(said(&untagged), "untagged https://example.com/acme/untagged - true");
        for (written, expected) in [
            (format!("{name}@v1.9.1"), "has no tag and no branch `v1.9.1`; did you mean `v1.9.0`"),
            (format!("{name}/none"), "cannot read the folder `sub/t/none`"),
            ("https://example.com/acme/none".into(), "cannot fetch `https://example.com/acme/none`: fatal: "),
            (format!("{name}@{}", "0".repeat(40)), "cannot fetch `https://example.com/acme/templates`: "),
        ] {
            let error = failed(library.open_with(&git, &written));
            assert!(error.contains(expected), "{written}: {error}");
        }
    });
    let asked = fs::read_to_string(sandbox.path("asked")).unwrap();
    assert!(
        asked.lines().all(|line| line.contains("-c protocol.allow=never -c protocol.https.allow=always"))
    );
    let is_fetch = |line: &&str| line.contains(" fetch ");
    assert!(asked.lines().filter(is_fetch).all(|line| {
        line.contains("fetch --depth=1 --no-tags --no-recurse-submodules --quiet -- https://example.com/")
    }));
}

#[cfg(unix)]
#[test]
fn a_template_elsewhere_is_opened_as_it_was_and_as_it_is() {
    let (sandbox, _) = elsewhere();
    let git = sandbox.stub();
    let name = "https://example.com/acme/templates//sub/t";
    let open = |written: &str| {
        sandbox.open("", &|library| library.open_with(&git, written).map(|template| template.origin)).unwrap()
    };
    let old = open(&format!("{name}@v1.9.0"));
    let branch = open(&format!("{name}@main"));
    sandbox.open("", &|library| {
        assert_eq!(said(&library.newest_with(&git, &old).unwrap()), format!("two {name} v1.10.0 true"));
        assert_eq!(said(&library.original_with(&git, &old).unwrap()), format!("one {name} v1.9.0 true"));
        let versions = library.versions_with(&git, &old).unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!(versions[0].tag.as_deref(), Some("v1.10.0"));
        assert_eq!(versions[0].commit, sandbox.git("acme/templates", &["rev-parse", "v1.10.0^{}"]));
        assert_eq!(library.versions_with(&git, &branch), Ok(Vec::new()));
    });
    sandbox.template("acme/templates/sub/t", "t", "four");
    sandbox.commit("acme/templates", "fourth");
    sandbox.git("acme/templates", &["tag", "v2.0.0"]);
    sandbox.git("acme/templates", &["tag", "-f", "v1.9.0"]);
    sandbox.open("", &|library| {
        assert_eq!(said(&library.newest_with(&git, &old).unwrap()), format!("four {name} v2.0.0 true"));
        assert_eq!(said(&library.newest_with(&git, &branch).unwrap()), format!("four {name} main true"));
        assert!(library.versions_with(&git, &branch).unwrap_err().contains("`main` has moved on"));
        // A tag that was moved does not move what was made from it.
        assert_eq!(said(&library.original_with(&git, &old).unwrap()), format!("one {name} v1.9.0 true"));
        let forged = Origin { digest: "0".repeat(64), ..old.clone() };
        let error = library.original_with(&git, &forged).map(|template| said(&template)).unwrap_err();
        assert!(error.contains("does not hold"), "{error}");
    });
}

#[cfg(unix)]
#[test]
fn nothing_of_a_fetch_is_left() {
    let (sandbox, _) = elsewhere();
    let git = sandbox.stub();
    let remote = git.remote("https://example.com/acme/untagged").unwrap();
    remote.fetch("HEAD").unwrap();
    let fetched = remote.fetched().unwrap();
    let file = fetched.revision.tree("").unwrap();
    assert!(file.file("scaffold.yaml").is_some());
    let asked = fs::read_to_string(sandbox.path("asked")).unwrap();
    let folder = asked.split("--git-dir ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(Path::new(folder).exists());
    assert!(asked.lines().all(|line| line.contains("-c core.hooksPath=/dev/null ")));
    drop(fetched);
    assert!(!Path::new(folder).exists());
}

/// Writes the record of a service that has one file, as the template makes it.
fn service(sandbox: &Sandbox, folder: &str, origin: &Origin) {
    let record = crate::provenance::Record {
        origin: origin.clone(),
        files: [("file.txt".to_string(), crate::provenance::digest_of(b"one"))].into(),
        ..Default::default()
    };
    sandbox.write(&format!("{folder}/.portal/scaffold.yaml"), &crate::provenance::text(&record));
    sandbox.write(&format!("{folder}/file.txt"), "one");
}

#[test]
fn services_are_held_against_their_templates() {
    use crate::scaffold::Refusal;
    use crate::scaffold::status::{Age, FileState, all, of};
    let sandbox = Sandbox::new();
    let origin = sandbox.open("", &|library| library.open("api").unwrap().origin);
    let elsewhere = Origin { template: "https://example.com/acme/templates//t".into(), ..origin.clone() };
    let gone = Origin { template: "apis".into(), ..origin.clone() };
    service(&sandbox, "catalog/services/a", &origin);
    service(&sandbox, "catalog/services/b", &elsewhere);
    service(&sandbox, "catalog/services/c", &gone);
    sandbox.write("catalog/services/d/.portal/scaffold.yaml", "schema: 3\n");
    service(&sandbox, "beside", &origin);
    sandbox.commit("catalog", "services");
    sandbox.open("", &|library| {
        let all = all(library, false).unwrap();
        let said: Vec<String> = all
            .iter()
            .map(|(folder, status)| match status {
                Ok(status) => format!("{folder} {:?} {:?}", status.age, status.files),
                Err(Refusal::Findings(_, findings)) => format!("{folder} {}", findings[0].message),
                Err(other) => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            said,
            [
                "services/a Current []",
                "services/b Unknown(\"its template is elsewhere; `portal scaffold status FOLDER` asks for it\") []",
                "services/c Unknown(\"there is no template `apis`; did you mean `api`?\") []",
                "services/d a string is needed here, not a number",
            ]
        );
    });
    sandbox.write("catalog/scaffolds/api/template/file.txt", "two");
    let here = |folder: &str| {
        sandbox.open("", &|library| {
            of(library, &sandbox.path(folder), "").map(|status| (status.age, status.files))
        })
    };
    assert_eq!(here("beside").unwrap(), (Age::Behind(Some(1)), Vec::new()), "a draft counts as one version");
    sandbox.commit("catalog", "second");
    sandbox.write("catalog/scaffolds/api/template/more.txt", "");
    sandbox.commit("catalog", "third");
    sandbox.write("catalog/services/a/file.txt", "edited");
    fs::remove_file(sandbox.path("beside/file.txt")).unwrap();
    let gone = vec![("file.txt".to_string(), FileState::Deleted)];
    assert_eq!(here("beside").unwrap(), (Age::Behind(Some(2)), gone));
    sandbox.open("", &|library| {
        let status = of(library, library.root, "services/a").unwrap();
        assert_eq!(status.age, Age::Behind(Some(2)));
        assert_eq!(status.files, [("services/a/file.txt".to_string(), FileState::Changed)]);
        assert_eq!(status.newest.unwrap().commit, sandbox.git("catalog", &["rev-parse", "HEAD"]).into());
        assert_eq!(all(library, false).unwrap()[0].1.as_ref().unwrap().age, Age::Behind(Some(2)));
        let Err(Refusal::Other(error)) = of(library, library.root, "scaffolds") else { panic!() };
        assert_eq!(error, "`scaffolds` was not made from a template: it has no `.portal/scaffold.yaml`");
    });
}
