//! Questions at the terminal: stderr asks, so that stdout can go into a pipe.

use std::fmt;
use std::io::{self, IsTerminal};

use inquire::error::InquireError;
use inquire::ui::RenderConfig;
use inquire::{Confirm, Editor, MultiSelect, Password, PasswordDisplayMode, Select, Text};
use serde_json::Value;

use super::Global;
use crate::form::Choice;
use crate::printable::shown;
use crate::prompt::{Control, Prompter, Question, Reply, Stop};

/// The rows of a list.
const ROWS: usize = 12;

/// Returns whether a person can be asked: somebody sits at both ends, and it is no CI job. The libraries for prompts
/// would open the terminal even when stdin is a pipe, and wait.
pub(super) fn can_ask() -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false" && ci != "0");
    io::stdin().is_terminal() && io::stderr().is_terminal() && !in_ci
}

/// A person at a terminal.
pub(super) struct Terminal {
    config: RenderConfig<'static>,
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        let plain = !global.color(&io::stderr());
        Self { config: if plain { RenderConfig::empty() } else { RenderConfig::default_colored() } }
    }
}

/// A row of a list.
struct Row(Option<Choice>);

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(choice) = &self.0 else { return out.write_str("(none)") };
        let value = choice.value.as_str().map_or_else(|| choice.value.to_string(), String::from);
        match choice.label == value {
            true => out.write_str(&shown(&value)),
            false => write!(out, "{} ({})", shown(&choice.label), shown(&value)),
        }
    }
}

impl Prompter for Terminal {
    fn ask(&mut self, question: &Question<'_>, problem: Option<&str>) -> Result<Reply, Stop> {
        if let Some(problem) = problem {
            // Above the question, which is drawn again.
            let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("  {}\n", shown(problem)));
        }
        let label = shown(question.label);
        let label = if question.required { format!("{label} *") } else { label };
        let help = help(question);
        let reply = match &question.control {
            Control::One(choices) => self.one(&label, &help, choices, question),
            Control::Many(choices) => self.many(&label, &help, choices, question),
            Control::Flag => self.flag(&label, &help, question),
            Control::Text => self.text(&label, &help, question),
            Control::Secret => self.secret(&label, &help),
            Control::Line | Control::Number | Control::List | Control::Object => {
                self.line(&label, &help, question)
            }
        };
        match reply {
            Ok(reply) => Ok(reply),
            Err(InquireError::OperationCanceled) => Ok(Reply::Back),
            Err(InquireError::OperationInterrupted) => Err(Stop::Interrupted),
            Err(error) => Err(Stop::Unable(error.to_string())),
        }
    }
}

impl Terminal {
    fn one(&self, label: &str, help: &str, choices: &[Choice], question: &Question<'_>) -> Asked {
        let mut rows: Vec<Row> = choices.iter().cloned().map(|choice| Row(Some(choice))).collect();
        if !question.required {
            rows.insert(0, Row(None));
        }
        let is_initial =
            |row: &Row| row.0.as_ref().is_some_and(|choice| Some(&choice.value) == question.initial.as_ref());
        let start = rows.iter().position(is_initial).unwrap_or(0);
        let select = Select::new(label, rows).with_starting_cursor(start).with_page_size(ROWS);
        let row = select.with_help_message(help).with_render_config(self.config).prompt()?;
        Ok(row.0.map_or(Reply::Nothing, |choice| Reply::Answer(choice.value)))
    }

    fn many(&self, label: &str, help: &str, choices: &[Choice], question: &Question<'_>) -> Asked {
        let rows: Vec<Row> = choices.iter().cloned().map(|choice| Row(Some(choice))).collect();
        let chosen = question.initial.as_ref().and_then(Value::as_array);
        let is_chosen = |choice: &Choice| chosen.is_some_and(|chosen| chosen.contains(&choice.value));
        let initial: Vec<usize> =
            choices.iter().enumerate().filter(|(_, choice)| is_chosen(choice)).map(|(at, _)| at).collect();
        let select = MultiSelect::new(label, rows).with_default(&initial).with_page_size(ROWS);
        let rows = select.with_help_message(help).with_render_config(self.config).prompt()?;
        let values: Vec<Value> =
            rows.into_iter().filter_map(|row| row.0).map(|choice| choice.value).collect();
        Ok(if values.is_empty() && !question.required {
            Reply::Nothing
        } else {
            Reply::Answer(Value::from(values))
        })
    }

