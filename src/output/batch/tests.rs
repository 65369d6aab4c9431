use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::path::Path;

use super::checked::Checked;
use super::folder::{Entry, Mode};
use super::*;

thread_local! {
    /// What is asked before each thing that is done on a [`Faulty`] folder, with its number.
    static BEFORE: RefCell<Hook> = RefCell::new(Hook { count: 0, ask: Box::new(|_| Ok(())) });
}

struct Hook {
    count: usize,
    ask: Box<dyn FnMut(usize) -> io::Result<()>>,
}

/// Asks `hook` from now on, and counts from nought.
fn before_each(ask: impl FnMut(usize) -> io::Result<()> + 'static) {
    BEFORE.set(Hook { count: 0, ask: Box::new(ask) });
}

fn ask() -> io::Result<()> {
    BEFORE.with_borrow_mut(|hook| {
        hook.count += 1;
        (hook.ask)(hook.count - 1)
    })
}

/// A folder of a disk that fails.
#[derive(Debug)]
struct Faulty<F>(F);

impl<F: Folder> Folder for Faulty<F> {
    fn open(path: &Path) -> io::Result<Self> {
        F::open(path).map(Self)
    }
    fn enter(&self, name: &str) -> io::Result<Self> {
        ask().and_then(|()| self.0.enter(name)).map(Self)
    }
    fn entry(&self, name: &str) -> io::Result<Entry> {
        ask().and_then(|()| self.0.entry(name))
    }
    fn read(&self, name: &str) -> io::Result<(Vec<u8>, Permissions)> {
        ask().and_then(|()| self.0.read(name))
    }
    fn create(&self, name: &str, bytes: &[u8], mode: &Mode) -> io::Result<()> {
        // As when the disk is full: the file is there, with a part of what it is to hold.
        ask().or_else(|error| {
            self.0.create(name, bytes.get(..bytes.len() / 2).unwrap_or_default(), mode)?;
            Err(error)
        })?;
        self.0.create(name, bytes, mode)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        ask().and_then(|()| self.0.rename(from, to))
    }
    fn remove_file(&self, name: &str) -> io::Result<()> {
        ask().and_then(|()| self.0.remove_file(name))
    }
    fn make_folder(&self, name: &str) -> io::Result<()> {
        ask().and_then(|()| self.0.make_folder(name))
    }
    fn remove_folder(&self, name: &str) -> io::Result<()> {
        ask().and_then(|()| self.0.remove_folder(name))
    }
    fn permissions(&self) -> io::Result<Permissions> {
        ask().and_then(|()| self.0.permissions())
    }
    fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        ask().and_then(|()| self.0.set_permissions(permissions))
    }
}

static GO_ON: AtomicBool = AtomicBool::new(false);

fn file<'a>(path: &'a str, text: &'a str) -> Change<'a> {
    Change { path, bytes: Some(text.as_bytes()), executable: false }
}

fn program<'a>(path: &'a str, text: &'a str) -> Change<'a> {
    Change { executable: true, ..file(path, text) }
}

fn gone(path: &str) -> Change<'_> {
    Change { path, bytes: None, executable: false }
}

/// Returns everything below a folder: what it is, its mode, and what it holds.
fn snapshot(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(folder, "", &mut found);
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mode = folder::permissions(&metadata);
        let said = match Entry::of(&metadata) {
            Entry::Link => format!("link to {}", fs::read_link(&path).unwrap().display()),
            Entry::Folder => format!("folder {mode:?}"),
            _ => format!("{:?} {mode:?}", String::from_utf8_lossy(&fs::read(&path).unwrap())),
        };
        found.insert(name.clone(), said);
        if metadata.is_dir() {
            collect(&path, &format!("{name}/"), found);
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// Makes a folder `root` with files in it, beside a folder that is nobody's business.
fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text, mode) in [
        ("root/same.txt", "same", 0o640),
        ("root/text.txt", "old", 0o600),
        ("root/run.sh", "old", 0o750),
        ("root/plain.sh", "runs", 0o755),
        ("root/starts.sh", "starts", 0o640),
        ("root/a/gone.txt", "gone", 0o444),
        ("root/a/kept.txt", "kept", 0o644),
        ("root/b/c/gone.txt", "gone too", 0o600),
        ("outside/secret", "secret", 0o600),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        set_mode(&path, mode);
    }
    set_mode(&folder.path().join("root/b/c"), 0o710);
    folder
}

