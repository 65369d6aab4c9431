use std::fs;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::state::recorded;
use super::*;
use crate::form::Form;
use crate::model::instant::Instant;
use crate::model::scaffold::Scaffold;
use crate::portal::{self, Portal};
use crate::provenance::{self, digest_of};
use crate::scaffold::Recipe;
use crate::source::{Source, Sources};
use crate::worktree::{Memory, Tree, TreeFile};

/// Returns files of `path=content`; `!` at the end of a path says that it can be run.
fn tree(files: &[&str]) -> Vec<TreeFile> {
    let file = |text: &&str| {
        let (path, bytes) = text.split_once('=').unwrap();
        let executable = path.ends_with('!');
        TreeFile { path: path.trim_end_matches('!').into(), bytes: bytes.as_bytes().into(), executable }
    };
    let mut files: Vec<TreeFile> = files.iter().map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn origin(tag: &str) -> Origin {
    let text = |text: &str| Some(text.to_string());
    Origin {
        template: "http-service".into(),
        tag: text(tag),
        commit: text("0123456789abcdef"),
        is_committed: true,
        digest: digest_of(tag.as_bytes()),
    }
}

const FOLDER: &str = "services/pay";
const ENTITY: &str = "entities/service/pay.yaml";

/// Returns what a template makes: files of the service and of `.github/`, and the text of the entity.
fn state(tag: &str, files: &[&str], entity: Option<&str>) -> State {
    let files = tree(files);
    let own = |file: &TreeFile| {
        Some((file.path.strip_prefix(FOLDER)?.strip_prefix('/')?.to_string(), digest_of(&file.bytes)))
    };
    let entity =
        entity.map(|text| TreeFile { path: ENTITY.into(), bytes: text.as_bytes().into(), executable: false });
    let record = Record {
        origin: origin(tag),
        portal: "1".into(),
        answers: json!({"name": "pay", "of": tag}).as_object().cloned().unwrap(),
        entity: entity.as_ref().map(|file| RecordedEntity {
            blueprint: "service".into(),
            identifier: "pay".into(),
            file: file.path.clone(),
            digest: digest_of(&file.bytes),
        }),
        files: files.iter().filter_map(own).collect(),
        repository: files
            .iter()
            .filter(|file| own(file).is_none())
            .map(|file| (file.path.clone(), digest_of(&file.bytes)))
            .collect(),
        ..Record::default()
    };
    State { files, entity, record }
}

/// A service in the middle of its life: what it is made of now.
struct Scene {
    record: Record,
    ours: Ours,
    entity: Entity,
    lines: BTreeMap<String, Look>,
}

impl Scene {
    fn new(old: &State, files: &[&str]) -> Self {
        let look = old.entity.clone().map_or(Look::Nothing, Look::File);
        Self {
            record: old.record.clone(),
            ours: Ours { files: tree(files), ..Ours::default() },
            entity: Entity { path: ENTITY.into(), look },
            lines: BTreeMap::new(),
        }
    }

    fn entity(mut self, path: &str, text: &str) -> Self {
        let file = TreeFile { path: path.into(), bytes: text.as_bytes().into(), executable: false };
        self.entity = Entity { path: path.into(), look: Look::File(file) };
        self
    }

    fn update(&self, old: Option<&State>, new: &State) -> Update {
        let sides = Sides {
            record: &self.record,
            folder: FOLDER,
            roots: [Path::new("/r"), Path::new("/r")],
            old,
            new,
            ours: &self.ours,
            entity: &self.entity,
            lines: &self.lines,
            written: Look::Nothing,
        };
        sides.merge(Vec::new()).unwrap()
    }
}

/// Returns what an update says about files, but for the record.
fn said(update: &Update) -> Vec<(String, String, Option<String>)> {
    let shown = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let files = update.files.iter().filter(|file| file.outcome != Outcome::Record);
    let outcome = |outcome: &Outcome| match outcome {
        Outcome::Conflict(reason) => reason.clone(),
        outcome => format!("{outcome:?}"),
    };
    files.map(|file| (file.path.clone(), outcome(&file.outcome), file.after.as_ref().map(shown))).collect()
}

fn line(path: &str, outcome: &str, after: Option<&str>) -> (String, String, Option<String>) {
    (path.into(), outcome.into(), after.map(String::from))
}

/// Returns the record that an update writes.
fn record(update: &Update) -> Option<&Merged> {
    update.files.iter().find(|file| file.outcome == Outcome::Record)
}

const MAIN_1: &str = "fn main() {\n    listen(80);\n}\n\nfn health() {}\n";
const MAIN_2: &str = "fn main() {\n    listen(8080);\n}\n\nfn health() {}\n\nfn ready() {}\n";
const CI_1: &str = "on: push\njobs:\n  test:\n    run: make\n    env: x\n    on: small\n";
const CI_2: &str = "on: push\njobs:\n  test:\n    run: make test\n    env: x\n    on: small\n";
const README_1: &str = "# pay\n\nA service.\n";
const README_2: &str = "# pay\n\nA service of the platform.\n";

fn v1() -> State {
    let files = [
        format!("services/pay/src/main.rs={MAIN_1}"),
        format!("services/pay/README.md={README_1}"),
        format!("services/pay/build.yaml={CI_1}"),
        "services/pay/run!=old\n".into(),
        ".github/pay.yaml=on: push\n".into(),
    ];
    state(
        "v1",
        &files.iter().map(String::as_str).collect::<Vec<_>>(),
        Some("identifier: pay\ntitle: Pay\nteam: a\n"),
    )
}

fn v3() -> State {
    let files = [
        format!("services/pay/src/main.rs={MAIN_2}"),
        format!("services/pay/README.md={README_2}"),
        format!("services/pay/build.yaml={CI_2}"),
        "services/pay/docs/index.md=# Docs\n".into(),
        ".github/pay.yaml=on: [push]\n".into(),
    ];
    let entity = "identifier: pay\ntitle: Pay\nteam: a\nproperties:\n  tier: 1\n";
    state("v3", &files.iter().map(String::as_str).collect::<Vec<_>>(), Some(entity))
}

/// A template two tags ahead; a service with a change in a file that the template changed, too, one deleted and one renamed
/// file.
fn acceptance(from: &str, to: &str) -> Update {
    let main = MAIN_1.replace(from, to);
    let scene = Scene::new(
        &v1(),
        &[
            &format!("services/pay/src/main.rs={main}"),
            &format!("services/pay/ci.yaml={}", CI_1.replace("small", "large")),
            "services/pay/run!=old\n",
            "services/pay/notes.md=mine\n",
            ".github/pay.yaml=on: push\n",
        ],
    );
    scene.entity(ENTITY, "identifier: pay\ntitle: Payments\nteam: a\n").update(Some(&v1()), &v3())
}

#[test]
fn a_service_two_tags_behind_is_brought_up_to_date() {
    let update = acceptance("fn main", "/// Starts.\nfn main");
    let entity = "identifier: pay\ntitle: Payments\nteam: a\nproperties:\n  tier: 1\n";
    let ci = "on: push\njobs:\n  test:\n    run: make test\n    env: x\n    on: large\n";
    let main = format!("/// Starts.\n{MAIN_2}");
    assert_eq!(
        said(&update),
        [
            line(".github/pay.yaml", "Taken", Some("on: [push]\n")),
            line(ENTITY, "Merged", Some(entity)),
            line("services/pay/ci.yaml", "Merged", Some(ci)),
            line("services/pay/docs/index.md", "Taken", Some("# Docs\n")),
            line("services/pay/run", "Taken", None),
            line("services/pay/src/main.rs", "Merged", Some(&main)),
        ]
    );
    assert_eq!(
        update.notes,
        [
            "`services/pay/README.md` was deleted here and stays deleted; the template changed it",
            "`services/pay/build.yaml` was renamed to `services/pay/ci.yaml` here, so the template's changes are \
             made there",
        ]
    );
}

#[test]
fn a_conflict_is_marked_and_the_record_stays() {
    let update = acceptance("listen(80)", "listen(9090)");
    let files = said(&update);
    let main = files.iter().find(|(path, ..)| path == "services/pay/src/main.rs").unwrap();
    assert_eq!(
        main.2.as_deref(),
        Some(
            "fn main() {\n<<<<<<< yours\n    listen(9090);\n||||||| template v1 (before)\n    listen(80);\n=======\n    \
             listen(8080);\n>>>>>>> template v3\n}\n\nfn health() {}\n\nfn ready() {}\n"
        )
    );
    assert!(update.has_conflicts());
    let new = v3().record;
    let conflicts = vec!["services/pay/src/main.rs".to_string()];
    let updating = provenance::Updating {
        origin: new.origin,
        answers: new.answers,
        files: new.files,
        repository: new.repository,
        appended: new.appended,
        entity: new.entity,
        conflicts,
    };
    let expected = Record { updating: Some(updating), ..v1().record };
    let written = record(&update).unwrap();
    assert_eq!(written.path, "services/pay/.portal/scaffold.yaml");
    assert_eq!(written.after.as_deref(), Some(provenance::text(&expected).as_bytes()));
    assert_eq!(files.len(), 6, "what goes together is written: {files:?}");
}

#[test]
fn without_a_conflict_the_record_is_complete() {
    let old = v1();
    let files: Vec<String> = old
        .files
        .iter()
        .map(|file| format!("{}={}", file.path, String::from_utf8_lossy(&file.bytes)))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let update = Scene::new(&old, &files).update(Some(&old), &v3());
    assert!(!update.has_conflicts() && update.notes.is_empty(), "{:?}", update.notes);
    let expected = provenance::text(&v3().record);
    assert_eq!(record(&update).unwrap().after.as_deref(), Some(expected.as_bytes()));
    assert_eq!(update.entity, v3().record.entity);
    for new in v3().files {
        let merged = update.files.iter().find(|file| file.path == new.path).unwrap();
        assert_eq!(merged.after.as_deref(), Some(&*new.bytes));
    }
}

#[test]
fn the_entity_is_followed_and_keeps_what_people_wrote() {
    let old = state("v1", &[], Some("identifier: pay\ntitle: Pay\nteam: a\n"));
    let new = state("v2", &[], Some("identifier: pay\ntitle: Pay\nteam: a\nproperties:\n  tier: 1\n"));
    let elsewhere = "entities/all.yaml";
    let all = "identifier: other\n---\nidentifier: pay\ntitle: Payments\nteam: a\n";
    let update = Scene::new(&old, &[]).entity(elsewhere, all).update(Some(&old), &new);
    assert_eq!(said(&update), [line(elsewhere, "Merged", Some(&format!("{all}properties:\n  tier: 1\n")))]);
    assert_eq!(update.entity.unwrap().file, elsewhere);

    let mut scene = Scene::new(&old, &[]);
    scene.entity.look = Look::Nothing;
    let update = scene.update(Some(&old), &new);
    assert_eq!(said(&update), []);
    assert_eq!(
        update.notes,
        [format!("`{ENTITY}` was deleted here and stays deleted; the template changed it")]
    );
    assert_eq!(update.entity, None);

    let update = Scene::new(&old, &[]).update(Some(&old), &state("v2", &[], None));
    assert_eq!(said(&update), []);
    assert_eq!(update.notes, [format!("the template no longer makes an entity; `{ENTITY}` stays")]);

    let mut moved = new.clone();
    moved.entity.as_mut().unwrap().path = "entities/new/pay.yaml".into();
    let update = Scene::new(&old, &[]).update(Some(&old), &moved);
    let text = new.entity.as_ref().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let expected = [line("entities/new/pay.yaml", "Taken", text.as_deref()), line(ENTITY, "Taken", None)];
    assert_eq!(said(&update), expected);
    assert_eq!(update.entity.unwrap().file, "entities/new/pay.yaml");
}

#[test]
fn an_entity_that_is_not_decided_is_not_judged() {
    let old = state("v1", &[], Some("identifier: pay\ntitle: Pay\n"));
    let new = state("v2", &[], Some("identifier: pay\ntitle: Pay it\n"));
    let update =
        Scene::new(&old, &[]).entity(ENTITY, "identifier: pay\ntitle: Payments\n").update(Some(&old), &new);
    assert!(update.has_conflicts() && update.entity.is_none());
}

#[test]
fn a_first_entity_is_added() {
    let (old, new) = (state("v1", &[], None), state("v2", &[], Some("identifier: pay\n")));
    let update = Scene::new(&old, &[]).update(Some(&old), &new);
    assert_eq!(said(&update), [line(ENTITY, "Taken", Some("identifier: pay\n"))]);
    let update =
        Scene::new(&old, &[]).entity("entities/x.yaml", "identifier: pay\n").update(Some(&old), &new);
    assert_eq!(said(&update), [], "it is there already, and the same");
}

#[test]
fn without_the_old_state_what_nobody_changed_is_taken_over() {
    let old = state(
        "v1",
        &[
            "services/pay/asis=1\n",
            "services/pay/changed=a\nb\n",
            "services/pay/deleted=gone\n",
            "services/pay/dropped=was\n",
            "services/pay/moved=quite a text\n",
            "services/pay/still=x\n",
            "services/pay/windows=w\nx\n",
        ],
        Some("identifier: pay\n"),
    );
    let new = state(
        "v2",
        &[
            "services/pay/asis=2\n",
            "services/pay/changed=a\nc\n",
            "services/pay/deleted=y\n",
            "services/pay/moved=quite another text\n",
            "services/pay/still=x\n",
            "services/pay/windows=w\nx\ny\n",
        ],
        Some("identifier: pay\ntitle: Pay\n"),
    );
    let scene = Scene::new(
        &old,
        &[
            "services/pay/asis=1\n",
            "services/pay/changed=a\nmine\n",
            "services/pay/dropped=mine\n",
            "services/pay/new=quite a text\n",
            "services/pay/still=mine\n",
            "services/pay/windows=w\r\nx\r\n",
        ],
    );
    let update = scene.update(None, &new);
    assert_eq!(
        said(&update),
        [
            line(ENTITY, "Taken", Some("identifier: pay\ntitle: Pay\n")),
            line("services/pay/asis", "Taken", Some("2\n")),
            line(
                "services/pay/changed",
                "it was changed here, and what the template made before is not known",
                Some("a\n<<<<<<< yours\nmine\n=======\nc\n>>>>>>> template v2\n")
            ),
            line(
                "services/pay/dropped",
                "it was changed here, and the template no longer has it: yours is kept",
                Some("mine\n")
            ),
            line("services/pay/new", "Taken", Some("quite another text\n")),
            line("services/pay/windows", "Merged", Some("w\r\nx\r\ny\r\n")),
        ]
    );
    assert_eq!(
        update.notes,
        [
            "`services/pay/deleted` was deleted here and stays deleted",
            "`services/pay/moved` was renamed to `services/pay/new` here, so the template's changes are made there",
        ]
    );
    let dropped = update.files.iter().find(|file| file.path.ends_with("dropped")).unwrap();
    assert!(!dropped.is_written(), "a person decides about it as it stands");
}

#[test]
fn a_file_that_nobody_changed_is_taken_over_whatever_the_old_state_says() {
    // The template named the folder, and the service was moved since: it would make something else today.
    let written = state("v1", &["services/pay/ci=cd services/old\n"], None);
    let today = state("v1", &["services/pay/ci=cd services/pay\n"], None);
    let new = state("v2", &["services/pay/ci=cd services/pay\n"], None);
    let update = Scene::new(&written, &["services/pay/ci=cd services/old\n"]).update(Some(&today), &new);
    assert_eq!(said(&update), [line("services/pay/ci", "Taken", Some("cd services/pay\n"))]);
}

#[test]
fn added_lines_follow_the_template() {
    let asked = |line: &str| vec![("CODEOWNERS".to_string(), line.to_string())];
    let (mut old, mut new) = (state("v1", &[], None), state("v2", &[], None));
    old.record.appended = asked("/services/pay/ @a");
    new.record.appended = asked("/services/pay/ @b");
    let mut scene = Scene::new(&old, &[]);
    let file = &tree(&["CODEOWNERS=* @all\n/services/pay/ @a\n"])[0];
    scene.lines = [("CODEOWNERS".to_string(), Look::File(file.clone()))].into();
    let update = scene.update(Some(&old), &new);
    assert_eq!(said(&update), [line("CODEOWNERS", "Taken", Some("* @all\n/services/pay/ @b\n"))]);
    scene.lines = [("CODEOWNERS".to_string(), Look::Other("is a symbolic link".into()))].into();
    let update = scene.update(Some(&old), &new);
    assert!(update.has_conflicts());
    assert!(update.files.iter().any(|file| file.path == "CODEOWNERS" && !file.is_written()));
}

#[test]
fn one_file_is_not_written_twice() {
    let (old, mut new) = (state("v1", &[], None), state("v2", &["CODEOWNERS=x\n"], None));
    new.record.appended = vec![("CODEOWNERS".into(), "y".into())];
    let scene = Scene::new(&old, &[]);
    let sides = Sides {
        record: &scene.record,
        folder: FOLDER,
        roots: [Path::new("/r"), Path::new("/r")],
        old: Some(&old),
        new: &new,
        ours: &scene.ours,
        entity: &scene.entity,
        lines: &scene.lines,
        written: Look::Nothing,
    };
    let Err(Refusal::Other(reason)) = sides.merge(Vec::new()) else { panic!("it is written twice") };
    assert_eq!(reason, "`CODEOWNERS` would be written twice");
}

#[test]
fn ours_is_what_is_on_disk() {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("services/pay/a", "1"),
        ("services/pay/.gitignore", "/.env\n/target\n"),
        ("services/pay/.env", "made, and ignored"),
        ("services/pay/target/x", "ignored"),
        ("services/pay/.portal/scaffold.yaml", "record"),
        ("services/pay/inner/.portal/scaffold.yaml", "another service"),
        ("services/pay/inner/b", "of another service"),
        (".github/pay.yaml", "of the repository"),
        (".github/other.yaml", "of nobody"),
    ] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let wanted = ["services/pay/.env", ".github/pay.yaml", "services/pay/gone", "services/pay/inner"];
    let ours = Ours::read(root.path(), FOLDER, &wanted.map(String::from).into());
    let paths: Vec<&str> = ours.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [".github/pay.yaml", "services/pay/.env", "services/pay/.gitignore", "services/pay/a"]);
    assert_eq!(ours.barred, [("services/pay/inner".to_string(), "is a folder".to_string())].into());
    assert_eq!(ours.incomplete, None);
}

