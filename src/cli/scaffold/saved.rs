//! Answers, kept in a file that `--answers` reads.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cli::Failure;
use crate::form::Form;
use crate::printable::shown;
use crate::yaml::write;

/// Returns the answers to a form as YAML, each below what people read of its input. Secrets are named, not given.
pub(super) fn text(form: &Form, answers: &Map<String, Value>) -> String {
    let mut text = String::new();
    for field in form.questions() {
        let name = &field.identifier;
        if field.secret {
            text.push_str(&format!(
                "# {}: a secret, give it with --set-file {name}=-\n",
                shown(&field.label)
            ));
            continue;
        }
        let Some(value) = answers.get(name).filter(|value| !value.is_null()) else { continue };
        if field.label != *name {
            text.push_str(&format!("# {}\n", shown(&field.label)));
        }
        text.push_str(&write::document(&json!({name: value})));
    }
    text
}

/// Refuses to write answers over something else.
pub(super) fn check(path: &Path, text: &str) -> Result<(), Failure> {
    match fs::read(path) {
        Ok(bytes) if bytes == text.as_bytes() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(_) => Err(Failure::Other(format!(
            "`{}` is there already and holds something else: give --save-answers another name",
            shown(&path.display().to_string())
        ))),
        Err(error) => Err(cannot(path, &error)),
    }
}

/// Writes the answers, unless they are there.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    match fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(|error| cannot(path, &error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check(path, text),
        Err(error) => Err(cannot(path, &error)),
    }
}

fn cannot(path: &Path, error: &io::Error) -> Failure {
    Failure::Other(format!("cannot write `{}`: {error}", shown(&path.display().to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scaffold::Scaffold;
    use crate::source::SourceId;

    #[test]
    fn answers_are_read_back_and_secrets_are_not_kept() {
        let document = "
identifier: x
userInputs:
  properties:
    name: {type: string, title: \"The name\\u001b\"}
    tags: {type: array}
    token: {type: string, title: Token, encryption: aes256-gcm}
    size: {type: number}
    why: {type: string}
target: x
";
        let mut found = Vec::new();
        let document = crate::yaml::parse(SourceId::new(0), &document.into(), &mut found);
        let node = document.roots().next().unwrap();
        let scaffold = Scaffold::decode(node);
        let form = Form::decode(node.get("userInputs").unwrap(), &scaffold.inputs);
        let given =
            json!({"name": "no", "tags": ["a: b", "#c"], "token": "given", "why": "a\nb\n", "size": null});
        let Value::Object(answers) = given else { unreachable!() };
        let text = text(&form, &answers);
        assert!(text.starts_with("# The name\\u{1b}\nname: "), "{text}");
        assert!(text.contains("# Token: a secret, give it with --set-file token=-\n"), "{text}");
        let read: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(read, json!({"name": "no", "tags": ["a: b", "#c"], "why": "a\nb\n"}));
    }

    #[test]
    fn nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.yaml");
        assert!(check(&path, "a: 1\n").is_ok());
        write(&path, "a: 1\n").unwrap();
        assert!(write(&path, "a: 1\n").is_ok() && write(&path, "a: 2\n").is_err());
        assert!(check(&path, "a: 2\n").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "a: 1\n");
    }
}
