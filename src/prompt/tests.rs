//! Conversations, told by what was asked and what was said.

use serde_json::{Map, Value, json};

use super::{Control, GIVEN, Manner, Prompter, Question, Reply, Secrets, Stop, converse, value_of};
use crate::form::{Asker, Form};
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::worktree::Memory;

const CATALOG: &str = r"
identifier: environment
trigger:
  type: self-service
  operation: CREATE
  blueprintIdentifier: Thing
  userInputs:
    properties:
      name: {type: string, title: Name, pattern: '^[a-z]+$'}
      size: {type: string, enum: [small, large], default: small}
      why: {type: string, visible: {jqQuery: .form.size == 'large'}, description: The approver reads it}
      owner: {type: string, format: entity, blueprint: Thing}
      tags: {type: array, items: {type: string}}
      count: {type: number, minimum: 1}
      notify: {type: boolean}
    required: [name, why]
steps: [{run: ./go}]
";

struct Script {
    replies: Vec<Reply>,
    heard: Vec<String>,
}

impl Prompter for Script {
    fn ask(&mut self, question: &Question<'_>, problem: Option<&str>) -> Result<Reply, Stop> {
        let kind = match &question.control {
            Control::One(choices) => {
                choices.iter().map(|choice| choice.label.clone()).collect::<Vec<_>>().join("/")
            }
            other => format!("{other:?}"),
        };
        let initial = question.initial.as_ref().map_or(String::new(), |value| format!(" = {value}"));
        let needed = if question.required { "*" } else { "" };
        let problem = problem.map_or(String::new(), |problem| format!(" ! {problem}"));
        self.heard.push(format!("{}{needed} [{kind}]{initial}{problem}", question.label));
        if self.replies.is_empty() { Err(Stop::Interrupted) } else { Ok(self.replies.remove(0)) }
    }
}

/// Returns the answers of a conversation, and the questions.
fn talk(given: Value, replies: Vec<Reply>) -> (Result<Map<String, Value>, Stop>, Vec<String>) {
    talk_in(Manner::default(), given, replies)
}

/// Returns the same of a conversation of some manner.
fn talk_in(
    manner: Manner,
    given: Value,
    replies: Vec<Reply>,
) -> (Result<Map<String, Value>, Stop>, Vec<String>) {
    let text = CATALOG.replace("'large'", "\"large\"");
    let files = Memory::new([
        ("blueprints/Thing.yaml", "identifier: Thing\ntitle: Thing\n"),
        ("entities/Thing/a.yaml", "identifier: a\ntitle: The A\n"),
        ("actions/environment.yaml", text.as_str()),
    ]);
    let now = Instant::parse("2026-11-21T12:00:00Z").unwrap();
    let portal = Portal::open(Origin::new(&files, now), None).unwrap();
    let action = &portal.catalog.actions()[0];
    let form = Form::of_action(portal.catalog.node(action.place), &action.value);
    let user = json!({});
    let asker = Asker { known: portal.known(), user: &user, entity: None, now };
    let mut script = Script { replies, heard: Vec::new() };
    let Value::Object(given) = given else { panic!("{given}") };
    let answers = converse(&form, &given, &asker, manner, &mut script);
    (answers, script.heard)
}

fn say(value: Value) -> Reply {
    Reply::Answer(value)
}

#[test]
fn each_question_is_asked_until_the_answer_will_do() {
    let (answers, heard) = talk(
        json!({}),
        vec![
            Reply::Nothing,
            say(json!("A1")),
            say(json!("spike")),
            Reply::Nothing,
            Reply::Nothing,
            say(json!(["x"])),
            say(json!(0)),
            say(json!(2)),
            Reply::Nothing,
        ],
    );
    assert_eq!(answers.map(Value::from), Ok(json!({"name": "spike", "tags": ["x"], "count": 2})));
    assert_eq!(heard[0], "Name* [Line]");
    assert_eq!(heard[1], "Name* [Line] ! an answer is needed");
    assert!(heard[2].starts_with("Name* [Line] = \"A1\" ! ") && heard[2].contains("[a-z]"), "{}", heard[2]);
    // What is asked only for large is not asked.
    assert_eq!(heard[3..6], ["size [small/large] = \"small\"", "owner [The A]", "tags [List]"]);
    assert!(heard[7].starts_with("count [Number] = 0 ! "), "{}", heard[7]);
    assert_eq!(heard[8], "notify [Flag]");
}

