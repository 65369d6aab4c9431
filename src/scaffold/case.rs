//! Tests of templates: answers, and the files that they must become.
//!
//! A test is a folder `tests/<name>/` of the template:
//!
//! | file | holds |
//! |---|---|
//! | `answers.yaml` | the answers: inputs and their values |
//! | `expected/` | everything that is written for them: the files of the service, of the repository, the entity, and files that get lines, each as it is after; without the record |
//! | `refused.txt` | in place of `expected/`: each line is part of a message with which the answers are refused |
//!
//! Files are planned below a root that has nothing in it, so that a test says the same in every catalog; what answers name
//! of the catalog, and what it says about the new entity, is the catalog's own. Who asks is `test@example.com`, without
//! teams and roles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::plan::{Part, Plan, Refusal, Request, plan};
use super::{Library, Template};
use crate::diagnostic::{Diagnostic, Rule, Severity, did_you_mean};
use crate::form::{Asker, Problem};
use crate::model::phrase::{clip, quoted_first};
use crate::model::scaffold::TESTS;
use crate::source::Source;
use crate::worktree::Tree;
use crate::yaml;

/// The file of a test with its answers.
pub const ANSWERS: &str = "answers.yaml";

/// The folder of a test with the files that the answers become.
pub const EXPECTED: &str = "expected";

/// The file of a test with parts of the messages with which its answers are refused.
pub const REFUSED: &str = "refused.txt";

/// How a test of a template came out.
#[derive(Debug)]
pub struct Outcome {
    /// The name of the test: its folder below `tests/`.
    pub name: String,
    /// What is wrong: each a file with what it should hold and what it holds, or a reason why nothing could be made.
    pub faults: Vec<CaseFault>,
    /// Everything that the answers became: path below `expected/` and bytes, with whether it can be run.
    pub made: Vec<(String, Vec<u8>, bool)>,
}

/// What is wrong with a test.
#[derive(Debug)]
pub enum CaseFault {
    /// Nothing could be made, or the test cannot be read.
    Refused(Refusal),
    /// A file should be there, and is not.
    Missing(String),
    /// A file should not be there.
    Unexpected(String),
    /// A file holds something else: its path, what it should hold, what it holds.
    Different(String, Vec<u8>, Vec<u8>),
    /// A file should be executable, or should not: its path, and whether it should.
    Mode(String, bool),
}

/// Returns the outcomes of all tests of a template, or of that called `only`, by name. Nothing is written, and only what
/// the answers name of the catalog is asked.
///
/// # Errors
/// When there are no tests, or none of that name.
pub fn run(library: &Library<'_>, template: &Template, only: Option<&str>) -> Result<Vec<Outcome>, String> {
    let tests = template.tree.below(TESTS);
    let names = names(&tests);
    if names.is_empty() {
        return Err(format!(
            "`{}` has no tests: put answers into `{TESTS}/NAME/{ANSWERS}`, and what they become into `{TESTS}/NAME/{EXPECTED}/`",
            template.place
        ));
    }
    if let Some(only) = only.filter(|only| !names.contains(*only)) {
        let known = || names.iter().map(String::as_str);
        let help =
            did_you_mean(only, known()).unwrap_or_else(|| format!("there are {}", quoted_first(known())));
        return Err(format!("there is no test `{}` ({help})", clip(only)));
    }
    let wanted = names.iter().filter(|name| only.is_none_or(|only| only == *name));
    Ok(wanted.map(|name| Case { library, template, name, tree: tests.below(name) }.outcome()).collect())
}

/// Returns the folders of tests.
fn names(tests: &Tree) -> BTreeSet<String> {
    let files = tests.files.iter().map(|file| file.path.as_str());
    let refused = tests.refused.iter().map(|refused| refused.path.as_str());
    files.chain(refused).filter_map(|path| path.split_once('/')).map(|(name, _)| name.to_string()).collect()
}

/// A test.
struct Case<'a> {
    library: &'a Library<'a>,
    template: &'a Template,
    name: &'a str,
    tree: Tree,
}

