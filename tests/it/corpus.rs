//! Definitions published by others, read as they are: opt-in by `PORTAL_CORPUS=<folder>`.
//!
//! What each file must give is a table here, reviewed by hand against Port's model. A file that is not named
//! must load without an error.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// Targets that the published blueprints name and other integrations publish.
const EXTERNAL: &[&str] =
    &["githubTeam", "azureDevOpsProject", "relatedBlueprintIdentifier", "incident", "kubernetesCluster"];

/// A blueprint that Port would refuse: the template of a template, whose identifier is filled in later.
const REFUSED: &[(&str, &str)] =
    &[("ocean__cookiecutter.integration_slug-ExampleBlueprint__73df29a.json", "invalid-identifier")];

/// A blueprint to which two relations of the counted one lead: Port shows nothing for their number.
const AMBIGUOUS: &str = "ocean__statuspage__dd51e6b.json";

/// The line and rule of each mistake in the files that do not parse.
const BROKEN: &[(&str, &str, u64)] = &[
    ("ocean__README.md__029f364.yaml", "syntax", 9),
    ("ocean__README.md__64cf8be.yaml", "syntax", 3),
    ("ocean__README.md__6e57f1a.yaml", "syntax", 9),
    ("ocean__README.md__8d6c1aa.yaml", "syntax", 4),
    ("ocean__README.md__8ef782e.yaml", "syntax", 3),
    ("ocean__README.md__9e3a2e0.yaml", "syntax", 3),
    ("ocean__README.md__ea52d0b.yaml", "syntax", 8),
    ("ocean__SKILL.md__8a5ae78.yaml", "syntax", 2),
    ("ocean__resource-mapping.md__ff7812b.yaml", "syntax", 4),
    ("ocean__spec.yaml__35bcde8.yaml", "syntax", 1),
];

/// Returns the corpus, if the run is to read it.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("PORTAL_CORPUS")?);
    Some(folder.canonicalize().unwrap_or_else(|error| panic!("PORTAL_CORPUS={}: {error}", folder.display())))
}

/// Returns the findings in a folder, by file.
pub(crate) fn findings(folder: &Path) -> BTreeMap<String, Vec<Value>> {
    let sandbox = Sandbox::new();
    let ran = sandbox.portal(&["-C", folder.to_str().unwrap(), "validate", "--format", "json"]);
    assert!(ran.code == 0 || ran.code == 1, "exit {}: {}", ran.code, ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut files: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for finding in report["diagnostics"].as_array().unwrap() {
        files.entry(finding["file"].as_str().unwrap().to_string()).or_default().push(finding.clone());
    }
    files
}

fn errors(findings: &[Value]) -> Vec<String> {
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    errors
        .map(|finding| {
            format!("{}: {}", finding["rule"].as_str().unwrap(), finding["message"].as_str().unwrap())
        })
        .collect()
}

/// Returns whether a published blueprint is one that Port refuses, with the rule.
fn refused(file: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(name, _)| *name == file).map(|(_, rule)| *rule)
}

#[test]
fn published_blueprints_load_alone_and_together() {
    let Some(corpus) = corpus() else { return };
    let together = Sandbox::new();
    let external = format!("external: [{}]\n", EXTERNAL.join(", "));
    together.write("portal.yaml", &external);
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(corpus.join("port/blueprints")).unwrap() {
        let path = entry.unwrap().path();
        let (name, text) =
            (path.file_name().unwrap().to_string_lossy().to_string(), fs::read(&path).unwrap());
        let blueprint: Value = serde_json::from_slice(&text).unwrap();
        let identifier = blueprint["identifier"].as_str().unwrap().to_string();
        // Several products publish a blueprint of one name; only one can be in a catalog.
        if seen.insert(identifier.clone(), name.clone()).is_none() {
            together.write(&format!("blueprints/{name}"), &text);
        }
        let alone = Sandbox::new();
        let targets: Vec<String> =
            targets(&blueprint).into_iter().filter(|target| *target != identifier).collect();
        alone.write("portal.yaml", format!("external: {}\n", serde_json::to_string(&targets).unwrap()));
        alone.write("blueprints/it.json", &text);
        check(&name, &findings(alone.path()).remove("blueprints/it.json").unwrap_or_default());
    }
    assert!(seen.len() > 200, "the corpus holds {} blueprints", seen.len());
    for (file, found) in findings(together.path()) {
        if file.ends_with(AMBIGUOUS) {
            assert!(found.iter().any(|finding| finding["rule"] == "ambiguous-aggregation"), "{found:?}");
            continue;
        }
        check(file.trim_start_matches("blueprints/"), &found);
    }
}

