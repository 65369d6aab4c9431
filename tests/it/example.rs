//! The example catalog, and the mission's own nine entities: no finding, and a site with every relation linked.

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
fn the_site_links_both_ends_of_every_relation() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    let ran = sandbox.portal(&["build", "--output", "site"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let page = |path: &str| fs::read_to_string(sandbox.path().join("site").join(path)).unwrap();
    for (from, to) in [("Component/CartService", "System/Cart"), ("API/CartAPI", "Component/CartService")] {
        assert!(
            page(&format!("{from}.html")).contains(&format!("../{to}.html")),
            "{from} does not link {to}"
        );
        assert!(
            page(&format!("{to}.html")).contains(&format!("../{from}.html")),
            "{to} does not link {from}"
        );
    }
}

#[test]
fn a_site_is_the_same_at_any_thread_count() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    for threads in ["1", "4"] {
        let ran = sandbox.run(
            env!("CARGO_BIN_EXE_portal"),
            &["build", "--output", &format!("site-{threads}")],
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