impl Case<'_> {
    fn outcome(&self) -> Outcome {
        let refused = self.tree.file(REFUSED).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        let mut faults: Vec<CaseFault> = self.unreadable().into_iter().map(other).collect();
        let mut made = Vec::new();
        match (self.plan(), refused) {
            (Ok(plan), None) => {
                made = files(&plan);
                faults.extend(compare(&self.tree.below(EXPECTED), &made));
            }
            (Ok(_), Some(_)) => {
                faults
                    .push(other(format!("`{REFUSED}` says that the answers are refused, and they are not")));
            }
            (Err(refusal), None) => faults.push(CaseFault::Refused(refusal)),
            (Err(refusal), Some(text)) => {
                let unsaid = unsaid(&text, &refusal);
                if !unsaid.is_empty() {
                    faults.extend(unsaid.into_iter().map(other));
                    faults.push(CaseFault::Refused(refusal));
                }
            }
        }
        Outcome { name: self.name.to_string(), faults, made }
    }

    /// Returns what of the test itself cannot be.
    fn unreadable(&self) -> Vec<String> {
        let links = self.tree.refused.iter().map(|it| format!("`{}` {}", self.path(&it.path), it.reason));
        let both = self.tree.file(REFUSED).is_some() && !self.tree.below(EXPECTED).files.is_empty();
        let both =
            both.then(|| format!("`{}` has both `{REFUSED}` and `{EXPECTED}/`: keep one", self.path("")));
        links.chain(both).collect()
    }

    /// Returns the path of a file of the test, as people see it.
    fn path(&self, file: &str) -> String {
        let path = format!("{}/{TESTS}/{}/{file}", self.template.place, self.name);
        path.trim_end_matches('/').to_string()
    }

    fn plan(&self) -> Result<Plan, Refusal> {
        let given = self.answers()?;
        let user =
            json!({"identifier": "test@example.com", "email": "test@example.com", "teams": [], "roles": []});
        let Library { portal, files, root, .. } = *self.library;
        let asker = Asker { known: portal.known(), user: &user, entity: None, now: portal.now };
        let answers = self.template.form.fill(&given, &asker).map_err(Refusal::Problems)?;
        // A folder that is not there, below one that a test owns.
        let nowhere: PathBuf = root.join(self.path(".nowhere"));
        let request = Request {
            purpose: super::plan::Purpose::Create,
            template: self.template,
            answers: &answers,
            portal,
            files,
            catalog: &nowhere,
            destination: None,
        };
        plan(&request)
    }

    /// Returns the answers that the test gives.
    fn answers(&self) -> Result<Map<String, Value>, Refusal> {
        let path = self.path(ANSWERS);
        let file = self.tree.file(ANSWERS).ok_or_else(|| {
            Refusal::Other(format!(
                "there is no `{path}`: write the answers there, `{{}}` when there are none"
            ))
        })?;
        let text =
            str::from_utf8(&file.bytes).map_err(|_| Refusal::Other(format!("`{path}` is no UTF-8")))?;
        let text: Arc<str> = text.into();
        let mut sources = self.template.sources.clone();
        let source = sources.add(Source::new(path, Arc::clone(&text)));
        let mut found = Vec::new();
        let document = yaml::parse(source, &text, &mut found);
        found.retain(|finding| finding.severity == Severity::Error);
        let mut answers = Map::new();
        for root in document.roots() {
            match root.to_json() {
                Value::Object(entries) => answers.extend(entries),
                Value::Null => {}
                _ => {
                    let message =
                        format!("answers are a mapping of inputs and values, not {}", root.kind().name());
                    found.push(Diagnostic::new(Rule::TemplateFault, root.span(), message));
                }
            }
        }
        if found.is_empty() { Ok(answers) } else { Err(Refusal::Findings(sources, found)) }
    }
}

fn other(message: String) -> CaseFault {
    CaseFault::Refused(Refusal::Other(message))
}

/// Returns what a plan writes but for the record, in path order.
fn files(plan: &Plan) -> Vec<(String, Vec<u8>, bool)> {
    let changes = plan.grounds.iter().flat_map(|ground| &ground.changes);
    let changes = changes.filter(|change| change.part != Part::Record);
    let mut files: Vec<_> =
        changes.map(|change| (change.path.clone(), change.bytes.clone(), change.executable)).collect();
    files.sort();
    files
}

/// Returns how what was made differs from what was expected, in path order.
fn compare(expected: &Tree, made: &[(String, Vec<u8>, bool)]) -> Vec<CaseFault> {
    let made: BTreeMap<&str, (&Vec<u8>, bool)> =
        made.iter().map(|(path, bytes, executable)| (path.as_str(), (bytes, *executable))).collect();
    let wanted: BTreeMap<&str, _> = expected.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let paths: BTreeSet<&str> = made.keys().chain(wanted.keys()).copied().collect();
    let mut faults = Vec::new();
    for path in paths {
        match (wanted.get(path), made.get(path)) {
            (Some(_), None) => faults.push(CaseFault::Missing(path.to_string())),
            (None, Some(_)) => faults.push(CaseFault::Unexpected(path.to_string())),
            (Some(wanted), Some((bytes, executable))) => {
                if *wanted.bytes != ***bytes {
                    faults.push(CaseFault::Different(
                        path.to_string(),
                        wanted.bytes.to_vec(),
                        bytes.to_vec(),
                    ));
                }
                if wanted.executable != *executable {
                    faults.push(CaseFault::Mode(path.to_string(), wanted.executable));
                }
            }
            (None, None) => {}
        }
    }
    faults
}

