//! Every rule of `portal`: its name, severity, summary and explanation, in one enum.
//!
//! To add a rule: a line in the table below, `explanations/<name>.md` beside it (its examples are run as
//! tests), and the check that pushes it. `docs/rules.md`, `portal explain`, the SARIF rule list and the
//! configuration's schema all read this table.

use super::Severity;

/// Declares the enum and its facts from one table, so that no list can miss a rule.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $severity:ident, $summary:literal;)*) => {
        /// What can be wrong in a catalog. Ordered as in the documentation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $summary] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the documentation.
            pub const ALL: &[Rule] = &[$(Rule::$variant,)*];

            /// Returns the name that users write: `dangling-relation`.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// Returns how serious the rule is unless the configuration says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Rule::$variant => Severity::$severity,)* }
            }

            /// Returns what the rule finds, in a few words without a full stop.
            pub fn summary(self) -> &'static str {
                match self { $(Rule::$variant => $summary,)* }
            }

            /// Returns the whole explanation as Markdown: why, an example that fails, one that passes, the fix.
            pub fn markdown(self) -> &'static str {
                match self { $(Rule::$variant => include_str!(concat!("explanations/", $name, ".md")),)* }
            }
        }
    };
}

rules! {
    // Reading text.
    InvalidUtf8, "invalid-utf8", Error, "a file that is not UTF-8 text";
    ControlCharacter, "control-character", Error, "a control character, such as NUL, that YAML does not allow";
    Syntax, "syntax", Error, "text that is neither YAML nor JSON";
    TypographicQuotes, "typographic-quotes", Error, "curly quotation marks where straight ones are needed";
    TabIndentation, "tab-indentation", Error, "a tab used to indent YAML";
    DuplicateKey, "duplicate-key", Error, "a key written twice in one mapping";
    MergeKey, "merge-key", Error, "a `<<` merge key, which YAML 1.2 no longer has";
    UndefinedAlias, "undefined-alias", Error, "an alias whose anchor does not exist";
    AliasCycle, "alias-cycle", Error, "an alias that contains itself";
    AliasExpansion, "alias-expansion", Error, "aliases that expand to more than a document may hold";
    UnsupportedTag, "unsupported-tag", Error, "a YAML tag that has no meaning in a catalog";
    UnsupportedValue, "unsupported-value", Error, "a key or number that JSON cannot hold";
    NestingTooDeep, "nesting-too-deep", Error, "collections nested more than 128 deep";
    DocumentTooLarge, "document-too-large", Error, "a file over 8 MiB";
    FileReference, "file-reference", Error, "a `file://`, `$text`, `$json` or `$yaml` reference that cannot be read";
    LinkOutsideRoot, "link-outside-root", Warning, "a symbolic link that leaves the catalog, or leads nowhere";
    // What a document is.
    EmptyDocument, "empty-document", Warning, "a file without a document";
    UnrecognisedDocument, "unrecognised-document", Error, "a document that is no kind of catalog document";
    AmbiguousDocument, "ambiguous-document", Error, "a document whose shape fits several kinds";
    BackstageDocument, "backstage-document", Info, "a Backstage document, which has to be imported first";
    // The shape of a document.
    MissingKey, "missing-key", Error, "a required key is missing";
    UnknownKey, "unknown-key", Error, "a key that this place does not have";
    IgnoredKey, "ignored-key", Warning, "a key that nothing reads";
    WrongType, "wrong-type", Error, "a value of another type than its key takes";
    InvalidValue, "invalid-value", Error, "a value that is not one of those allowed";
    InvalidIdentifier, "invalid-identifier", Error, "an identifier with characters that identifiers cannot have";
    TooLong, "too-long", Error, "a text over its maximum length";
    LegacyForm, "legacy-form", Warning, "an older spelling that has a modern one";
    UnknownIcon, "unknown-icon", Info, "an icon name without a picture";
    UnknownColor, "unknown-color", Warning, "a colour outside the palette";
    DuplicateIdentifier, "duplicate-identifier", Error, "two documents of one kind with the same identifier";
    IdentifierCollision, "identifier-collision", Warning, "identifiers that differ only by case or share a page path, or a scaffold called other than its folder";
    // Blueprints.
    KeywordMismatch, "keyword-mismatch", Error, "a property keyword that its type does not have";
    UnknownFormat, "unknown-format", Warning, "a property format that does not exist for its type";
    InvalidPattern, "invalid-pattern", Error, "a pattern that is no regular expression, or needs look-around";
    EnumValueType, "enum-value-type", Error, "an enum value of another type than its property";
    EnumColorUnused, "enum-color-unused", Error, "an enum colour for a value that is not in the enum";
    InvalidDefault, "invalid-default", Warning, "a default that its own property refuses";
    UndeclaredRequired, "undeclared-required", Error, "a required property that is not declared";
    NameClash, "name-clash", Error, "two properties of a blueprint that share an identifier";
    RequiredMany, "required-many", Error, "a relation that is both required and many";
    UnknownTarget, "unknown-target", Error, "a target blueprint that does not exist";
    InvalidPath, "invalid-path", Error, "a path over relations or properties that do not exist";
    InvalidInverse, "invalid-inverse", Error, "a declared inverse that the target does not have";
    SystemBlueprint, "system-blueprint", Error, "a change to a system blueprint beyond extending it";
    UnusedBlueprint, "unused-blueprint", Warning, "a blueprint without an entity";
    // Entities.
    MissingBlueprint, "missing-blueprint", Error, "an entity that does not say its blueprint";
    AmbiguousBlueprint, "ambiguous-blueprint", Error, "an entity without a blueprint that fits several";
    UnknownBlueprint, "unknown-blueprint", Error, "a blueprint that does not exist";
    UnknownProperty, "unknown-property", Error, "a property that the blueprint does not declare";
    MissingProperty, "missing-property", Error, "a required property without a value";
    PropertyType, "property-type", Error, "a value of another type than its property";
    PropertyEnum, "property-enum", Error, "a value that is not in the property's enum";
    PropertyFormat, "property-format", Error, "a value that does not have its property's format";
    PropertyPattern, "property-pattern", Error, "a value that does not match its property's pattern";
    PropertyLimit, "property-limit", Error, "a value outside the limits of its property";
    ComputedProperty, "computed-property", Warning, "a stored value for a property that is computed";
    UnknownOwner, "unknown-owner", Error, "an owning team that does not exist";
    InheritedTeam, "inherited-team", Warning, "a team on an entity that inherits its owner";
    // Relations.
    UnknownRelation, "unknown-relation", Error, "a relation that the blueprint does not declare";
    MissingRelation, "missing-relation", Error, "a required relation without a target";
    DanglingRelation, "dangling-relation", Error, "a relation to an entity that does not exist";
    WrongTarget, "wrong-target", Error, "a relation to an entity of another blueprint";
    ListOnSingle, "list-on-single", Error, "a list on a relation that holds one entity";
    ScalarOnMany, "scalar-on-many", Error, "a single value on a relation that holds many";
    SelfReference, "self-reference", Warning, "an entity related to itself";
    HierarchyCycle, "hierarchy-cycle", Error, "a cycle along a relation declared as a hierarchy";
    InverseMismatch, "inverse-mismatch", Error, "two ends of a relation that disagree";
    // Computed properties.
    AmbiguousAggregation, "ambiguous-aggregation", Error, "an aggregation that several paths lead to";
    CalculationProperty, "calculation-property", Warning, "a calculation over a property that the blueprint does not declare";
    ComputedCycle, "computed-cycle", Error, "computed properties that wait for each other";
    // Queries and scorecards.
    InvalidCondition, "invalid-condition", Error, "a condition that cannot be meant";
    ConditionProperty, "condition-property", Error, "a condition on a property or relation that does not exist";
    ConditionType, "condition-type", Warning, "a comparison with a value that the property never has";
    UnknownStandard, "unknown-standard", Error, "a scorecard, or a level or rule of one, that does not exist";
    FloorRule, "floor-rule", Error, "a rule on the lowest level, which needs none";
    EmptyLevel, "empty-level", Warning, "a level without a rule";
    DuplicateRule, "duplicate-rule", Error, "two rules of a scorecard with the same identifier";
    ExpiredWaiver, "expired-waiver", Warning, "a waiver whose last day is over";
    // Facts.
    InvalidJq, "invalid-jq", Error, "an expression that is not jq";
    FailingJq, "failing-jq", Warning, "an expression that fails for an entity";
    MissingSource, "missing-source", Warning, "an integration whose files do not exist";
    DuplicateFact, "duplicate-fact", Warning, "a property that has a second value from an integration";
    FailedSearch, "failed-search", Warning, "a mapping that looks for one entity and does not find exactly one";
    InvalidDuration, "invalid-duration", Error, "an age, such as 7d, that is none";
    // Actions and automations.
    UnknownInput, "unknown-input", Error, "an input that the form does not have";
    UnknownAction, "unknown-action", Error, "an action that does not exist";
    InvalidForm, "invalid-form", Error, "a form that contradicts itself";
    SecretDefault, "secret-default", Error, "a secret with a default";
    InvalidTemplate, "invalid-template", Error, "an expression that names what is not there";
    NoEntity, "no-entity", Warning, "an expression about an entity where there is none";
    InvalidStep, "invalid-step", Error, "a step that cannot be taken as it is written";
    UnpinnedWorkflow, "unpinned-workflow", Error, "a reusable workflow that is not pinned to a commit";
    NotCompiled, "not-compiled", Warning, "something that no CI system can do";
    UnknownGrantee, "unknown-grantee", Error, "a user, a team or a role in permissions that does not exist";
    MissingApprover, "missing-approver", Error, "an approval that nobody may give";
    InvalidLimit, "invalid-limit", Error, "a limit or a time to live that cannot be held";
    InvalidSchedule, "invalid-schedule", Error, "a schedule that is no cron expression";
    AutomationLoop, "automation-loop", Error, "actions and automations that start each other without end";
    LossyTarget, "lossy-target", Info, "an input that a CI system cannot ask as the form does";
    // Workflows.
    StaleWorkflow, "stale-workflow", Error, "a generated file of the CI system that is not as it should be";
    UnsupportedTarget, "unsupported-target", Warning, "an action that the CI system cannot run as it is written";
    // Scaffolds.
    TemplateFault, "template-fault", Error, "a text or file of a scaffold that cannot be rendered";
    UnknownVariable, "unknown-variable", Error, "a template that asks for what no input gives";
    UnusedInput, "unused-input", Warning, "an input of a scaffold that nothing uses";
    TemplatePath, "template-path", Error, "a file of a template that cannot be written on every system";
    TemplateSecret, "template-secret", Error, "a template that would write a secret into a file";
    TemplateDelimiter, "template-delimiter", Warning, "an expression of a CI system, such as `${{ }}`, in a file that is rendered";
    UnknownTemplate, "unknown-template", Error, "a scaffold that does not exist";
    ScaffoldRecord, "scaffold-record", Error, "a record of a scaffold that cannot be read";
    // Pages.
    UnknownWidget, "unknown-widget", Warning, "a widget of a type that does not exist";
    InvalidWidget, "invalid-widget", Warning, "a widget that cannot show what it says";
    InvalidLayout, "invalid-layout", Warning, "a layout that does not fit its widgets";
    UnshownWidget, "unshown-widget", Info, "a page or a widget that a site without a server cannot show";
    // Interfaces.
    InterfaceDescription, "interface-description", Warning, "a description of an interface that cannot be read, or names what is not there";
    // The site.
    LowContrast, "low-contrast", Error, "an accent that cannot be read on the grounds of the site";
    UnusableLogo, "unusable-logo", Error, "a logo that cannot be shown, or does more than to draw";
    // Suppressions.
    UnknownRule, "unknown-rule", Warning, "an ignore comment for a rule that does not exist";
    UnusedIgnore, "unused-ignore", Warning, "an ignore comment that ignores nothing";
}