/// Fails when a blueprint that Port accepts has an error, or one that it refuses has not its own.
fn check(file: &str, found: &[Value]) {
    match refused(file) {
        None => assert!(errors(found).is_empty(), "{file}: {:?}", errors(found)),
        Some(rule) => assert!(found.iter().any(|finding| finding["rule"] == rule), "{file}: {found:?}"),
    }
}

/// Returns the blueprints that a blueprint names: they may be published elsewhere.
fn targets(blueprint: &Value) -> Vec<String> {
    let named =
        ["relations", "aggregationProperties"].into_iter().filter_map(|part| blueprint[part].as_object());
    let targets = named.flat_map(|members| members.values().map(|member| &member["target"]));
    targets.filter_map(|target| target.as_str().map(String::from)).collect()
}

#[test]
fn broken_files_are_refused_with_a_place_and_a_reason() {
    let Some(corpus) = corpus() else { return };
    let found = findings(&corpus.join("port/broken"));
    assert_eq!(found.len(), BROKEN.len());
    for (file, rule, line) in BROKEN {
        let here = |finding: &&Value| finding["rule"] == *rule && finding["line"] == *line;
        assert!(found[*file].iter().any(|finding| here(&finding)), "{file}: {:?}", found[*file]);
    }
}

#[test]
fn published_pages_have_no_errors() {
    let Some(corpus) = corpus() else { return };
    for (file, found) in findings(&corpus.join("port/pages")) {
        // Two products publish a definition of one name.
        let others = found.iter().filter(|finding| finding["rule"] != "duplicate-identifier");
        let others: Vec<Value> = others.cloned().collect();
        assert!(errors(&others).is_empty(), "{file}: {:?}", errors(&others));
    }
}

/// The line and cause of each expression of published mappings that is no jq, or asks for more than its input.
const NOT_JQ: &[(&str, &[u64])] = &[
    // `file://README.md`, a file of the repository that the tool reads.
    ("ocean__project__3fab627.yaml", &[16]),
    // A string in single quotes.
    ("ocean__project__b8e165b.yaml", &[87]),
    // Variables of the environment.
    ("ocean__stage__5197859.yaml", &[21, 43, 65]),
    // The type of a value in place of an expression, as in a template.
    ("ocean__str__1f046bb.yaml", &[6, 10, 11, 13, 15, 17]),
    ("ocean__str__4559213.yaml", &[6, 11, 12, 14, 16, 18]),
];

