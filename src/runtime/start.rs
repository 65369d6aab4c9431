//! How a person starts an action: the call of the provider's own tool, which has the person's rights.

use serde_json::{Map, Value, json};

use super::outside::Program;
use crate::dialect::{self, Asking};
use crate::model::ci::Ci;
use crate::model::target::Target;

/// How an action is started on a CI system.
#[derive(Debug, Clone)]
pub struct Start {
    /// The call, without a shell.
    pub program: Program,
    /// The same call as a line for a shell, quoted.
    pub line: String,
    /// Where to get the program, when it is missing.
    pub get: &'static str,
}

/// Returns how an action is started with `values`: those of the form, and of the reserved questions `$entity` and
/// `$ttl`. Values travel on stdin where the tool reads it, and nowhere through a shell.
pub fn start(asking: &Asking, action: &str, ci: &Ci, values: &Map<String, Value>) -> Start {
    let answers = dialect::answer(asking, values);
    match asking.target {
        Target::GitHub => github(asking, action, ci, &answers),
        Target::GitLab => gitlab(asking, action, ci, values),
        Target::Azure => azure(asking, action, ci, &answers),
        Target::Bitbucket => bitbucket(action, ci, &answers),
    }
}

fn github(asking: &Asking, action: &str, ci: &Ci, answers: &Map<String, Value>) -> Start {
    let path = dialect::workflow_file(Target::GitHub, action);
    let file = path.rsplit('/').next().unwrap_or_default().to_string();
    let arguments = vec!["workflow".into(), "run".into(), file, "--ref".into(), ci.branch.clone()];
    let mut line = words("gh", &arguments);
    for (name, text) in in_order(asking, answers) {
        line.push_str(" -f ");
        line.push_str(&quoted(&format!("{name}={text}")));
    }
    let program = program("gh", [arguments, vec!["--json".into()]].concat(), &Value::Object(answers.clone()));
    Start { program, line, get: "https://cli.github.com" }
}

/// GitLab has one form for a project: its main pipeline takes the action and all values in one input.
fn gitlab(asking: &Asking, action: &str, ci: &Ci, values: &Map<String, Value>) -> Start {
    let body = json!({"ref": ci.branch, "inputs": dialect::dispatch(asking, action, values)});
    let arguments: Vec<String> = ["api", "projects/:fullpath/pipeline", "--method", "POST"]
        .into_iter()
        .chain(["--header", "Content-Type: application/json", "--input", "-"])
        .map(String::from)
        .collect();
    let line = format!("printf %s {} | {}", quoted(&body.to_string()), words("glab", &arguments));
    Start { program: program("glab", arguments, &body), line, get: "https://gitlab.com/gitlab-org/cli" }
}

fn azure(asking: &Asking, action: &str, ci: &Ci, answers: &Map<String, Value>) -> Start {
    let path = dialect::workflow_file(Target::Azure, action);
    let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yml").to_string();
    let mut arguments: Vec<String> = ["pipelines", "run", "--name"].into_iter().map(String::from).collect();
    arguments.extend([name, "--branch".into(), ci.branch.clone()]);
    let given: Vec<String> = in_order(asking, answers).map(|(name, text)| format!("{name}={text}")).collect();
    if !given.is_empty() {
        arguments.push("--parameters".into());
        arguments.extend(given);
    }
    let line = words("az", &arguments);
    let program = Program { name: "az".into(), arguments, shown: true, ..Program::default() };
    Start { program, line, get: "https://learn.microsoft.com/cli/azure, with its azure-devops extension" }
}

/// Bitbucket has no tool of its own: its API is asked, with the person's login from `~/.netrc`.
fn bitbucket(action: &str, ci: &Ci, answers: &Map<String, Value>) -> Start {
    let variables: Vec<Value> =
        answers.iter().map(|(name, value)| json!({"key": name, "value": value})).collect();
    let body = json!({
        "target": {
            "type": "pipeline_ref_target", "ref_type": "branch", "ref_name": ci.branch,
            "selector": {"type": "custom", "pattern": format!("portal-action-{}", dialect::slug(action))},
        },
        "variables": variables,
    });
    let arguments: Vec<String> = ["--fail-with-body", "--silent", "--show-error", "--netrc"]
        .into_iter()
        .chain(["--header", "Content-Type: application/json", "--data-binary", "@-"])
        .chain(["https://api.bitbucket.org/2.0/repositories/{repository}/pipelines/"])
        .map(String::from)
        .collect();
    let line = format!("printf %s {} | {}", quoted(&body.to_string()), words("curl", &arguments));
    Start { program: program("curl", arguments, &body), line, get: "https://curl.se" }
}

