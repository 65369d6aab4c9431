//! A build over an earlier one says, byte for byte, what a build into an empty folder says: after any change.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, repository};

/// A change of the catalog: what it is, the file, the text that is replaced, and the new text.
type Edit = (&'static str, &'static str, &'static str, &'static str);

const COMPONENT: &str = "entities/Component/cart-service.yaml";
const BLUEPRINT: &str = "blueprints/Component.yaml";
const OPENAPI: &str = "services/cart-service/openapi.yaml";
const SCORECARD: &str = "scorecards/production-readiness.yaml";
const WAIVER: &str = "waivers/cart-service-replicas.yaml";
/// The instant of all runs but one: the waiver of the example is in force.
const NOW: &str = "2027-01-15";

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
    ("the lines of values", COMPONENT, "properties:\n", "properties:\n  # What it is.\n"),
    ("a file that a rule looks into", "services/cart-service/README.md", "## ", "### "),
    (
        "the beginning of a README",
        "services/checkout-service/README.md",
        "An order is written once",
        "It is written once",
    ),
    (
        "the title of a document",
        "services/checkout-service/docs/guides/slow.md",
        "# When it is slow",
        "# When it is not fast",
    ),
    ("an image", "services/checkout-service/docs/images/states.svg", ">sent<", ">gone<"),
    ("a document that goes", "services/checkout-service/docs/guides/local-payments.md", "", ""),
    ("an operation that an entity names", OPENAPI, "summary: Begin a basket", "summary: Start a basket"),
    ("an answer of an operation", OPENAPI, "The basket, empty", "A basket without items"),
    ("a reference that leads nowhere", OPENAPI, "schemas/Currency\"", "schemas/Curency\""),
    ("a description that goes", "services/storefront-bff/schema.graphql", "", ""),
    ("the title of a team", "entities/_team/teams.yaml", "title: Cart\n", "title: Baskets\n"),
    ("what a container is called", "entities/System/cart.yaml", "title: Cart\n", "title: Basket\n"),
    ("the title of a property", BLUEPRINT, "title: Data class", "title: Kind of data"),
    ("the title of a blueprint", BLUEPRINT, "title: Component\nicon", "title: Software\nicon"),
    ("the colour of a value", BLUEPRINT, "service: blue", "service: red"),
    ("a name seen from the other end", BLUEPRINT, "title: Used by", "title: Needed by"),
    ("the title of the site", "portal.yaml", "title: Marlow Goods", "title: Marlow"),
    ("where sources are", "portal.yaml", "blob/main", "blob/trunk"),
    ("an entity that goes", "entities/Document/api-guidelines.yaml", "", ""),
    ("the title of a rule", SCORECARD, "title: SLO is defined", "title: SLO is agreed"),
    ("the name of a level", SCORECARD, "title: Basic", "title: None"),
    (
        "a rule that comes",
        SCORECARD,
        "rules:\n",
        "rules:\n  - {identifier: tier, title: It has a tier, level: Bronze, query: {combinator: and, conditions: \
         [{property: tier, operator: isNotEmpty}]}}\n",
    ),
    ("a property that changes a level", COMPONENT, "  slo: 99.9\n", ""),
    ("what a waiver says", WAIVER, "A third replica", "One more replica"),
    ("a waiver that goes", WAIVER, "", ""),
    ("what a mirror reads", "entities/Domain/orders.yaml", "title: Orders", "title: Ordering"),
    ("what an aggregation counts", "entities/Incident/inc-2291.yaml", "", ""),
    ("the title of an initiative", "initiatives/runbooks.yaml", "title: Runbooks", "title: Run books"),
    (
        "what a widget of an entity's page counts",
        "entities/Component/core-kafka-library.yaml",
        "tier: 2",
        "tier: 3",
    ),
    ("the title of a page of entities", "pages/system.yaml", "title: How it does", "title: How it goes"),
    ("a widget of it", "pages/system.yaml", "title: In production", "title: In use"),
    ("a page of entities that goes", "pages/system.yaml", "", ""),
    ("a template", "templates/footer.html", "", "<footer>Ours</footer>\n"),
];