impl Rule {
    /// Returns the rule that users call `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }

    /// Returns the explanation in its parts.
    pub fn explanation(self) -> Explanation {
        Explanation::parse(self.markdown())
    }
}

/// A rule's explanation, split as its Markdown file is: text before the first heading says why, then
/// `## Fails`, `## Passes` and `## Fix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Why the rule exists.
    pub why: String,
    /// A catalog that breaks the rule.
    pub fails: Vec<ExampleFile>,
    /// The same catalog without the mistake.
    pub passes: Vec<ExampleFile>,
    /// What to do.
    pub fix: String,
}

/// A file of an example catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFile {
    /// Where it lies in the catalog, with forward slashes.
    pub path: String,
    /// What is there.
    pub content: Content,
}

/// What an example puts at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file of these bytes.
    Bytes(Vec<u8>),
    /// A symbolic link to this target.
    Link(String),
}

impl Explanation {
    /// Returns the parts of an explanation's Markdown.
    fn parse(markdown: &str) -> Self {
        let mut sections = markdown.split("\n## ");
        let why = sections.next().unwrap_or_default().trim().to_string();
        let mut explanation = Self { why, fails: Vec::new(), passes: Vec::new(), fix: String::new() };
        for section in sections {
            let (title, body) = section.split_once('\n').unwrap_or((section, ""));
            match title.trim() {
                "Fails" => explanation.fails = example(body),
                "Passes" => explanation.passes = example(body),
                _ => explanation.fix = body.trim().to_string(),
            }
        }
        explanation
    }
}

