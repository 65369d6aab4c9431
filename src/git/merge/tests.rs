use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// Returns files of `path=content`; `!` at the end of a path says that it can be run.
fn tree(files: &[&str]) -> Vec<TreeFile> {
    let file = |text: &&str| {
        let (path, bytes) = text.split_once('=').unwrap();
        let executable = path.ends_with('!');
        TreeFile { path: path.trim_end_matches('!').into(), bytes: bytes.as_bytes().into(), executable }
    };
    files.iter().map(file).collect()
}

fn labels() -> Labels {
    Labels { ours: "yours".into(), base: "v1 (before)".into(), theirs: "v2".into() }
}

fn merged(base: &[TreeFile], ours: &[TreeFile], theirs: &[TreeFile]) -> Merge {
    let (lost, barred) = (BTreeSet::new(), BTreeMap::new());
    let trees = Trees { base, lost: &lost, ours, barred: &barred, theirs };
    merge(&trees, &labels()).unwrap()
}

/// Returns a merge as lines: `path: outcome: content`, then the remarks.
fn said(merge: &Merge) -> Vec<String> {
    let file = |file: &Merged| {
        let bits = file.after.as_ref().is_some_and(|file| file.executable);
        let held = file.after.as_ref().map_or("-".into(), |file| String::from_utf8_lossy(&file.bytes));
        format!("{}{}: {:?}: {held}", file.path, if bits { "!" } else { "" }, file.outcome)
    };
    let remarks = merge.remarks.iter().map(|remark| format!("{remark:?}"));
    merge.files.iter().map(file).chain(remarks).collect()
}

const LONG: &str = "one\ntwo\nthree\nfour\nfive\nsix\n";

/// A name, the base, ours and theirs, and what is said.
type Case<'c> = (&'c str, &'c [&'c str], &'c [&'c str], &'c [&'c str], &'c [String]);

