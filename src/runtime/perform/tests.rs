//! What is performed, in which order, and what becomes of the rest.

use serde_json::{Value, json};

use crate::runtime::exec::{Earlier, Part};
use crate::runtime::report::{Effect, Outcome, Report, TaskResult};
use crate::runtime::staging::Stage;

/// Returns what became of each task, a letter each: done, skipped, failed.
fn results(report: &Report) -> String {
    let letter = |task: &TaskResult| match task.result {
        Outcome::Done => 'd',
        Outcome::Skipped => 's',
        Outcome::Failed => 'f',
    };
    report.tasks.iter().map(letter).collect()
}

fn messages(report: &Report) -> Vec<&str> {
    report.tasks.iter().map(|task| task.message.as_deref().unwrap_or_default()).collect()
}

#[test]
fn each_comes_after_what_it_needs() {
    // In a wave, scripts start in any order.
    for (steps, expected, order) in [
        ("[{run: a}, {run: b}, {run: c}]", "ddd", &["a", "b", "c"][..]),
        ("[{run: a}, {run: fail}, {run: c}, {run: d}]", "dfss", &["a", "fail"]),
        (
            "[{run: a, name: a}, {run: fail, needs: []}, {run: c, needs: a}]",
            "dfd",
            &["a|fail", "a|fail", "c"],
        ),
        ("[{run: a, when: 'false'}, {run: b}]", "sd", &["b"]),
        ("[{run: a, when: .nothing}, {run: b, when: '.inputs.name == \"spike\"'}]", "sd", &["b"]),
        ("[{run: fail}, {run: b, when: 'false'}, {run: c}]", "fss", &["fail"]),
        (
            "[{run: fail, name: a}, {run: b, needs: []}, {run: c, needs: a}, {run: d}]",
            "fdss",
            &["fail|b", "fail|b"],
        ),
        ("[{run: a}, {run: b, when: error(\"no\")}, {run: c}]", "dfs", &["a"]),
        (
            "[{run: a, name: a}, {run: b, name: b, needs: []}, {run: c, needs: [a, b]}]",
            "ddd",
            &["a|b", "a|b", "c"],
        ),
        (
            "[{run: out k=v, name: a}, {run: b, when: '.steps.a.k == \"v\"'}, {run: c, when: .steps.a.z}]",
            "dds",
            &["out k=v", "b"],
        ),
        // What was skipped has no outputs, and stops nobody.
        ("[{run: out k=v, name: a, when: 'false'}, {run: b, when: .steps.a.k == null}]", "sd", &["b"]),
        ("[]", "", &[]),
    ] {
        let stage = Stage::new(&format!("steps: {steps}"));
        assert_eq!(results(&stage.perform()), expected, "{steps}\n{}", stage.log());
        let scripts = stage.scripts();
        assert_eq!(scripts.len(), order.len(), "{steps}: {scripts:?}");
        for (script, expected) in scripts.iter().zip(order) {
            assert!(expected.split('|').any(|it| it == script), "{steps}: {scripts:?}");
        }
    }
}

#[test]
fn it_is_said_why_something_was_not_done() {
    let stage = Stage::new(
        "steps: [{run: fail, title: Build}, {run: b, when: 'false'}, {run: c}, {run: d, needs: [], when: '.a |'}]",
    );
    let report = stage.perform();
    assert_eq!(messages(&report)[..3], ["the script ended with 3", "`Build` failed", "`Build` failed"]);
    assert!(messages(&report)[3].starts_with("`when`: `.a |` fails:"), "{:?}", messages(&report));
    let report = Stage::new("steps: [{run: a, when: .inputs.flag}]").perform();
    assert_eq!(messages(&report), ["`.inputs.flag` does not hold"]);
}

#[test]
fn what_is_done_at_the_same_time_is_logged_apart() {
    let stage =
        Stage::new("steps: [{run: say a, needs: []}, {run: say b, needs: []}, {run: say c, needs: []}]");
    stage.perform();
    let group =
        |name: &str| format!("::group::say {name}\n::stop-commands::w0rd\n{name}\n::w0rd::\n::endgroup::\n");
    let expected = format!("::add-mask::t0ken\n{}{}{}", group("a"), group("b"), group("c"));
    assert_eq!(stage.log(), expected);
}

#[test]
fn a_rehearsal_has_an_order() {
    let mut stage = Stage::new("steps: [{run: a, needs: []}, {run: b, needs: []}, {run: c, needs: []}]");
    stage.rehearsal = true;
    stage.perform();
    assert_eq!(stage.scripts(), ["a", "b", "c"]);
}

