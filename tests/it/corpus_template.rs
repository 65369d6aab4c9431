//! Backstage templates published by others: what they ask, and what becomes of their steps. Opt-in like the rest of the
//! corpus, which holds their YAML files and not the rest of their skeletons; the table is reviewed by hand.

use std::path::Path;

use portal::diagnostic::Diagnostic;
use portal::form::{Asker, Necessity};
use portal::model::instant::Instant;
use portal::portal::{Origin, Portal};
use portal::provenance;
use portal::scaffold::{Part, Plan, Refusal, Request, backstage, plan};
use portal::source::Sources;
use portal::worktree::{Files, Memory, Tree, Worktree};
use serde_json::{Map, Value, json};

use crate::corpus::corpus;

/// A published template: its repository, its folder there, answers, and what is told about it. Inputs are those that
/// these answers show, with `!` for what must be given and `?` for what they hide; then come its mistakes, and the files
/// and the next steps, or the refusals.
struct Published {
    repository: &'static str,
    folder: &'static str,
    answers: &'static str,
    told: &'static str,
}

const TEMPLATES: &[Published] = &[
    Published {
        repository: ORIGINAL,
        folder: "packages/create-app/templates/default-app/examples/template",
        answers: r#"{"name": "cart", "repoUrl": "github.com?owner=acme&repo=cart"}"#,
        told: r#"
asks name! repoUrl!
makes cart/catalog-info.yaml (8 lines)
next git -C cart init -b main
next git -C cart add -A
next git -C cart commit -m 'Initial commit'
next gh repo create acme/cart --source cart --private --description 'This is cart' --push
notes `cart/catalog-info.yaml` describes `component:default/cart` for Backstage; import it to have it in this catalog
notes Repository: https://github.com/acme/cart.git
notes Open in catalog: component:default/cart
"#,
    },
    Published {
        repository: ORIGINAL,
        folder: "plugins/scaffolder-backend/sample-templates/notifications-demo",
        answers: r#"{"title": "Hello"}"#,
        told: r#"
asks recipients! entityRefs title! description link severity scope
refused, error 61: step `send-notification` cannot be taken: `notification:send` is not performed here
"#,
    },
    Published {
        repository: ORIGINAL,
        folder: "plugins/scaffolder-backend/sample-templates/bitbucket-demo",
        answers: r#"{"repoUrl": "bitbucket.org?workspace=acme&project=SHOP&repo=cart", "name": "cart", "owner": "shop"}"#,
        told: r#"
asks repoUrl! name! owner!
refused, error 69: step `fetch-docs` fetches `https://github.com/khulnasoft/community/tree/main/devtools-c…`, which is elsewhere
"#,
    },
    Published {
        repository: ORIGINAL,
        folder: "plugins/scaffolder-backend/fixtures/test-v1beta3",
        answers: r#"{"inputString": "hello", "inputObject": {"first": "a", "second": 2}}"#,
        told: r#"
asks inputString inputObject
notes hello
notes {"first":"a","second":2}
"#,
    },
    Published {
        repository: ORIGINAL,
        folder: "plugins/scaffolder-backend-module-confluence-to-markdown/docs/sample-template.yaml",
        answers: r#"{"confluenceUrls": ["https://example.com/display/A/B"], "repoUrl": "x"}"#,
        told: r#"
asks confluenceUrls repoUrl
refused, error 32: step `create-docs` cannot be taken: `confluence:transform:markdown` is not performed here
refused, error 40: `repoUrl` of step `publish` is `<GITHUB_BASE_URL>?repo=&owner=`, which names the host `<GITHUB_BASE_URL>`, which is none
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/gitlab/python-backend",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "port": 5000}"#,
        told: r#"
asks orgName! repoName! description owner! system! port!
refused, error 64: step `sourceCodeTemplate` fetches `./skeleton`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/create-frontend-plugin",
        answers: r#"{"plugin_id": "hello", "owner": "shop", "repoUrl": "github.com?owner=acme&repo=hello"}"#,
        told: r#"
asks plugin_id! description owner! repoUrl! pluginLocation branchName? targetBranchName?
makes hello/plugins/hello/catalog-info.yaml (11 lines)
next git -C hello/plugins/hello init -b main
next git -C hello/plugins/hello add -A
next git -C hello/plugins/hello commit -m 'Initial commit'
next gh repo create acme/hello --source hello/plugins/hello --private --description 'This is hello frontend plugin.' --push
notes `hello/plugins/hello/catalog-info.yaml` describes `component:default/hello` for Backstage; import it to have it in this catalog
notes View Plugin: https://github.com/acme/hello.git
notes Open the Catalog Info Component: component:default/hello
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/create-backend-plugin",
        answers: r#"{"plugin_id": "hello", "owner": "shop", "repoUrl": "github.com?owner=acme&repo=plugins", "pluginLocation": "Submit a pull request to the same repository", "branchName": "hello", "targetBranchName": "main"}"#,
        told: r#"
asks plugin_id! description owner! repoUrl! pluginLocation branchName! targetBranchName!
makes plugins/plugins/hello-backend/catalog-info.yaml (11 lines)
next git clone https://github.com/acme/plugins.git plugins-clone
next cp -R plugins/. plugins-clone
next git -C plugins-clone switch -c hello
next git -C plugins-clone add -A
next git -C plugins-clone commit -m 'Create backend plugin hello'
next git -C plugins-clone push -u origin hello
next gh pr create --repo acme/plugins --head hello --base main --title 'Create backend plugin hello' --body 'This pull request creates the skeleton for your backend plugin'
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/azure/dotnet-frontend",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "projectName": "shop"}"#,
        told: r#"
asks orgName! projectName! repoName! title description owner! system! port!
refused, error 79: step `sourceCodeTemplate` fetches `./skeleton`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/argocd",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "port": 80, "componentName": "cart", "imageUrl": "acme/cart", "hostUrl": "https://cart.example.com"}"#,
        told: r#"
asks orgName! repoName! componentName! port! owner! system! imageRepository! imageUrl! namespace! hostUrl!
refused, error 123: step `manifestsTemplate` fetches `../../../skeletons/manifests/`, which is not there
refused, error 156: step `createArgocdResources` cannot be taken: `argocd:create-resources` is not performed here
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/spring-boot-backend",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "ci": "../../../skeletons/tekton/", "imageUrl": "acme/cart", "namespace": "shop"}"#,
        told: r#"
asks orgName! repoName! description owner! system! port! groupId! artifactId! javaPackageName! ci! imageRepository! imageUrl! namespace!
refused, error 131: step `sourceCodeTemplate` fetches `./skeleton`, which is not there
refused, error 154: step `ciTemplate` fetches `../../../skeletons/tekton/`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/launch-ansible-job",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "name": "job", "jobTemplate": "t", "description": "d"}"#,
        told: r#"
asks orgName! owner! repoName! system! name! jobTemplate! description! namespace! connection_secret extra_vars
warning 73: the default of `extra_vars` is a mapping, not a string, and is not used
warning 119: there is no parameter `githubOrg`: this gives nothing
refused, error 82: step `template` fetches `./skeleton`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/quarkus-backend",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop"}"#,
        told: r#"
asks orgName! repoName! description owner! system! port! groupId! artifactId! version! javaPackageName! ci! imageRepository? imageUrl? namespace?
refused, error 136: step `template` fetches `./skeleton`, which is not there
refused, error 160: step `ciTemplate` fetches `../../../skeletons/github-actions/`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/backstage-system",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "shop", "systemName": "shop", "systemTitle": "Shop"}"#,
        told: r#"
asks orgName! repoName! owner! systemName! systemTitle!
makes cart/all.yaml (8 lines)
makes cart/systems.yaml (8 lines)
makes cart/systems/shop.yaml (7 lines)
next git -C cart init -b main
next git -C cart add -A
next git -C cart commit -m 'Initial commit'
next gh repo create acme/cart --source cart --private --push
notes `cart/all.yaml` describes `location:default/cart-entities` for Backstage; import it to have it in this catalog
notes Open the Source Code Repository: https://github.com/acme/cart.git
notes Open the Catalog Info Component: location:default/cart-entities
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/techdocs",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "componentName": "cart"}"#,
        told: r#"
asks orgName! repoName! componentName! owner! system!
refused, error 65: step `sourceCodeTemplate` fetches `./skeleton`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/sdlc-app",
        answers: r#"{"application_id": "shop", "description": "d", "owner": "o", "organization": "acme", "size": "small", "environments": "build,dev,qa,prod"}"#,
        told: r#"
asks application_id! description! owner! organization! size! environments!
info 43: `organization` is asked as text: the field `OrganizationPicker` is not part of Backstage
refused, error 86: step `template-gitops` fetches `./app-gitops`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/go-backend",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop"}"#,
        told: r#"