#[test]
fn trees_merge_as_git_merges_them() {
    let long = |path: &str| format!("{path}={LONG}");
    let edit = |path: &str, from: &str, to: &str| format!("{path}={}", LONG.replace(from, to));
    let (a, b, c) = (long("a"), long("b"), long("c"));
    let (a_six, b_six, a_one) = (edit("a", "six", "6"), edit("b", "six", "6"), edit("a", "one", "1"));
    let b_one = edit("b", "one", "1");
    let (a_ours, a_theirs) = (edit("a", "one", "ours"), edit("a", "one", "theirs"));
    let fight = "<<<<<<< yours\nours\n||||||| v1 (before)\none\n=======\ntheirs\n>>>>>>> v2\n";
    let rest = "two\nthree\nfour\nfive\nsix\n";
    let cases: &[Case<'_>] = &[
        ("nothing", &[&a], &[&a], &[&a], &[]),
        ("their change", &[&a], &[&a], &[&a_six], &[format!("a: Taken: {}", LONG.replace("six", "6"))]),
        ("our change", &[&a], &[&a_six], &[&a], &[]),
        ("the same change", &[&a], &[&a_six], &[&a_six], &[]),
        (
            "two changes",
            &[&a],
            &[&a_six],
            &[&a_one],
            &[format!("a: Merged: {}", LONG.replace("six", "6").replace("one", "1"))],
        ),
        ("one line twice", &[&a], &[&a_ours], &[&a_theirs], &[format!("a: Conflict(Lines): {fight}{rest}")]),
        ("they add", &[&a], &[&a], &[&a, "n=new"], &["n: Taken: new".into()]),
        ("we add", &[&a], &[&a, "n=new"], &[&a], &[]),
        ("both add alike", &[], &["n=new"], &["n=new"], &[]),
        (
            "both add",
            &[],
            &["n=same\nours\n"],
            &["n=same\ntheirs\n"],
            &["n: Conflict(Added): same\n<<<<<<< yours\nours\n=======\ntheirs\n>>>>>>> v2\n".into()],
        ),
        ("they delete", &[&a], &[&a], &[], &["a: Taken: -".into()]),
        ("we delete", &[&a], &[], &[&a], &[]),
        ("both delete", &[&a], &[], &[], &[]),
        (
            "they delete, we change",
            &[&a],
            &[&a_six],
            &[],
            &[format!("a: Conflict(Deleted): {}", LONG.replace("six", "6"))],
        ),
        ("we delete, they change", &[&a], &[], &[&a_six], &["StaysDeleted(\"a\", None)".into()]),
        ("we delete, they rename", &[&a], &[], &[&b], &["StaysDeleted(\"a\", Some(\"b\"))".into()]),
        ("we rename", &[&a], &[&b], &[&a], &[]),
        (
            "they rename",
            &[&a],
            &[&a],
            &[&b],
            &["a: Taken: -".into(), format!("b: Taken: {LONG}"), "Renamed(\"a\", \"b\")".into()],
        ),
        ("both rename alike", &[&a], &[&b], &[&b], &[]),
        (
            "both rename otherwise",
            &[&a],
            &[&b],
            &[&c],
            &[format!("b: Conflict(RenamedTwice(\"c\", \"a\")): {LONG}")],
        ),
        (
            "we rename, they change",
            &[&a],
            &[&b_one],
            &[&a_six],
            &[
                format!("b: Merged: {}", LONG.replace("six", "6").replace("one", "1")),
                "Followed(\"a\", \"b\")".into(),
            ],
        ),
        (
            "they rename and change, we change",
            &[&a],
            &[&a_one],
            &[&b_six],
            &[
                "a: Taken: -".into(),
                format!("b: Merged: {}", LONG.replace("six", "6").replace("one", "1")),
                "Renamed(\"a\", \"b\")".into(),
            ],
        ),
        ("we rename, they delete", &[&a], &[&b], &[], &[format!("b: Conflict(DeletedFrom(\"a\")): {LONG}")]),
        (
            "they rename to a file of ours",
            &[&a],
            &[&a, "b=mine"],
            &[&b],
            &[format!("a: Conflict(Occupied(\"b\")): {LONG}")],
        ),
        (
            "they add where we renamed to",
            &[&a],
            &[&b],
            &[&a, "b=theirs\n"],
            &[format!("b: Conflict(Added): <<<<<<< yours\n{LONG}=======\ntheirs\n>>>>>>> v2\n")],
        ),
        ("they make it run", &["r=x"], &["r=x"], &["r!=x"], &["r!: Taken: x".into()]),
        ("we make it run, they change", &["r=x"], &["r!=x"], &["r=y"], &["r!: Merged: y".into()]),
        ("we make it run, they delete", &["r=x"], &["r!=x"], &[], &["r!: Conflict(Deleted): x".into()]),
        ("no text", &["b=\0a"], &["b=\0b"], &["b=\0c"], &["b: Conflict(Binary): \0b".into()]),
        ("no text, ours as it was", &["b=\0a"], &["b=\0a"], &["b=\0c"], &["b: Taken: \0c".into()]),
        (
            "a file becomes a folder",
            &["d=x"],
            &["d=x"],
            &["d/e=quite another\n"],
            &["d: Taken: -".into(), "d/e: Taken: quite another\n".into()],
        ),
        (
            "a file of ours is in the way of a folder",
            &[],
            &["d=x"],
            &["d/e=y"],
            &["d/e: Conflict(Barred(\"`d` is a file\")): -".into()],
        ),
        (
            "a folder of ours is in the way of a file",
            &[],
            &["d/e=x"],
            &["d=y"],
            &["d: Conflict(Barred(\"`d` is a folder\")): -".into()],
        ),
        (
            "names that some disks take for one",
            &[],
            &["readme.md=x"],
            &["README.md=y"],
            &["README.md: Conflict(Barred(\"`readme.md` is the same file on some disks\")): -".into()],
        ),
        (
            "we empty it, they change",
            &["e=a\n"],
            &["e="],
            &["e=b"],
            &["e: Conflict(Lines): <<<<<<< yours\n||||||| v1 (before)\na\n=======\nb\n>>>>>>> v2\n".into()],
        ),
        (
            "empty files are no renames",
            &["x/i="],
            &["y/i="],
            &["x/i=1"],
            &["StaysDeleted(\"x/i\", None)".into()],
        ),
    ];
    for (name, base, ours, theirs, expected) in cases {
        assert_eq!(said(&merged(&tree(base), &tree(ours), &tree(theirs))), *expected, "{name}");
    }
}

