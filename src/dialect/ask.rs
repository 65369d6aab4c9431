//! What a CI system asks for a form.

use super::answer::text_of;
use super::choice;
use super::lack::{Lack, Loss};
use super::limit::Limits;
use super::name::Names;
use super::surroundings::Surroundings;
use super::text::{display, holds};
use super::{About, Asking, Control, NONE, Question};
use crate::catalog::Catalog;
use crate::form::{Choices, Dynamic, Fallback, Field, Form, Necessity};
use crate::model::action::Action;
use crate::model::action::trigger::Operation;
use crate::model::property::Type;
use crate::model::target::Target;

/// The most characters of a title and of a help, which GitLab holds together in 1,024.
const LONGEST_TITLE: usize = 100;
const LONGEST_HELP: usize = 500;

/// Returns what a CI system asks before an action with this form starts.
pub fn ask(form: &Form, action: &Action, catalog: &Catalog, target: Target) -> Asking {
    Surroundings::of(catalog).ask(form, action, target)
}

impl Surroundings<'_> {
    /// Returns what a CI system asks before an action with this form starts.
    pub fn ask(&self, form: &Form, action: &Action, target: Target) -> Asking {
        let mut asker = Asker {
            around: self,
            target,
            limits: Limits::of(target),
            names: Names::of(target),
            losses: Vec::new(),
        };
        let questions = asker.ask(form, action);
        Asking { target, questions, losses: asker.losses }
    }
}

struct Asker<'a, 'c> {
    around: &'a Surroundings<'c>,
    target: Target,
    limits: Limits,
    names: Names,
    losses: Vec<Loss>,
}

impl Asker<'_, '_> {
    fn ask(&mut self, form: &Form, action: &Action) -> Vec<Question> {
        self.about_the_whole(form);
        let asked: Vec<Question> =
            form.fields.iter().filter_map(|field| self.input(field, form.required.is_none())).collect();
        let mut reserved: Vec<Question> =
            [self.entity(action), self.ttl(action)].into_iter().flatten().collect();
        let origin = self.origin(action);
        let taken = reserved.len() + usize::from(origin.is_some());
        let (mut questions, rest) = self.fit(asked, taken);
        // The entity comes first: it is what the action is about.
        if reserved.first().is_some_and(|question| question.about == About::Entity) {
            questions.insert(0, reserved.remove(0));
        }
        questions.extend(reserved);
        questions.extend(self.more(&rest));
        questions.extend(origin);
        questions
    }

    fn about_the_whole(&mut self, form: &Form) {
        let icons = form.fields.iter().any(|field| field.icon.is_some());
        if !form.pages.is_empty() || !form.headings.is_empty() || icons {
            self.losses.push(Lack::Layout.of(None));
        }
        if self.limits.answer.is_some() && !form.fields.is_empty() {
            self.losses.push(Lack::Length.of(None));
        }
    }

    /// Returns the question about an input; `None` when nobody can answer it. `listed` says that a list, not an
    /// expression, says which inputs must be given.
    fn input(&mut self, field: &Field, listed: bool) -> Option<Question> {
        let mut lost = Vec::new();
        let asked = !field.visible.is_always(false) && !field.disabled.is_always(true);
        let question = asked.then(|| self.question(field, listed, &mut lost));
        if question.is_none() {
            lost.push(Lack::Fixed);
        }
        self.losses.extend(lost.into_iter().map(|lack| lack.of(Some(&field.identifier))));
        question
    }

    fn question(&mut self, field: &Field, listed: bool, lost: &mut Vec<Lack>) -> Question {
        let choices = choice::options(field, self.around, self.limits, lost);
        let given = default(field, choices.as_deref(), lost);
        let (control, default) = self.control(field, choices, given, lost);
        let conditional = !field.visible.is_always(true)
            || !field.disabled.is_always(false)
            || !field.depends_on.is_empty()
            || !listed;
        let needed = field.necessity == Necessity::Required && matches!(field.fallback, Fallback::None);
        lost.extend(conditional.then_some(Lack::Condition));
        // A checkbox is always answered.
        let required = needed && !conditional && control != Control::Boolean;
        lost.extend(required.then(|| self.undemanded(&control)).flatten());
        also_lost(field, &control, lost);
        let name = self.names.give(&field.identifier);
        lost.extend((!self.names.is_own(&name, &field.identifier)).then_some(Lack::Name));
        Question {
            about: About::Input(field.identifier.clone()),
            name,
            title: title(field),
            help: help(field),
            control,
            kind: field.kind,
            required,
            default,
        }
    }