const CHANGES: fn() -> Vec<Change<'static>> = || {
    vec![
        gone("a/gone.txt"),
        file("same.txt", "same"),
        file("text.txt", "new"),
        program("run.sh", "new"),
        file("plain.sh", "runs"),
        program("starts.sh", "starts"),
        gone("b/c/gone.txt"),
        gone("never/there.txt"),
        file("new.txt", "1"),
        program("x/y/z/new.sh", "2"),
        file("x/y/other", "3"),
        file("a/new.txt", ""),
    ]
};

fn is_written(root: &Path) {
    let text = |path: &str| fs::read_to_string(root.join(path)).ok();
    for (path, expected) in [
        ("same.txt", Some("same")),
        ("text.txt", Some("new")),
        ("run.sh", Some("new")),
        ("a/gone.txt", None),
        ("a/kept.txt", Some("kept")),
        ("b/c/gone.txt", None),
        ("new.txt", Some("1")),
        ("x/y/z/new.sh", Some("2")),
        ("x/y/other", Some("3")),
        ("a/new.txt", Some("")),
    ] {
        assert_eq!(text(path).as_deref(), expected, "{path}");
    }
    assert!(!root.join("b").exists(), "empty folders go");
    let left: Vec<String> = snapshot(root).into_keys().filter(|path| path.contains(".portal-")).collect();
    assert!(left.is_empty(), "{left:?}");
    #[cfg(unix)]
    for (path, expected) in [
        ("same.txt", 0o640),
        ("text.txt", 0o600),
        ("run.sh", 0o750),
        ("plain.sh", 0o644),
        ("starts.sh", 0o750),
    ] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(root.join(path)).unwrap().permissions());
        assert_eq!(mode & 0o7777, expected, "{path}");
    }
    #[cfg(unix)]
    for (path, executable) in [("new.txt", false), ("x/y/z/new.sh", true), ("x/y/other", false)] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(root.join(path)).unwrap().permissions());
        assert_eq!(mode & 0o100 != 0, executable, "{path}");
        assert_eq!(mode & 0o022, 0, "{path} can be written by its owner only");
    }
}

#[test]
fn files_are_written_and_taken_back() {
    let folder = scene();
    let before = snapshot(folder.path());
    let root = folder.path().join("root");
    let written = write(&root, &CHANGES(), &GO_ON).unwrap();
    is_written(&root);
    let after = snapshot(folder.path());
    assert_eq!(after.get("outside/secret"), before.get("outside/secret"));
    written.undo().unwrap();
    assert_eq!(snapshot(folder.path()), before);
    drop(write(&root, &CHANGES(), &GO_ON).unwrap());
    assert_eq!(snapshot(folder.path()), after, "what is not taken back stays");
}

#[test]
fn a_file_that_is_as_it_is_to_be_is_not_touched() {
    let folder = scene();
    let root = folder.path().join("root");
    let time = || fs::metadata(root.join("same.txt")).unwrap().modified().unwrap();
    let before = (time(), fs::metadata(&root).unwrap().modified().unwrap());
    let written = write(&root, &[file("same.txt", "same"), gone("none")], &GO_ON).unwrap();
    assert!(written.0.is_none());
    assert_eq!((time(), fs::metadata(&root).unwrap().modified().unwrap()), before);
}

