//! What CI systems cannot ask as a form does, and what makes up for it.

use super::limit::{LONGEST_VALUE, MOST_ENTITIES};
use crate::model::target::Target;

/// Something that a CI system cannot ask as the form does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The input, or the action as a whole.
    pub input: Option<String>,
    /// What is lost, as a phrase.
    pub what: String,
    /// What makes up for it.
    pub instead: String,
    /// Whether a user should know: something works differently, not only later.
    pub notable: bool,
    /// Which sort of loss it is.
    pub lack: Lack,
}

/// Declares the sorts of losses from one table: the documentation is made from it.
macro_rules! lacks {
    ($($variant:ident, $notable:literal, [$($target:ident)*], $what:expr, $instead:expr;)*) => {
        /// A sort of loss, in the order of the documentation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Lack {
            $(#[doc = $what] $variant,)*
        }

        impl Lack {
            /// Every sort of loss.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns what is lost, as a phrase.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// Returns what makes up for it, as a phrase.
            pub fn instead(self) -> &'static str {
                match self { $(Self::$variant => $instead,)* }
            }

            /// Returns whether something works differently, not only later.
            pub fn is_notable(self) -> bool {
                match self { $(Self::$variant => $notable,)* }
            }

            /// Returns the CI systems that it occurs on.
            pub fn targets(self) -> &'static [Target] {
                match self { $(Self::$variant => &[$(Target::$target,)*],)* }
            }
        }
    };
}

lacks! {
    Secret, true, [GitHub GitLab Azure Bitbucket],
        "a secret cannot be entered: answers can be read by everyone who can read the run",
        "the name of a secret that the CI system holds is asked for";
    Room, true, [GitHub GitLab],
        "there are more inputs than the CI system can ask for",
        "the rest is one JSON object in a question of its own";
    Length, false, [GitLab],
        "an answer of 1,000 bytes or more is refused by the CI system",
        "`mode: pull_request` takes any length";
    Option, true, [GitHub GitLab Azure Bitbucket],
        "a value to choose from is one that a CI system would evaluate or could not show",
        "it is asked for as a text, and the guard refuses what is not among the values";
    Options, true, [GitHub GitLab Azure Bitbucket],
        "there are more values to choose from than the CI system takes",
        "it is asked for as a text, and the guard refuses what is not among the values";
    ComputedChoices, false, [GitHub GitLab Azure Bitbucket],
        "the values to choose from depend on other answers",
        "it is asked for as a text, and the guard refuses what is not among the values";
    Picker, false, [GitHub GitLab Azure Bitbucket],
        "entities cannot be searched for",
        "the identifier is asked for as a text, and the guard refuses one that does not exist";
    Snapshot, false, [GitHub GitLab Azure Bitbucket],
        "the entities to choose from are those of the day on which the file was generated",
        "`portal workflows --check` says when they have changed, and the guard refuses one that is gone";
    Dataset, false, [GitHub GitLab Azure Bitbucket],
        "entities that the definition leaves out can be chosen",
        "the guard refuses them";
    Default, false, [GitHub GitLab Azure Bitbucket],
        "the default is not shown: a CI system would evaluate it, or could not show it",
        "an empty answer is the default";
    ComputedDefault, false, [GitHub GitLab Azure Bitbucket],
        "the default depends on other answers and is not shown",
        "an empty answer is the default";
    Unset, false, [GitHub GitLab Azure Bitbucket],
        "a checkbox cannot be left out: one that is not ticked means false",
        "give the input a default, or ask with an enum";
    Unchosen, false, [GitHub GitLab Azure Bitbucket],
        "a choice that must be made can be left out, as it begins with `(none)`: else the first option would be chosen",
        "the guard refuses a request without it";
    Unrequired, false, [GitLab],
        "an answer cannot be demanded, or no other pipeline of the project would start",
        "the guard refuses a request without it";
    NumberAsText, false, [GitLab Azure],
        "a number without a default is asked for as a text",
        "the guard refuses what is no number";
    Condition, false, [GitHub GitLab Azure Bitbucket],
        "it is always shown, and may be left out, whatever the other answers are",
        "the guard ignores the answer to what is hidden, and refuses a request without what is needed";
    Fixed, false, [GitHub GitLab Azure Bitbucket],
        "it is not asked for: it is never shown, or cannot be changed",
        "it has its default";
    Pattern, false, [GitHub GitLab Azure Bitbucket],
        "the form does not hold an answer against the pattern or format",
        "the help names the pattern, and the guard refuses what does not match";
    Bounds, false, [GitHub GitLab Azure Bitbucket],
        "the form does not hold an answer against its bounds",
        "the help names them, and the guard refuses what is outside";
    Json, false, [GitHub GitLab Azure Bitbucket],
        "a list or an object is asked for as JSON",
        "`portal run` and the action's page on the site ask for each part";
    Name, false, [GitHub GitLab Azure Bitbucket],
        "the input has another name in the file: the CI system does not allow its own, or has it twice",
        "the title is the same, and the request has the input's own name";
    Layout, false, [GitHub GitLab Azure Bitbucket],
        "pages, headings and icons are not shown",
        "the order is the same";
}

impl Lack {
    /// Returns the loss of an input, or of the action as a whole.
    pub(super) fn of(self, input: Option<&str>) -> Loss {
        Loss {
            input: input.map(str::to_string),
            what: self.what().to_string(),
            instead: self.instead().to_string(),
            notable: self.is_notable(),
            lack: self,
        }
    }
}

// The phrases above say these in words.
const _: () = assert!(LONGEST_VALUE == 1_000 && MOST_ENTITIES == 50);
