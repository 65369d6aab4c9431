//! Imports go up the list of layers in `src/lib.rs`, never down and never sideways among outputs.

use std::fs;
use std::path::Path;

use crate::sandbox::repository;

/// The modules, lowest layer first; a module may use those before its own group.
const LAYERS: &[&[&str]] = &[
    &["source"],
    &["diagnostic"],
    &["printable"],
    &["svg"],
    &["output"],
    &["yaml"],
    &["worktree"],
    &["git"],
    &["model"],
    &["jq"],
    &["template"],
    &["skeleton"],
    &["provenance"],
    &["fact"],
    &["catalog"],
    &["brand"],
    &["graph"],
    &["known"],
    &["condition"],
    &["interface"],
    &["procedure"],
    &["form"],
    &["dialect"],
    &["compute"],
    &["score"],
    &["check"],
    &["portal"],
    &["document"],
    &["prompt"],
    &["history"],
    &["report", "query", "scoreboard", "change", "schema", "site", "workflow", "starter", "scaffold"],
    &["runtime"],
    &["serve"],
    &["cli"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|group| group.contains(&module))
}

#[test]
fn imports_go_upwards_only() {
    let mut wrong = Vec::new();
    walk(&repository("src"), &mut |path, text| {
        let relative = path.strip_prefix(repository("src")).unwrap();
        let module = relative.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        if matches!(module.as_str(), "lib" | "main") {
            return;
        }
        let own = layer(&module).unwrap_or_else(|| panic!("`{module}` has no layer: add it to {}", file!()));
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let fine = used == module || layer(&used).is_none_or(|layer| layer < own);
                if !fine {
                    wrong.push(format!("{}:{}: {module} uses {used}", relative.display(), number + 1));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_layer_exists() {
    for module in LAYERS.iter().copied().flatten() {
        let file = repository("src").join(format!("{module}.rs"));
        assert!(
            file.exists() || repository("src").join(module).join("mod.rs").exists(),
            "there is no module `{module}`"
        );
    }
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