#[test]
fn the_root_is_made_and_goes_again() {
    let folder = scene();
    let before = snapshot(folder.path());
    let root = folder.path().join("one/two");
    let written = write(&root, &[file("x", "x")], &GO_ON).unwrap();
    assert_eq!(fs::read_to_string(root.join("x")).unwrap(), "x");
    written.undo().unwrap();
    assert_eq!(snapshot(folder.path()), before);
    // What somebody else puts there meanwhile stays.
    let written = write(&root, &[file("x", "x")], &GO_ON).unwrap();
    fs::write(folder.path().join("one/theirs"), "theirs").unwrap();
    written.undo().unwrap();
    assert!(folder.path().join("one/theirs").exists() && !root.exists());
    let written = write(&root, &[gone("x")], &GO_ON).unwrap();
    assert!(written.0.is_none() && !root.exists(), "nothing to remove, nothing to make");
    // The root itself stays when it becomes empty.
    drop(write(&root, &[file("x", "x")], &GO_ON).unwrap());
    drop(write(&root, &[gone("x")], &GO_ON).unwrap());
    assert!(root.is_dir());
    let error = write(&folder.path().join("root/same.txt"), &[file("x", "x")], &GO_ON).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_nothing_is_written() {
    let folder = scene();
    let before = snapshot(folder.path());
    let long = "n".repeat(10_000);
    let changes = [
        file("fine.txt", ""),
        file("../up.txt", ""),
        file("/root.txt", ""),
        gone("a/../../outside/secret"),
        file(".git/config", ""),
        file("a", ""),
        gone("a"),
        file("text.txt/x", ""),
        file("text.txt/y/z", ""),
        file("line\nbreak/../x", ""),
        file(&long, ""),
    ];
    let root = folder.path().join("root");
    let Err(Error::Refused { reasons, .. }) = write(&root, &changes, &GO_ON) else { panic!("refused") };
    assert_eq!(snapshot(folder.path()), before);
    let (last, others) = reasons.split_last().unwrap();
    assert_eq!(
        others,
        [
            "`a` is to be written twice",
            "`../up.txt` is no path of a file below the folder",
            "`/root.txt` is no path of a file below the folder",
            "`a/../../outside/secret` is no path of a file below the folder",
            "`.git/config` would belong to Git itself",
            "`a` is a folder, not a file",
            "`text.txt` is a file, and a folder is needed there",
            "`line\\nbreak/../x` is no path of a file below the folder",
        ]
    );
    assert!(last.contains("cannot be read: ") && last.len() < 7_000, "{last}");
    let error = write(&root, &changes[1..2], &GO_ON).unwrap_err().to_string();
    assert!(error.ends_with("root`: `../up.txt` is no path of a file below the folder"), "{error}");
    let error = write(&root, &changes[1..3], &GO_ON).unwrap_err().to_string();
    assert_eq!(error.lines().count(), 3, "{error}");
}

/// Returns the number of things that are done on the disk when nothing fails.
fn count<F: Folder>() -> usize {
    let folder = scene();
    before_each(|_| Ok(()));
    drop(write_in::<Faulty<F>>(&folder.path().join("root"), &CHANGES(), &GO_ON).unwrap());
    BEFORE.with_borrow(|hook| hook.count)
}

fn full() -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, "no room")
}

fn whatever_fails_is_taken_back<F: Folder>() {
    let count = count::<F>();
    assert!(count > 60, "{count}");
    let mut failures = 0;
    for failing in 0..count {
        let folder = scene();
        let before = snapshot(folder.path());
        let root = folder.path().join("root");
        before_each(move |number| if number == failing { Err(full()) } else { Ok(()) });
        match write_in::<Faulty<F>>(&root, &CHANGES(), &GO_ON) {
            Err(error) => {
                failures += 1;
                assert!(error.to_string().contains("no room"), "{error}");
                assert_eq!(snapshot(folder.path()), before, "{failing}: {error}");
            }
            // Only an empty folder may be left where it is.
            Ok(_) => {
                assert!(root.join("new.txt").exists() && !root.join("b/c/gone.txt").exists(), "{failing}")
            }
        }
    }
    assert!(failures > count / 2);
}

#[test]
fn whatever_fails_all_is_taken_back() {
    #[cfg(unix)]
    whatever_fails_is_taken_back::<handle::Handle>();
    whatever_fails_is_taken_back::<Checked>();
}

