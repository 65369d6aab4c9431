//! What each action does to the work area.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::address::{self, Address};
use super::publish::{Publication, file_url};
use super::run::{Output, Run, Told};
use super::step::{Step, Treatment};
use super::work::{File, inside, join};
use crate::model::phrase::clip;
use crate::source::{SourceId, Span};
use crate::yaml::{self, Node};

impl<'a> Run<'a> {
    /// Does what a step says, and returns what it gives to later ones.
    pub(super) fn act(&mut self, step: &Step, node: Node<'a>) -> Result<Output, Told> {
        // Without an input, each key of it is missing.
        let input = node.get("input").unwrap_or(node);
        match step.action.as_str() {
            "fetch:template" => self.fetch_template(step, input)?,
            "fetch:template:file" => self.fetch_template_file(step, input)?,
            "fetch:plain" => self.fetch_plain(step, input)?,
            "fetch:plain:file" => self.fetch_plain_file(step, input)?,
            "fs:delete" => self.delete(step, input)?,
            "fs:rename" => self.rename(step, input)?,
            "fs:readdir" => return self.list(step, input),
            "catalog:write" => self.write_entity(step, input)?,
            "catalog:register" => return self.register(input),
            "debug:log" => self.log(input)?,
            _ if step.treatment == Treatment::Printed => return self.publish(step, input),
            _ => {}
        }
        Ok(Output::new())
    }

    /// Returns the path that a text names in the work area, empty for all of it.
    pub(super) fn path(&mut self, text: &str, span: Span, key: &str) -> Result<String, Told> {
        inside("", text).ok_or_else(|| {
            self.wrong(span, format!("`{key}` is `{}`, which leads out of the work area", clip(text)))
        })
    }

    /// Returns the place of an entry, or of the step.
    pub(super) fn at(step: &Step, input: Node<'a>, key: &str) -> Span {
        input.get(key).map_or(step.span, Node::span)
    }

    /// Returns the text of an entry that must be there.
    pub(super) fn needed(&mut self, step: &Step, input: Node<'a>, key: &str) -> Result<String, Told> {
        match self.said(input, key)?.filter(|text| !text.is_empty()) {
            Some(text) => Ok(text),
            None => {
                let what = if input.get(key).is_some() { "gives nothing for" } else { "has no" };
                Err(self.wrong(Self::at(step, input, key), format!("step `{}` {what} `{key}`", step.id)))
            }
        }
    }

    fn delete(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let span = Self::at(step, input, "files");
        for text in self.texts(input, "files")? {
            let path = self.path(&text, span, "files")?;
            let matcher = globset::GlobBuilder::new(&path).literal_separator(true).build();
            let matcher = matcher.ok().map(|glob| glob.compile_matcher());
            let matched: Vec<String> = match matcher.filter(|_| path.contains(['*', '?', '[', '{'])) {
                None => Vec::new(),
                Some(matcher) => {
                    let files = self.work.files().keys();
                    files.filter(|file| matcher.is_match(file.as_str())).cloned().collect()
                }
            };
            for file in self.work.below(&path).into_iter().chain(matched) {
                self.work.take(&file);
            }
        }
        Ok(())
    }

    fn rename(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let span = Self::at(step, input, "files");
        let Some(Value::Array(files)) = self.entry(input, "files")? else {
            return Err(self.wrong(span, format!("step `{}` has no list of `files`", step.id)));
        };
        for item in files {
            let text = |key: &str| item.get(key).and_then(Value::as_str).map(String::from);
            let Some((from, to)) = text("from").zip(text("to")) else {
                return Err(self.wrong(span, format!("a file of step `{}` has no `from` and `to`", step.id)));
            };
            let (from, to) = (self.path(&from, span, "from")?, self.path(&to, span, "to")?);
            let replace = item.get("overwrite") == Some(&Value::Bool(true));
            self.move_all(step, span, (&from, &to), replace)?;
        }
        Ok(())
    }

