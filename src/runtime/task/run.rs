//! Commands and scripts.
//!
//! The text is the definition's own and was reviewed with it. What somebody entered is in the environment and nowhere
//! else, so that no shell reads it as anything but a value. What belongs to the job and not to the script, such as its
//! token and the files by which it hands things on, is taken out of the environment; it is not out of reach of a
//! program that looks into the memory of others, which only a machine of its own would be.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::{Done, Scene};
use crate::runtime::outside::Program;
use crate::runtime::setting::text;

/// The most bytes of outputs.
const MOST: u64 = 32 << 10;

/// What belongs to the job: by these a script could change what later steps do, or what the run is said to be.
const OWN: &[&str] = &[
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "PORTAL_TOKEN",
    "PORTAL_ANSWERS",
    "PORTAL_REQUEST",
    "PORTAL_EARLIER",
    "PORTAL_USED",
    "PORTAL_GUARD",
    "PORTAL_RUN",
    "PORTAL_HANDOVER",
];

/// The beginnings of the names of such variables.
const OWN_BEGINNINGS: &[&str] = &["PORTAL_SECRET_", "PORTAL_ANSWER_", "PORTAL_INPUT_"];

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let script = scene.task.body.get("run").and_then(Value::as_str).unwrap_or_default();
    let root = scene.setting.root;
    let script = located(script, root)?;
    let output = NamedTempFile::new().map_err(|error| format!("there is no room for outputs: {error}"))?;
    let mut env = scene.setting.subject.environment();
    env.push(("PORTAL_OUTPUT".into(), output.path().display().to_string()));
    env.extend(asked(scene)?);
    if scene.alone {
        scene.log.begin_script();
    }
    let finished = scene.setting.outside.run(&Program {
        name: "sh".into(),
        arguments: vec!["-eu".into(), "-c".into(), script],
        env,
        without: scene.setting.job.variables.keys().filter(|name| is_own(name)).cloned().collect(),
        directory: root.to_path_buf(),
        shown: scene.alone,
        joined: true,
        ..Program::default()
    });
    if !scene.alone {
        scene.log.begin_script();
        finished.iter().flat_map(|done| done.stdout.lines()).for_each(|line| scene.log.script_line(line));
    }
    scene.log.end_script();
    match finished?.code {
        0 => Ok(Done { outputs: outputs(output.path())?, ..Done::default() }),
        code => Err(format!("the script ended with {code}")),
    }
}

/// Returns the text of a script. A first word that is a file of the catalog is that file, whatever else is called the
/// same.
fn located(script: &str, root: &Path) -> Result<String, String> {
    let word = script.split_whitespace().next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let file = root.join(word);
    if word.is_empty() || !word.chars().all(plain) || word.starts_with('/') || !file.is_file() {
        return Ok(script.to_string());
    }
    if !is_executable(&file) {
        return Err(format!("`{word}` cannot be executed: `git add --chmod=+x {word}` makes it a program"));
    }
    let named = if word.contains('/') { "" } else { "./" };
    Ok(format!("{named}{}", script.trim_start()))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_file: &Path) -> bool {
    true
}

fn is_own(name: &str) -> bool {
    OWN.contains(&name) || OWN_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Returns the variables that the task asks for: the only ones that can hold secrets.
fn asked(scene: &Scene<'_>) -> Result<Vec<(String, String)>, String> {
    let rendered = scene.render_secretly(&Value::Object(scene.task.env.clone()))?;
    let entries = match rendered {
        Value::Object(entries) => entries,
        _ => Map::new(),
    };
    let mut variables = Vec::new();
    for (name, value) in entries {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(plain) {
            return Err(format!("`{}` cannot be a variable", crate::model::phrase::clip(&name)));
        }
        variables.push((name, text(&value)));
    }
    Ok(variables)
}

/// Returns what a script wrote into the file `PORTAL_OUTPUT`: a JSON object, or lines as GitHub has them: `key=value`, or
/// `key<<END`, lines, `END`.
fn outputs(path: &Path) -> Result<Map<String, Value>, String> {
    let wrong = |why: String| format!("the script succeeded, but PORTAL_OUTPUT cannot be read: {why}");
    let size = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > MOST {
        return Err(wrong(format!("it has more than {} KiB", MOST >> 10)));
    }
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).map_err(|error| wrong(format!("it is no JSON object: {error}")));
    }
    lines(&text).map_err(wrong)
}

