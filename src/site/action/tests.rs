//! Tests of the pages of actions: what they say, to whom it is offered, and that hostile texts stay texts.

use std::fs;
use std::path::Path;

use super::*;
use crate::model::instant::Instant;
use crate::portal::Origin;
use crate::site::asset::FORM;
use crate::site::{Options, build};
use crate::worktree::Memory;

/// A text that must stay text, in every place that takes one.
const HOSTILE: &str = r#"</title><script>alert(1)</script>"><img src=x onerror=alert(1)>'"#;

const MODEL: &str = r#"
- identifier: service
  schema: {properties: {kind: {type: string, title: TEXT}}}
- identifier: _team
  schema: {properties: {}}
- identifier: _user
  schema: {properties: {}}
"#;

const ENTITIES: &str = r#"
- {identifier: a, title: TEXT, blueprint: service, properties: {kind: web}}
- {identifier: b, blueprint: service, properties: {kind: job}}
- {identifier: core, title: Core team, blueprint: _team}
- {identifier: ann, title: TEXT, blueprint: _user}
"#;

/// An action with everything that a page can show.
const DEPLOY: &str = r#"
identifier: deploy
title: TEXT
description: TEXT
icon: TEXT
trigger:
  type: self-service
  operation: DAY-2
  blueprintIdentifier: service
  condition: {type: SEARCH, combinator: and, rules: [{property: kind, operator: "=", value: web}]}
  userInputs:
    properties:
      version: {type: string, title: TEXT, description: TEXT, pattern: TEXT, default: TEXT}
      size: {type: string, enum: [small, TEXT], default: TEXT}
      many: {type: string, enum: [TEXT, b, c, d, e, f, g, h], default: b}
      why: {type: string, format: multi-line, default: TEXT, visible: {jqQuery: '.form.size == "TEXT-IN-JQ"'}}
      odd: {type: string, visible: {jqQuery: TEXT}, disabled: {jqQuery: TEXT}, pattern: {jqQuery: TEXT}}
      list: {type: array, items: {type: string}, default: [TEXT]}
      ticks: {type: array, items: {type: string, enum: [TEXT, b]}, default: [TEXT]}
      object: {type: object, default: {TEXT: TEXT}, properties: {TEXT: {type: string}}}
      free: {type: string, enum: {jqQuery: TEXT}, default: {jqQuery: TEXT}, minLength: {jqQuery: TEXT}}
      other: {type: string, format: entity, blueprint: service, dependsOn: [TEXT],
        dataset: {combinator: and, rules: [{property: kind, operator: "=", value: TEXT}]}}
      unknown: {type: string, format: entity, blueprint: TEXT}
      who: {type: string, format: user}
      team: {type: string, format: team}
      secret: {type: string, encryption: aes256-gcm, default: TEXT}
      TEXT: {type: string, title: TEXT}
    required: [version]
    titles: {heading: {title: TEXT, description: TEXT, visible: {jqQuery: TEXT}}}
    steps:
      - {title: TEXT, order: [version, size, heading, many], visible: {jqQuery: TEXT}}
      - {title: TEXT, order: [why, odd]}
permissions:
  execute: {roles: [TEXT], teams: [core, TEXT], users: [ann, TEXT], ownedByTeam: true}
  approve: {policy: {queries: {TEXT: {combinator: and, rules: []}}, conditions: [TEXT]}}
approval: {when: TEXT}
limits: [{per: team, max: 3, window: TEXT}, {per: person, max: 1, window: 7d}]
ttl: {default: 5d, max: 14d}
mode: pull_request
steps:
  - {run: TEXT, name: one, title: TEXT, when: TEXT}
  - {upsertEntity: {blueprint: TEXT, identifier: TEXT}}
  - {webhook: {url: TEXT, method: TEXT}}
  - {notify: {slack: TEXT, issue: TEXT, message: TEXT}}
  - {dispatch: {action: TEXT, repository: TEXT}}
  - {gate: {scorecard: TEXT, failUnder: TEXT, entity: TEXT}}
  - {uses: TEXT}
  - {scaffold: {template: TEXT, into: TEXT}}
  - {pullRequest: {title: TEXT}}
  - {run: '{{ .secrets["TEXT-IN-JQ"] }}', needs: [one]}
onExpire:
  - {run: TEXT}
  - {deleteEntity: {identifier: TEXT}}
effects:
  - {upsertEntity: {identifier: TEXT}}
"#;

const SCAFFOLD: &str = "{identifier: web, title: TEXT, target: 'services/{{ name }}'}";

const OTHERS: &str = r#"
- identifier: create
  title: Create a service
  trigger: {type: self-service, operation: CREATE, blueprintIdentifier: service, userInputs: {properties: {}}}
  steps: [{run: make service}]