    /// Returns how an input is asked, and what is answered already.
    fn control(
        &self,
        field: &Field,
        choices: Option<Vec<String>>,
        given: Option<String>,
        lost: &mut Vec<Lack>,
    ) -> (Control, Option<String>) {
        let computed = matches!(field.fallback, Fallback::Computed(_));
        if let Some(mut options) = choices {
            if given.is_some() {
                return (Control::Choice(options), given);
            }
            // Or a CI system chooses the first option, and nobody has meant it.
            options.insert(0, NONE.to_string());
            return (Control::Choice(options), Some(NONE.to_string()));
        }
        match field.kind {
            // Only a choice can leave it to the guard to compute.
            Type::Boolean if computed => {
                let options = [NONE, "true", "false"].map(str::to_string).to_vec();
                (Control::Choice(options), Some(NONE.to_string()))
            }
            Type::Boolean => {
                lost.extend(given.is_none().then_some(Lack::Unset));
                (Control::Boolean, Some(given.unwrap_or_else(|| "false".into())))
            }
            Type::Number if given.is_none() && matches!(self.target, Target::GitLab | Target::Azure) => {
                lost.push(Lack::NumberAsText);
                (Control::Text, None)
            }
            Type::Number => (Control::Number, given),
            Type::String | Type::Array | Type::Object => (Control::Text, given),
        }
    }

    /// Returns why an answer that is needed is not demanded.
    fn undemanded(&self, control: &Control) -> Option<Lack> {
        match control {
            Control::Choice(_) => Some(Lack::Unchosen),
            _ => (self.target == Target::GitLab).then_some(Lack::Unrequired),
        }
    }

    /// Returns the questions that there is room for, in order, and the others: what must be given is asked first.
    fn fit(&mut self, asked: Vec<Question>, taken: usize) -> (Vec<Question>, Vec<Question>) {
        let collects = self.target == Target::GitLab;
        let Some(most) = self.limits.questions else { return (asked, Vec::new()) };
        if asked.len() + taken + usize::from(collects) <= most {
            return (asked, Vec::new());
        }
        let mut room = most.saturating_sub(taken + 1);
        let needed = asked.iter().filter(|question| question.required).count().min(room);
        let mut optional = room - needed;
        let (mut kept, mut rest) = (Vec::new(), Vec::new());
        for question in asked {
            let fits = room > 0 && (question.required || optional > 0);
            if !fits {
                rest.push(question);
                continue;
            }
            room -= 1;
            optional -= usize::from(!question.required);
            kept.push(question);
        }
        self.losses.push(Lack::Room.of(None));
        (kept, rest)
    }

    /// Returns the question that holds what there is no room for. On GitLab it is always there: the pipeline that
    /// people start passes all answers on through it.
    fn more(&mut self, rest: &[Question]) -> Option<Question> {
        if rest.is_empty() && self.target != Target::GitLab {
            return None;
        }
        let needed: Vec<&str> = rest.iter().filter(|it| it.required).map(|it| it.title.as_str()).collect();
        let name = |question: &Question| match &question.about {
            About::Input(name) => name.clone(),
            _ => String::new(),
        };
        let names: Vec<String> = rest.iter().map(name).collect();
        let help = match names.as_slice() {
            [] => "All answers as one JSON object, when another pipeline starts this one.".to_string(),
            _ if needed.is_empty() => format!("One JSON object with any of: {}.", names.join(", ")),
            _ => format!("One JSON object with any of: {}. Needed: {}.", names.join(", "), needed.join(", ")),
        };
        Some(Question {
            required: false,
            help: display(&help, LONGEST_HELP),
            ..self.reserved(About::More(names), "more", "More answers")
        })
    }

    fn entity(&mut self, action: &Action) -> Option<Question> {
        let about_one = action.operation.as_ref().is_some_and(|it| it.value != Operation::Create);
        let blueprint = action.blueprint.as_ref().filter(|_| about_one)?;
        let id = self.around.catalog.find_blueprint(&blueprint.value)?;
        let kind = self.around.catalog.blueprint(id);
        let options = choice::entities(&blueprint.value, self.around, self.limits);
        let lack = if options.is_some() { Lack::Snapshot } else { Lack::Picker };
        self.losses.push(lack.of(None));
        let mut question = self.reserved(About::Entity, "entity", kind.label());
        question.required = true;
        question.help =
            display(&format!("The identifier of the {} that this is about.", kind.label()), LONGEST_HELP);
        if let Some(mut options) = options {
            options.insert(0, NONE.to_string());
            question.default = Some(NONE.to_string());
            question.control = Control::Choice(options);
        }
        self.losses.extend(self.undemanded(&question.control).map(|lack| lack.of(None)));
        Some(question)
    }

    /// Returns the question for how long what is created lives, when there is a choice.
    fn ttl(&mut self, action: &Action) -> Option<Question> {
        let ttl = action.ttl.as_ref()?;
        let (usual, longest) = (ttl.usual()?, ttl.longest()?);
        if longest <= usual {
            return None;
        }
        let written = ttl.default.as_ref().or(ttl.max.as_ref())?;
        let mut question = self.reserved(About::Ttl, "ttl", "Time to live");
        question.help = format!("Such as 12h or 3d; at most {}.", longest.shown());
        question.default = Some(written.value.trim().to_string()).filter(|text| holds(text));
        Some(question)
    }