#[test]
fn line_ends_are_no_difference() {
    let cases = [
        ("ours as a disk writes them", "a\nb\n", "a\r\nb\r\n", "a\nc\n", "f: Merged: a\r\nc\r\n"),
        (
            "with a change of ours",
            "a\nb\nc\nd\n",
            "1\r\nb\r\nc\r\nd\r\n",
            "a\nb\nc\n4\n",
            "f: Merged: 1\r\nb\r\nc\r\n4\r\n",
        ),
        (
            "theirs change",
            "a\nb\nc\nd\n",
            "1\nb\nc\nd\n",
            "a\r\nb\r\nc\r\n4\r\n",
            "f: Merged: 1\r\nb\r\nc\r\n4\r\n",
        ),
        ("ours of some lines", "a\nb\nc\nd\n", "a\r\nb\nc\nd\n", "a\nb\nc\n4\n", "f: Merged: a\r\nb\nc\n4\n"),
        (
            "in a conflict",
            "a\r\nb\r\n",
            "1\r\nb\r\n",
            "2\r\nb\r\n",
            "f: Conflict(Lines): <<<<<<< yours\r\n1\r\n||||||| v1 (before)\r\na\r\n=======\r\n2\r\n>>>>>>> v2\r\nb\r\n",
        ),
        ("the last line has none", "a\nb", "a\r\nb", "a\nb\nc", "f: Merged: a\r\nb\r\nc"),
    ];
    for (name, base, ours, theirs, expected) in cases {
        let file = |text: &str| tree(&[&format!("f={text}")]);
        assert_eq!(said(&merged(&file(base), &file(ours), &file(theirs))), [expected], "{name}");
    }
    let gone = merged(&tree(&["f=a\nb\n"]), &tree(&["f=a\r\nb\r\n"]), &[]);
    assert_eq!(said(&gone), ["f: Taken: -"], "a file that nobody changed goes");
}

#[test]
fn what_is_no_plain_file_is_left_alone() {
    let barred: BTreeMap<String, String> =
        [("docs".into(), "is a symbolic link".into()), ("big".into(), "is larger than 8 MiB".into())].into();
    let said_of = |base: &[&str], theirs: &[&str]| {
        let (base, theirs, lost) = (tree(base), tree(theirs), BTreeSet::new());
        let trees = Trees { base: &base, lost: &lost, ours: &[], barred: &barred, theirs: &theirs };
        said(&merge(&trees, &labels()).unwrap())
    };
    assert_eq!(said_of(&["docs/a=x"], &["docs/a=x"]), Vec::<String>::new(), "nothing is asked of it");
    let changed = said_of(&["docs/a=x", "big=x"], &["docs/a=y", "docs/b=y", "big=y"]);
    let link = "Conflict(Barred(\"`docs` is a symbolic link\")): -";
    let big = "big: Conflict(Barred(\"`big` is larger than 8 MiB\")): -".to_string();
    assert_eq!(changed, [big, format!("docs/a: {link}"), format!("docs/b: {link}")]);
}