    fn move_all(
        &mut self,
        step: &Step,
        span: Span,
        (from, to): (&str, &str),
        replace: bool,
    ) -> Result<(), Told> {
        let moved = self.work.below(from);
        if moved.is_empty() {
            // What a refused step would have made may be missing.
            if self.has_refused {
                return Err(Told);
            }
            return Err(
                self.wrong(span, format!("step `{}` renames `{}`, which is not there", step.id, clip(from)))
            );
        }
        if from == to {
            return Ok(());
        }
        if !replace && !self.work.below(to).is_empty() {
            let message =
                format!("step `{}` renames `{}` to `{}`, which is there", step.id, clip(from), clip(to));
            return Err(self.wrong(span, message));
        }
        let taken: Vec<(String, File)> = moved
            .into_iter()
            .filter_map(|path| {
                let rest = path.strip_prefix(from).unwrap_or_default().trim_start_matches('/').to_string();
                Some((join(to, &rest), self.work.take(&path)?))
            })
            .collect();
        for (path, file) in taken {
            self.put(step, span, &path, file)?;
        }
        Ok(())
    }

    /// Puts a file into the work area.
    pub(super) fn put(&mut self, step: &Step, span: Span, path: &str, file: File) -> Result<(), Told> {
        self.work.put(path, file).map_err(|reason| {
            let message = format!("step `{}`: {reason}", step.id);
            let finding =
                crate::diagnostic::Diagnostic::new(crate::diagnostic::Rule::TemplatePath, span, message);
            self.findings.push(finding);
            Told
        })
    }

    fn list(&mut self, step: &Step, input: Node<'a>) -> Result<Output, Told> {
        let span = Self::at(step, input, "paths");
        let all = self.flag(input, "recursive")?;
        let (mut files, mut folders): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
        for text in self.texts(input, "paths")? {
            let folder = self.path(&text, span, "paths")?;
            let mut seen: Vec<String> = Vec::new();
            for path in self.work.below(&folder) {
                let rest = path.strip_prefix(&folder).unwrap_or(&path).trim_start_matches('/');
                let entry = |path: &str| {
                    let name = path.rsplit('/').next().unwrap_or(path);
                    json!({"name": name, "path": path, "fullPath": path})
                };
                for (at, _) in rest.match_indices('/').take(if all { usize::MAX } else { 1 }) {
                    let parent = join(&folder, rest.get(..at).unwrap_or_default());
                    if !seen.contains(&parent) {
                        folders.push(entry(&parent));
                        seen.push(parent);
                    }
                }
                if all || !rest.contains('/') {
                    files.push(entry(&path));
                }
            }
        }
        let output = json!({"files": files, "folders": folders});
        Ok(output.as_object().cloned().unwrap_or_default())
    }

    fn write_entity(&mut self, step: &Step, input: Node<'a>) -> Result<(), Told> {
        let span = Self::at(step, input, "entity");
        let file = self.said(input, "filePath")?.unwrap_or_else(|| "catalog-info.yaml".into());
        let path = self.path(&file, Self::at(step, input, "filePath"), "filePath")?;
        let Some(entity @ Value::Object(_)) = self.entry(input, "entity")? else {
            return Err(self.wrong(span, format!("step `{}` has no `entity`", step.id)));
        };
        if let Err(reason) = yaml::write::check(&entity) {
            return Err(self.wrong(span, format!("step `{}`: {reason}", step.id)));
        }
        let text = yaml::write::document(&entity);
        self.put(step, span, &path, File { bytes: text.into_bytes().into(), executable: false })
    }

    fn log(&mut self, input: Node<'a>) -> Result<(), Told> {
        if let Some(message) = self.entry(input, "message")? {
            let text = message.as_str().map_or_else(|| message.to_string(), String::from);
            self.note(&text);
        }
        if let Some(extra) = self.entry(input, "extra")? {
            self.note(&extra.as_str().map_or_else(|| extra.to_string(), String::from));
        }
        if self.flag(input, "listWorkspace")? {
            let files: Vec<&str> = self.work.files().keys().map(String::as_str).collect();
            let note = format!("files: {}", files.join(", "));
            self.note(&note);
        }
        Ok(())
    }

