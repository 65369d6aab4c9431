//! Keywords of JSON Schema, wherever values are held against them: properties of entities, inputs of forms.

use jsonschema::error::ValidationErrorKind as Broken;
use jsonschema::{PatternOptions, ValidationError};

/// The most memory, in bytes, of a compiled pattern.
const PATTERN_BYTES: usize = 1024 * 1024;

/// Returns how patterns are matched: in linear time, whatever a catalog says.
pub fn patterns() -> PatternOptions<jsonschema::Regex> {
    PatternOptions::regex().size_limit(PATTERN_BYTES)
}

/// Returns which limit a value breaks, as the rest of a sentence.
pub fn broken_limit(kind: &Broken, error: &ValidationError<'_>) -> String {
    match kind {
        Broken::Minimum { limit } => format!("must be at least {limit}"),
        Broken::Maximum { limit } => format!("must be at most {limit}"),
        Broken::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Broken::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Broken::MinLength { limit } => format!("must have at least {limit} characters"),
        Broken::MaxLength { limit } => format!("must have at most {limit} characters"),
        Broken::MinItems { limit } => format!("must have at least {limit} items"),
        Broken::MaxItems { limit } => format!("must have at most {limit} items"),
        Broken::UniqueItems => "must not have the same item twice".into(),
        _ => format!("is not as its schema wants: {}", error.masked()),
    }
}