#[test]
fn outputs_are_kept_without_secrets() {
    let stage = Stage::new(
        "steps: [{run: 'out {\"a\": [1, \"x-s3cret-y\"], \"b\": {\"s3cret\": null}}', name: one, env: {K: '{{ .secrets.KEY }}'}}]",
    );
    let report = stage.perform();
    assert_eq!(Value::Object(report.outputs), json!({"one": {"a": [1, "x-***-y"], "b": {"***": null}}}));
}

#[test]
fn a_part_goes_on_where_another_ended() {
    let stage = Stage::new(
        "steps: [{run: out k=v, name: a}, {uses: ./.github/workflows/x.yml, name: u, with: {k: '{{ .steps.a.k }}', n: '{{ .inputs.size }}'}}, {run: c, when: .steps.u.url}]",
    )
    .inputs(json!({"size": 3}));
    let whole = stage.part(Part { from: 0, to: Some(1) }, Earlier::default()).expect("performed");
    assert_eq!((results(&whole.report).as_str(), &whole.next), ("d", &Some(json!({"k": "v", "n": 3}))));
    let next = |used: Value| {
        let earlier = Earlier { report: whole.report.clone(), used: Some(used) };
        stage.part(Part { from: 2, to: None }, earlier).map(|it| it.report)
    };
    let done = next(json!({"result": "success", "outputs": {"url": "x"}})).expect("performed");
    assert_eq!(results(&done), "ddd");
    assert_eq!(done.outputs["u"]["url"], "x");
    assert_eq!(results(&next(json!({"result": "failure"})).expect("performed")), "dfs");
    assert_eq!(results(&next(json!({"result": "cancelled"})).expect("performed")), "dfs");
    assert_eq!(results(&next(json!({"result": "skipped"})).expect("performed")), "dss");
    // Without a report of what was before, nothing can be gone on with.
    assert!(stage.part(Part { from: 2, to: None }, Earlier::default()).is_err());
    assert!(stage.part(Part { from: 2, to: Some(1) }, Earlier::default()).is_err());
    assert!(stage.part(Part { from: 0, to: Some(9) }, Earlier::default()).is_err());
}

#[test]
fn what_the_system_starts_can_be_skipped_too() {
    for (uses, expected) in [("when: 'false'", "ds"), ("with: {a: '{{ error(\"no\") }}'}", "df")] {
        let stage = Stage::new(&format!("steps: [{{run: a}}, {{uses: ./x.yml, {uses}}}, {{run: c}}]"));
        let part = stage.part(Part { from: 0, to: Some(1) }, Earlier::default()).expect("performed");
        assert_eq!((results(&part.report).as_str(), part.next), (expected, None), "{uses}");
        let earlier = Earlier { report: part.report, used: Some(json!({"result": "skipped"})) };
        let rest = stage.part(Part { from: 2, to: None }, earlier).expect("performed");
        let last = if expected == "ds" { "dsd" } else { "dfs" };
        assert_eq!(results(&rest.report), last, "{uses}");
    }
    let stage = Stage::new("steps: [{run: fail}, {uses: ./x.yml}]");
    let part = stage.part(Part { from: 0, to: Some(1) }, Earlier::default()).expect("performed");
    assert_eq!((results(&part.report).as_str(), part.next), ("fs", None));
    // On a runner that is not the CI system, it cannot be started.
    assert_eq!(results(&Stage::new("steps: [{uses: ./x.yml}]").perform()), "f");
}

#[test]
fn effects_come_when_all_is_done() {
    let effects = "effects: [{upsertEntity: {identifier: '{{ .steps.a.id }}'}}, {deleteEntity: {identifier: old}, when: .inputs.flag}]";
    let stage = Stage::new(&format!("steps: [{{run: out id=new, name: a}}]\n{effects}"));
    let report = stage.perform();
    assert_eq!(results(&report), "dds");
    assert!(matches!(&report.effects[..], [Effect::Upsert(upsert)] if upsert.name.identifier == "new"));
    let report = Stage::new(&format!("steps: [{{run: fail}}]\n{effects}")).perform();
    assert_eq!((results(&report).as_str(), report.effects.len()), ("f", 0));
    // One that cannot be said is a failure, and the others are made all the same.
    let report =
        Stage::new("effects: [{upsertEntity: {title: x}}, {upsertEntity: {identifier: new}}]").perform();
    assert_eq!((results(&report).as_str(), report.effects.len()), ("fd", 1));
}
