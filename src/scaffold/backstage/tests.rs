use std::path::Path;

use serde_json::{Map, Value, json};

use super::*;
use crate::diagnostic::Diagnostic;
use crate::form::{Asker, Filled, Problem};
use crate::model::instant::Instant;
use crate::portal::{Origin as CatalogOrigin, Portal};
use crate::provenance::Origin;
use crate::scaffold::{Recipe, Template as Opened};
use crate::source::Sources;
use crate::worktree::{Memory, TreeFile};

/// Returns a repository of these files.
fn repository(files: &[(&str, &str)]) -> Tree {
    let file = |(path, text): &(&str, &str)| TreeFile {
        path: (*path).to_string(),
        bytes: text.as_bytes().into(),
        executable: path.ends_with(".sh"),
    };
    let mut files: Vec<TreeFile> = files.iter().map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Tree { files, refused: Vec::new() }
}

fn opened(files: &[(&str, &str)]) -> Opened {
    open("t", &repository(files), "t", Sources::default(), Origin::default()).unwrap()
}

/// Returns the template whose `spec` is this.
fn template(spec: &str, files: &[(&str, &str)]) -> Opened {
    let text = format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{name: it}}\nspec:\n{spec}"
    );
    let mut all = vec![("t/template.yaml", text.as_str())];
    all.extend(files);
    opened(&all)
}

fn said(sources: &Sources, findings: &[Diagnostic]) -> Vec<String> {
    let line = |finding: &Diagnostic| {
        let source = sources.get(finding.source());
        let line = source.line_at(finding.primary.span.start);
        format!("{}:{line} {} {}", source.path(), finding.severity.name(), finding.message)
    };
    findings.iter().map(line).collect()
}

fn portal() -> (Portal, Memory) {
    let files = Memory::new([("portal.yaml", "")]);
    let portal =
        Portal::open(CatalogOrigin::new(&files, Instant::parse("2026-11-21T12:00:00Z").unwrap()), None);
    (portal.unwrap(), files)
}

fn filled(template: &Opened, answers: &Value) -> Result<Filled, Vec<Problem>> {
    let (portal, _) = portal();
    let asker = Asker { known: portal.known(), user: &json!({}), entity: None, now: portal.now };
    template.form.fill(answers.as_object().unwrap(), &asker)
}

fn planned(template: &Opened, answers: &Value, to: Option<&str>) -> Result<Plan, Vec<String>> {
    let (portal, files) = portal();
    let answers = filled(template, answers).unwrap();
    let request = Request {
        purpose: crate::scaffold::plan::Purpose::Create,
        template,
        answers: &answers,
        portal: &portal,
        files: &files,
        catalog: Path::new("/c"),
        destination: to.map(|to| (Path::new("/d"), to)),
    };
    let Recipe::Backstage(recipe) = &template.recipe else { panic!("no Backstage template") };
    plan(&request, recipe).map_err(|refusal| match refusal {
        Refusal::Findings(sources, findings) => said(&sources, &findings),
        other => vec![format!("{other:?}")],
    })
}

/// Returns the files of a plan as `path: text`, without the record.
fn made(plan: &Plan) -> Vec<String> {
    let changes = plan.grounds.iter().flat_map(|ground| &ground.changes);
    let changes = changes.filter(|change| change.part == Part::Template);
    changes.map(|change| format!("{}: {}", change.path, String::from_utf8_lossy(&change.bytes))).collect()
}

fn files_of(spec: &str, files: &[(&str, &str)], answers: &Value) -> Vec<String> {
    match planned(&template(spec, files), answers, Some("")) {
        Ok(plan) => made(&plan),
        Err(why) => why,
    }
}

const EXAMPLE: &str = "apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example
  title: Example
  description: A service
  tags: [node]
