//! The example catalog, and the mission's own nine entities: no finding, a site with every relation linked, and
//! actions that call what is there.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::sandbox::{Sandbox, repository};

#[test]
fn the_example_has_no_finding() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let ran = sandbox.portal(&["validate", "--format", "concise", "--error-on-warning"]);
    assert_eq!((ran.stdout.as_str(), ran.code), ("", 0), "{}", ran.stderr);
}

#[test]
fn the_nine_seed_entities_keep_their_eleven_relations() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let edges = [
        ("Cart", "domain", "Orders"),
        ("Products", "domain", "Orders"),
        ("CartAPI", "provider", "CartService"),
        ("CoreKafkaLibrary", "system", "Cart"),
        ("CorePaymentLibrary", "system", "Cart"),
        ("CartService", "system", "Cart"),
        ("CartService", "resources", "cart-sql-sb"),
        ("CartService", "components", "CorePaymentLibrary"),
        ("CartService", "components", "CoreKafkaLibrary"),
        ("ProductsService", "system", "Products"),
        ("ProductsService", "consumesApi", "CartAPI"),
    ];
    for (from, relation, to) in edges {
        let ran = sandbox.portal(&["query", from, "--format", "json"]);
        let entity: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{from}: {}", ran.stderr));
        let stated = &entity["relations"][relation];
        let names = stated.as_array().is_some_and(|names| names.iter().any(|name| name == to));
        assert!(stated == to || names, "{from}.{relation} is {stated}, without {to}");
    }
}

#[test]
fn every_action_says_why_is_listed_and_calls_scripts_that_exist() {
    let catalog = repository("examples/catalog");
    let readme = fs::read_to_string(catalog.join("README.md")).unwrap();
    let mut called = BTreeSet::new();
    for folder in ["actions", "automations"] {
        for file in fs::read_dir(catalog.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("# "), "{name} does not begin with why it is there");
            assert!(readme.contains(&format!("({name})")), "the README does not list {name}");
            let calls = text.split("./platform/").skip(1).filter_map(|rest| rest.split_whitespace().next());
            called.extend(calls.map(str::to_string));
        }
    }
    for script in &called {
        let path = catalog.join("platform").join(script);
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("there is no platform/{script}"));
        let careful = text.starts_with("#!/bin/sh\n") && text.contains("\nset -eu\n");
        assert!(careful && is_executable(&path), "{script} cannot be run, or goes on after a failure");
    }
    assert!(called.len() > 10, "{called:?}");
}

#[cfg(unix)]
fn is_executable(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &std::path::Path) -> bool {
    true
}

/// The first entities, as they were found: those that leave out their blueprint, with it.
const SEED: &[(&str, &str)] = &[
    ("02-order-domain.json", "Domain"),
    ("03-cart-system.json", "System"),
    ("04-products-system.json", "System"),
    ("05-cart-resource.json", "Resource"),
    ("07-core-kafka-library.json", "Component"),
    ("08-core-payment-library.json", "Component"),
];

#[test]
fn the_seed_is_a_catalog_once_its_findings_are_mended() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("tests/cases/validate/seed"), "");
    fs::remove_file(sandbox.path().join("01-example-block.json")).unwrap();
    let read = |path: &str| fs::read_to_string(sandbox.path().join(path)).unwrap();
    let resource = "12-resource-blueprint.json";
    sandbox.write(resource, read(resource).replace(['\u{201c}', '\u{201d}'], "\""));
    for (path, blueprint) in SEED {
        sandbox.write(path, read(path).replacen('{', &format!("{{\"blueprint\": \"{blueprint}\","), 1));
    }
    let ran = sandbox.portal(&["validate", "--error-on-warning"]);
    assert_eq!(ran.stdout, "no findings in 14 files (9 entities) in [TIME]\n");
    assert_eq!(ran.code, 0);
    let ran = sandbox.portal(&["build", "--output", "site"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(linked(&sandbox.path().join("site")), 11);
}

/// Returns how many relations a site has, each of which must be linked from both ends.
fn linked(site: &std::path::Path) -> usize {
    let read = |path: &str| fs::read_to_string(site.join(path)).unwrap();
    let json = |path: &str| serde_json::from_str::<Value>(&read(path)).unwrap();
    let mut files = BTreeSet::new();
    collect(&site.join("api/v1/entities"), "", &mut files);
    let entities = files.iter().filter(|(path, _)| !path.ends_with("index.json"));
    let entities: Vec<Value> = entities.map(|(path, _)| json(&format!("api/v1/entities/{path}"))).collect();
    let mut count = 0;
    for entity in &entities {
        let page = entity["page"].as_str().unwrap();
        for target in entity["relations"].as_object().unwrap().values() {
            let many = target.as_array().cloned().unwrap_or_else(|| vec![target.clone()]);
            for name in many {
                let other = entities.iter().find(|other| other["identifier"] == name).unwrap();
                let other = other["page"].as_str().unwrap();
                assert!(read(page).contains(&format!("\"../{other}\"")), "{page} does not link {other}");
                assert!(read(other).contains(&format!("\"../{page}\"")), "{other} does not link {page}");
                count += 1;
            }
        }
    }
    count
}

#[test]
fn the_site_links_both_ends_of_every_relation() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let ran = sandbox.portal(&["build", "--output", "site"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(linked(&sandbox.path().join("site")) > 100);
}

#[test]
fn a_site_is_the_same_at_any_thread_count() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    for threads in ["1", "4"] {
        let ran = sandbox.run(
            env!("CARGO_BIN_EXE_portal"),
            // The age of an open incident is another a minute later.
            &["build", "--now", "2026-11-21T18:00:00Z", "--output", &format!("site-{threads}")],
            b"",
            &[("RAYON_NUM_THREADS", threads)],
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let files = |folder: &str| {
        let mut files = BTreeSet::new();
        collect(&sandbox.path().join(folder), "", &mut files);
        files
    };
    assert_eq!(files("site-1"), files("site-4"));
}

fn collect(folder: &std::path::Path, prefix: &str, files: &mut BTreeSet<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert((name, fs::read(entry.path()).unwrap()));
        }
    }
}