- identifier: draft
  title: Not yet
  publish: false
  trigger: {type: self-service, operation: CREATE, userInputs: {properties: {}}}
- identifier: remove
  trigger: {type: self-service, operation: DELETE, blueprintIdentifier: service, userInputs: {properties: {}}}
  requiredApproval: ALL
  steps: [{scaffold: web}, {title: Once more, scaffold: {template: web, into: again}}, {pullRequest: {title: Web}}]
- identifier: TEXT
  trigger: {type: self-service, operation: CREATE, blueprintIdentifier: TEXT, userInputs: {properties: {}}}
- identifier: gone
  title: TEXT
  publish: true
  trigger:
    type: automation
    event: {type: rule.failed, scorecard: TEXT, rule: TEXT}
    condition: {type: JQ, expressions: [TEXT, '.diff.after.properties.kind == "TEXT-IN-JQ"']}
  steps: [{run: TEXT, title: TEXT}]
- identifier: nightly
  publish: true
  trigger: {type: automation, event: {type: schedule, schedule: TEXT}}
  steps: [{run: TEXT}]
- identifier: quiet
  trigger: {type: automation, event: {type: ENTITY_CREATED}}
"#;

/// Returns a catalog in which `TEXT` stands for `text`.
fn open(text: &str, config: &str) -> Portal {
    let quoted = serde_json::to_string(text).expect("a text");
    // Inside the quotes of jq inside the quotes of YAML.
    let inner = quoted[1..quoted.len() - 1].replace('\'', "''");
    let fill = |source: &str| source.replace("TEXT-IN-JQ", &inner).replace("TEXT", &quoted);
    let files = [
        ("blueprints/all.yaml", fill(MODEL)),
        ("entities/all.yaml", fill(ENTITIES)),
        ("actions/deploy.yaml", fill(DEPLOY)),
        ("actions/others.yaml", fill(OTHERS)),
        ("scaffolds/web/scaffold.yaml", fill(SCAFFOLD)),
    ];
    let memory = Memory::new(files.iter().map(|(path, text)| (*path, text.as_str())));
    let config = (!config.is_empty()).then(|| config.as_bytes().to_vec());
    Portal::open(Origin::new(&memory, Instant::default()), config).expect("opened")
}