spec:
  owner: a
  type: service
  parameters:
    - title: Fill in
      required: [name]
      properties:
        name: {title: Name, type: string, ui:autofocus: true}
    - title: Where
      required: [repoUrl]
      properties:
        repoUrl:
          type: string
          ui:field: RepoUrlPicker
          ui:options: {allowedHosts: [github.com]}
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./content
        values: {name: '${{ parameters.name }}', repo: '${{ parameters.repoUrl | parseRepoUrl }}'}
    - id: publish
      action: publish:github
      input:
        description: This is ${{ parameters.name }}
        repoUrl: ${{ parameters.repoUrl }}
        token: ${{ secrets.TOKEN }}
    - id: register
      action: catalog:register
      input:
        repoContentsUrl: ${{ steps['publish'].output.repoContentsUrl }}
        catalogInfoPath: /catalog-info.yaml
  output:
    links:
      - title: Repository
        url: ${{ steps['publish'].output.remoteUrl }}
      - {title: Open, entityRef: \"${{ steps['register'].output.entityRef }}\"}
      - {title: Never, if: '${{ parameters.name === \"x\" }}', url: https://example.com}
      - {title: Nowhere, url: '${{ steps.publish.output.other }}'}
";

#[test]
fn a_template_makes_its_files_and_says_the_rest() {
    let template = opened(&[
        ("t/template.yaml", EXAMPLE),
        ("t/content/catalog-info.yaml", "kind: Component\nmetadata:\n  name: ${{ values.name | dump }}\n"),
        ("t/content/${{ values.name }}/run.sh", "echo ${{ values.repo.owner }}\n"),
        ("t/content/{% if values.none %}gone{% endif %}", "x"),
    ]);
    assert_eq!(template.findings, []);
    assert_eq!((template.identifier.as_str(), template.title.as_str()), ("example", "Example"));
    assert_eq!(template.tags, ["node"]);
    assert_eq!(template.form.pages.len(), 2);
    let answers = json!({"name": "My Cart", "repoUrl": "github.com?owner=acme&repo=cart"});
    let plan = planned(&template, &answers, None).unwrap();
    assert_eq!(plan.target, "my-cart");
    assert_eq!(
        made(&plan),
        [
            "my-cart/My Cart/run.sh: echo acme\n",
            "my-cart/catalog-info.yaml: kind: Component\nmetadata:\n  name: \"My Cart\"\n",
        ]
    );
    let changes = &plan.grounds[0].changes;
    assert_eq!(changes[0].path, "my-cart/.portal/scaffold.yaml");
    assert!(changes[1].executable && !changes[2].executable);
    assert_eq!(plan.record.files.keys().collect::<Vec<_>>(), ["My Cart/run.sh", "catalog-info.yaml"]);
    assert_eq!(plan.record.answers["name"], "My Cart");
    assert_eq!(
        plan.next,
        [
            "git -C my-cart init -b main",
            "git -C my-cart add -A",
            "git -C my-cart commit -m 'Initial commit'",
            "gh repo create acme/cart --source my-cart --private --description 'This is My Cart' --push",
        ]
    );
    assert_eq!(
        plan.notes,
        [
            "`my-cart/catalog-info.yaml` describes `component:default/my cart` for Backstage; import it to have it in this catalog",
            "Repository: https://github.com/acme/cart.git",
            "Open: component:default/my cart",
        ]
    );
    let elsewhere = planned(&template, &answers, Some("services/x")).unwrap();
    assert_eq!(elsewhere.grounds[0].root, Path::new("/d"));
    assert!(elsewhere.grounds[0].changes.iter().all(|change| change.path.starts_with("services/x/")));
    let Err(problems) = filled(&template, &json!({"name": "a", "repoUrl": "gitlab.com?owner=a&repo=b"}))
    else {
        panic!("a host that is not allowed")
    };
    assert!(problems[0].message.contains("pattern"), "{problems:?}");
}

/// Returns what a form asks, an input a line, and what is said about it.
fn asks(parameters: &str) -> (Vec<String>, Vec<String>) {
    let text: String = parameters.lines().map(|line| format!("    {line}\n")).collect();
    let template = template(&format!("  parameters:\n{text}  steps: []\n"), &[]);
    let field = |field: &crate::form::Field| {
        let mut text = format!("{}: {}", field.identifier, field.kind.name());
        if field.necessity == crate::form::Necessity::Required {
            text.push('!');
        }
        if field.secret {
            text.push_str(" secret");
        }
        if let Some(format) = &field.format {
            text.push_str(&format!(" {format}"));
        }
        if let Some(choices) = field.fixed_choices() {
            text.push_str(&format!(" {}", Value::from(choices.to_vec())));
        }
        if let Some(default) = field.fixed_default() {
            text.push_str(&format!(" ={default}"));
        }
        if let Some(pattern) = field.fixed_pattern() {
            text.push_str(&format!(" /{pattern}/"));
        }
        if let Some(description) = &field.description {
            text.push_str(&format!(" ({description})"));
        }
        text
    };
    let lines = template.form.fields.iter().map(field).collect();
    (lines, said(&template.sources, &template.findings))
}

#[test]
fn parameters_become_inputs() {
    for (parameters, expected) in [
        ("required: [a]\nproperties:\n  a: {type: string, title: A, description: What}", "a: string! (What)"),
        ("properties: {a: {type: integer, default: 3, minimum: 1}}", "a: number =3"),
        (
            "properties: {a: {type: string, enum: [x, y], enumNames: [X ray, y], default: x}}",
            r#"a: string ["x","y"] ="x" (x: X ray)"#,
        ),
        (
            "properties: {a: {type: string, oneOf: [{const: x, title: X ray}, {const: y}]}}",
            r#"a: string ["x","y"] (x: X ray)"#,
        ),
        ("properties: {a: {type: [string, 'null'], format: uri}}", "a: string url"),
        (
            "properties: {a: {type: string, ui:widget: textarea, ui:help: Long}}",
            "a: string multi-line (Long)",
        ),
        ("properties: {a: {type: string, ui:widget: password}}", "a: string secret"),
        ("properties: {a: {type: string, ui:field: Secret}}", "a: string secret"),
        (
            "properties: {a: {type: string, ui:field: OwnerPicker}}",
            "a: string (the reference of an entity, such as group:default/name)",
        ),
        (
            "properties: {a: {ui:field: EntityPicker, ui:options: {catalogFilter: {kind: [System]}}}}",
            "a: string (the reference of an entity, such as system:default/name)",
        ),
        (
            "properties: {a: {type: string, ui:field: EntityNamePicker}}",
            "a: string /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/",
        ),
        (
            "properties: {a: {type: array, items: {type: string}}, b.c: {type: boolean}}",
            "a: array; b.c: boolean",
        ),
        ("properties: {a: {type: object, properties: {x: {type: string, ui:widget: y}}}}", "a: object"),
        ("ui:order: [b, '*']\nproperties: {a: {type: string}, b: {type: string}}", "b: string; a: string"),
        ("- properties: {a: {type: string}}\n- properties: {b: {type: string}}", "a: string; b: string"),
        (
            "oneOf:\n  - {title: One, properties: {k: {const: x}, a: {type: string}}}\n  - {properties: {k: {const: y}}}",
            r#"k: string! ["x","y"] (x: One); a: string"#,
        ),
    ] {
        let (asked, found) = asks(parameters);
        // What is shown or required by answers is told by the table below.
        assert_eq!(asked.join("; "), expected, "{parameters}\n{found:#?}");
        assert!(found.is_empty(), "{parameters}: {found:#?}");
    }
}

#[test]
fn what_is_not_asked_as_it_is_written_is_told() {
    for (parameters, expected) in [
        (
            "properties: {a: {type: string, default: {}}}",
            "t/template.yaml:6 warning the default of `a` is a mapping, not a string, and is not used",
        ),
        (
            "properties: {a: {type: string, pattern: '^(?!x)'}}",
            "t/template.yaml:6 warning the pattern of `a` is not checked: it looks around",
        ),
        (
            "properties: {a: {type: string, ui:field: MyPicker}}",
            "t/template.yaml:6 info `a` is asked as text: the field `MyPicker` is not part of Backstage",
        ),
        (
            "properties: {a: {type: string, format: date}}",
            "t/template.yaml:6 info the format `date` of `a` is not checked",
        ),
        (
            "properties: {a: {type: file}}",
            "t/template.yaml:6 warning `a` is of no type that can be asked for, and is asked as text",
        ),
        (
            "properties: {a: {type: string, anyOf: [{pattern: x}]}}",
            "t/template.yaml:6 error `anyOf` of `a` is not asked: only alternatives of one value each are",
        ),
        (
            "required: [b]\nproperties: {a: {type: string}}",
            "t/template.yaml:6 warning `b` is required, and no parameter is called so",
        ),
        ("properties: {a: {$ref: '#/x'}}", "t/template.yaml:6 error `$ref` of `a` is not read"),
        (
            "properties: {a: {type: string, backstage:featureFlag: x}}",
            "t/template.yaml:6 info `a` is asked whatever `backstage:featureFlag` says",
        ),
        (
            "properties: {a: {type: string}}\noneOf: [{properties: {b: {type: string}}}]",
            "t/template.yaml:7 error the alternatives of `oneOf` cannot be asked: no parameter has one value in each",
        ),
        (
            "properties: {a: {type: string}}\nif: {propertyNames: {pattern: x}}\nthen: {required: [a]}",
            "t/template.yaml:7 error what depends on `if` cannot be asked: `propertyNames` is no condition that can be worked out",
        ),
        ("properties: {a: 3}", "t/template.yaml:6 error the parameter `a` is a mapping, not number"),
        (
            "properties: {a: {type: string}}\nminProperties: 1",
            "t/template.yaml:7 warning `minProperties` of a page of parameters is not read",
        ),
        (
            "$yaml: ./p.yaml",
            "t/template.yaml:6 error `parameters` is in another file, which is not read|t/template.yaml:6 error `$yaml` is not followed: put what it names in its place",
        ),
    ] {
        let (_, found) = asks(parameters);
        assert_eq!(found.join("|"), expected, "{parameters}");
    }
}

/// Conditional parameters: a page, and for answers the values that come of them, or the problems.
#[test]
fn conditions_show_and_require() {
    let kinds = "properties:
  kind: {type: string, enum: [web, job], default: web}
  deep: {type: boolean, default: false}
dependencies:
  kind:
    oneOf:
      - properties:
          kind: {const: web}
          port: {type: number, default: 80}
          deep: {type: boolean}
        required: [port]
        dependencies:
          port:
            oneOf:
              - properties: {port: {enum: [443]}, certificate: {type: string}}
                required: [certificate]
              - properties: {port: {enum: [80]}}
      - properties:
          kind: {const: job}
          schedule: {type: string}
        required: [schedule]";
    let branches = "properties:
  where: {type: string, enum: [new, old]}
dependencies:
  where:
    allOf:
      - if: {properties: {where: {const: old}}}
        then:
          properties:
            branch: {type: string, default: main}
            base: {type: string}
          required: [base]
        else:
          properties: {org: {type: string}}
          required: [org]";
    let nested = "required: [a]
properties:
  a: {type: string}
allOf:
  - if: {properties: {a: {const: x}}, required: [a]}
    then:
      properties: {b: {type: string}}
      required: [b]
      if: {properties: {b: {const: y}}, required: [b]}
      then:
        properties: {c: {type: string, default: z}}
        required: [c]
      else:
        properties: {d: {type: boolean}}
        required: [d]";
    let listed = "properties: {a: {type: string}, b: {type: string}}
dependencies: {a: [b]}";
    let twice = "properties:
  size: {type: string, enum: [s, l]}
oneOf:
  - properties: {size: {const: s}, cpu: {type: string, enum: ['1', '2'], default: '1'}}
  - properties: {size: {const: l}, cpu: {type: string, enum: ['8'], default: '8'}}";
    for (parameters, answers, expected) in [
        (kinds, json!({}), Ok(json!({"kind": "web", "deep": false, "port": 80}))),
        (
            kinds,
            json!({"kind": "job", "schedule": "daily"}),
            Ok(json!({"kind": "job", "deep": false, "schedule": "daily"})),
        ),
        (kinds, json!({"kind": "job"}), Err("`schedule` is required")),
        (kinds, json!({"port": 443}), Err("`certificate` is required")),
        (
            kinds,
            json!({"port": 443, "certificate": "c"}),
            Ok(json!({"kind": "web", "deep": false, "port": 443, "certificate": "c"})),
        ),
        // What is hidden two deep is not there, whatever was given.
        (
            kinds,
            json!({"kind": "job", "schedule": "x", "port": 443, "certificate": "c"}),
            Ok(json!({"kind": "job", "deep": false, "schedule": "x"})),
        ),
        (branches, json!({}), Ok(json!({}))),
        (branches, json!({"where": "old"}), Err("`base` is required")),
        (
            branches,
            json!({"where": "old", "base": "b", "org": "o"}),
            Ok(json!({"where": "old", "branch": "main", "base": "b"})),
        ),
        (branches, json!({"where": "new"}), Err("`org` is required")),
        (
            branches,
            json!({"where": "new", "org": "o", "branch": "b"}),
            Ok(json!({"where": "new", "org": "o"})),
        ),
        (nested, json!({"a": "q", "b": "y", "c": "1", "d": true}), Ok(json!({"a": "q"}))),
        (nested, json!({"a": "x", "b": "y"}), Ok(json!({"a": "x", "b": "y", "c": "z"}))),
        (nested, json!({"a": "x", "b": "n"}), Err("`d` is required")),
        (
            nested,
            json!({"a": "x", "b": "n", "d": false, "c": "1"}),
            Ok(json!({"a": "x", "b": "n", "d": false})),
        ),
        (listed, json!({"b": "1"}), Ok(json!({"b": "1"}))),
        (listed, json!({"a": "1"}), Err("`b` is required")),
        (twice, json!({"size": "l"}), Ok(json!({"size": "l", "cpu": "8"}))),
        (twice, json!({"size": "s", "cpu": "2"}), Ok(json!({"size": "s", "cpu": "2"}))),
        (twice, json!({"size": "s", "cpu": "8"}), Err("`8` is not one of the choices of `cpu`")),
    ] {
        let text: String = parameters.lines().map(|line| format!("    {line}\n")).collect();
        let template = template(&format!("  parameters:\n{text}  steps: []\n"), &[]);
        assert_eq!(said(&template.sources, &template.findings), Vec::<String>::new(), "{parameters}");
        let came = filled(&template, &answers);
        let came = came.map(|filled| Value::Object(filled.values));
        match (came, expected) {
            (Ok(values), Ok(expected)) => assert_eq!(values, expected, "{answers}\n{parameters}"),
            (Err(problems), Err(expected)) => {
                assert!(
                    problems.iter().any(|it| it.message == expected),
                    "{answers}\n{parameters}\n{problems:#?}"
                );
            }
            (came, expected) => panic!("{answers}\n{parameters}\n{came:#?}\n{expected:#?}"),
        }
    }
}

#[test]
fn skeletons_are_fetched_as_their_steps_say() {
    let skeleton: &[(&str, &str)] = &[
        ("t/s/a.txt", "${{ values.n }} {{ cookiecutter.n }}"),
        ("t/s/b.njk", "${{ values.n }}"),
        ("t/s/.github/workflows/${{ values.n }}.yaml", "${{ secrets.X }}"),
        ("other/c.txt", "c ${{ values.n }}"),
    ];
    let fetch = |input: &str| {
        format!(
            "  steps:\n    - action: fetch:template\n      input: {{url: ./s, values: {{n: 1}}, {input}}}\n"
        )
    };
    for (input, expected) in [
        ("", vec![".github/workflows/1.yaml: ", "a.txt: 1 {{ cookiecutter.n }}", "b.njk: 1"]),
        (
            "copyWithoutTemplating: [.github/workflows/]",
            vec![".github/workflows/1.yaml: ${{ secrets.X }}", "a.txt: 1 {{ cookiecutter.n }}", "b.njk: 1"],
        ),
        (
            "copyWithoutRender: ['.github/**', '*.txt', '!a.txt']",
            vec![
                ".github/workflows/${{ values.n }}.yaml: ${{ secrets.X }}",
                "a.txt: 1 {{ cookiecutter.n }}",
                "b.njk: 1",
            ],
        ),
        (
            "templateFileExtension: true, targetPath: ./x/",
            vec![
                "x/.github/workflows/1.yaml: ${{ secrets.X }}",
                "x/a.txt: ${{ values.n }} {{ cookiecutter.n }}",
                "x/b: 1",
            ],
        ),
        ("cookiecutterCompat: true", vec![".github/workflows/$.yaml: $", "a.txt: $ 1", "b.njk: $"]),
        ("url: ../other", vec!["c.txt: c 1"]),
    ] {
        // A second `url` would be a mistake of YAML.
        let spec = fetch(input);
        let spec = if input.starts_with("url") { spec.replace("url: ./s, ", "") } else { spec };
        assert_eq!(files_of(&spec, skeleton, &json!({})), expected, "{input}");
    }
    let twice = |replace: &str| {
        let again =
            format!("    - action: fetch:template\n      input: {{url: ./s, values: {{n: 1}}{replace}}}\n");
        format!("  steps:\n    - action: fetch:plain\n      input: {{url: ./s}}\n{again}")
    };
    let kept = files_of(&twice(""), &[("t/s/a", "${{ values.n }}")], &json!({}));
    assert_eq!(kept, ["a: ${{ values.n }}"], "what is there stays");
    assert_eq!(files_of(&twice(", replace: true"), &[("t/s/a", "${{ values.n }}")], &json!({})), ["a: 1"]);
}

#[test]
fn steps_work_on_each_others_files() {
    let steps =
        "  parameters: {properties: {parts: {type: array, items: {type: string}}, on: {type: boolean}}}
  steps:
    - {id: plain, action: 'fetch:plain', input: {url: ./s, targetPath: in}}
    - {action: 'fetch:plain:file', input: {url: ./s/a.md, targetPath: docs/index.md}}
    - {action: 'fetch:template:file', input: {url: ./one.txt, targetPath: one.txt, values: {n: 7}}}
    - {action: 'fs:rename', input: {files: [{from: in, to: out}]}}
    - {action: 'fs:delete', input: {files: ['out/*.log', out/gone]}}
    - {id: list, action: 'fs:readdir', input: {paths: [out], recursive: true}}
    - action: catalog:write
      input: {entity: {kind: Component, metadata: {name: cart}, files: '${{ steps.list.output.files }}'}}
    - id: each
      each: ${{ parameters.parts }}
      action: fetch:template:file
      input: {url: ./one.txt, targetPath: 'parts/${{ each.value }}', values: {n: '${{ each.key }}'}}
    - {if: '${{ parameters.on }}', action: 'fs:delete', input: {files: [docs]}}
    - {id: no, if: false, action: 'kube:apply'}
    - {action: 'debug:wait', input: {minutes: 3}}
    - {action: 'debug:log', input: {message: 'done ${{ parameters.parts | length }}'}}
";
    let files: &[(&str, &str)] =
        &[("t/s/a.md", "A"), ("t/s/x.log", "x"), ("t/s/gone/y", "y"), ("t/one.txt", "n=${{ values.n }}")];
    let template = template(steps, files);
    assert_eq!(template.findings, []);
    let plan = planned(&template, &json!({"parts": ["p", "q"], "on": false}), Some("")).unwrap();
    let entity = "catalog-info.yaml: kind: Component\nmetadata:\n  name: cart\nfiles:\n  - name: a.md\n    path: out/a.md\n    fullPath: out/a.md\n";
    assert_eq!(
        made(&plan),
        [entity, "docs/index.md: A", "one.txt: n=7", "out/a.md: A", "parts/p: n=0", "parts/q: n=1"]
    );
    assert_eq!(plan.notes, ["done 2"]);
    let without = planned(&template, &json!({"parts": [], "on": true}), Some("")).unwrap();
    assert!(!made(&without).iter().any(|file| file.starts_with("docs") || file.starts_with("parts")));
}

#[test]
fn what_cannot_be_done_is_refused_with_its_step_and_line() {
    for (steps, expected) in [
        (
            "    - {id: a, action: 'kube:apply'}\n    - {id: b, action: 'x:y', if: '${{ true }}'}\n    - {id: c, action: z, if: '${{ false }}'}\n",
            vec![
                "t/template.yaml:6 error step `a` cannot be taken: `kube:apply` is not performed here",
                "t/template.yaml:7 error step `b` cannot be taken: `x:y` is not performed here",
            ],
        ),
        (
            "    - {id: a, action: 'fetch:plain', input: {url: 'https://github.com/x/y'}}\n    - {id: b, action: 'fs:rename', input: {files: [{from: q, to: r}]}}\n",
            vec!["t/template.yaml:6 error step `a` fetches `https://github.com/x/y`, which is elsewhere"],
        ),
        (
            "    - {id: a, action: 'fetch:template', input: {url: ./none}}\n    - {id: b, action: 'fetch:template', input: {url: ../../up}}\n    - {id: c, action: 'fetch:template'}\n",
            vec![
                "t/template.yaml:6 error step `a` fetches `./none`, which is not there",
                "t/template.yaml:7 error step `b` fetches `../../up`, which leads out of the template's repository",
                "t/template.yaml:8 error step `c` has no `url`",
            ],
        ),
        (
            "    - {id: a, action: 'fetch:template', input: {url: ./s, targetPath: ../x}}\n    - {id: b, action: 'catalog:write', input: {filePath: /etc/x, entity: {a: 1}}}\n",
            vec![
                "t/template.yaml:6 error `targetPath` is `../x`, which leads out of the work area",
                "t/template.yaml:7 error `filePath` is `/etc/x`, which leads out of the work area",
            ],
        ),
        (
            "    - {id: a, action: 'publish:github', input: {repoUrl: 'github.com?owner=a'}}\n    - {id: b, action: 'publish:github', input: {}}\n",
            vec![
                "t/template.yaml:6 error `repoUrl` of step `a` is `github.com?owner=a`, which names no repository: it looks like `github.com?owner=acme&repo=cart`",
                "t/template.yaml:7 error step `b` has no `repoUrl`",
            ],
        ),
        (
            "    - {id: a, action: 'fs:rename', input: {files: [{from: q, to: r}]}}\n    - {id: b, each: 3, action: 'debug:log'}\n    - {id: c, action: 'debug:log', input: {message: '${{ 1 | nope }}'}}\n",
            vec![
                "t/template.yaml:6 error step `a` renames `q`, which is not there",
                "t/template.yaml:7 error `each` of step `b` gives no list",
                "t/template.yaml:8 error filter nope is unknown",
            ],
        ),
        (
            "    - {id: a, action: 'debug:log', input: {message: '${{ secrets.TOKEN }}'}}\n    - {id: b, action: 'fetch:template', input: {url: ./s, values: {p: '${{ parameters.token }}'}}}\n",
            vec![
                "t/template.yaml:6 error `secrets.TOKEN` is a secret, which no file may hold",
                "t/template.yaml:7 error `parameters.token` is a secret, which no file may hold",
            ],
        ),
    ] {
        let spec = format!(
            "  steps:\n{steps}  parameters: {{properties: {{token: {{type: string, ui:field: Secret}}}}}}\n"
        );
        let template = template(&spec, &[("t/s/a", "a")]);
        let came = planned(&template, &json!({}), Some("x")).map(|plan| made(&plan));
        assert_eq!(came, Err(expected.into_iter().map(String::from).collect()), "{steps}");
    }
}

#[test]
fn expressions_for_a_ci_system_are_noted() {
    let files: &[(&str, &str)] =
        &[("t/s/ci.yaml", "a: 1\nb: ${{ secrets.KEY }} ${{ env.X }}"), ("t/s/b", "${{ env }}")];
    let plan = |input: &str| {
        let steps =
            format!("  steps:\n    - {{id: a, action: 'fetch:template', input: {{url: ./s{input}}}}}\n");
        planned(&template(&steps, files), &json!({}), Some("")).unwrap()
    };
    let notes = plan("").notes;
    assert_eq!(
        notes,
        [
            "`t/s/ci.yaml`, line 2: `secrets.KEY` gives nothing in a file that is rendered; if it is meant for a CI system, name the file in `copyWithoutTemplating` of step `a`"
        ]
    );
    assert_eq!(plan(", copyWithoutTemplating: ['*.yaml']").notes, Vec::<String>::new());
}

#[test]
fn links_in_a_skeleton_are_refused_and_no_template_is_too_large() {
    let spec = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: it}\nspec:\n  steps:\n    - {id: a, action: 'fetch:plain', input: {url: ./s}}\n";
    let mut tree = repository(&[("t/template.yaml", spec), ("t/s/a", "a")]);
    tree.refused.push(crate::worktree::Refused { path: "t/s/passwd".into(), reason: "is a symbolic link" });
    let linked = open("t", &tree, "t", Sources::default(), Origin::default()).unwrap();
    assert_eq!(
        planned(&linked, &json!({}), Some("")).map(|plan| made(&plan)),
        Err(vec![
            "t/template.yaml:6 error step `a` fetches `./s`, where `passwd` is a symbolic link".to_string()
        ])
    );
    let big = "x".repeat(1024 * 1024);
    let steps = "  steps:\n    - {id: a, each: '${{ range(100) }}', action: 'fetch:plain', input: {url: ./s, targetPath: 'd${{ each.key }}'}}\n";
    let many = planned(&template(steps, &[("t/s/a", &big)]), &json!({}), Some("")).unwrap_err();
    assert_eq!(many, ["t/template.yaml:6 error step `a`: the steps make more than 64 MiB"]);
}

#[test]
fn mistakes_in_skeletons_name_their_file_and_step() {
    let steps =
        "  steps:\n    - {id: a, action: 'fetch:template', input: {url: ./s, values: {p: '../../x'}}}\n";
    let files: &[(&str, &str)] = &[
        ("t/s/bad.txt", "one\n${{ values.p | nope }}"),
        ("t/s/${{ values.p }}", "x"),
        ("t/s/${{ x( }}", "y"),
    ];
    let mut came = files_of(steps, files, &json!({}));
    came.sort();
    assert_eq!(came.len(), 3, "{came:#?}");
    assert!(came[0].starts_with("t/s/${{ values.p }}:1 error the path `../../x` "), "{came:#?}");
    assert!(came[1].starts_with("t/s/${{ x( }}:1 error "), "{came:#?}");
    assert!(came[2].starts_with("t/s/bad.txt:2 error "), "{came:#?}");
}

#[test]
fn names_that_nothing_gives_are_told() {
    let template = template(
        "  parameters: {properties: {name: {type: string}}}
  steps:
    - {id: a, action: 'debug:log', input: {message: '${{ parameters.nam }}', extra: '${{ steps.b.output.x }}'}}
    - {id: b, action: 'debug:log', input: {message: \"${{ steps['a'].output.x }} ${{ parameters['name'] }}\"}}
    - {id: a, action: 'debug:log'}
    - {name: c}
",
        &[],
    );
    assert_eq!(
        said(&template.sources, &template.findings),
        [
            "t/template.yaml:9 error two steps have the id `a`",
            "t/template.yaml:10 error step `step-4` has no `action`",
            "t/template.yaml:7 warning there is no parameter `nam`: this gives nothing",
            "t/template.yaml:7 warning there is no step before this one `b`: this gives nothing",
        ]
    );
}

#[test]
fn documents_that_are_no_templates_say_so() {
    let tree = |text: &str| repository(&[("t/template.yaml", text)]);
    let open = |text: &str| open("t", &tree(text), "t", Sources::default(), Origin::default());
    for (text, expected) in [
        ("", "t/template.yaml:1 error this is no Backstage template"),
        ("kind: Component", "t/template.yaml:1 error this is no Backstage template"),
        (
            "apiVersion: scaffolder.backstage.io/v1beta2\nkind: Template\nmetadata: {name: a}\nspec: {steps: []}",
            "t/template.yaml:1 error `scaffolder.backstage.io/v1beta2` cannot be read",
        ),
        (
            "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {}\nspec: {}",
            "t/template.yaml:3 error the template has no `metadata.name`|t/template.yaml:4 error the template has no `steps`",
        ),
        (
            "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a}",
            "t/template.yaml:1 error the template has no `spec`",
        ),
    ] {
        let template = open(text).unwrap();
        assert_eq!(said(&template.sources, &template.findings).join("|"), expected, "{text}");
    }
    let missing =
        super::open("t", &repository(&[("t/x.yaml", "a: 1")]), "t", Sources::default(), Origin::default());
    assert!(missing.unwrap_err().starts_with("there is no Backstage template in `t`"));
    let other = repository(&[("t/other.yaml", EXAMPLE), ("t/a.yaml", "a: 1")]);
    for folder in ["t", "t/", "t/other.yaml"] {
        let place = folder.trim_end_matches('/');
        let template = super::open(place, &other, folder, Sources::default(), Origin::default()).unwrap();
        assert_eq!((template.identifier.as_str(), template.place.as_str()), ("example", "t"), "{folder}");
    }
}

#[test]
fn folders_are_called_after_the_service() {
    for (parameters, expected) in [
        (json!({"name": "My Cart"}), "my-cart"),
        (json!({"repoName": "x", "component_id": "y"}), "y"),
        (json!({"where": "github.com?owner=a&repo=shop"}), "shop"),
        (json!({"name": "../../etc"}), "etc"),
        (json!({}), "it"),
    ] {
        assert_eq!(target(parameters.as_object().unwrap(), "it").ok().as_deref(), Some(expected));
    }
    assert!(target(json!({"name": "../"}).as_object().unwrap_or(&Map::new()), "it").is_err());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever is answered, nothing leads out of the folder of the service.
    #[test]
    fn answers_lead_nowhere(name in "[a-z./\\\\ $'\"{}%:~-]{0,12}") {
        let steps = "  parameters: {properties: {n: {type: string}}}\n  steps:\n    - {id: a, action: 'fetch:template', input: {url: ./s, targetPath: '${{ parameters.n }}', values: {n: '${{ parameters.n }}'}}}\n";
        let files: &[(&str, &str)] = &[("t/s/${{ values.n }}", "x"), ("t/s/d/${{ values.n }}/y", "x")];
        if let Ok(plan) = planned(&template(steps, files), &json!({"n": name}), Some("svc")) {
            for change in &plan.grounds[0].changes {
                proptest::prop_assert!(change.path.starts_with("svc/"), "{}", change.path);
                proptest::prop_assert!(!change.path.split('/').any(|part| part.is_empty() || part == ".."), "{}", change.path);
            }
        }
    }
}