    /// Finds the entity that would be registered: it is in the plan, there is no server to tell.
    fn register(&mut self, input: Node<'a>) -> Result<Output, Told> {
        let mut output = Map::new();
        let file = self.said(input, "catalogInfoPath")?.unwrap_or_else(|| "/catalog-info.yaml".into());
        let url = match self.said(input, "catalogInfoUrl")? {
            Some(url) => Some(url),
            None => self.said(input, "repoContentsUrl")?.map(|contents| file_url(&contents, &file)),
        };
        if let Some(url) = url {
            output.insert("catalogInfoUrl".into(), url.into());
        }
        let file = file.trim_start_matches('/');
        let paths = [inside(&self.published, file), inside("", file)];
        let found = paths.into_iter().flatten().find(|path| self.work.has(path));
        let Some(path) = found else { return Ok(output) };
        let reference = self.work.files().get(&path).and_then(|file| entity_of(&file.bytes));
        let shown = join(self.target, &path);
        let said = reference.as_ref().map_or_else(String::new, |reference| format!(" `{}`", clip(reference)));
        self.note(&format!(
            "`{shown}` describes{} for Backstage; import it to have it in this catalog",
            if said.is_empty() { " an entity".to_string() } else { said }
        ));
        if let Some(reference) = reference {
            output.insert("entityRef".into(), reference.into());
        }
        Ok(output)
    }

    fn publish(&mut self, step: &Step, input: Node<'a>) -> Result<Output, Told> {
        let url = self.needed(step, input, "repoUrl")?;
        let address = match Address::parse(&url) {
            Ok(address) => address,
            Err(reason) => {
                let message = format!("`repoUrl` of step `{}` is `{}`, which {reason}", step.id, clip(&url));
                return Err(self.wrong(Self::at(step, input, "repoUrl"), message));
            }
        };
        let source = self.said(input, "sourcePath")?.unwrap_or_default();
        let source = self.path(&source, Self::at(step, input, "sourcePath"), "sourcePath")?;
        let visibility = ["repoVisibility", "visibility"].into_iter().find(|key| input.get(key).is_some());
        let message = ["gitCommitMessage", "commitMessage"].into_iter().find(|key| input.get(key).is_some());
        let branch = ["branchName", "sourceBranchName", "sourceBranch"]
            .into_iter()
            .find(|key| input.get(key).is_some());
        let target = self.target;
        let mut said = |key: Option<&str>| key.map_or(Ok(None), |key| self.said(input, key));
        let publication = Publication {
            action: step.action.clone(),
            description: said(Some("description"))?,
            visibility: said(visibility)?,
            default_branch: said(Some("defaultBranch"))?,
            branch: said(branch)?,
            target_branch: said(Some("targetBranchName"))?,
            title: said(Some("title"))?,
            message: said(message)?,
            folder: join(target, &source),
            target_path: said(Some("targetPath"))?,
        };
        self.published = source;
        self.next.extend(publication.commands(&address));
        Ok(publication.output(&address))
    }
}

/// Returns the reference of the first entity in a file.
fn entity_of(bytes: &[u8]) -> Option<String> {
    let text: Arc<str> = str::from_utf8(bytes).ok()?.into();
    let document = yaml::parse(SourceId::new(0), &text, &mut Vec::new());
    let root = document.roots().next()?;
    let metadata = root.get("metadata")?;
    let kind = root.get("kind")?.as_str()?.to_lowercase();
    let namespace = metadata.get("namespace").and_then(Node::as_str).unwrap_or("default");
    let name = metadata.get("name")?.as_str()?;
    address::entity(&format!("{kind}:{namespace}/{name}"), None, None)?;
    Some(format!("{kind}:{namespace}/{name}").to_lowercase())
}
