//! Fetching: the files of a skeleton, rendered or as they are, into the work area.

use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::{Map, Value};

use super::nunjucks::{Dialect, Language, names};
use super::run::{Run, Told};
use super::step::Step;
use super::work::{File, inside, join};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::skeleton::{Fault, Mistake};
use crate::source::Span;
use crate::worktree::TreeFile;
use crate::yaml::Node;

/// Names that expressions of CI systems begin with, and those of skeletons do not.
const FOR_CI: &[&str] = &["github", "secrets", "env", "matrix", "runner", "inputs", "vars", "needs", "jobs"];

/// How the files of a skeleton are made.
struct Making {
    language: Language,
    context: Map<String, Value>,
    /// Files that are not rendered.
    copied: Option<Patterns>,
    /// Whether the names of those are.
    names_too: bool,
    /// The suffix of files that are rendered, when not all are.
    suffix: Option<String>,
    /// Whether a file that is there is replaced.
    replace: bool,
}

/// Patterns of paths, the last that takes a path decides; `!` leaves out.
struct Patterns {
    taken: GlobSet,
    left_out: GlobSet,
}

impl Patterns {
    fn new(patterns: &[String]) -> Result<Self, String> {
        let set = |negative: bool| -> Result<GlobSet, String> {
            let mut set = GlobSetBuilder::new();
            for pattern in patterns {
                let bare = pattern.strip_prefix('!');
                if bare.is_some() != negative {
                    continue;
                }
                let bare = bare.unwrap_or(pattern).trim_start_matches("./");
                let folder = format!("{}/**", bare.trim_end_matches('/'));
                for text in [bare, &folder] {
                    let glob = GlobBuilder::new(text).literal_separator(true).build();
                    set.add(glob.map_err(|_| format!("`{}` is no pattern", clip(pattern)))?);
                }
            }
            set.build().map_err(|error| error.to_string())
        };
        Ok(Self { taken: set(false)?, left_out: set(true)? })
    }

    fn take(&self, path: &str) -> bool {
        self.taken.is_match(path) && !self.left_out.is_match(path)
    }
}

impl<'a> Run<'a> {
    pub(super) fn fetch_template(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let (folder, files) = self.folder(step, input)?;
        let target = self.target_path(step, input)?;
        let making = self.making(step, input)?;
        let mut told = Ok(());
        for file in &files {
            let made = self.make(step, &making, &folder, file, &target);
            told = told.and(made);
        }
        told
    }

    pub(super) fn fetch_template_file(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let (path, file) = self.file(step, input)?;
        let to = self.needed(step, input, "targetPath")?;
        let to = self.path(&to, Self::at(step, input, "targetPath"), "targetPath")?;
        let making = self.making(step, input)?;
        if self.work.has(&to) && !making.replace {
            return Ok(());
        }
        let bytes = self.content(step, &making, &path, &file)?;
        self.put(step, step.span, &to, File { bytes, executable: file.executable })
    }

    pub(super) fn fetch_plain(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let (_, files) = self.folder(step, input)?;
        let target = self.target_path(step, input)?;
        for file in files {
            let path = join(&target, &file.path);
            self.put(step, step.span, &path, File { bytes: file.bytes, executable: file.executable })?;
        }
        Ok(())
    }

    pub(super) fn fetch_plain_file(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let (_, file) = self.file(step, input)?;
        let to = self.needed(step, input, "targetPath")?;
        let to = self.path(&to, Self::at(step, input, "targetPath"), "targetPath")?;
        self.put(step, step.span, &to, File { bytes: file.bytes, executable: file.executable })
    }

    fn target_path(&mut self, step: &Step, input: Node<'a>) -> Result<String, Told> {
        let path = self.said(input, "targetPath")?.unwrap_or_default();
        self.path(&path, Self::at(step, input, "targetPath"), "targetPath")
    }