#[test]
fn an_update_is_completed_once_nothing_is_marked() {
    let root = tempfile::tempdir().unwrap();
    let service = root.path().join(FOLDER);
    fs::create_dir_all(service.join(".portal")).unwrap();
    fs::write(service.join(".portal/scaffold.yaml"), "before").unwrap();
    let (old, new) = (v1().record, v3().record);
    assert!(complete(root.path(), root.path(), FOLDER, &old).unwrap().is_none());
    assert!(abandon(root.path(), FOLDER, &old).is_none());
    let updating = provenance::Updating {
        origin: new.origin.clone(),
        answers: new.answers.clone(),
        files: new.files.clone(),
        repository: new.repository.clone(),
        appended: new.appended.clone(),
        entity: new.entity.clone(),
        conflicts: ["services/pay/README.md", "services/pay/gone", ENTITY].map(String::from).into(),
    };
    let record = Record { updating: Some(updating), ..old.clone() };
    let readme = service.join("README.md");
    fs::write(&readme, "a\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> template v3\n").unwrap();
    let Err(Refusal::Other(reason)) = complete(root.path(), root.path(), FOLDER, &record) else {
        panic!("it is not complete")
    };
    assert_eq!(
        reason,
        "1 file still has conflict markers: decide what stays, take the markers out, and run this again\n  \
         services/pay/README.md: lines 2, 4, 6"
    );
    // The entity may be in another root.
    let catalog = tempfile::tempdir().unwrap();
    fs::create_dir_all(catalog.path().join("entities/service")).unwrap();
    fs::write(catalog.path().join(ENTITY), "<<<<<<< yours\n").unwrap();
    let Err(Refusal::Other(reason)) = complete(root.path(), catalog.path(), FOLDER, &record) else {
        panic!("it is not complete")
    };
    assert!(reason.starts_with("2 files still have") && reason.ends_with(&format!("{ENTITY}: line 1")));
    fs::write(&readme, "Title\n=======\n").unwrap();
    let done = complete(root.path(), root.path(), FOLDER, &record).unwrap().unwrap();
    let expected = Record { portal: env!("CARGO_PKG_VERSION").into(), ..new };
    assert_eq!(done.before.as_deref(), Some(&b"before"[..]));
    assert_eq!(done.after.as_deref(), Some(provenance::text(&expected).as_bytes()));
    let given_up = abandon(root.path(), FOLDER, &record).unwrap();
    assert_eq!(given_up.after.as_deref(), Some(provenance::text(&old).as_bytes()));
}