asks orgName! repoName! description owner! system! port! ci! imageRepository? imageUrl? namespace?
refused, error 108: step `sourceCodeTemplate` fetches `./skeleton`, which is not there
refused, error 128: step `ciTemplate` fetches `../../../skeletons/github-actions/`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/register-component",
        answers: r#"{"githubOrganization": "acme", "repositoryName": "cart", "componentOwner": "shop"}"#,
        told: r#"
asks githubHost! githubOrganization! repositoryName! componentName componentOwner! componentType! componentLifecycle!
refused, error 71: step `fetchRepository` fetches `https://github.com/acme/cart`, which is elsewhere
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/obc",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop", "storageClassName": "s"}"#,
        told: r#"
asks orgName! repoName! owner! system! storageClassName!
warning 91: there is no parameter `description`: this gives nothing
refused, error 76: step `manifestsTemplate` fetches `./template`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/define-ansible-job",
        answers: r#"{"githubOrg": "acme", "repoName": "cart", "owner": "o", "system": "s", "name": "job", "description": "d", "playbook": "p"}"#,
        told: r#"
asks githubOrg! owner! repoName! system! name! playbook! description! namespace! inventory! project! credential connection_secret extra_vars ask_vars_on_launch!
refused, error 104: step `template` fetches `./skeleton`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/tekton",
        answers: r#"{"orgName": "acme", "repoName": "cart", "imageBuilder": "s2i", "imageUrl": "acme/cart", "namespace": "n", "port": 80}"#,
        told: r#"