#[test]
fn without_what_was_before_both_sides_stand_against_each_other() {
    let lost: BTreeSet<String> = ["both", "deleted", "dropped", "same"].map(String::from).into();
    let ours = tree(&["both=a\nours\nc\n", "dropped=x", "same=x"]);
    let theirs = tree(&["both=a\ntheirs\nc\n", "deleted=x", "same=x"]);
    let trees = Trees { base: &[], lost: &lost, ours: &ours, barred: &BTreeMap::new(), theirs: &theirs };
    assert_eq!(
        said(&merge(&trees, &labels()).unwrap()),
        [
            "both: Conflict(Lines): a\n<<<<<<< yours\nours\n=======\ntheirs\n>>>>>>> v2\nc\n",
            "dropped: Conflict(Deleted): x",
            "StaysDeleted(\"deleted\", None)",
        ]
    );
}

/// What is gone, what is new, and what became of what.
type Renames<'c> = (&'c [&'c str], &'c [&'c str], &'c [(&'c str, &'c str)]);

#[test]
fn renames_go_to_what_is_most_alike() {
    let half = "a\nb\nc\nd\nv\nw\nx\ny\n";
    let cases: &[Renames<'_>] = &[
        // The same bytes come first, then the name that stays.
        (&["a/x=1\n2\n", "b/x=1\n2\n"], &["c/y=1\n2\n", "c/x=1\n2\n"], &[("a/x", "c/x"), ("b/x", "c/y")]),
        // Half of the larger one is enough, less is not.
        (&["f=a\nb\nc\nd\n"], &[&format!("g={half}")], &[("f", "g")]),
        (&["f=a\nb\nc\n"], &[&format!("g={half}")], &[]),
        (&["f=a\nb\nc\nd\n"], &["g=a\r\nb\r\nc\r\nd\r\n"], &[("f", "g")]),
        (&["f="], &["g="], &[]),
    ];
    for (gone, new, expected) in cases {
        let (gone, new) = (tree(gone), tree(new));
        let (found, all) = rename::renames(&gone.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>());
        assert_eq!(found.into_iter().collect::<Vec<_>>(), *expected);
        assert!(all);
    }
}

#[test]
fn too_many_pairs_are_not_compared() {
    let files = |folder: &str| -> Vec<TreeFile> {
        (0..500).map(|at| tree(&[&format!("{folder}/{at}={folder}\n{at}\n{at}\n")]).remove(0)).collect()
    };
    let (gone, new) = (files("a"), files("b"));
    let merge = merged(&gone, &new, &gone);
    assert_eq!(merge.remarks, [Remark::ManyFiles]);
}

/// Lines of a few words, so that sides meet.
fn lines() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-e]{1,3}", 1..12)
}

/// An edit of lines: where, how many go, what comes.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, Vec<String>)>> {
    prop::collection::vec((0..12_usize, 0..3_usize, prop::collection::vec("[a-z]{2,6}", 0..3)), 0..3)
}

fn edited(lines: &[String], edits: &[(usize, usize, Vec<String>)]) -> Vec<String> {
    let mut lines = lines.to_vec();
    for (at, gone, new) in edits {
        let at = at % (lines.len() + 1);
        let end = (at + gone).min(lines.len());
        lines.splice(at..end, new.iter().cloned());
    }
    lines
}

fn file(lines: &[String]) -> Vec<TreeFile> {
    let bytes = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    vec![TreeFile { path: "f".into(), bytes: bytes.into_bytes().into(), executable: false }]
}

/// Folders of files with a few names and contents, so that sides meet, and are renamed.
fn folder() -> impl Strategy<Value = Vec<TreeFile>> {
    let content =
        prop::sample::select(vec!["", "x", "a\nb\nc\nd\n", "a\nb\nc\n4\n", "a\nb\nc\nd\ne\n", "\0\n"]);
    let file = (content, any::<bool>());
    prop::collection::btree_map("[a-d]", file, 0..4).prop_map(|files| {
        let file = |(path, (bytes, executable)): (String, (&str, bool))| TreeFile {
            path,
            bytes: bytes.as_bytes().into(),
            executable,
        };
        files.into_iter().map(file).collect()
    })
}