const SCAFFOLD: &str = "identifier: plain\ntarget: services/pay\n";

/// Returns the template whose folder has these files besides its document.
fn template(tag: &str, files: &[&str]) -> Template {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("scaffolds/plain/scaffold.yaml".to_string(), SCAFFOLD));
    let document = Arc::new(crate::yaml::parse(id, &SCAFFOLD.into(), &mut Vec::new()));
    let scaffold = Box::new(Scaffold::decode(document.roots().next().unwrap()));
    Template {
        origin: origin(tag),
        place: "scaffolds/plain".into(),
        identifier: "plain".into(),
        title: "Plain".into(),
        description: None,
        tags: Vec::new(),
        sources,
        findings: Vec::new(),
        form: Form::default(),
        tree: Tree { files: tree(files), refused: Vec::new() },
        recipe: Recipe::Portal { document, scaffold },
    }
}

/// Writes what a state of a template makes, as a new service would be.
fn write(root: &Path, state: &State) {
    for file in &state.files {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
}

#[test]
fn an_update_reads_the_disk_and_both_states() {
    let root = tempfile::tempdir().unwrap();
    let files = Memory::new([]);
    let portal = Portal::open(portal::Origin::new(&files, Instant::default()), None).unwrap();
    let library = Library { portal: &portal, files: &files, root: root.path(), directory: root.path() };
    let one = template("v1", &["template/a=a\nb\nc\n", "template/gone=x\n", "repository/.github/p=1\n"]);
    let two = template("v2", &["template/a=a\nb\n3\n", "template/new=y\n", "repository/.github/p=2\n"]);
    let answers = Filled { values: serde_json::Map::new(), hidden: Vec::new() };
    let mut request = Request {
        library: &library,
        root: root.path(),
        folder: FOLDER,
        record: &Record::default(),
        old: Some(&one),
        new: &two,
        answers: &answers,
    };
    let [old, new] = [&one, &two].map(|template| State::new(&request, template, &answers).unwrap());
    request.record = &old.record;
    fs::create_dir_all(root.path().join(FOLDER)).unwrap();
    write(root.path(), &old);
    let outcome = update(&request).unwrap();
    assert!(!outcome.has_conflicts() && outcome.notes.is_empty(), "{:?}", outcome.notes);
    let changed = new.files.iter().filter(|file| !old.files.contains(file));
    let changed: Vec<_> = changed.map(|file| (file.path.as_str(), Some(&*file.bytes))).collect();
    let written = outcome.files.iter().filter(|file| file.outcome == Outcome::Taken && file.after.is_some());
    let written: Vec<_> = written.map(|file| (file.path.as_str(), file.after.as_deref())).collect();
    assert_eq!(written, changed);
    assert_eq!(record(&outcome).unwrap().after.as_deref(), Some(provenance::text(&new.record).as_bytes()));

    // What a person had changed meanwhile is merged, also when nobody knows the old state.
    for file in old.files.iter().filter(|file| file.path.ends_with("/a")) {
        fs::write(root.path().join(&file.path), "1\nb\nc\n").unwrap();
        let outcome = update(&request).unwrap();
        let merged = outcome.files.iter().find(|it| it.path == file.path).unwrap();
        assert_eq!(merged.after.as_deref(), Some(&b"1\nb\n3\n"[..]));
        let outcome = update(&Request { old: None, ..request }).unwrap();
        assert!(outcome.has_conflicts() && outcome.notes.len() == 1, "{:?}", outcome.notes);
    }

    let begun = Record { updating: Some(provenance::Updating::default()), ..old.record.clone() };
    assert!(matches!(update(&Request { record: &begun, ..request }), Err(Refusal::Other(_))));
}

#[test]
fn a_record_cannot_lead_elsewhere() {
    assert!(safe(&v3().record).is_ok());
    let away = || "../../etc/passwd".to_string();
    let mut record = v3().record;
    record.files.insert(away(), String::new());
    record.appended.push((away(), "x".into()));
    record.entity.as_mut().unwrap().file = away();
    let Err(Refusal::Other(reason)) = safe(&record) else { panic!("it is refused") };
    assert_eq!(reason.matches("  `../../etc/passwd` ").count(), 3, "{reason}");
}

#[test]
fn a_state_is_called_as_people_know_it() {
    let mut origin = origin("v1\n<<<");
    let labels = phrase::labels(&origin, &origin);
    assert!(!labels.base.contains('\n') && labels.base.ends_with("(before)"), "{labels:?}");
    origin.tag = None;
    assert_eq!(phrase::state(&origin), "0123456789ab");
    origin.is_committed = false;
    assert_eq!(phrase::state(&origin), origin.digest[..12]);
}

/// Returns the files of a service, a few with a few contents.
fn files() -> impl Strategy<Value = Vec<String>> {
    let content = prop::sample::select(vec!["x\n", "a\nb\nc\nd\n", "a\nb\nc\n4\n", "1\nb\nc\nd\n"]);
    prop::collection::btree_map("[a-d]", content, 0..4).prop_map(|files| {
        files.into_iter().map(|(name, text)| format!("services/pay/{name}={text}")).collect()
    })
}

fn of(tag: &str, files: &[String]) -> State {
    state(tag, &files.iter().map(String::as_str).collect::<Vec<_>>(), Some("identifier: pay\n"))
}

fn scene(old: &State, files: &[String]) -> Scene {
    Scene::new(old, &files.iter().map(String::as_str).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_state_changes_nothing(base in files(), ours in files(), known in any::<bool>()) {
        let old = of("v1", &base);
        let update = scene(&old, &ours).update(known.then_some(&old), &old);
        prop_assert!(update.files.is_empty(), "{:?}", update.files);
    }

    #[test]
    fn an_untouched_service_becomes_the_new_state(base in files(), theirs in files(), known in any::<bool>()) {
        let (old, new) = (of("v1", &base), of("v2", &theirs));
        let update = scene(&old, &base).update(known.then_some(&old), &new);
        prop_assert!(!update.has_conflicts());
        let mut after: BTreeMap<String, Vec<u8>> =
            old.files.iter().map(|file| (file.path.clone(), file.bytes.to_vec())).collect();
        for file in update.files.iter().filter(|file| file.outcome != Outcome::Record) {
            match &file.after {
                Some(bytes) => drop(after.insert(file.path.clone(), bytes.clone())),
                None => drop(after.remove(&file.path)),
            }
        }
        let expected = new.files.iter().map(|file| (file.path.clone(), file.bytes.to_vec())).collect();
        prop_assert_eq!(after, expected);
    }

    #[test]
    fn a_service_that_is_there_already_gets_only_its_record(base in files(), theirs in files()) {
        let (old, new) = (of("v1", &base), of("v2", &theirs));
        let update = scene(&old, &theirs).update(Some(&old), &new);
        prop_assert!(update.files.iter().all(|file| file.outcome == Outcome::Record), "{:?}", update.files);
        let expected = provenance::text(&new.record);
        prop_assert_eq!(record(&update).unwrap().after.as_deref(), Some(expected.as_bytes()));
    }

    #[test]
    fn no_change_of_ours_is_lost(
        base in files(), ours in files(), theirs in files(), known in any::<bool>()
    ) {
        let (old, new) = (of("v1", &base), of("v2", &theirs));
        let scene = scene(&old, &ours);
        let update = scene.update(known.then_some(&old), &new);
        let digests: BTreeSet<String> = recorded(&old.record, FOLDER).into_values().collect();
        for file in &scene.ours.files {
            let merged = update.files.iter().find(|merged| merged.path == file.path);
            let Some(merged) = merged.filter(|_| !digests.contains(&digest_of(&file.bytes))) else { continue };
            let kept: BTreeSet<&[u8]> =
                update.files.iter().flat_map(|it| it.after.iter()).flat_map(|it| it.split(|b| *b == b'\n')).collect();
            let known: BTreeSet<&[u8]> =
                old.files.iter().flat_map(|it| it.bytes.split(|b| *b == b'\n')).collect();
            for line in file.bytes.split(|byte| *byte == b'\n').filter(|line| !known.contains(line)) {
                prop_assert!(kept.contains(line), "{:?} of {} is lost: {:?}", line, file.path, merged);
            }
        }
    }
}