/// Returns what `refused.txt` expects and no message says.
fn unsaid(expected: &str, refusal: &Refusal) -> Vec<String> {
    let messages = messages(refusal);
    let lines: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return vec![format!("`{REFUSED}` is empty: write part of the message that is expected")];
    }
    let unsaid = lines.into_iter().filter(|line| !messages.iter().any(|message| message.contains(line)));
    unsaid.map(|line| format!("no message says `{}`", clip(line))).collect()
}

/// Returns what a refusal says, messages and what to do.
fn messages(refusal: &Refusal) -> Vec<String> {
    let both = |message: &String, help: &Option<String>| [Some(message.clone()), help.clone()];
    let parts: Vec<Option<String>> = match refusal {
        Refusal::Findings(_, found) => found.iter().flat_map(|it| both(&it.message, &it.help)).collect(),
        Refusal::Problems(found) => {
            found.iter().flat_map(|Problem { message, help, .. }| both(message, help)).collect()
        }
        Refusal::Other(message) => vec![Some(message.clone())],
    };
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::super::Recipe;
    use super::*;
    use crate::form::Form;
    use crate::model::instant::Instant;
    use crate::model::scaffold::Scaffold;
    use crate::portal::{Origin, Portal};
    use crate::source::Sources;
    use crate::worktree::{Files, Memory, Refused};

    const DOCUMENT: &str = "
identifier: http
userInputs:
  properties:
    name: {type: string, pattern: '^[a-z-]+$'}
    port: {type: number, default: 8080}
    docker: {type: boolean, default: false}
  required: [name]
target: services/{{ name }}
";

    const TEMPLATE: [(&str, &str); 3] = [
        ("s/template/README.md.j2", "# {{ name | title }} on {{ port }}\n"),
        ("s/template/{% if docker %}Dockerfile{% endif %}", "FROM x\n"),
        ("s/repository/docs/{{ name }}.md.j2", "{{ target }}\n"),
    ];

    /// Runs the tests of a template with these files besides its own.
    fn outcomes(
        files: &[(&str, &str)],
        only: Option<&str>,
        change: impl Fn(&mut Tree),
    ) -> Result<Vec<Outcome>, String> {
        let all = Memory::new(TEMPLATE.into_iter().chain(files.iter().copied()));
        let mut tree = all.tree("s").unwrap();
        change(&mut tree);
        let mut sources = Sources::default();
        let source = sources.add(Source::new("s/scaffold.yaml", DOCUMENT));
        let mut found = Vec::new();
        let document = yaml::parse(source, &DOCUMENT.into(), &mut found);
        let node = document.roots().next().unwrap();
        let scaffold = Scaffold::decode(node);
        let form = Form::decode(node.get("userInputs").unwrap(), &scaffold.inputs);
        let template = Template {
            origin: crate::provenance::Origin::default(),
            place: "s".into(),
            identifier: "http".into(),
            title: "HTTP".into(),
            description: None,
            tags: Vec::new(),
            sources,
            findings: found,
            form,
            tree,
            recipe: Recipe::Portal { document: Arc::new(document), scaffold: Box::new(scaffold) },
        };
        let nothing = Memory::new([]);
        let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
        let portal = Portal::open(Origin { files: &nothing, history: None, now }, None).unwrap();
        let root = std::path::Path::new("/nowhere");
        let library = Library { portal: &portal, files: &nothing, root, directory: root };
        run(&library, &template, only)
    }

    fn shown(outcome: &Outcome) -> Vec<String> {
        let fault = |fault: &CaseFault| match fault {
            CaseFault::Refused(refusal) => format!("refused: {}", messages(refusal).join("; ")),
            CaseFault::Missing(path) => format!("missing {path}"),
            CaseFault::Unexpected(path) => format!("unexpected {path}"),
            CaseFault::Different(path, wanted, got) => {
                format!(
                    "different {path}: {} / {}",
                    String::from_utf8_lossy(wanted),
                    String::from_utf8_lossy(got)
                )
            }
            CaseFault::Mode(path, wanted) => format!("mode {path}: {wanted}"),
        };
        outcome.faults.iter().map(fault).collect()
    }

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        shown(&outcomes(files, None, |_| {}).unwrap()[0])
    }

    const ANSWER: (&str, &str) = ("s/tests/a/answers.yaml", "name: pay\n");
    const README: (&str, &str) = ("s/tests/a/expected/services/pay/README.md", "# Pay on 8080\n");
    const DOCS: (&str, &str) = ("s/tests/a/expected/docs/pay.md", "services/pay\n");

    #[test]
    fn what_is_expected_passes() {
        let outcomes = outcomes(&[ANSWER, README, DOCS], None, |_| {}).unwrap();
        assert_eq!((outcomes[0].name.as_str(), shown(&outcomes[0])), ("a", vec![]));
        let made: Vec<&str> = outcomes[0].made.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(made, ["docs/pay.md", "services/pay/README.md"]);
    }

    #[test]
    fn every_difference_is_found() {
        let files = [
            ("s/tests/a/answers.yaml", "{name: pay, docker: true, port: 1}"),
            README,
            ("s/tests/a/expected/services/pay/main.rs", ""),
        ];
        let expected = [
            "unexpected docs/pay.md",
            "unexpected services/pay/Dockerfile",
            "different services/pay/README.md: # Pay on 8080\n / # Pay on 1\n",
            "missing services/pay/main.rs",
        ];
        assert_eq!(faults(&files), expected);
        let executable = |tree: &mut Tree| {
            tree.files.iter_mut().for_each(|file| file.executable = file.path.contains("expected"))
        };
        let outcomes = outcomes(&[ANSWER, README, DOCS], None, executable).unwrap();
        assert_eq!(shown(&outcomes[0]), ["mode docs/pay.md: true", "mode services/pay/README.md: true"]);
    }

    #[test]
    fn bytes_are_compared_as_they_are() {
        let binary = |tree: &mut Tree| {
            for file in tree.files.iter_mut().filter(|file| file.path.ends_with("README.md")) {
                file.bytes = b"# Pay on 8080\r\n\xff".as_slice().into();
            }
        };
        let outcomes = outcomes(&[ANSWER, README, DOCS], None, binary).unwrap();
        assert!(
            matches!(outcomes[0].faults.as_slice(), [CaseFault::Different(_, wanted, _)] if wanted.ends_with(b"\xff"))
        );
    }

    #[test]
    fn answers_can_be_expected_to_be_refused() {
        let bad = ("s/tests/a/answers.yaml", "{name: 'A B', prot: 1}");
        let say = |text| ("s/tests/a/refused.txt", text);
        assert_eq!(faults(&[bad, say("no input `prot`\n\n  `name`\n")]), Vec::<String>::new());
        let unsaid = faults(&[bad, say("too short\n")]);
        assert_eq!(unsaid[0], "refused: no message says `too short`");
        assert!(unsaid[1].contains("there is no input `prot`"), "{unsaid:?}");
        assert!(faults(&[bad, say("\n")])[0].contains("is empty"));
        assert!(faults(&[ANSWER, say("x")])[0].contains("and they are not"));
        assert!(faults(&[bad, say("prot"), README])[0].contains("both"));
    }

    #[test]
    fn a_test_that_cannot_be_read_says_why() {
        assert!(faults(&[README])[0].contains("there is no `s/tests/a/answers.yaml`"));
        assert!(
            faults(&[("s/tests/a/answers.yaml", "- name")])[0]
                .contains("a mapping of inputs and values, not")
        );
        assert!(!faults(&[("s/tests/a/answers.yaml", "name: [")]).is_empty());
        assert!(faults(&[("s/tests/a/answers.yaml", "")])[0].contains("`name`"));
        let linked = |tree: &mut Tree| {
            tree.refused.push(Refused { path: "tests/a/expected/x".into(), reason: "is a symbolic link" });
        };
        let outcomes = outcomes(&[ANSWER, README, DOCS], None, linked).unwrap();
        assert_eq!(shown(&outcomes[0]), ["refused: `s/tests/a/expected/x` is a symbolic link"]);
    }

    #[test]
    fn tests_are_run_by_name() {
        let two = [ANSWER, ("s/tests/b/answers.yaml", ""), ("s/tests/README.md", "no test")];
        let names = |only| {
            outcomes(&two, only, |_| {}).map(|all| all.into_iter().map(|it| it.name).collect::<Vec<_>>())
        };
        assert_eq!(names(None).unwrap(), ["a", "b"]);
        assert_eq!(names(Some("b")).unwrap(), ["b"]);
        assert!(names(Some("c")).unwrap_err().contains("there are `a`, `b`"));
        assert!(outcomes(&[], None, |_| {}).unwrap_err().contains("has no tests"));
    }

    #[test]
    fn the_record_is_named_alike_everywhere() {
        assert_eq!(crate::skeleton::RECORD, crate::provenance::RECORD);
    }
}