fn lines(text: &str) -> Result<Map<String, Value>, String> {
    let mut outputs = Map::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let (equals, marks) = (line.find('='), line.find("<<"));
        let key = |at: usize| {
            let key = line[..at].trim();
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let fine = !key.is_empty() && key.chars().all(plain);
            fine.then(|| key.to_string())
                .ok_or(format!("line {} has no name that an output can have", number + 1))
        };
        match (equals, marks) {
            (Some(equals), marks) if marks.is_none_or(|marks| equals < marks) => {
                outputs.insert(key(equals)?, Value::from(&line[equals + 1..]));
            }
            (_, Some(marks)) => {
                let (key, end) = (key(marks)?, &line[marks + 2..]);
                let mut held: Vec<&str> = Vec::new();
                loop {
                    match lines.next() {
                        Some((_, line)) if line == end => break,
                        Some((_, line)) => held.push(line),
                        None => {
                            return Err(format!("the text that begins in line {} does not end", number + 1));
                        }
                    }
                }
                outputs.insert(key, Value::from(held.join("\n")));
            }
            _ => return Err(format!("line {} is neither `name=value` nor `name<<END`", number + 1)),
        }
    }
    Ok(outputs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn outputs_are_lines_or_json() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("output");
        for (text, expected) in [
            ("", Ok(json!({}))),
            ("url=https://a/?b=c\n\nn = 3 \n", Ok(json!({"url": "https://a/?b=c", "n": " 3 "}))),
            ("log<<END\na=b\n\nEND x\nEND\nz=1", Ok(json!({"log": "a=b\n\nEND x", "z": "1"}))),
            ("a=b<<c", Ok(json!({"a": "b<<c"}))),
            (" {\"a\": [1], \"b\": null}", Ok(json!({"a": [1], "b": null}))),
            ("{\"a\":", Err("it is no JSON object")),
            ("novalue", Err("line 1 is neither")),
            ("a=1\n$(x)=2", Err("line 2 has no name")),
            ("a<<END\nb", Err("begins in line 1 does not end")),
        ] {
            fs::write(&path, text).expect("written");
            let read = outputs(&path).map(Value::Object);
            match expected {
                Ok(expected) => assert_eq!(read, Ok(expected), "{text:?}"),
                Err(why) => {
                    assert!(read.as_ref().is_err_and(|said| said.contains(why)), "{text:?}: {read:?}")
                }
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_the_catalog_is_the_program() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for (name, mode) in [("up", 0o755), ("down", 0o644)] {
            fs::write(root.join(name), "").expect("written");
            fs::set_permissions(root.join(name), fs::Permissions::from_mode(mode)).expect("set");
        }
        for (script, expected) in [
            ("up $A", Some("./up $A")),
            ("./up --x", Some("./up --x")),
            ("echo up", Some("echo up")),
            ("set -x\nup", Some("set -x\nup")),
            ("./down", None),
            ("down", None),
        ] {
            assert_eq!(located(script, root).ok().as_deref(), expected, "{script}");
        }
    }

    #[test]
    fn what_belongs_to_the_job_is_not_for_scripts() {
        for (name, own) in [
            ("PORTAL_TOKEN", true),
            ("PORTAL_SECRET_SLACK", true),
            ("GITHUB_ENV", true),
            ("GITHUB_SHA", false),
            ("PATH", false),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", false),
        ] {
            assert_eq!(is_own(name), own, "{name}");
        }
    }
}