asks orgName! repoName! prBranch! catalogInfoPath! imageBuilder! imageRepository! imageUrl! namespace! port!
refused, error 78: step `fetchRepo` fetches `https://github.com/acme/cart`, which is elsewhere
refused, error 82: step `merge` cannot be taken: `roadiehq:utils:merge` is not performed here
refused, error 94: step `ciTemplate` fetches `../../../skeletons/tekton/`, which is not there
"#,
    },
    Published {
        repository: JANUS,
        folder: "templates/github/nodejs-backend",
        answers: r#"{"orgName": "acme", "repoName": "cart", "owner": "group:default/shop", "system": "system:default/shop"}"#,
        told: r#"
asks orgName! repoName! description owner! system! port! ci! imageRepository? imageUrl? namespace?
refused, error 111: step `sourceCodeTemplate` fetches `./skeleton`, which is not there
refused, error 131: step `ciTemplate` fetches `../../../skeletons/github-actions/`, which is not there
"#,
    },
];

/// Returns a repository of the corpus as a whole.
fn repository(name: &str) -> Option<Tree> {
    let root = corpus()?.join("backstage").join(name);
    Some(Worktree::new(&root).tree("").unwrap())
}

/// Returns the folders of templates in a repository.
fn folders(tree: &Tree) -> Vec<String> {
    let files = tree.files.iter().filter(|file| file.path.ends_with(".yaml"));
    let templates = files.filter(|file| str::from_utf8(&file.bytes).is_ok_and(backstage::is_template));
    templates.map(|file| file.path.clone()).collect()
}

fn findings(sources: &Sources, findings: &[Diagnostic]) -> Vec<String> {
    let line = |finding: &Diagnostic| {
        let line = sources.get(finding.source()).line_at(finding.primary.span.start);
        format!("{} {line}: {}", finding.severity.name(), finding.message)
    };
    findings.iter().map(line).collect()
}

/// Returns what is told about a template, a line each.
fn told(tree: &Tree, folder: &str, answers: &Map<String, Value>) -> String {
    let origin = provenance::Origin::default();
    let template = backstage::open(folder, tree, folder, Sources::default(), origin).unwrap();
    let files = Memory::new([("portal.yaml", "")]);
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    let portal = Portal::open(Origin::new(&files, now), None).unwrap();
    let asker = Asker { known: portal.known(), user: &json!({}), entity: None, now };
    let mut lines = Vec::new();
    let filled = template.form.fill(answers, &asker);
    let inputs = template.form.fields.iter().map(|field| {
        let state = template.form.state(field, &filled.as_ref().unwrap().values, &asker).unwrap();
        let required = state.required || field.necessity == Necessity::Required;
        let mark = if !state.visible {
            "?"
        } else if required {
            "!"
        } else {
            ""
        };
        format!("{}{mark}", field.identifier)
    });
    lines.push(format!("asks {}", inputs.collect::<Vec<_>>().join(" ")));
    lines.extend(findings(&template.sources, &template.findings));
    let answers = filled.unwrap();
    let request = Request {
        purpose: portal::scaffold::plan::Purpose::Create,
        template: &template,
        answers: &answers,
        portal: &portal,
        files: &files,
        catalog: Path::new("/catalog"),
        destination: None,
    };
    match plan(&request) {
        Ok(plan) => lines.extend(made(&plan)),
        Err(Refusal::Findings(sources, found)) => {
            lines.extend(findings(&sources, &found).into_iter().map(|line| format!("refused, {line}")));
        }
        Err(other) => panic!("{folder}: {other:?}"),
    }
    lines.join("\n")
}

fn made(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for change in plan.grounds.iter().flat_map(|ground| &ground.changes) {
        if change.part != Part::Record {
            lines.push(format!(
                "makes {} ({} lines)",
                change.path,
                change.bytes.split(|b| *b == b'\n').count() - 1
            ));
        }
    }
    lines.extend(plan.next.iter().map(|next| format!("next {next}")));
    lines.extend(plan.notes.iter().map(|note| format!("notes {note}")));
    lines
}

#[test]
fn published_templates_make_what_they_say() {
    if corpus().is_none() {
        return;
    }
    let mut seen = Vec::new();
    for published in TEMPLATES {
        let tree = repository(published.repository).unwrap();
        let answers: Map<String, Value> = serde_json::from_str(published.answers).unwrap();
        let told = told(&tree, published.folder, &answers);
        assert_eq!(told.trim(), published.told.trim(), "{}", published.folder);
        seen.push((published.repository, published.folder));
    }
    for name in [ORIGINAL, JANUS] {
        for path in folders(&repository(name).unwrap()) {
            let folder = path.strip_suffix("/template.yaml").unwrap_or(&path);
            let is_known = seen.contains(&(name, folder));
            assert!(is_known, "no row for {path}");
        }
    }
}

const ORIGINAL: &str = "khulnasoft+devtools";
const JANUS: &str = "redhat-developer+red-hat-developer-hub-software-templates";
