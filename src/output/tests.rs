use std::fs;
use std::path::Path;

use super::*;

/// Builds `files` into `folder`.
fn build(folder: &Path, files: &[(&str, &str)]) -> Result<Summary, Error> {
    let output = Output::open(folder, false)?;
    for (path, text) in files {
        output.write(path, Rank::Leaf, text.as_bytes())?;
    }
    output.publish()
}

fn text(folder: &Path, path: &str) -> Option<String> {
    fs::read_to_string(folder.join(path)).ok()
}

#[test]
fn a_build_writes_what_changed_and_removes_what_went() {
    let root = tempfile::tempdir().expect("a folder");
    let site = root.path().join("site");
    let first = build(&site, &[("index.html", "1"), ("a/b.html", "b"), ("c/d.html", "d")]).expect("built");
    assert_eq!(first, Summary { written: 3, unchanged: 0, removed: 0, bytes: 3 });
    let second = build(&site, &[("index.html", "2"), ("a/b.html", "b"), ("e.html", "e")]).expect("built");
    assert_eq!(second, Summary { written: 2, unchanged: 1, removed: 1, bytes: 3 });
    assert_eq!(text(&site, "index.html").as_deref(), Some("2"));
    assert!(!site.join("c").exists());
    let third = build(&site, &[("index.html", "2"), ("a/b.html", "b"), ("e.html", "e")]).expect("built");
    assert_eq!((third.written, third.removed), (0, 0));
    let names: Vec<_> =
        fs::read_dir(root.path()).expect("read").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["site"], "nothing is left beside the folder");
}

#[test]
fn what_was_made_from_the_same_is_kept_unless_somebody_changed_it() {
    let root = tempfile::tempdir().expect("a folder");
    let site = root.path().join("site");
    let build = |from: u64, bytes: &[u8]| {
        let output = Output::open(&site, false).expect("opened");
        let kept = output.keep("a.html", Rank::Leaf, from, &mut Vec::new()).expect("read");
        if !kept {
            output.write_made("a.html", Rank::Leaf, bytes, from).expect("written");
        }
        (kept, output.publish().expect("published"))
    };
    let summary = |written, unchanged| Summary { written, unchanged, removed: 0, bytes: 1 };
    assert_eq!(build(7, b"a"), (false, summary(1, 0)), "there was nothing");
    assert_eq!(build(7, b"b"), (true, summary(0, 1)), "the same sources");
    assert_eq!(build(8, b"a"), (false, summary(0, 1)), "other sources that come to the same");
    assert_eq!(build(8, b"b"), (true, summary(0, 1)), "their hash was kept");
    fs::write(site.join("a.html"), "edited").expect("written");
    assert_eq!(build(8, b"a"), (false, summary(1, 0)), "an edited file is made again");
    fs::remove_file(site.join("a.html")).expect("removed");
    assert_eq!(build(8, b"a"), (false, summary(1, 0)), "a removed one as well");
    assert_eq!(text(&site, "a.html").as_deref(), Some("a"));
}

#[test]
fn a_file_older_than_the_manifest_is_not_read_again() {
    let root = tempfile::tempdir().expect("a folder");
    let site = root.path().join("site");
    let build = |from: u64| {
        let output = Output::open(&site, false).expect("opened");
        let kept = output.keep("a.html", Rank::Leaf, from, &mut Vec::new()).expect("read");
        if !kept {
            output.write_made("a.html", Rank::Leaf, b"a", from).expect("written");
        }
        output.write("b.html", Rank::Leaf, b"b").expect("written");
        output.publish().expect("published");
        kept
    };
    assert!(!build(1));
    // Clocks of file systems tick slowly: only now is the manifest surely newer than the files.
    std::thread::sleep(std::time::Duration::from_millis(20));
    let manifest = fs::read(site.join(MANIFEST)).expect("read");
    fs::write(site.join(MANIFEST), manifest).expect("written");
    assert!(build(1));
    for (path, text) in [("a.html", "A"), ("b.html", "B")] {
        fs::write(site.join(path), text).expect("written");
    }
    assert!(!build(1), "a change of the same size is seen");
    assert_eq!(text(&site, "a.html").as_deref(), Some("a"));
    assert_eq!(text(&site, "b.html").as_deref(), Some("b"));
}

#[test]
fn a_folder_of_others_is_left_alone() {
    let root = tempfile::tempdir().expect("a folder");
    fs::write(root.path().join("thesis.txt"), "years of work").expect("written");
    let error = build(root.path(), &[("index.html", "1")]).expect_err("refused");
    assert!(error.to_string().contains("--force"), "{error}");
    let output = Output::open(root.path(), true).expect("forced");
    output.write("index.html", Rank::Home, b"1").expect("written");
    output.publish().expect("published");
    build(root.path(), &[("other.html", "1")]).expect("made by portal now");
    assert_eq!(text(root.path(), "thesis.txt").as_deref(), Some("years of work"));
    assert!(!root.path().join("index.html").exists());
}