#[test]
fn there_is_a_way_back() {
    let (answers, heard) = talk(
        json!({"name": "spike", "tags": [], "count": 1, "notify": true}),
        vec![
            say(json!("large")),
            say(json!("a test")),
            Reply::Back,
            Reply::Back,
            say(json!("small")),
            say(json!("a")),
        ],
    );
    // The reason was given, and then no longer asked for.
    let expected =
        json!({"name": "spike", "tags": [], "count": 1, "notify": true, "size": "small", "owner": "a"});
    assert_eq!(answers.map(Value::from), Ok(expected));
    let expected = [
        "size [small/large] = \"small\"",
        "why* [Line]",
        "owner [The A]",
        "why* [Line] = \"a test\"",
        "size [small/large] = \"large\"",
        "owner [The A]",
    ];
    assert_eq!(heard, expected);
}

#[test]
fn whoever_is_interrupted_gives_no_answers() {
    let (answers, heard) = talk(json!({}), vec![say(json!("spike"))]);
    assert_eq!((answers, heard.len()), (Err(Stop::Interrupted), 2));
}

#[test]
fn texts_of_a_command_line_become_values() {
    let text = CATALOG.replace("'large'", "\"large\"");
    let files = Memory::new([("actions/a.yaml", text.as_str())]);
    let portal = Portal::open(Origin::new(&files, Instant::from_millis(0)), None).unwrap();
    let action = &portal.catalog.actions()[0];
    let form = Form::of_action(portal.catalog.node(action.place), &action.value);
    for (input, text, expected) in [
        ("name", "12", Ok(json!("12"))),
        ("name", "", Ok(json!(""))),
        ("count", "12", Ok(json!(12))),
        ("count", "1.5", Ok(json!(1.5))),
        ("count", "1e3", Ok(json!(1e3))),
        ("count", "twelve", Err("`twelve` is no number")),
        ("count", "NaN", Err("`NaN` is no number")),
        ("notify", "yes", Ok(json!(true))),
        ("notify", "false", Ok(json!(false))),
        ("notify", "1", Err("`1` is neither true nor false")),
        ("tags", "a, b", Ok(json!(["a", "b"]))),
        ("tags", "[\"a,b\"]", Ok(json!(["a,b"]))),
        ("tags", "", Ok(json!([]))),
    ] {
        let field = form.field(input).unwrap();
        assert_eq!(value_of(field, text), expected.map_err(String::from), "{input}={text}");
    }
}

#[test]
fn briefly_only_what_must_be_given_is_asked() {
    let manner = Manner { briefly: true, ..Manner::default() };
    let (answers, heard) =
        talk_in(manner, json!({"size": "large"}), vec![say(json!("spike")), say(json!("y"))]);
    assert_eq!(heard, ["Name* [Line]", "why* [Line]"]);
    assert_eq!(answers.map(Value::from), Ok(json!({"size": "large", "name": "spike", "why": "y"})));
}

#[test]
fn a_secret_is_asked_for_and_not_kept() {
    let files = Memory::new([(
        "actions/a.yaml",
        "identifier: a\ntrigger: {type: self-service, operation: CREATE, userInputs: {properties: {token: {type: \
         string, encryption: aes256-gcm}, copy: {type: string, default: {jqQuery: .form.token}}}, required: \
         [token]}}\nsteps: [{run: ./go}]\n",
    )]);
    let now = Instant::default();
    let portal = Portal::open(Origin::new(&files, now), None).unwrap();
    let action = &portal.catalog.actions()[0];
    let form = Form::of_action(portal.catalog.node(action.place), &action.value);
    let (user, manner) = (json!({}), Manner { secrets: Secrets::Themselves, briefly: false });
    let asker = Asker { known: portal.known(), user: &user, entity: None, now };
    let replies = vec![Reply::Nothing, say(json!("hunter 2!")), Reply::Back, say(json!("x")), Reply::Nothing];
    let mut script = Script { replies, heard: Vec::new() };
    let answers = converse(&form, &Map::new(), &asker, manner, &mut script).unwrap();
    assert_eq!(Value::from(answers.clone()), json!({"token": GIVEN}));
    assert!(script.heard.iter().all(|line| !line.contains("hunter")), "{:?}", script.heard);
    assert_eq!(script.heard[..2], ["token* [Secret]", "token* [Secret] ! an answer is needed"]);
    assert_eq!(script.heard[3], "token* [Secret]", "what was entered is not shown again");
    let filled = form.fill(&answers, &asker).unwrap();
    assert_eq!(Value::from(filled.values), json!({"token": GIVEN, "copy": GIVEN}));
}