/// Returns the files of an example: each fence is one, and its information string is a language and a path.
///
/// Three languages say what Markdown could not show: in a `bytes` fence `\xNN` stands for that byte and `\t`
/// for a tab, `repeat PATH COUNT` is the fence's text that many times over, and the text of a `link` fence is
/// the target of a symbolic link.
fn example(markdown: &str) -> Vec<ExampleFile> {
    let fences = markdown.split("```").skip(1).step_by(2);
    fences.map(|fence| fence.split_once('\n').unwrap_or((fence, ""))).map(example_file).collect()
}

/// Returns the file that a fence's information string and text describe.
fn example_file((information, text): (&str, &str)) -> ExampleFile {
    let mut words = information.split_whitespace();
    let language = words.next().unwrap_or_default();
    let path = words.next().unwrap_or("example.yaml").to_string();
    let line = text.strip_suffix('\n').unwrap_or(text);
    let content = match language {
        "bytes" => Content::Bytes(unescape(text)),
        "repeat" => {
            let count = words.next().and_then(|count| count.parse().ok()).unwrap_or(1);
            Content::Bytes(line.repeat(count).into_bytes())
        }
        "link" => Content::Link(line.to_string()),
        _ => Content::Bytes(text.as_bytes().to_vec()),
    };
    ExampleFile { path, content }
}

