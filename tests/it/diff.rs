//! A change to a catalog in Git: what it breaks, what scores lower, and who is stopped by it.

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox, repository};

/// Returns a repository with the catalog of the case, committed on `main`, and a branch that is checked out.
fn changed() -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in ["blueprints", "entities", "scorecards", "waivers"] {
        sandbox.copy(&repository("tests/cases/diff/change").join(folder), folder);
    }
    sandbox.git(&["init", "-q", "-b", "main"]);
    commit(&sandbox, "a catalog");
    sandbox.git(&["checkout", "-q", "-b", "change"]);
    sandbox
}

fn commit(sandbox: &Sandbox, subject: &str) {
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "-m", subject]);
}

const CART: &str = "entities/Component/cart.yaml";

/// Empties the runbook of `Cart`.
fn empty_runbook(sandbox: &Sandbox) {
    let text = std::fs::read_to_string(sandbox.path().join(CART)).unwrap();
    let text = text.replace("  runbook: https://runbooks.example.com/cart\n", "  runbook: \"\"\n");
    sandbox.write(CART, text);
}

fn portal(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    sandbox.portal(&[arguments, &["--now", "2026-12-01"]].concat())
}

#[test]
fn a_deleted_entity_names_who_holds_it_and_an_emptied_property_the_level_that_falls() {
    let sandbox = changed();
    std::fs::remove_file(sandbox.path().join("entities/API/cart.yaml")).unwrap();
    empty_runbook(&sandbox);
    commit(&sandbox, "a change");
    let ran = portal(&sandbox, &["diff", "main", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
    let breakages = diff["breakages"].as_array().unwrap();
    let held: Vec<(&str, &str, u64, bool)> = breakages
        .iter()
        .map(|breakage| {
            let holder = breakage["holder"]["identifier"].as_str().unwrap();
            let relation = breakage["relation"].as_str().unwrap();
            (holder, relation, breakage["line"].as_u64().unwrap(), breakage["required"] == true)
        })
        .collect();
    assert_eq!(held, [("Cart", "provides", 8, true), ("Shop", "consumes", 9, false)]);
    assert_eq!(breakages[1]["file"], "entities/Component/shop.yaml");
    let [fall, same] = diff["standings"].as_array().unwrap().as_slice() else {
        panic!("{}", diff["standings"])
    };
    assert_eq!((&fall["identifier"], &fall["direction"]), (&"Cart".into(), &"falls".into()));
    assert_eq!((&fall["before"]["title"], &fall["after"]["title"]), (&"Gold".into(), &"Bronze".into()));
    assert_eq!((&same["identifier"], &same["direction"]), (&"Shop".into(), &"same".into()));
    let [rule] = fall["rules"].as_array().unwrap().as_slice() else { panic!("{fall}") };
    assert_eq!((&rule["rule"], &rule["cause"]), (&"runbook".into(), &"facts".into()));
    let evidence = &rule["evidence"][0];
    assert_eq!(evidence["before"], "https://runbooks.example.com/cart");
    assert_eq!((&evidence["file"], &evidence["line"]), (&CART.into(), &5.into()));
}

#[test]
fn only_what_a_change_made_worse_fails_it() {
    let sandbox = changed();
    let whole = portal(&sandbox, &["score", "--fail-under", "Silver"]);
    assert_eq!(whole.code, 1, "Bad and Old were bad before: {}", whole.stderr);
    let unchanged = portal(&sandbox, &["score", "--fail-under", "Silver", "--diff", "main"]);
    assert_eq!(unchanged.code, 0, "{}", unchanged.stderr);
    sandbox.write(
        "entities/Component/new.yaml",
        "identifier: New\nteam: shop\nrelations:\n  provides: OtherAPI\n",
    );
    let added = portal(&sandbox, &["score", "--fail-under", "Silver", "--diff", "main"]);
    assert_eq!(added.code, 0, "what is new has not fallen: {}", added.stderr);
    empty_runbook(&sandbox);
    let worse = portal(&sandbox, &["score", "--fail-under", "Silver", "--diff", "main"]);
    assert_eq!(worse.code, 1, "{}", worse.stderr);
    assert!(worse.stderr.contains("Component/Cart in readiness: Bronze"), "{}", worse.stderr);
    assert!(!worse.stderr.contains("Component/Bad"), "{}", worse.stderr);
}

#[test]
fn a_level_that_still_reaches_the_bar_does_not_fail() {
    let sandbox = changed();
    let text = std::fs::read_to_string(sandbox.path().join(CART)).unwrap();
    sandbox.write(CART, text.replace("tier: 1", "tier: 3"));
    let ran = portal(&sandbox, &["score", "--fail-under", "Silver", "--diff", "main"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = portal(&sandbox, &["score", "--fail-under", "Gold", "--diff", "main"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn a_revision_scores_as_its_work_tree_does_on_any_number_of_threads() {
    let sandbox = changed();
    let here = portal(&sandbox, &["score", "--format", "json"]);
    assert_eq!(here.code, 0, "{}", here.stderr);
    let program = env!("CARGO_BIN_EXE_portal");
    for threads in ["1", "2", "8"] {
        for at in [&["--at", "HEAD"][..], &[]] {
            let arguments = [&["score", "--format", "json", "--now", "2026-12-01"], at].concat();
            let ran = sandbox.run(program, &arguments, b"", &[("RAYON_NUM_THREADS", threads)]);
            assert_eq!(ran.stdout, here.stdout, "{threads} threads, {at:?}");
        }
    }
}

#[test]
fn answers_fit_their_schemas() {
    let sandbox = changed();
    empty_runbook(&sandbox);
    for (name, arguments) in
        [("score", &["score", "--format", "json"][..]), ("diff", &["diff", "main", "--format", "json"])]
    {
        let schema = serde_json::from_str(&sandbox.portal(&["schema", name]).stdout).unwrap();
        let answer: Value = serde_json::from_str(&portal(&sandbox, arguments).stdout).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<String> = validator.iter_errors(&answer).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_large_change_fits_into_a_comment() {
    let sandbox = changed();
    for number in 0..1_500 {
        sandbox.write(
            &format!("entities/Component/many-{number}.yaml"),
            format!("identifier: Many{number}\ntitle: '| @ines </details> #1'\nrelations:\n  provides: Gone{number}\n"),
        );
    }
    let ran = portal(&sandbox, &["diff", "main", "--format", "markdown"]);
    assert!(
        ran.stdout.starts_with("<!-- portal diff -->\n**portal**: 1,500 references dangle\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.len() <= 60_000, "{}", ran.stdout.len());
    assert!(ran.stdout.contains("and 1470 more"), "what is cut is counted");
    let (open, closed) = (ran.stdout.matches("<details>").count(), ran.stdout.matches("</details>").count());
    assert_eq!(open, closed);
}

#[test]
fn hostile_text_has_no_markup_in_a_comment() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let sandbox = changed();
    let hostile = [
        "</details><script>alert(1)</script>",
        "<!-- portal diff -->",
        "[a](https://a.example) ![b](b) https://c.example www.d.example",
        "@ines #1 | `|` `` ``` $x$ ~~y~~ **z**",
        "a\n\n# b\n- c\n1. d\n> e\n```\nf",
    ];
    let mut text =
        "identifier: Cart\nteam: payments\nrelations:\n  provides: CartAPI\nproperties:\n".to_string();
    for (number, hostile) in hostile.iter().enumerate() {
        let value = serde_json::to_string(hostile).unwrap();
        text.push_str(&format!("  {value}: {value}\n"));
        if number == 0 {
            text = format!("title: {value}\n{text}  runbook: {value}\n");
        }
    }
    sandbox.write(CART, text);
    let ran = portal(&sandbox, &["diff", "main", "--format", "markdown"]);
    let comment = ran.stdout.strip_prefix("<!-- portal diff -->\n").unwrap();
    for event in Parser::new_ext(comment, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["<details>", "</details>", "<summary>", "</summary>", "<br>"];
                let left = ours.iter().fold(html.to_string(), |html, tag| html.replace(tag, ""));
                assert!(!left.contains('<'), "{html} in {comment}");
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Table(_) | Tag::CodeBlock(_)) => {
                panic!("markup in {comment}");
            }
            Event::Start(Tag::Strikethrough) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                panic!("markup in {comment}");
            }
            Event::Text(text) => assert!(!text.contains("@ines") && !text.contains("#1"), "{text}"),
            _ => {}
        }
    }
}

#[test]
fn without_a_default_branch_the_error_says_what_was_tried() {
    let sandbox = changed();
    sandbox.git(&["branch", "-q", "-D", "main"]);
    let ran = portal(&sandbox, &["diff"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("tried origin/HEAD, origin/main, origin/master, main, master"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_catalog_that_is_new_is_added_whole() {
    let sandbox = Sandbox::new();
    sandbox.write("README.md", "a repository\n");
    sandbox.git(&["init", "-q", "-b", "main"]);
    commit(&sandbox, "no catalog yet");
    sandbox.copy(&repository("tests/cases/diff/change"), "services/catalog");
    std::fs::remove_dir_all(sandbox.path().join("services/catalog/later")).unwrap();
    let ran = portal(&sandbox, &["-C", "services/catalog", "diff"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("nothing breaks, no level changes\n"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("8 entities added; 5 relations added\n"), "{}", ran.stdout);
}