#[test]
fn what_cannot_be_taken_back_is_named() {
    let mut named = 0;
    for failing in 0..count::<Disk>() {
        let folder = scene();
        let before = snapshot(folder.path());
        // From here on the disk does nothing any more.
        before_each(move |number| if number >= failing { Err(full()) } else { Ok(()) });
        let result = write_in::<Faulty<Disk>>(&folder.path().join("root"), &CHANGES(), &GO_ON);
        let said = result.err().map(|error| error.to_string()).unwrap_or_default();
        let after = snapshot(folder.path());
        for path in before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)) {
            let whole = folder.path().join(path);
            let name = format!("`{}`", whole.display());
            assert!(said.contains(&name) || said.is_empty(), "{failing}: {path} is not in {said}");
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn what_failed_for_lack_of_room_is_tried_again() {
    let folder = scene();
    let before = snapshot(folder.path());
    before_each(|_| Ok(()));
    let journal = write_in::<Faulty<Disk>>(&folder.path().join("root"), &CHANGES(), &GO_ON).unwrap().unwrap();
    // There is room for nothing while the first steps are taken back.
    before_each(|number| if number < 12 { Err(full()) } else { Ok(()) });
    journal.undo().unwrap();
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn a_run_that_is_to_stop_leaves_nothing() {
    for stopping in 0..count::<Disk>() {
        static STOP: AtomicBool = AtomicBool::new(false);
        STOP.store(false, Ordering::SeqCst);
        let folder = scene();
        let before = snapshot(folder.path());
        before_each(move |number| {
            STOP.fetch_or(number == stopping, Ordering::SeqCst);
            Ok(())
        });
        let result = write_in::<Faulty<Disk>>(&folder.path().join("root"), &CHANGES(), &STOP);
        assert!(matches!(result, Err(Error::Stopped)), "{stopping}");
        assert_eq!(snapshot(folder.path()), before, "{stopping}");
    }
    let folder = scene();
    let stopped = write(&folder.path().join("new"), &[file("x", "x")], &AtomicBool::new(true));
    assert!(matches!(stopped, Err(Error::Stopped)) && !folder.path().join("new").exists());
}

#[test]
fn a_temporary_name_that_is_taken_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let name = |number: u32| format!(".portal-{}-{number}", std::process::id());
    fs::write(folder.path().join(name(1)), "from an earlier run").unwrap();
    let (second, third) = (name(2), name(3));
    let changes = [file("x", "x"), file(&second, "wanted"), file(&third, "wanted, too"), file("y", "y")];
    let written = write(folder.path(), &changes, &GO_ON).unwrap();
    let text = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert_eq!(text(&name(1)), "from an earlier run");
    assert_eq!([text("x"), text(&second), text(&third), text("y")], ["x", "wanted", "wanted, too", "y"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
    written.undo().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_there_is_seen() {
    let folder = scene();
    let root = folder.path().join("root");
    let there = |path: &str| look(&root, path);
    let file = |text: &str, executable| There::File { bytes: text.into(), executable };
    assert_eq!(there("same.txt").unwrap(), file("same", false));
    assert_eq!(there("run.sh").unwrap(), file("old", cfg!(unix)));
    assert_eq!(there("b/c").unwrap(), There::Folder);
    for path in ["none", "none/x/y", "b/c/none"] {
        assert_eq!(there(path).unwrap(), There::Nothing);
        assert_eq!(look(&folder.path().join("no/root"), path).unwrap(), There::Nothing);
    }
    for path in ["../outside/secret", "", "/etc/passwd", ".git/config", "same.txt/x"] {
        assert!(matches!(there(path), Err(Error::Refused { .. })), "{path}");
    }
    assert!(look(&root.join("same.txt"), "x").is_err(), "a root that is a file");
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::handle::Handle;
    use super::*;

    fn refused<F: Folder>() {
        let folder = scene();
        let root = folder.path().join("root");
        for (link, target) in [
            ("out", "../outside"),
            ("chain", "out"),
            ("inside", "a"),
            ("dangling", "nowhere"),
            ("leaf", "../outside/secret"),
            ("a/up", "../../outside"),
            ("round", "round"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        symlink(folder.path().join("outside"), root.join("absolute")).unwrap();
        let before = snapshot(folder.path());
        for (path, expected) in [
            ("out/x", "`out` is a link, and links are not followed"),
            ("out/x/y/z", "`out` is a link, and links are not followed"),
            ("chain/x", "`chain` is a link, and links are not followed"),
            ("inside/kept.txt", "`inside` is a link, and links are not followed"),
            ("dangling/x", "`dangling` is a link, and links are not followed"),
            ("absolute/secret", "`absolute` is a link, and links are not followed"),
            ("a/up/secret", "`a/up` is a link, and links are not followed"),
            ("round/x", "`round` is a link, and links are not followed"),
            ("leaf", "`leaf` is a link, not a file: remove it first"),
            ("dangling", "`dangling` is a link, not a file: remove it first"),
            ("out", "`out` is a link, not a file: remove it first"),
        ] {
            for change in [file(path, "x"), gone(path)] {
                match write_in::<F>(&root, &[file("first", "1"), change], &GO_ON) {
                    Err(Error::Refused { reasons, .. }) => assert_eq!(reasons, [expected]),
                    other => panic!("{path}: {other:?}"),
                }
                assert_eq!(snapshot(folder.path()), before);
            }
            match look_in::<F>(&root, path) {
                Ok(There::Link) => assert!(expected.ends_with("remove it first"), "{path}"),
                Err(Error::Refused { reasons, .. }) => assert_eq!(reasons, [expected]),
                other => panic!("{path}: {other:?}"),
            }
        }
    }

    #[test]
    fn links_are_refused_and_named() {
        refused::<Handle>();
        refused::<Checked>();
    }

    #[test]
    fn the_root_itself_may_be_reached_through_links() {
        let folder = scene();
        symlink("root", folder.path().join("link")).unwrap();
        drop(write(&folder.path().join("link"), &CHANGES(), &GO_ON).unwrap());
        is_written(&folder.path().join("root"));
    }

    /// Puts a link to the folder outside in the place of `x` and of `a` before each thing that is done.
    fn swapped<F: Folder>(name: &'static str) {
        let mut swaps = 0;
        for swapping in 0..count::<F>() {
            let folder = scene();
            let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
            for path in ["y/z", "new.txt"] {
                fs::create_dir_all(outside.join(path)).unwrap();
            }
            fs::write(outside.join("gone.txt"), "theirs").unwrap();
            let before = snapshot(&outside);
            let (moved, out) = (root.join(name), outside.clone());
            before_each(move |number| {
                if number == swapping {
                    // The folder may not be there yet; the link is, then.
                    let _ = fs::rename(&moved, moved.with_file_name("away"));
                    symlink(&out, &moved).unwrap();
                }
                Ok(())
            });
            let result = write_in::<Faulty<F>>(&root, &CHANGES(), &GO_ON);
            assert_eq!(snapshot(&outside), before, "{swapping}: {result:?}");
            swaps += usize::from(result.is_err());
        }
        assert!(swaps > 10, "{swaps}");
    }

    #[test]
    fn a_link_that_appears_meanwhile_is_not_followed() {
        swapped::<Handle>("x");
        swapped::<Handle>("a");
        swapped::<Checked>("x");
        swapped::<Checked>("a");
    }

    #[test]
    fn a_link_that_takes_the_place_of_the_file_meanwhile_is_not_replaced() {
        let folder = scene();
        let root = folder.path().join("root");
        let (place, out) = (root.join("text.txt"), folder.path().join("outside/secret"));
        before_each(move |_| {
            if fs::read_dir(place.parent().unwrap()).unwrap().count() > 7 && !place.is_symlink() {
                fs::remove_file(&place).unwrap();
                symlink(&out, &place).unwrap();
            }
            Ok(())
        });
        let error = write_in::<Faulty<Handle>>(&root, &CHANGES(), &GO_ON).unwrap_err().to_string();
        assert!(error.contains("text.txt`: it has been changed meanwhile"), "{error}");
        assert!(root.join("text.txt").is_symlink());
        assert_eq!(fs::read_to_string(folder.path().join("outside/secret")).unwrap(), "secret");
        assert!(!root.join("new.txt").exists());
    }

    #[test]
    fn what_is_no_regular_file_is_refused_and_not_waited_for() {
        let folder = scene();
        let root = folder.path().join("root");
        let socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        let Err(Error::Refused { reasons, .. }) = write(&root, &[file("socket", "")], &GO_ON) else {
            panic!("refused")
        };
        assert_eq!(reasons, ["`socket` is no regular file"]);
        assert!(look(&root, "socket").is_err());
        drop(socket);
    }

    #[test]
    fn a_folder_that_cannot_be_written_stays_as_it_is() {
        let folder = scene();
        let root = folder.path().join("root");
        set_mode(&root.join("a"), 0o555);
        if fs::write(root.join("a/probe"), "").is_ok() {
            return; // Nothing is forbidden to this user.
        }
        let before = snapshot(folder.path());
        let error = write(&root, &CHANGES(), &GO_ON).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
        assert_eq!(snapshot(folder.path()), before);
        set_mode(&root.join("a"), 0o755);
    }
}