#[test]
fn published_mappings_are_jq() {
    let Some(corpus) = corpus() else { return };
    let (mut mapped, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(corpus.join("port/mappings")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let json = text.trim_start().starts_with(['{', '[']);
        if json || !(text.starts_with("resources:") || text.contains("\nresources:")) {
            continue;
        }
        let sandbox = Sandbox::new();
        let name = path.file_name().unwrap().to_string_lossy().to_string();
        sandbox.write("integrations/it.yaml", format!("source: data.json\n{text}"));
        sandbox.write("data.json", "{}");
        mapped += 1;
        let found = findings(sandbox.path()).remove("integrations/it.yaml").unwrap_or_default();
        let found = found.iter().filter(|finding| finding["rule"] == "invalid-jq");
        // An expression that asks for the time is jq; whether it gets an answer is another question.
        let found = found.filter(|finding| !finding["message"].as_str().unwrap().contains("`now`"));
        wrong.extend(found.map(|finding| (name.clone(), finding["line"].as_u64().unwrap() - 1)));
    }
    assert!(mapped > 50, "the corpus holds {mapped} mappings");
    let known = NOT_JQ.iter().flat_map(|(file, lines)| lines.iter().map(|line| (file.to_string(), *line)));
    wrong.sort();
    assert_eq!(wrong, known.collect::<Vec<_>>(), "files, and lines in them");
}

/// Calculations that do not allow for a value that is missing, by blueprint.
const CARELESS: &[&str] = &[
    "ocean__claude_ai_user_cost__e721598.json",
    "ocean__githubCopilotOrganizationUsage__14f21ed.json",
    "ocean__githubCopilotUserUsage__246ad6a.json",
    "ocean__githubPullRequest__db9e837.json",
];

#[test]
fn published_computed_properties_are_evaluated() {
    let Some(corpus) = corpus() else { return };
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", format!("external: [{}]\n", EXTERNAL.join(", ")));
    let mut entities = Vec::new();
    let mut seen = BTreeMap::new();
    let mut names: Vec<PathBuf> =
        fs::read_dir(corpus.join("port/blueprints")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names {
        let file = path.file_name().unwrap().to_string_lossy().to_string();
        let blueprint: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let identifier = blueprint["identifier"].as_str().unwrap().to_string();
        if refused(&file).is_some() || seen.insert(identifier, ()).is_some() {
            continue;
        }
        sandbox.write(&format!("blueprints/{file}"), blueprint.to_string());
        entities.extend([example(&blueprint, false), example(&blueprint, true)]);
    }
    sandbox.write("entities/all.json", Value::Array(entities).to_string());
    let ran = sandbox.portal(&["validate", "--format", "json", "--now", "2026-11-21"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let failing = report["diagnostics"].as_array().unwrap().iter();
    let failing = failing.filter(|finding| finding["rule"].as_str().unwrap().ends_with("-jq"));
    let failing: Vec<&str> =
        failing.map(|finding| finding["file"].as_str().unwrap().trim_start_matches("blueprints/")).collect();
    assert_eq!(failing, CARELESS);
}

/// Returns an entity of a blueprint: with a value for every property, or only with those that are required.
fn example(blueprint: &Value, bare: bool) -> Value {
    let required = blueprint["schema"]["required"].as_array().cloned().unwrap_or_default();
    let members = |part: &Value| part.as_object().cloned().unwrap_or_default();
    let properties = members(&blueprint["schema"]["properties"]).into_iter();
    let properties = properties.filter(|(name, _)| !bare || required.iter().any(|required| required == name));
    let properties: serde_json::Map<String, Value> =
        properties.map(|(name, property)| (name, value(&property))).collect();
    json!({
        "identifier": if bare { "bare" } else { "whole" },
        "blueprint": blueprint["identifier"],
        "properties": properties,
    })
}

/// Returns a value that a property takes.
fn value(property: &Value) -> Value {
    if let Some(first) = property["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    match (property["type"].as_str().unwrap_or_default(), property["format"].as_str().unwrap_or_default()) {
        ("number" | "integer", _) => json!(7),
        ("boolean", _) => json!(true),
        ("array", _) => json!([]),
        ("object", _) => json!({}),
        (_, "date-time" | "timer") => json!("2026-11-01T10:00:00Z"),
        (_, "url") => json!("https://example.com/a"),
        (_, "user" | "email") => json!("ines@example.com"),
        _ => json!("text"),
    }
}

#[test]
fn published_scorecards_are_evaluated() {
    let Some(corpus) = corpus() else { return };
    for entry in fs::read_dir(corpus.join("port/scorecards")).unwrap() {
        let path = entry.unwrap().path();
        let scorecard: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let sandbox = Sandbox::new();
        // The definitions leave out which blueprint they judge, and its properties: those that they ask for.
        let mut properties = serde_json::Map::new();
        for rule in scorecard["rules"].as_array().unwrap() {
            for condition in rule["query"]["conditions"].as_array().unwrap() {
                let Some(name) = condition["property"].as_str().filter(|name| !name.starts_with('$')) else {
                    continue;
                };
                let kind = match &condition["value"] {
                    Value::Number(_) => "number",
                    Value::Bool(_) => "boolean",
                    _ => "string",
                };
                properties.insert(name.into(), json!({"type": kind}));
            }
        }
        let entities = [json!({"identifier": "bare", "blueprint": "judged"})];
        let blueprint = json!({"identifier": "judged", "title": "Judged", "ownership": {"type": "Direct"}, "schema": {"properties": properties}});
        sandbox.write("blueprints/judged.json", blueprint.to_string());
        sandbox.write("scorecards/judged/card.json", fs::read(&path).unwrap());
        sandbox.write("entities/all.json", json!(entities).to_string());
        let ran = sandbox.portal(&["validate", "--format", "concise"]);
        assert_eq!(ran.code, 0, "{}: {}", path.display(), ran.stdout);
        let ran = sandbox.portal(&["score", "--format", "json"]);
        let results: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            results["results"].as_array().map(Vec::len),
            Some(1),
            "{}: {}",
            path.display(),
            ran.stdout
        );
    }
}

#[test]
fn no_folder_of_the_corpus_makes_the_program_fail() {
    let Some(corpus) = corpus() else { return };
    for folder in
        ["", "port", "backstage", "port/mappings", "port/ci-workflows", "port/workflows", "port/entities"]
    {
        findings(&corpus.join(folder));
    }
}
