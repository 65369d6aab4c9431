use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;

/// A repository in a temporary folder, whose catalog is in a folder of it.
struct Scene {
    folder: tempfile::TempDir,
    time: i64,
}

const BLUEPRINT: &str = "identifier: service\n";

impl Scene {
    fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().expect("a folder"), time: 1_700_000_000 };
        scene.git(&["init", "-q", "-b", "main"]);
        scene
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.git_as("Ines", arguments)
    }

    fn git_as(&self, name: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.folder.path()).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), name);
            command.env(format!("GIT_{who}_EMAIL"), format!("{}@example.com", name.to_lowercase()));
            command.env(format!("GIT_{who}_DATE"), format!("{} +0100", self.time));
        }
        let done = command.output().expect("git");
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_string()
    }

    /// Commits these files of the catalog, an hour after the commit before; those without a text are removed.
    fn commit(&mut self, name: &str, message: &str, files: &[(&str, &str)]) {
        self.time += 3600;
        for (path, text) in files {
            let path = self.folder.path().join("catalog").join(path);
            if text.is_empty() {
                fs::remove_file(path).expect("removed");
                continue;
            }
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        self.git(&["add", "-A"]);
        self.git_as(name, &["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn read(&self, most: usize, memory: &mut Memory) -> Timeline {
        read(self.folder.path(), most, memory)
    }
}

fn read(root: &Path, most: usize, memory: &mut Memory) -> Timeline {
    let history = History::open(root, "HEAD", Some("catalog/")).expect("a history");
    Timeline::read(&history, &Config::default(), &DataFiles::default(), most, memory).expect("read")
}

/// Returns what a timeline tells, a line for each commit and each change.
fn told(timeline: &Timeline) -> Vec<String> {
    let mut lines = Vec::new();
    for commit in &timeline.commits {
        let names =
            |people: &[Person]| people.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join("+");
        let merged = commit.merged_by.as_ref().map(|person| format!(" merged by {}", person.name));
        let number = commit.number.map(|number| format!(" #{number}"));
        lines.push(format!(
            "{}{}, {}{}{}",
            commit.subject,
            number.unwrap_or_default(),
            names(&commit.authors),
            if commit.reviewers.is_empty() {
                String::new()
            } else {
                format!(" for {}", names(&commit.reviewers))
            },
            merged.unwrap_or_default(),
        ));
        for change in timeline.of(commit) {
            let parts: Vec<String> = change
                .parts
                .iter()
                .map(|part| format!(" {} {}→{}", part.name, part.removed.join("+"), part.added.join("+")))
                .collect();
            let from = match &change.fate {
                Fate::Moved(from) | Fate::Renamed(from) => format!(" from {from}"),
                _ => String::new(),
            };
            lines.push(format!("  {} {}{from}{}", change.fate.name(), change.identifier, parts.join("")));
        }
    }
    lines
}

#[test]
fn commits_tell_what_they_did_to_documents() {
    let mut scene = Scene::new();
    scene.commit(
        "Ines",
        "Begin",
        &[
            ("blueprints/service.yaml", BLUEPRINT),
            ("entities/service/a.yaml", "identifier: a\nproperties: {tier: 1}"),
            ("entities/service/more.yaml", "identifier: b\n---\nidentifier: c\n"),
            ("README.md", "no document"),
        ],
    );
    scene.commit(
        "Tom",
        "Raise it (#7)\n\nReviewed-by: Rita <rita@example.com>",
        &[("entities/service/a.yaml", "identifier: a\nproperties: {tier: 2}")],
    );
    scene.commit(
        "Tom",
        "Say nothing new",
        &[("entities/service/a.yaml", "# Words.\nidentifier: a\nproperties: {tier: 2}")],
    );
    scene.commit("Tom", "Read me", &[("README.md", "other words")]);
    scene.commit(
        "Ines",
        "Take apart",
        &[
            ("entities/service/more.yaml", "identifier: b\n"),
            ("entities/service/c.yaml", "identifier: c\ntitle: C\n"),
        ],
    );
    scene.commit("Ines", "Rename", &[("entities/service/c.yaml", "identifier: d\ntitle: C\n")]);
    scene.commit("Ines", "Break", &[("entities/service/more.yaml", "identifier: [")]);
    scene.commit("Ines", "Mend", &[("entities/service/more.yaml", "identifier: b\n")]);
    scene.commit("Ines", "Set", &[("portal.yaml", "title: Ours"), ("entities/service/a.yaml", "")]);
    scene.commit("Ines", "Call it otherwise", &[("portal.yaml", "title: Theirs")]);
    let expected = [
        "Call it otherwise, Ines",
        "  changed portal.yaml title Ours→Theirs",
        "Set, Ines",
        "  removed a",
        "  created portal.yaml",
        "Mend, Ines",
        "Break, Ines",
        "Rename, Ines",
        "  renamed d from c",
        "Take apart, Ines",
        "  moved c from entities/service/more.yaml title →C",
        "Say nothing new, Tom",
        "Raise it #7, Tom for Rita",
        "  changed a tier 1→2",
        "Begin, Ines",
        "  created service",
        "  created a",
        "  created b",
        "  created c",
    ];
    let mut memory = Memory::default();
    let timeline = scene.read(USUAL, &mut memory);
    assert_eq!(told(&timeline), expected);
    assert_eq!((timeline.end, timeline.read, timeline.since), (End::First, 10, Some(1_700_003_600)));
    // What is remembered says the same, after it has been written and read.
    let mut text = Vec::new();
    memory.write("key", &mut text).expect("written");
    let mut memory = Memory::read(text.as_slice(), "key").expect("read");
    assert_eq!(told(&scene.read(USUAL, &mut memory)), expected);
    assert!(!memory.is_new(), "nothing was read again");
    assert_eq!(
        told(&scene.read(USUAL, &mut Memory::read(text.as_slice(), "other").expect("read"))),
        expected
    );
    // A bound is said.
    let timeline = scene.read(3, &mut memory);
    assert_eq!((timeline.end, timeline.read, timeline.commits.len()), (End::Bound, 3, 3));
}

#[test]
fn a_merge_lets_in_what_others_wrote() {
    let mut scene = Scene::new();
    scene.commit(
        "Ines",
        "Begin",
        &[("blueprints/service.yaml", BLUEPRINT), ("entities/service/a.yaml", "identifier: a")],
    );
    scene.git(&["checkout", "-q", "-b", "side"]);
    scene.commit("Mei", "Add b", &[("entities/service/b.yaml", "identifier: b")]);
    scene.git(&["checkout", "-q", "main"]);
    scene.commit("Ines", "Add c", &[("entities/service/c.yaml", "identifier: c")]);
    scene.time += 3600;
    scene.git_as(
        "Rita",
        &["merge", "-q", "--no-ff", "side", "-m", "Merge pull request #9 from m/side\n\nThe letter b"],
    );
    let timeline = scene.read(USUAL, &mut Memory::default());
    assert_eq!(
        told(&timeline),
        [
            "Add c, Ines",
            "  created c",
            "Add b #9, Mei merged by Rita",
            "  created b",
            "Begin, Ines",
            "  created service",
            "  created a",
        ]
    );
}

#[test]
fn a_shallow_clone_says_where_it_begins() {
    let mut scene = Scene::new();
    for number in 0..4 {
        let text = format!("identifier: a\nproperties: {{tier: {number}}}");
        scene.commit("Ines", &format!("Number {number}"), &[("entities/service/a.yaml", &text)]);
    }
    let clone = scene.folder.path().join("clone");
    let url = format!("file://{}", scene.folder.path().display());
    scene.git(&["clone", "-q", "--depth", "2", &url, &clone.to_string_lossy()]);
    let timeline = read(&clone, USUAL, &mut Memory::default());
    assert_eq!(told(&timeline), ["Number 3, Ines", "  changed a tier 2→3"]);
    assert_eq!((timeline.end, timeline.since), (End::Shallow, Some(1_700_000_000 + 3 * 3600)));
}

#[test]
fn people_are_called_as_the_mailmap_says() {
    let mut scene = Scene::new();
    fs::write(scene.folder.path().join(".mailmap"), "Ines Duarte <ines@marlow.example> <ines@example.com>\n")
        .expect("written");
    scene.commit("Ines", "Begin", &[("entities/service/a.yaml", "identifier: a")]);
    let timeline = scene.read(USUAL, &mut Memory::default());
    let author = &timeline.commits[0].authors[0];
    assert_eq!((author.name.as_str(), author.email.as_str()), ("Ines Duarte", "ines@marlow.example"));
}

#[test]
fn what_is_too_much_is_a_point_in_time() {
    let mut budget = Budget { bytes: 10, changes: 10, is_spent: false };
    assert!(budget.takes(6, 1));
    assert!(!budget.takes(6, 1), "too many bytes");
    assert!(!budget.takes(1, 1), "older than what was too much");
    let mut budget = Budget { bytes: 10, changes: 1, is_spent: false };
    assert!(!budget.takes(1, 2));
}