const ACTIONS: &str = "actions/environment.yaml";
const RUN: &str = ".portal/runs/2026/11/gh-1-1.json";

/// Changes of the catalog of the case about actions.
const ACTION_EDITS: &[Edit] = &[
    ("for which entities an action is offered", ACTIONS, "value: small}", "value: large}"),
    ("what decides where it is offered", "entities/environments.yaml", "size: large", "size: small"),
    ("the same the other way round", "entities/environments.yaml", "size: small", "size: large"),
    ("the title of an action", ACTIONS, "title: Resize an environment", "title: Resize it"),
    ("the icon of an action", ACTIONS, "title: Resize it", "title: Resize it\n  icon: Cloud"),
    ("whether an action needs approval", ACTIONS, "icon: Cloud", "icon: Cloud\n  requiredApproval: true"),
    ("what an action does to an entity", ACTIONS, "operation: DAY-2", "operation: DELETE"),
    ("an action that creates", ACTIONS, "operation: DELETE", "operation: CREATE"),
    ("the title of an action that creates", ACTIONS, "title: Spin up", "title: Start"),
    ("the name of an action", ACTIONS, "identifier: resize", "identifier: enlarge"),
    ("an input of a form", ACTIONS, "title: Name", "title: Short name"),
    ("when an input is asked", ACTIONS, "== \"large\"", "!= \"small\""),
    ("a task of an action", ACTIONS, "environment up", "environment up --fast"),
    ("who may run an action", ACTIONS, "roles: [Member]", "roles: [Owner]"),
    ("what a run is about", "entities/environments.yaml", "title: Cart spike", "title: The spike"),
    ("how a run ended", RUN, "success", "failure"),
    ("a record that goes", RUN, "", ""),
    ("the CI system", "portal.yaml", "target: github", "target: gitlab"),
    ("an automation that is a draft", "automations/nightly.yaml", "publish: true", "publish: false"),
    ("an action that is no draft", ACTIONS, "publish: false", "publish: true"),
    ("actions that go", ACTIONS, "", ""),
];

#[test]
fn a_build_over_an_earlier_one_equals_a_new_one() {
    apply("examples/catalog", EDITS);
}

#[test]
fn a_build_after_a_change_of_actions_equals_a_new_one() {
    apply("tests/cases/build/actions", ACTION_EDITS);
}

/// Makes the changes of a catalog one after the other, with a build over the last one and a new one after each.
fn apply(catalog: &str, edits: &[Edit]) {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository(catalog), "");
    build(&sandbox, "site");
    let mut before = files(&sandbox.path().join("site"));
    for (number, (what, path, old, new)) in edits.iter().enumerate() {
        edit(&sandbox.path().join(path), old, new);
        before = rebuild(&sandbox, &format!("fresh-{number}"), NOW, what, &before);
    }
}

#[test]
fn a_build_after_a_waiver_has_ended_equals_a_new_one() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    build_at(&sandbox, "site", "2027-01-31T12:00:00Z");
    let before = files(&sandbox.path().join("site"));
    let after = rebuild(&sandbox, "fresh", "2027-02-01T12:00:00Z", "the end of a waiver", &before);
    let changed = |path: &str| before.get(path) != after.get(path);
    assert!(changed("Component/CartService.html"), "its rule counts again");
    assert!(changed("scorecards/production_readiness.html"));
    assert!(
        !changed("Component/DeliveryService.html") && !changed("Domain/Orders.html"),
        "no result changed"
    );
    let ran = build_at(&sandbox, "site", "2027-02-01T12:00:00Z");
    assert!(ran.contains(" 0 written"), "at the same instant nothing changes: {ran}");
}