    /// Returns the path, below the root of the template's repository, that `url` of a step names, with what it says.
    fn source(&mut self, step: &Step, input: Node<'a>) -> Result<(String, String, Span), Told> {
        let url = self.needed(step, input, "url")?;
        let span = Self::at(step, input, "url");
        let name = url.split_once(':').map(|(scheme, _)| scheme);
        let is_address = name.is_some_and(|it| {
            it.len() > 1 && it.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        });
        if is_address {
            let message = format!("step `{}` fetches `{}`, which is elsewhere", step.id, clip(&url));
            let help = "nothing is fetched from elsewhere: put the files into the template's repository, and give the way to them from the template";
            self.findings.push(super::parameter::fault(span, message).help(help));
            // Steps after it may miss what it would have fetched.
            self.has_refused = true;
            return Err(Told);
        }
        match inside(&self.template.folder, &url) {
            Some(path) => Ok((path, url, span)),
            None => {
                let message = format!(
                    "step `{}` fetches `{}`, which leads out of the template's repository",
                    step.id,
                    clip(&url)
                );
                Err(self.wrong(span, message))
            }
        }
    }

    /// Returns the folder that a step fetches, and its files by their path below it.
    fn folder(&mut self, step: &Step, input: Node<'a>) -> Result<(String, Vec<TreeFile>), Told> {
        let (path, url, span) = self.source(step, input)?;
        let tree = if path.is_empty() { self.template.root.clone() } else { self.template.root.below(&path) };
        if let Some(refused) = tree.refused.first() {
            let message = format!(
                "step `{}` fetches `{}`, where `{}` {}",
                step.id,
                clip(&url),
                clip(&refused.path),
                refused.reason
            );
            self.findings.push(Diagnostic::new(Rule::TemplatePath, span, message));
            return Err(Told);
        }
        if tree.files.is_empty() {
            return Err(self.missing(step, span, &url, &path, "a folder"));
        }
        Ok((path, tree.files))
    }

    fn file(&mut self, step: &Step, input: Node<'a>) -> Result<(String, TreeFile), Told> {
        let (path, url, span) = self.source(step, input)?;
        match self.template.root.file(&path).cloned() {
            Some(file) => Ok((path, file)),
            None => Err(self.missing(step, span, &url, &path, "a file")),
        }
    }

    fn missing(&mut self, step: &Step, span: Span, url: &str, path: &str, what: &str) -> Told {
        let message = format!("step `{}` fetches `{}`, which is not there", step.id, clip(url));
        let help = format!("it would be {what}, `{}`", clip(&self.template.shown(self.place, path)));
        self.findings.push(super::parameter::fault(span, message).help(help));
        Told
    }

    /// Reads how the files of a step are made.
    fn making(&mut self, step: &Step, input: Node<'a>) -> Result<Making, Told> {
        let dialect = Dialect {
            cookiecutter: self.flag(input, "cookiecutterCompat")?,
            trim_blocks: self.flag(input, "trimBlocks")?,
            lstrip_blocks: self.flag(input, "lstripBlocks")?,
        };
        let suffix = match self.entry(input, "templateFileExtension")? {
            Some(Value::Bool(true)) => Some(".njk".to_string()),
            Some(Value::String(text)) if !text.is_empty() => {
                Some(if text.starts_with('.') { text } else { format!(".{text}") })
            }
            _ => None,
        };
        let keys = ["copyWithoutTemplating", "copyWithoutRender"];
        let given: Vec<&str> = keys.into_iter().filter(|key| input.get(key).is_some()).collect();
        if given.len() == 2 || (suffix.is_some() && (!given.is_empty() || dialect.cookiecutter)) {
            let message = format!(
                "step `{}` says in two ways which files are rendered: only one of `copyWithoutTemplating`, `copyWithoutRender` and `templateFileExtension` can be given",
                step.id
            );
            return Err(self.wrong(step.span, message));
        }
        let mut copied = None;
        if let Some(key) = given.first() {
            let patterns = self.texts(input, key)?;
            match Patterns::new(&patterns) {
                Ok(patterns) => copied = Some(patterns),
                Err(reason) => return Err(self.wrong(Self::at(step, input, key), reason)),
            }
        }
        let values = self.entry(input, "values")?.unwrap_or_else(|| Value::Object(Map::new()));
        let name = if dialect.cookiecutter { "cookiecutter" } else { "values" };
        let mut context = Map::new();
        context.insert(name.into(), values);
        Ok(Making {
            language: Language::new(dialect),
            context,
            copied,
            names_too: given.first() != Some(&"copyWithoutRender"),
            suffix,
            replace: self.flag(input, "replace")?,
        })
    }