impl Start {
    /// Returns the same start in the repository of that name, `workspace/name`, where the call has to say it.
    #[must_use]
    pub fn in_repository(mut self, repository: &str) -> Self {
        let here = |text: &str| text.replace("{repository}", repository);
        self.program.arguments = self.program.arguments.iter().map(|argument| here(argument)).collect();
        self.line = here(&self.line);
        self
    }

    /// Returns whether the call has to say in which repository it is.
    pub fn needs_repository(&self) -> bool {
        self.program.arguments.iter().any(|argument| argument.contains("{repository}"))
    }
}

fn program(name: &str, arguments: Vec<String>, body: &Value) -> Program {
    let input = Some(body.to_string().into_bytes());
    Program { name: name.into(), arguments, input, shown: true, ..Program::default() }
}

/// Returns the answers in the order of the questions, as texts.
fn in_order<'a>(
    asking: &'a Asking,
    answers: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a str, String)> {
    asking.questions.iter().filter_map(|question| {
        let text = match answers.get(&question.name)? {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        Some((question.name.as_str(), text))
    })
}

/// Returns the line of `portal run` that gives the same answers again.
pub fn again(action: &str, entity: Option<&str>, ttl: Option<&str>, values: &Map<String, Value>) -> String {
    let mut line = format!("portal run {}", quoted(action));
    for (option, value) in [("--entity", entity), ("--ttl", ttl)] {
        if let Some(value) = value {
            line.push_str(&format!(" {option} {}", quoted(value)));
        }
    }
    for (name, value) in values {
        let text = value.as_str().map_or_else(|| value.to_string(), String::from);
        line.push_str(&format!(" --set {}", quoted(&format!("{name}={text}"))));
    }
    line
}

fn words(program: &str, arguments: &[String]) -> String {
    let quoted: Vec<String> = arguments.iter().map(|argument| self::quoted(argument)).collect();
    format!("{program} {}", quoted.join(" "))
}

/// Returns a text as one word of a POSIX shell: as it is when nothing in it means anything there, else in single quotes.
pub fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) && !text.starts_with('-') {
        return text.to_string();
    }
    if text.starts_with("--")
        && text.len() > 2
        && text[2..].bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Returns the `workspace/name` of a repository, from the address of its remote.
pub fn repository_of(remote: &str) -> Option<String> {
    let path = match remote.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => remote.split_once(':')?.1,
    };
    let path = path.trim_matches('/').trim_end_matches(".git");
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    (path.contains('/') && path.bytes().all(plain) && !path.contains("..")).then(|| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::{quoted, repository_of};

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (text, expected) in [
            ("a", "a"),
            ("", "''"),
            ("a b", "'a b'"),
            ("name=a-b_c.d/e:f@g%h+i,j", "name=a-b_c.d/e:f@g%h+i,j"),
            ("$(touch x)", "'$(touch x)'"),
            ("it's", "'it'\\''s'"),
            ("-", "'-'"),
            ("--ref", "--ref"),
            ("--Ref=$x", "'--Ref=$x'"),
            ("a\nb", "'a\nb'"),
            ("*", "'*'"),
            ("~", "'~'"),
            ("ü", "'ü'"),
        ] {
            assert_eq!(quoted(text), expected, "{text}");
        }
    }

    #[test]
    fn a_shell_reads_what_was_quoted() {
        let texts = ["it's", "$(echo x) `y` \"z\" \\ ! # ;\n|&", "--x y", "'''", "${IFS}"];
        for text in texts {
            let script = format!("printf %s {}", quoted(text));
            let said = std::process::Command::new("sh").args(["-c", &script]).output();
            // Where there is no such shell, there is nothing to compare with.
            let Ok(said) = said else { return };
            assert_eq!(String::from_utf8_lossy(&said.stdout), text);
        }
    }

    #[test]
    fn repositories_are_named_by_their_remotes() {
        for (remote, expected) in [
            ("git@bitbucket.org:marlow/catalog.git", Some("marlow/catalog")),
            ("https://x-token@bitbucket.org/marlow/catalog", Some("marlow/catalog")),
            ("ssh://git@host:22/marlow/catalog.git/", Some("marlow/catalog")),
            ("/srv/git/catalog.git", None),
            ("https://host/a/../b", None),
            ("git@host:a/b?c", None),
        ] {
            assert_eq!(repository_of(remote).as_deref(), expected, "{remote}");
        }
    }
}