/// Returns the bytes that a text with `\xNN` and `\t` stands for.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let hex = escape.strip_prefix('x').and_then(|digits| digits.get(..2));
        if let Some(byte) = hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &escape[3..];
        } else if let Some(after) = escape.strip_prefix('t') {
            bytes.push(b'\t');
            rest = after;
        } else {
            bytes.push(b'\\');
            rest = escape;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_found_by_its_name_and_explained_in_full() {
        for &rule in Rule::ALL {
            assert_eq!(Rule::from_name(rule.name()), Some(rule));
            let explanation = rule.explanation();
            assert!(!explanation.why.is_empty(), "{}: no reason", rule.name());
            assert!(!explanation.fails.is_empty(), "{}: no failing example", rule.name());
            assert!(!explanation.passes.is_empty(), "{}: no passing example", rule.name());
            assert!(!explanation.fix.is_empty(), "{}: no fix", rule.name());
        }
    }

    #[test]
    fn a_fence_is_a_file_and_its_language_says_how_to_read_it() {
        let bytes = |text: &[u8]| Content::Bytes(text.to_vec());
        let table = [
            ("```yaml a.yaml\nb: 1\n```", "a.yaml", bytes(b"b: 1\n")),
            ("```bytes a.yaml\n\\tb\n```", "a.yaml", bytes(b"\tb\n")),
            ("```repeat a.yaml 3\n[-\n```", "a.yaml", bytes(b"[-[-[-")),
            ("```link a.yaml\n../b.yaml\n```", "a.yaml", Content::Link("../b.yaml".to_string())),
        ];
        for (markdown, path, content) in table {
            let expected = ExampleFile { path: path.to_string(), content };
            assert_eq!(example(&format!("text\n\n{markdown}\n")), [expected], "{markdown}");
        }
    }

    #[test]
    fn the_files_of_an_example_keep_their_order() {
        let files = example("\n```yaml b.yaml\nb: 1\n```\n\ntext\n\n```json a.json\n{}\n```\n");
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["b.yaml", "a.json"]);
    }

    #[test]
    fn escapes_stand_for_bytes() {
        assert_eq!(unescape(r"a\xff\tb\c"), b"a\xff\tb\\c");
    }
}