fn runs(text: &str) -> Vec<Run> {
    let run = |id: &str, state, at: &str| Run {
        id: id.into(),
        action: "deploy".into(),
        state,
        reasons: vec![text.into()],
        by: Some(text.into()),
        entity: Some(("service".into(), text.into())),
        at: at.into(),
        approved_by: vec![text.into()],
        expires_at: Some(text.into()),
        link: Some("javascript:alert(1)".into()),
    };
    let known = Run {
        reasons: Vec::new(),
        by: Some("ann".into()),
        entity: Some(("service".into(), "a".into())),
        expires_at: Some("1970-01-03T00:00:00Z".into()),
        link: Some("https://example.com/run/2".into()),
        ..run("known", State::Done, "1970-01-01T00:00:00Z")
    };
    vec![known, run(text, State::Refused, text), Run { entity: None, ..run(text, State::Cancelled, "") }]
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const CONFIG: &str =
    "source: {url: 'https://github.com/acme/catalog/blob/main/{path}#L{line}'}\nci: {target: github}\n";

/// Builds the site of the catalog and returns its folder.
fn built(text: &str, config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let portal = open(text, config);
    build(&portal, folder.path(), &Options { runs: runs(text), ..Options::default() }).expect("built");
    folder
}

#[test]
fn hostile_actions_stay_texts() {
    let folder = built(HOSTILE, CONFIG);
    let slug = crate::dialect::slug(HOSTILE);
    let pages = ["index.html", "actions/index.html", "service/a.html", "service/index.html"];
    let own = ["actions/deploy.html".to_string(), format!("actions/{slug}.html")];
    for path in pages.map(String::from).iter().chain(&own) {
        let page = read(folder.path(), path);
        // That of every page, and one of their own where there is a form or a table.
        let scripts = 1 + usize::from(own.contains(path) || path == "service/index.html");
        assert_eq!(page.matches("<script").count(), scripts, "{path}:\n{page}");
        assert!(!page.contains("<img") && !page.contains("href=\"javascript:"), "{path}:\n{page}");
        assert!(page.contains("&lt;script&gt;"), "{path} says nothing of it");
    }
    let page = read(folder.path(), "actions/deploy.html");
    assert!(page.contains("<script src=\"../portal-form.js\" defer></script>"), "{page}");
    // Every quote of the text is inside an attribute or between tags, escaped.
    assert!(!page.contains(HOSTILE) && !page.contains("onerror=alert(1)>'"), "{page}");
    assert!(page.contains("&quot;==&quot;,&quot;size&quot;"), "the script can follow a condition: {page}");
}

#[test]
fn a_template_is_called_by_its_title() {
    let page = read(built("HTTP <service>", CONFIG).path(), "actions/remove.html");
    for part in [
        "<b>Scaffold HTTP &lt;service&gt;</b>",
        "<b>Once more</b><small>HTTP &lt;service&gt;</small><code>again</code>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn the_page_of_an_action_says_all_of_it() {
    let folder = built("text", CONFIG);
    let page = read(folder.path(), "actions/deploy.html");
    for said in [
        // What happens.
        "<li class=\"if\"><b>Approval</b><small>if <code>text</code>, by whom a policy allows</small>",
        "<b>Guard</b><small>inputs, permissions, limits</small>",
        "<b>Record</b><small>entity in text, entity in <a href=\"../service/index.html\">service</a>, pull request",
        "<small>after 5 days</small>",
        "<small>in any order</small><div><b>Update the catalog</b>",
        "<b>Send a request</b><code>text text</code><small>after Update the catalog</small>",
        // The form.
        "data-name=\"$entity\"",
        "<option value=\"a\">text",
        "Asked only when <code>size</code> is text",
        "data-if=\"[&quot;==&quot;,&quot;size&quot;,&quot;text&quot;]\"",
        "<label for=\"f2\">text *</label>",
        "data-pattern=\"text\"",
        "<select id=\"f4\"><option value=\"\">none",
        "the identifier of <a href=\"../service/index.html\">service</a> of which <code>kind</code> is text",
        "the name of a secret of the CI system",
        "<option value=\"10d\">10 days",
        // The ways to start.
        "portal run deploy --entity &#39;&lt;service&gt;&#39; --set version=text",
        "https://github.com/acme/catalog/new/main/requests/deploy?filename=request.yaml&amp;value=action%3A%20",
        "entity: &quot;&lt;service&gt;&quot;\ninputs:\n  &quot;version&quot;: &quot;text&quot;\n",
        ".github/workflows/portal-action-deploy.yml",
        // The rules.
        "<small>one of them is enough</small>",
        "<details><summary>whom a policy allows</summary><code>text</code>",
        "role text, teams <a href=\"../_team/core.html\">Core team</a> or text, <a href=\"../_user/ann.html\">text</a> or \
         text, or members of the team that owns it",
        "1 per person in 7 days",
        "5 days, 14 days at most",
        "actions/deploy.yaml",
        // The runs.
        "<a href=\"../service/a.html\"><b>text</b></a>",
        "<a href=\"../_user/ann.html\">text</a>",
        "<a href=\"https://example.com/run/2\" rel=\"noopener noreferrer\">done</a>",
        "lives until <time datetime=\"1970-01-03",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    let secret = page.split("data-name=\"secret\"").nth(1).and_then(|rest| rest.split("</div>").next());
    assert!(secret.is_some_and(|secret| !secret.contains("value=")), "a secret has no default: {page}");
}

#[test]
fn an_action_is_offered_where_its_condition_holds() {
    let folder = built("text", "");
    let (web, job) = (read(folder.path(), "service/a.html"), read(folder.path(), "service/b.html"));
    assert!(
        web.contains("../actions/deploy.html?entity=a") && web.contains("../actions/remove.html?entity=a")
    );
    assert!(!job.contains("actions/deploy.html") && job.contains("../actions/remove.html?entity=b"));
    assert!(web.contains("<small>deletes it, needs approval</small>"), "{web}");
    assert!(!read(folder.path(), "_team/core.html").contains("?entity="));
    let list = read(folder.path(), "service/index.html");
    assert!(list.contains("<a class=\"btn\" href=\"../actions/create.html\">"), "{list}");
    let page = read(folder.path(), "actions/deploy.html");
    assert!(!page.contains("<option value=\"b\">\n") && page.contains("<option value=\"a\">text"), "{page}");
}

#[test]
fn the_list_leaves_drafts_out_and_says_so() {
    let folder = built("text", "");
    let list = read(folder.path(), "actions/index.html");
    for said in [
        "4, 1 draft left out",
        "2, 1 draft left out",
        "an entity no longer passes <code>text</code> of <code>text</code>, if <code>text</code> and \
         <code>.diff.after.properties.kind</code> is text",
        "it is time: <code>text</code> (UTC)",
        "Without a blueprint",
    ] {
        assert!(list.contains(said), "{said}\n{list}");
    }
    assert!(!list.contains("Not yet") && !folder.path().join("actions/draft.html").exists());
    let home = read(folder.path(), "index.html");
    assert!(home.contains("<a href=\"actions/index.html\">Actions</a>"), "{home}");
    assert!(read(folder.path(), "actions/create.html").contains("No workflow is generated yet"));
}

#[test]
fn programs_read_actions() {
    let folder = built("text", CONFIG);
    let json = |path: &str| -> serde_json::Value {
        serde_json::from_str(&read(folder.path(), path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let index = json("api/v1/index.json");
    assert_eq!(index["actions"], "api/v1/actions.json");
    assert_eq!(index["automations"], "api/v1/automations.json");
    let list = json("api/v1/actions.json");
    assert_eq!(list[0]["file"], "api/v1/actions/deploy.json");
    let action = json("api/v1/actions/deploy.json");
    let input = |name: &str| {
        let inputs = action["form"]["inputs"].as_array().cloned().unwrap_or_default();
        inputs.into_iter().find(|input| input["identifier"] == name).unwrap_or_default()
    };
    assert_eq!((&input("version")["required"], &input("version")["pattern"]), (&true.into(), &"text".into()));
    assert_eq!(input("why")["visible"]["jqQuery"], ".form.size == \"text\"");
    assert_eq!((&input("secret")["secret"], input("secret").get("default")), (&true.into(), None));
    assert_eq!(action["permissions"]["execute"]["teams"], serde_json::json!(["core", "text"]));
    assert_eq!(action["approval"], serde_json::json!({"required": "ANY", "when": "text"}));
    assert_eq!(action["ttl"]["max"], "14d");
    assert_eq!(action["tasks"][0]["kind"], "run");
    assert_eq!(action["tasks"][9]["needs"], serde_json::json!([0]));
    assert_eq!(action["tasks"][9]["secrets"], serde_json::json!(["text"]));
    assert_eq!(action["workflows"]["github"], ".github/workflows/portal-action-deploy.yml");
    assert_eq!(action["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(json("api/v1/automations.json")[1]["event"]["schedule"], "text");
}

#[test]
fn ways_to_start_follow_the_repository_and_the_ci_system() {
    let gitlab = CONFIG.replace("github.com/acme/catalog/blob", "gitlab.com/acme/catalog/-/blob");
    let open_form = |config: &str| read(built("text", config).path(), "actions/create.html");
    let form = "href=\"https://github.com/acme/catalog/actions/workflows/portal-action-create.yml\"";
    assert!(open_form(CONFIG).contains(form));
    // The repository is of one provider, the workflows are for another.
    assert!(!open_form(&gitlab).contains("Open the form"));
    let both = gitlab.replace("target: github", "target: gitlab");
    let page = open_form(&both);
    assert!(page.contains("href=\"https://gitlab.com/acme/catalog/-/pipelines/new\""), "{page}");
    assert!(page.contains("with <code>create</code> as its action, and as its request:"), "{page}");
    assert!(page.contains("data-json>{}</pre>"), "{page}");
    let page = read(built("text", &both).path(), "actions/deploy.html");
    assert!(
        page.contains("https://gitlab.com/acme/catalog/-/new/main?file_name=requests/deploy/request.yaml\"")
    );
    assert!(
        page.contains("<pre class=\"cmd\" id=\"file\" tabindex=\"0\">action: &quot;deploy&quot;"),
        "{page}"
    );
}

#[test]
fn inputs_that_an_expression_requires_are_marked_as_with_defaults() {
    let action = r#"
identifier: grant
trigger:
  type: self-service
  operation: CREATE
  userInputs:
    properties: {level: {type: string, default: read}, ticket: {type: string}, why: {type: string}}
    required: {jqQuery: '["why"] + (if .form.level != "read" then ["ticket"] else [] end)'}
steps: [{run: x}]
"#;
    for (default, required) in [("read", vec!["why"]), ("write", vec!["why", "ticket"])] {
        let text = action.replace("default: read", &format!("default: {default}"));
        let memory = Memory::new([("actions/grant.yaml", text.as_str())]);
        let portal = Portal::open(Origin::new(&memory, Instant::default()), None).expect("opened");
        let offers = Offers::new(&portal);
        assert_eq!(offers.all[0].required, required, "{default}");
    }
}

#[test]
fn a_catalog_without_actions_has_nothing_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let memory = Memory::new([("blueprints/a.yaml", "{identifier: actions, schema: {properties: {}}}")]);
    let portal = Portal::open(Origin::new(&memory, Instant::default()), None).expect("opened");
    build(&portal, folder.path(), &Options::default()).expect("built");
    let home = read(folder.path(), "index.html");
    assert!(!home.contains(">Actions<") && home.contains("~61ctions/index.html"), "{home}");
    assert!(!folder.path().join("portal-form.js").exists() && !folder.path().join("actions").exists());
}

#[test]
fn assets_stay_light() {
    assert!(FORM.text.len() <= 6 * 1024, "{} bytes", FORM.text.len());
}