    /// Makes one file of a skeleton.
    fn make(
        &mut self,
        step: &Step,
        making: &Making,
        folder: &str,
        file: &TreeFile,
        target: &str,
    ) -> Result<(), Told> {
        let is_copied = making.copied.as_ref().is_some_and(|patterns| patterns.take(&file.path));
        let (mut name, mut renders) = (file.path.as_str(), !is_copied);
        if let Some(suffix) = &making.suffix {
            let bare =
                name.strip_suffix(suffix.as_str()).filter(|bare| !bare.is_empty() && !bare.ends_with('/'));
            renders = bare.is_some();
            name = bare.unwrap_or(name);
        }
        let source = join(folder, &file.path);
        let path = if is_copied && !making.names_too {
            name.to_string()
        } else {
            let rendered = making.language.text(name, &making.context);
            rendered.map_err(|mistake| self.fault(step, Rule::TemplateFault, &source, &source, mistake))?
        };
        // As in Backstage: a name that comes to nothing leaves the file out.
        if path.is_empty() || path.starts_with('/') || path.ends_with('/') || path.contains("//") {
            return Ok(());
        }
        let path = join(target, &path);
        if self.work.has(&path) && !making.replace {
            return Ok(());
        }
        let bytes = match renders {
            true => self.content(step, making, &source, file)?,
            false => Arc::clone(&file.bytes),
        };
        let file = File { bytes, executable: file.executable };
        self.work.put(&path, file).map_err(|reason| {
            let mistake = Mistake { range: 0..0, message: reason, help: None };
            self.fault(step, Rule::TemplatePath, &source, &source, mistake)
        })
    }

    /// Returns what a file holds once it is rendered; what is no text is as it is.
    fn content(
        &mut self,
        step: &Step,
        making: &Making,
        path: &str,
        file: &TreeFile,
    ) -> Result<Arc<[u8]>, Told> {
        let text = str::from_utf8(&file.bytes).ok().filter(|text| !text.contains('\0'));
        let Some(text) = text else { return Ok(Arc::clone(&file.bytes)) };
        self.note_lost(step, making, path, text);
        let rendered = making.language.text(text, &making.context);
        let rendered =
            rendered.map_err(|mistake| self.fault(step, Rule::TemplateFault, path, text, mistake))?;
        Ok(rendered.into_bytes().into())
    }

    /// Notes the first expression of a file that is meant for a CI system, and gives nothing here, as in Backstage.
    fn note_lost(&mut self, step: &Step, making: &Making, path: &str, text: &str) {
        if making.context.contains_key("cookiecutter") {
            return;
        }
        let lost = names(text, "${{").into_iter().find(|name| {
            name.parts.len() > 1 && name.parts.first().is_some_and(|root| FOR_CI.contains(&root.as_str()))
        });
        let Some(name) = lost else { return };
        let line = text.get(..name.range.start).unwrap_or_default().matches('\n').count() + 1;
        let (shown, id) = (self.template.shown(self.place, path), &step.id);
        let name = clip(&name.parts.join("."));
        self.note(&format!(
            "`{shown}`, line {line}: `{name}` gives nothing in a file that is rendered; if it is meant for a CI system, name the file in `copyWithoutTemplating` of step `{id}`"
        ));
    }

    /// Tells what is wrong with a file of a skeleton, or with its name, and which step takes it.
    fn fault(&mut self, step: &Step, rule: Rule, path: &str, text: &str, mistake: Mistake) -> Told {
        let shown = self.template.shown(self.place, path);
        let (folder, file) = shown.rsplit_once('/').unwrap_or((".", &shown));
        let fault = Fault { rule, file: file.to_string(), text: text.into(), mistake };
        let finding = fault.finding(folder, &mut self.sources);
        self.findings.push(finding.related(step.span, format!("fetched by step `{}`", step.id)));
        Told
    }
}