/// Builds a new site beside the old one, and over it, and returns what both say: the same, and not what it was `before`.
fn rebuild(
    sandbox: &Sandbox,
    fresh: &str,
    now: &str,
    what: &str,
    before: &BTreeMap<String, Vec<u8>>,
) -> BTreeMap<String, Vec<u8>> {
    build_at(sandbox, fresh, now);
    build_at(sandbox, "site", now);
    let (ours, theirs) = (files(&sandbox.path().join("site")), files(&sandbox.path().join(fresh)));
    let differ: Vec<&String> = theirs
        .keys()
        .chain(ours.keys().filter(|path| !theirs.contains_key(*path)))
        .filter(|path| ours.get(*path) != theirs.get(*path))
        .collect();
    let shown = |files: &BTreeMap<String, Vec<u8>>| {
        let pages = files.iter().filter(|(path, _)| !path.starts_with(".portal"));
        pages.map(|(path, bytes)| (path.clone(), bytes.clone())).collect::<BTreeMap<_, _>>()
    };
    assert!(shown(before) != shown(&theirs), "{what} changes no page, so it proves nothing");
    assert!(differ.is_empty(), "after {what}, an earlier build is not brought up to date: {differ:?}");
    theirs
}

#[test]
fn a_commit_renders_only_what_it_touched() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let commit = |message: &str| {
        sandbox.git(&["add", "-A", "--", ":!site", ":!fresh*"]);
        sandbox.git(&["commit", "-q", "-m", message]);
    };
    sandbox.git(&["init", "-q", "-b", "main"]);
    commit("Begin");
    build(&sandbox, "site");
    let before = files(&sandbox.path().join("site"));
    edit(
        &sandbox.path().join(COMPONENT),
        "identifier: CartService",
        "# It is ours.\nidentifier: CartService",
    );
    commit("Say whose it is");
    let after = rebuild(&sandbox, "fresh-0", NOW, "a commit that changes no value", &before);
    edit(&sandbox.path().join(COMPONENT), "tier: 1", "tier: 2");
    commit("Lower the tier");
    let last = rebuild(&sandbox, "fresh-1", NOW, "a commit", &after);
    let changed = |path: &str| after.get(path) != last.get(path);
    let text = |path: &str| String::from_utf8_lossy(&last[path]).into_owned();
    assert!(text("Component/CartService.html").contains("Lower the tier"));
    assert!(
        text("audit/index.html").contains("Lower the tier") && text("feed.xml").contains("Lower the tier")
    );
    assert!(changed("audit/2026-03.csv") && changed("health.html"));
    assert!(!changed("Component/DeliveryService.html") && !changed("_team/platform.html"));
    // What is kept of the history says the same as the history, and only about commits.
    let kept = [("PORTAL_CACHE", "kept")];
    for folder in ["fresh-2", "fresh-3"] {
        let arguments = ["build", "--keep-going", "--output", folder, "--now", NOW];
        sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &kept);
        let built = files(&sandbox.path().join(folder));
        let differ: Vec<_> = last.keys().filter(|path| last.get(*path) != built.get(*path)).collect();
        assert!(differ.is_empty(), "{folder}: {differ:?}");
    }
    assert_eq!(fs::read_dir(sandbox.path().join("kept")).unwrap().count(), 2, "of commits, and of levels");
}