    fn flag(&self, label: &str, help: &str, question: &Question<'_>) -> Asked {
        let initial = question.initial.as_ref().and_then(Value::as_bool);
        let mut confirm = Confirm::new(label).with_help_message(help).with_render_config(self.config);
        if let Some(initial) = initial.or(Some(false).filter(|_| !question.required)) {
            confirm = confirm.with_default(initial);
        }
        Ok(Reply::Answer(Value::Bool(confirm.prompt()?)))
    }

    fn text(&self, label: &str, help: &str, question: &Question<'_>) -> Asked {
        let initial = initial_text(question);
        let editor = Editor::new(label).with_predefined_text(&initial).with_help_message(help);
        Ok(said(editor.with_render_config(self.config).prompt()?.trim_end(), &question.control))
    }

    fn secret(&self, label: &str, help: &str) -> Asked {
        let password = Password::new(label).with_display_mode(PasswordDisplayMode::Masked);
        let password = password.without_confirmation().with_help_message(help);
        Ok(said(&password.with_render_config(self.config).prompt()?, &Control::Secret))
    }

    fn line(&self, label: &str, help: &str, question: &Question<'_>) -> Asked {
        let initial = initial_text(question);
        let text = Text::new(label).with_initial_value(&initial).with_help_message(help);
        Ok(said(&text.with_render_config(self.config).prompt()?, &question.control))
    }
}

/// What a person says to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    Yes,
    No,
    /// Let me see the difference first.
    Show,
}

impl Terminal {
    /// Asks whether to go on; `shows` when there is a difference to look at first.
    pub(super) fn consent(&mut self, label: &str, shows: bool) -> Result<Consent, Stop> {
        let keys = if shows { "(Y/n/d = show the difference)" } else { "(Y/n)" };
        let label = format!("{label} {keys}");
        loop {
            let said = Text::new(&label).with_render_config(self.config).prompt();
            match said.as_deref().map(str::trim) {
                Ok("" | "y" | "Y" | "yes") => return Ok(Consent::Yes),
                Ok("n" | "N" | "no") | Err(InquireError::OperationCanceled) => return Ok(Consent::No),
                Ok("d" | "D" | "diff") if shows => return Ok(Consent::Show),
                Ok(_) => {}
                Err(InquireError::OperationInterrupted) => return Err(Stop::Interrupted),
                Err(error) => return Err(Stop::Unable(error.to_string())),
            }
        }
    }
}

type Asked = Result<Reply, InquireError>;

/// Returns what stands below a question.
fn help(question: &Question<'_>) -> String {
    let keys = match &question.control {
        Control::One(_) => "type to filter, Enter chooses, Esc goes back",
        Control::Many(_) => "type to filter, Space chooses, Enter ends, Esc goes back",
        Control::Text => "e opens your editor, Enter submits, Esc goes back",
        Control::List => "several with commas between them, Esc goes back",
        Control::Object => "a JSON object, Esc goes back",
        Control::Line | Control::Number | Control::Flag | Control::Secret => "Esc goes back",
    };
    match &question.help {
        Some(help) => format!("{} · {keys}", shown(help)),
        None => keys.to_string(),
    }
}

fn initial_text(question: &Question<'_>) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
    match (&question.initial, &question.control) {
        (Some(Value::Array(items)), Control::List) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        (Some(value), _) => plain(value),
        (None, _) => String::new(),
    }
}

/// Returns what a typed text says. One that is not what the input is, is an answer all the same, which is then refused
/// with the reason.
fn said(text: &str, control: &Control) -> Reply {
    if text.trim().is_empty() {
        return Reply::Nothing;
    }
    let json = || serde_json::from_str::<Value>(text.trim()).ok();
    let value = match control {
        Control::Number => json().filter(Value::is_number),
        Control::Object => json().filter(Value::is_object),
        Control::List => json()
            .filter(Value::is_array)
            .or_else(|| Some(text.split(',').map(|item| Value::from(item.trim())).collect())),
        _ => None,
    };
    Reply::Answer(value.unwrap_or_else(|| Value::from(text)))
}