#[test]
fn two_builds_of_one_folder_do_not_mix() {
    let root = tempfile::tempdir().expect("a folder");
    let site = root.path().join("site");
    let running = Output::open(&site, false).expect("opened");
    assert!(matches!(Output::open(&site, false), Err(Error::Locked(_))));
    drop(running);
    build(&site, &[("index.html", "1")]).expect("a build that ended holds no lock");
}

#[test]
fn what_a_killed_build_left_is_cleaned_up() {
    let root = tempfile::tempdir().expect("a folder");
    let site = root.path().join("site");
    build(&site, &[("index.html", "1")]).expect("built");
    // As left by a build killed after it placed a new file: the manifest knows it, the lock file is there.
    let work = root.path().join(".site.portal-build/staging");
    fs::create_dir_all(&work).expect("made");
    fs::write(root.path().join(".site.portal-build/lock"), "").expect("written");
    fs::write(work.join("half.html"), "ha").expect("written");
    fs::write(site.join("new.html"), "new").expect("written");
    let entries = ["index.html", "new.html"].map(|path| Entry::new(path, b"", None));
    manifest::write(&site, entries.iter()).expect("written");
    let summary = build(&site, &[("index.html", "1")]).expect("built");
    assert_eq!((summary.unchanged, summary.removed), (1, 1));
    assert!(!site.join("half.html").exists() && !site.join("new.html").exists());
}

#[test]
fn a_path_becomes_a_folder_and_back() {
    let root = tempfile::tempdir().expect("a folder");
    let site = root.path().join("site");
    for files in [[("a", "1"), ("x", "1")], [("a/b/c", "2"), ("x", "1")], [("a", "3"), ("x", "1")]] {
        let result = build(&site, &files);
        // The old file is removed only after the new one is there, so a name cannot change twice at once.
        if let Err(error) = result {
            panic!("{files:?}: {error}");
        }
        assert_eq!(text(&site, files[0].0).as_deref(), Some(files[0].1));
    }
}

#[test]
fn paths_stay_inside() {
    let root = tempfile::tempdir().expect("a folder");
    let output = Output::open(&root.path().join("site"), false).expect("opened");
    for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "C:\\x", "a\\b", MANIFEST] {
        assert!(matches!(output.write(path, Rank::Leaf, b""), Err(Error::Path(_))), "{path}");
    }
    output.write("a", Rank::Leaf, b"").expect("written");
    output.write("a", Rank::Leaf, b"").expect("written");
    assert!(matches!(output.publish(), Err(Error::Duplicate(_))));
}

#[test]
fn a_site_in_memory_goes_from_one_build_to_the_next() {
    let shelf = Arc::new(Shelf::default());
    let build = |files: &[(&str, &str)]| {
        let output = Output::memory(&shelf);
        for (path, text) in files {
            output.write(path, Rank::Leaf, text.as_bytes())?;
        }
        output.publish()
    };
    let text = |snapshot: &Snapshot, path: &str| snapshot.get(path).map(|bytes| bytes.to_vec());
    let first = build(&[("index.html", "1"), ("a/b.html", "b")]).expect("built");
    assert_eq!(first, Summary { written: 2, unchanged: 0, removed: 0, bytes: 2 });
    let reader = shelf.shown();
    let second = build(&[("index.html", "2"), ("c.html", "c")]).expect("built");
    assert_eq!(second, Summary { written: 2, unchanged: 0, removed: 1, bytes: 2 });
    assert_eq!(text(&reader, "index.html").as_deref(), Some(&b"1"[..]), "who reads has a whole build");
    assert_eq!(text(&shelf.shown(), "index.html").as_deref(), Some(&b"2"[..]));
    assert_eq!(text(&shelf.shown(), "a/b.html"), None);
    let id = shelf.shown().id();
    assert_ne!(id, reader.id());
    assert!(build(&[("x", "1"), ("x", "2")]).is_err() && build(&[("../x", "1")]).is_err());
    assert_eq!(shelf.shown().id(), id, "a build that failed is not shown");
    let same = build(&[("c.html", "c"), ("index.html", "2")]).expect("built");
    assert_eq!((same.unchanged, shelf.shown().id()), (2, id), "the same files are the same build");
}

#[test]
fn what_was_made_from_the_same_is_kept_in_memory() {
    let shelf = Arc::new(Shelf::default());
    let build = |from: u64, bytes: &[u8]| {
        let output = Output::memory(&shelf);
        let kept = output.keep("a.html", Rank::Leaf, from, &mut Vec::new()).expect("memory");
        if !kept {
            output.write_made("a.html", Rank::Leaf, bytes, from).expect("memory");
        }
        output.publish().expect("published");
        (kept, shelf.shown().get("a.html").map(|bytes| bytes.to_vec()))
    };
    assert_eq!(build(7, b"a"), (false, Some(b"a".to_vec())));
    assert_eq!(build(7, b"b"), (true, Some(b"a".to_vec())));
    assert_eq!(build(8, b"b"), (false, Some(b"b".to_vec())));
}