/// Returns our side after a merge.
fn result(ours: &[TreeFile], merge: &Merge) -> BTreeMap<String, TreeFile> {
    let mut files: BTreeMap<String, TreeFile> =
        ours.iter().map(|file| (file.path.clone(), file.clone())).collect();
    for merged in &merge.files {
        assert_eq!(merged.before.as_ref(), ours.iter().find(|file| file.path == merged.path));
        match &merged.after {
            Some(file) => drop(files.insert(merged.path.clone(), file.clone())),
            None => drop(files.remove(&merged.path)),
        }
    }
    files
}

/// Returns what `git merge-file` makes of three texts.
fn of_git(base: &[u8], ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("ours", ours), ("base", base), ("theirs", theirs)] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let labels = ["-L", "yours", "-L", "v1 (before)", "-L", "v2"];
    let mut git = std::process::Command::new("git");
    git.current_dir(folder.path()).args(["merge-file", "-p", "--diff3"]);
    let done = git.args(labels).args(["ours", "base", "theirs"]).output().unwrap();
    assert!(done.status.code().is_some_and(|code| code < 128), "{done:?}");
    done.stdout
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_merge_as_git_merges_them(base in lines(), ours in edits(), theirs in edits()) {
        let (ours, theirs) = (file(&edited(&base, &ours)), file(&edited(&base, &theirs)));
        let base = file(&base);
        prop_assume!(!ours[0].bytes.is_empty() && !theirs[0].bytes.is_empty());
        let merge = merged(&base, &ours, &theirs);
        let bytes = &result(&ours, &merge)["f"].bytes;
        let expected = of_git(&base[0].bytes, &ours[0].bytes, &theirs[0].bytes);
        prop_assert_eq!(String::from_utf8_lossy(bytes), String::from_utf8_lossy(&expected));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_of_ours_is_lost(base in lines(), our_edits in edits(), their_edits in edits()) {
        let (ours, theirs) = (edited(&base, &our_edits), edited(&base, &their_edits));
        let merge = merged(&file(&base), &file(&ours), &file(&theirs));
        let merged = result(&file(&ours), &merge);
        let text = String::from_utf8_lossy(&merged["f"].bytes).into_owned();
        for line in ours.iter().filter(|line| !base.contains(line)) {
            prop_assert!(text.lines().any(|it| it == line), "{line} is not in {text}");
        }
        if our_edits.is_empty() {
            prop_assert_eq!(&merged["f"].bytes, &file(&theirs)[0].bytes);
        }
    }

    #[test]
    fn nothing_new_changes_nothing(base in folder(), ours in folder()) {
        prop_assert_eq!(merged(&base, &ours, &base), Merge::default());
    }

    #[test]
    fn what_nobody_touched_becomes_theirs(base in folder(), theirs in folder()) {
        let merge = merged(&base, &base, &theirs);
        let conflicts = merge.files.iter().filter(|file| matches!(file.outcome, Outcome::Conflict(_)));
        prop_assert_eq!(conflicts.count(), 0);
        let expected = theirs.iter().map(|file| (file.path.clone(), file.clone())).collect();
        prop_assert_eq!(result(&base, &merge), expected);
    }

    #[test]
    fn what_both_did_changes_nothing(base in folder(), both in folder()) {
        prop_assert_eq!(merged(&base, &both, &both), Merge::default());
    }

    #[test]
    fn every_change_of_ours_stays(base in folder(), ours in folder(), theirs in folder()) {
        let merge = merged(&base, &ours, &theirs);
        let after = result(&ours, &merge);
        for file in &ours {
            let known = base.iter().any(|it| text::is_same(&it.bytes, &file.bytes));
            let lines = file.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            for line in lines.filter(|_| !known) {
                let new = !base.iter().any(|it| it.bytes.split(|byte| *byte == b'\n').any(|it| it == line));
                let kept = after.values().any(|it| it.bytes.split(|byte| *byte == b'\n').any(|it| it == line));
                prop_assert!(!new || kept, "{:?} of {} is lost: {:?}", line, file.path, merge);
            }
        }
    }
}
