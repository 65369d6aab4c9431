//! How much a CI system can ask.

use crate::model::target::Target;

/// How much a CI system can ask; what it does not say is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most questions.
    pub questions: Option<usize>,
    /// The most options of a choice.
    pub options: usize,
    /// The most bytes of an answer.
    pub answer: Option<usize>,
    /// The most characters of all answers together, as one JSON object.
    pub answers: Option<usize>,
}

/// The most bytes of an option or a default: what the narrowest system allows, so that all ask the same.
pub(super) const LONGEST_VALUE: usize = 1_000;

/// The most entities that are offered as options; more are easier to type than to find.
pub(super) const MOST_ENTITIES: usize = 50;

/// The most whole numbers of a range that become options.
pub(super) const MOST_NUMBERS: u64 = 20;

impl Limits {
    /// Returns the limits of a CI system.
    pub fn of(target: Target) -> Self {
        // No other system than GitLab says how many options it takes; 200 have been tried.
        const TRIED: usize = 200;
        match target {
            Target::GitHub => {
                Self { questions: Some(25), options: TRIED, answer: None, answers: Some(65_535) }
            }
            Target::GitLab => {
                Self { questions: Some(20), options: 50, answer: Some(LONGEST_VALUE), answers: None }
            }
            Target::Azure | Target::Bitbucket => {
                Self { questions: None, options: TRIED, answer: None, answers: None }
            }
        }
    }
}
