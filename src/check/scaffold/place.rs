//! Where scaffolds are: each in a folder of its own, called as it is.

use std::collections::BTreeMap;

use crate::catalog::Definition;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::scaffold::{FILE, Scaffold, TEMPLATE};
use crate::source::{Sources, Span};

/// The folders of scaffolds, each with its first one.
#[derive(Default)]
pub(super) struct Folders {
    taken: BTreeMap<String, Span>,
}

impl Folders {
    /// Returns the folder of a scaffold, below the catalog root; `None` when it has none of its own, which is pushed.
    pub(super) fn of(
        &mut self,
        definition: &Definition<Scaffold>,
        sources: &Sources,
        found: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let identifier = &definition.value.identifier;
        let path = sources.get(identifier.span.source).path();
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let help = format!("move it to `scaffolds/{}/{FILE}`, with the files in `{TEMPLATE}/` beside it", {
            let name = identifier.value.as_str();
            if name.is_empty() { "NAME" } else { name }
        });
        if folder.is_empty() || file != FILE {
            let message = format!("a scaffold is a folder with a file `{FILE}`, and this is `{path}`");
            found.push(Diagnostic::new(Rule::TemplatePath, identifier.span, message).help(help));
            return None;
        }
        if let Some(first) = self.taken.get(folder) {
            let finding = Diagnostic::new(
                Rule::TemplatePath,
                identifier.span,
                format!("there is another scaffold in `{folder}`, and the files are those of one"),
            );
            found.push(finding.related(*first, "the first").help(help));
            return None;
        }
        self.taken.insert(folder.to_string(), identifier.span);
        let name = folder.rsplit('/').next().unwrap_or(folder);
        if name != identifier.value && !identifier.value.is_empty() {
            let message = format!("the scaffold `{}` is in a folder called `{name}`", identifier.value);
            let finding = Diagnostic::new(Rule::IdentifierCollision, identifier.span, message);
            found.push(finding.help("call both the same: people find the files by the name that they use"));
        }
        Some(folder.to_string())
    }
}