    /// Returns the question for the run that started this one. On GitLab that is among all answers.
    fn origin(&mut self, action: &Action) -> Option<Question> {
        let started = self.around.starts(&action.identifier.value) && self.target != Target::GitLab;
        started.then(|| {
            let mut question = self.reserved(About::Origin, "portal_origin", "Started by");
            question.help = "Leave this empty: another run says here that it started this one.".into();
            question
        })
    }

    fn reserved(&mut self, about: About, name: &str, title: &str) -> Question {
        Question {
            about,
            name: self.names.reserve(name),
            title: display(title, LONGEST_TITLE),
            help: String::new(),
            control: Control::Text,
            kind: Type::String,
            required: false,
            default: None,
        }
    }
}

/// Returns the default as the form shows it.
fn default(field: &Field, options: Option<&[String]>, lost: &mut Vec<Lack>) -> Option<String> {
    match &field.fallback {
        Fallback::None => None,
        Fallback::Computed(_) => {
            lost.push(Lack::ComputedDefault);
            None
        }
        Fallback::Value(value) => {
            let text = text_of(value);
            let held = match options {
                Some(options) => options.contains(&text),
                None => holds(&text) && fits(field.kind, value),
            };
            lost.extend((!held).then_some(Lack::Default));
            held.then_some(text)
        }
    }
}

/// Returns whether a default is of its input's type; one that is not has been reported.
fn fits(kind: Type, value: &serde_json::Value) -> bool {
    match kind {
        Type::String => value.is_string(),
        Type::Number => value.is_number(),
        Type::Boolean => value.is_boolean(),
        Type::Array => value.is_array(),
        Type::Object => value.is_object(),
    }
}

/// Adds what the guard does later than a form would.
fn also_lost(field: &Field, control: &Control, lost: &mut Vec<Lack>) {
    if field.secret {
        lost.push(Lack::Secret);
    } else if matches!(field.kind, Type::Array | Type::Object) {
        lost.push(Lack::Json);
    }
    if matches!(control, Control::Choice(_)) {
        return;
    }
    let formatted = matches!(field.kind, Type::String) && field.format.is_some() && !field.is_reference();
    if field.pattern.is_some() || (formatted && field.format.as_deref() != Some("multi-line")) {
        lost.push(Lack::Pattern);
    }
    if !field.bounds.is_empty() || field.unique {
        lost.push(Lack::Bounds);
    }
    if field.kind == Type::Array && field.is_reference() {
        lost.push(Lack::Picker);
    }
}

/// Returns what people read first: the name when nothing of the title can be read.
fn title(field: &Field) -> String {
    let title = display(&field.label, LONGEST_TITLE);
    if title.is_empty() { field.identifier.clone() } else { title }
}

/// Returns what people read besides the title.
fn help(field: &Field) -> String {
    let mut sentences: Vec<String> = field.description.iter().map(|text| ended(text)).collect();
    if field.secret {
        sentences.push("Enter the name of a secret, never the secret.".into());
        return display(&sentences.join(" "), LONGEST_HELP);
    }
    match field.kind {
        Type::Array => sentences.push("A JSON list.".into()),
        Type::Object => sentences.push("A JSON object.".into()),
        _ => {}
    }
    if let (Choices::Values(values), Type::Array) = (&field.choices, field.kind) {
        let texts: Vec<String> = values.iter().map(text_of).collect();
        sentences.push(format!("Any of: {}.", texts.join(", ")));
    }
    if let Some(pattern) = field.fixed_pattern() {
        sentences.push(format!("Must match {pattern}"));
    }
    sentences.extend(bounds(field));
    display(&sentences.join(" "), LONGEST_HELP)
}

/// Returns text as a sentence.
fn ended(text: &str) -> String {
    let text = text.trim();
    let open = text.ends_with(|c: char| c.is_alphanumeric() || c == ')' || c == '`');
    if open { format!("{text}.") } else { text.to_string() }
}

fn bounds(field: &Field) -> Vec<String> {
    let said = |(key, bound): &(&'static str, Dynamic<f64>)| {
        let Dynamic::Fixed(bound) = bound else { return None };
        Some(match *key {
            "minLength" => format!("At least {bound} characters."),
            "maxLength" => format!("At most {bound} characters."),
            "minItems" => format!("At least {bound} items."),
            "maxItems" => format!("At most {bound} items."),
            "minimum" => format!("At least {bound}."),
            "maximum" => format!("At most {bound}."),
            "exclusiveMinimum" => format!("More than {bound}."),
            _ => format!("Less than {bound}."),
        })
    };
    field.bounds.iter().filter_map(said).collect()
}