#[test]
fn a_level_that_changes_is_told_where_the_entity_is() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let commit = |day: &str, message: &str| {
        let dates = [("GIT_AUTHOR_DATE", day), ("GIT_COMMITTER_DATE", day)];
        for arguments in
            [&["add", "-A", "--", ":!site", ":!fresh*", ":!kept"][..], &["commit", "-q", "-m", message]]
        {
            assert_eq!(sandbox.run("git", arguments, b"", &dates).code, 0);
        }
    };
    sandbox.git(&["init", "-q", "-b", "main"]);
    commit("2026-08-10T09:30:00Z", "Begin");
    edit(&sandbox.path().join(COMPONENT), "  slo: 99.9\n", "");
    commit("2026-10-14T09:30:00Z", "Drop the SLO");
    let facts = sandbox.path().join("facts/kubernetes.json");
    fs::write(&facts, format!("{}\n", fs::read_to_string(&facts).unwrap())).unwrap();
    commit("2026-10-20T09:30:00Z", "Look at the cluster");
    build(&sandbox, "site");
    let before = files(&sandbox.path().join("site"));
    let text =
        |files: &BTreeMap<String, Vec<u8>>, path: &str| String::from_utf8_lossy(&files[path]).into_owned();
    let fell = text(&before, "Component/CartService.html");
    let (_, fell) = fell.split_once("between 1 Oct and 1 Nov 2026, with ").expect("a span, and a commit");
    assert!(fell.starts_with("<a class=\"id\""), "{fell}");
    let audit = text(&before, "audit/2026-10.html");
    assert!(
        audit.contains("between 1 Oct and 1 Nov 2026") && audit.contains("<span class=\"fail\">fell</span>")
    );
    assert!(text(&before, "audit/2026-10.csv").contains(",fell,level,Component,CartService,Cart Service,"));
    assert!(text(&before, "feed.xml").contains("between 1 Oct and 1 Nov 2026"));
    assert!(audit.contains("Look at the cluster") && audit.contains("data of an integration"));
    let told = |path: &str| text(&before, path).contains("Look at the cluster");
    assert!(!told("index.html") && !told("feed.xml"), "a tool writes that every hour");
    // What is said of a month stays when the month is over; what is said since, moves on.
    edit(&sandbox.path().join(COMPONENT), "properties:\n", "properties:\n  slo: 99.9\n");
    commit("2027-01-14T09:30:00Z", "Agree on an SLO again");
    let after = rebuild(&sandbox, "fresh-0", NOW, "a level that changes", &before);
    let page = text(&after, "Component/CartService.html");
    assert!(page.contains("since 1 Jan 2027, with ") && page.contains("between 1 Oct and 1 Nov 2026, with "));
    assert!(text(&after, "index.html").contains("since 1 Jan 2027"));
    let changed = |path: &str| before.get(path) != after.get(path);
    assert!(!changed("audit/2026-10.html") && !changed("Component/DeliveryService.html"));
    for folder in ["fresh-1", "fresh-2"] {
        let arguments = ["build", "--keep-going", "--output", folder, "--now", NOW];
        sandbox.run(env!("CARGO_BIN_EXE_portal"), &arguments, b"", &[("PORTAL_CACHE", "kept")]);
        let built = files(&sandbox.path().join(folder));
        let differ: Vec<_> = after.keys().filter(|path| after.get(*path) != built.get(*path)).collect();
        assert!(differ.is_empty(), "{folder}: {differ:?}");
    }
}

#[test]
fn a_change_renders_only_what_shows_it() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    build(&sandbox, "site");
    edit(&sandbox.path().join(COMPONENT), "tier: 1", "tier: 2");
    let ran = sandbox.portal(&["build", "--output", "site", "--now", NOW]);
    let written = ran.stderr.split_once(": ").and_then(|(_, rest)| rest.split_once(" written"));
    let written: usize =
        written.and_then(|(count, _)| count.parse().ok()).unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!((1..40).contains(&written), "{}", ran.stderr);
}

fn build(sandbox: &Sandbox, folder: &str) {
    build_at(sandbox, folder, NOW);
}

/// Builds as of an instant, and returns what is said about it.
fn build_at(sandbox: &Sandbox, folder: &str, now: &str) -> String {
    let ran = sandbox.portal(&["build", "--keep-going", "--output", folder, "--now", now]);
    assert!(ran.stderr.contains("built "), "{}", ran.stderr);
    ran.stderr
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
