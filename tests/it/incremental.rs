//! A build over an earlier one says, byte for byte, what a build into an empty folder says: after any change.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, repository};

/// A change of the catalog: what it is, the file, the text that is replaced, and the new text.
type Edit = (&'static str, &'static str, &'static str, &'static str);

const COMPONENT: &str = "entities/Component/cart-service.yaml";
const BLUEPRINT: &str = "blueprints/Component.yaml";

const EDITS: &[Edit] = &[
    ("a title, which neighbours show", COMPONENT, "title: Cart Service", "title: Basket Service"),
    ("an icon, which neighbours show", COMPONENT, "icon: Cloud", "icon: Server"),
    ("a value", COMPONENT, "tier: 1", "tier: 2"),
    ("a relation that goes", COMPONENT, "    - CoreKafkaLibrary\n", ""),
    (
        "a relation that comes",
        COMPONENT,
        "    - CorePaymentLibrary\n",
        "    - CorePaymentLibrary\n    - CoreKafkaLibrary\n",
    ),
    ("an owner", COMPONENT, "team: [cart]", "team: [products]"),
    ("a text beside the catalog", "docs/components/cart-service.md", "#", "# Of the\n\n#"),
    ("a place in a file", COMPONENT, "identifier: CartService", "# Moved down.\nidentifier: CartService"),
    ("the title of a team", "entities/_team/teams.yaml", "title: Cart\n", "title: Baskets\n"),
    ("what a container is called", "entities/System/cart.yaml", "title: Cart\n", "title: Basket\n"),
    ("the title of a property", BLUEPRINT, "title: Data class", "title: Kind of data"),
    ("the title of a blueprint", BLUEPRINT, "title: Component\nicon", "title: Software\nicon"),
    ("the colour of a value", BLUEPRINT, "service: blue", "service: red"),
    ("a name seen from the other end", BLUEPRINT, "title: Used by", "title: Needed by"),
    ("the title of the site", "portal.yaml", "title: Marlow Goods", "title: Marlow"),
    ("where sources are", "portal.yaml", "blob/main", "blob/trunk"),
    ("an entity that goes", "entities/Document/api-guidelines.yaml", "", ""),
    ("a template", "templates/footer.html", "", "<footer>Ours</footer>\n"),
];

#[test]
fn a_build_over_an_earlier_one_equals_a_new_one() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    build(&sandbox, "site");
    let mut before = files(&sandbox.path().join("site"));
    for (number, (what, path, old, new)) in EDITS.iter().enumerate() {
        edit(&sandbox.path().join(path), old, new);
        let fresh = format!("fresh-{number}");
        build(&sandbox, &fresh);
        build(&sandbox, "site");
        let (ours, theirs) = (files(&sandbox.path().join("site")), files(&sandbox.path().join(&fresh)));
        let differ: Vec<&String> = theirs
            .keys()
            .chain(ours.keys().filter(|path| !theirs.contains_key(*path)))
            .filter(|path| ours.get(*path) != theirs.get(*path))
            .collect();
        let shown = |files: &BTreeMap<String, Vec<u8>>| {
            let pages = files.iter().filter(|(path, _)| !path.starts_with(".portal"));
            pages.map(|(path, bytes)| (path.clone(), bytes.clone())).collect::<BTreeMap<_, _>>()
        };
        assert!(shown(&before) != shown(&theirs), "{what} changes no page, so it proves nothing");
        assert!(differ.is_empty(), "after {what}, an earlier build is not brought up to date: {differ:?}");
        before = theirs;
    }
}

#[test]
fn a_change_renders_only_what_shows_it() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    build(&sandbox, "site");
    edit(&sandbox.path().join(COMPONENT), "tier: 1", "tier: 2");
    let ran = sandbox.portal(&["build", "--output", "site"]);
    let written = ran.stderr.split_once(": ").and_then(|(_, rest)| rest.split_once(" written"));
    let written: usize =
        written.and_then(|(count, _)| count.parse().ok()).unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!((1..40).contains(&written), "{}", ran.stderr);
}

fn build(sandbox: &Sandbox, folder: &str) {
    let ran = sandbox.portal(&["build", "--keep-going", "--output", folder]);
    assert!(ran.stderr.contains("built "), "{}", ran.stderr);
}

/// Replaces the first `old` of a file by `new`; a file whose `old` is empty is replaced whole, or removed.
fn edit(path: &Path, old: &str, new: &str) {
    if old.is_empty() && new.is_empty() {
        fs::remove_file(path).unwrap();
        return;
    }
    let text = if old.is_empty() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        new.to_string()
    } else {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(old), "{} does not hold {old:?}", path.display());
        text.replacen(old, new, 1)
    };
    fs::write(path, text).unwrap();
}

/// Returns the files of a folder with their bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}
