//! Operators: how a value is compared.
//!
//! The meaning of an absent value is Port's: a comparison with it fails, a negated one holds. Empty are an absent
//! value, null, `""`, `[]` and `{}`; `false` and 0 are values. Types are not converted: `"5"` is not 5. Texts that are
//! both dates are compared as instants.

use std::cmp::Ordering;
use std::ops::Range;

use serde_json::Value as Json;

use crate::known::Value;
use crate::model::instant::Instant;
use crate::yaml::Kind;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `isEmpty`
    IsEmpty,
    /// `isNotEmpty`
    IsNotEmpty,
    /// `contains`
    Contains,
    /// `doesNotContains`, as Port spells it
    ContainsNot,
    /// `containsAny`
    ContainsAny,
    /// `beginsWith`
    BeginsWith,
    /// `doesNotBeginsWith`
    BeginsNotWith,
    /// `endsWith`
    EndsWith,
    /// `doesNotEndsWith`
    EndsNotWith,
    /// `in`
    In,
    /// `notIn`
    NotIn,
    /// `between`
    Between,
    /// `notBetween`
    NotBetween,
    /// `isExpired`
    IsExpired,
    /// `isNotExpired`
    IsNotExpired,
}

use Operator::{
    BeginsNotWith, BeginsWith, Between, Contains, ContainsAny, ContainsNot, EndsNotWith, EndsWith, Equal,
    Greater, GreaterOrEqual, In, IsEmpty, IsExpired, IsNotEmpty, IsNotExpired, Less, LessOrEqual, NotBetween,
    NotEqual, NotIn,
};

/// Each operator as it is written, and as a sentence says it.
const WORDS: &[(Operator, &str, &str)] = &[
    (Equal, "=", "is"),
    (NotEqual, "!=", "is not"),
    (Greater, ">", "is more than"),
    (GreaterOrEqual, ">=", "is at least"),
    (Less, "<", "is less than"),
    (LessOrEqual, "<=", "is at most"),
    (IsEmpty, "isEmpty", "is empty"),
    (IsNotEmpty, "isNotEmpty", "is not empty"),
    (Contains, "contains", "contains"),
    (ContainsNot, "doesNotContains", "does not contain"),
    (ContainsAny, "containsAny", "contains one of"),
    (BeginsWith, "beginsWith", "begins with"),
    (BeginsNotWith, "doesNotBeginsWith", "does not begin with"),
    (EndsWith, "endsWith", "ends with"),
    (EndsNotWith, "doesNotEndsWith", "does not end with"),
    (In, "in", "is one of"),
    (NotIn, "notIn", "is none of"),
    (Between, "between", "is between"),
    (NotBetween, "notBetween", "is not between"),
    (IsExpired, "isExpired", "has expired"),
    (IsNotExpired, "isNotExpired", "has not expired"),
];

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Nothing: the operator needs none.
    None,
    /// A value.
    Value(Json),
    /// A period of time, from its first instant to the first after it, and the preset that names it.
    Period(Range<Instant>, Option<String>),
    /// From one number to another, both included.
    Numbers(f64, f64),
}

impl Operator {
    /// Returns the operator written as `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        WORDS.iter().find(|(_, word, _)| *word == name).map(|(operator, ..)| *operator)
    }

    /// Returns it as it is written: `doesNotContains`.
    pub fn name(self) -> &'static str {
        WORDS.iter().find(|(operator, ..)| *operator == self).map_or("", |(_, name, _)| name)
    }

    /// Returns it as a sentence says it: `does not contain`.
    pub fn phrase(self) -> &'static str {
        WORDS.iter().find(|(operator, ..)| *operator == self).map_or("", |(.., phrase)| phrase)
    }

    /// Returns whether it needs nothing to compare with.
    pub fn is_unary(self) -> bool {
        matches!(self, IsEmpty | IsNotEmpty | IsExpired | IsNotExpired)
    }

    /// Returns whether it compares with a list.
    pub fn takes_list(self) -> bool {
        matches!(self, In | NotIn | ContainsAny)
    }

    /// Returns whether it orders values.
    pub fn orders(self) -> bool {
        matches!(self, Greater | GreaterOrEqual | Less | LessOrEqual)
    }

    /// Returns whether it asks if there is a value at all.
    pub fn asks_presence(self) -> bool {
        matches!(self, IsEmpty | IsNotEmpty)
    }

    /// Returns whether it holds where another fails: `!=`, `notIn` and the like.
    pub fn denies(self) -> bool {
        self.denied().is_some() && self != IsNotEmpty
    }

    /// Returns the operator that a negated one turns around.
    fn denied(self) -> Option<Self> {
        Some(match self {
            NotEqual => Equal,
            IsNotEmpty => IsEmpty,
            ContainsNot => Contains,
            BeginsNotWith => BeginsWith,
            EndsNotWith => EndsWith,
            NotIn => In,
            NotBetween => Between,
            _ => return None,
        })
    }

    /// Returns the operator that `not: true` makes of this one: of those that ask for presence, the other.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            IsEmpty => IsNotEmpty,
            IsNotEmpty => IsEmpty,
            other => other,
        }
    }

    /// Returns whether `value` compares so with `operand` at `now`.
    pub fn holds(self, value: &Value<'_>, operand: &Operand, now: Instant) -> bool {
        if let Some(denied) = self.denied() {
            return !denied.holds(value, operand, now);
        }
        match self {
            IsEmpty => value.is_empty(),
            IsExpired => instant(value).is_some_and(|end| end <= now),
            // Only what has an end can still be before it.
            IsNotExpired => instant(value).is_some_and(|end| end > now),
            Equal => equals(value, operand),
            Contains => contains(value, operand),
            ContainsAny => any(operand, |wanted| contains(value, &Operand::Value(wanted.clone()))),
            BeginsWith => texts(value, operand).is_some_and(|(own, wanted)| own.starts_with(wanted)),
            EndsWith => texts(value, operand).is_some_and(|(own, wanted)| own.ends_with(wanted)),
            In => is_in(value, operand),
            Between => is_between(value, operand),
            // What is left orders: those that deny are turned around above.
            _ => self.compares(value, operand),
        }
    }

    /// Returns whether an order is this operator's, which must be one that [orders](Self::orders).
    pub fn accepts(self, order: Ordering) -> bool {
        match self {
            Greater => order.is_gt(),
            GreaterOrEqual => order.is_ge(),
            Less => order.is_lt(),
            _ => order.is_le(),
        }
    }

    /// Returns whether the order of two numbers, or of two dates, is this operator's.
    fn compares(self, value: &Value<'_>, operand: &Operand) -> bool {
        let Operand::Value(operand) = operand else { return false };
        let order = match (value.as_f64(), operand.as_f64()) {
            (Some(own), Some(wanted)) => own.partial_cmp(&wanted),
            (None, None) => {
                let wanted = operand.as_str().and_then(Instant::parse);
                instant(value).zip(wanted).map(|(own, wanted)| own.cmp(&wanted))
            }
            _ => None,
        };
        order.is_some_and(|order| self.accepts(order))
    }
}

/// Returns whether a value is the operand; a period is met by an instant in it, dates by the same instant.
fn equals(value: &Value<'_>, operand: &Operand) -> bool {
    match operand {
        Operand::None => false,
        Operand::Value(Json::String(wanted)) => {
            let same_instant = || instant(value).is_some_and(|own| Instant::parse(wanted) == Some(own));
            value.as_str().is_some_and(|own| own == wanted || same_instant())
        }
        Operand::Value(wanted) => value.equals(wanted),
        Operand::Period(..) | Operand::Numbers(..) => is_between(value, operand),
    }
}

/// Returns whether a text holds the operand, or a list has it as a member.
fn contains(value: &Value<'_>, operand: &Operand) -> bool {
    let Operand::Value(wanted) = operand else { return false };
    match value.kind() {
        Kind::String => texts(value, operand).is_some_and(|(own, wanted)| own.contains(wanted)),
        Kind::List => value.items().iter().any(|item| item.equals(wanted)),
        _ => false,
    }
}

/// Returns whether a value, or a member of it when it is a list, is among those of the operand.
fn is_in(value: &Value<'_>, operand: &Operand) -> bool {
    match value.kind() {
        Kind::Null => false,
        Kind::List => value.items().iter().any(|item| any(operand, |wanted| item.equals(wanted))),
        _ => any(operand, |wanted| value.equals(wanted)),
    }
}

/// Returns whether `test` holds for a member of the operand; one that is no list is its own member.
fn any(operand: &Operand, test: impl Fn(&Json) -> bool) -> bool {
    match operand {
        Operand::Value(Json::Array(items)) => items.iter().any(test),
        Operand::Value(single) => test(single),
        _ => false,
    }
}

fn is_between(value: &Value<'_>, operand: &Operand) -> bool {
    match operand {
        Operand::Period(period, _) => instant(value).is_some_and(|own| period.contains(&own)),
        Operand::Numbers(from, to) => value.as_f64().is_some_and(|own| (*from..=*to).contains(&own)),
        Operand::None | Operand::Value(_) => false,
    }
}

/// Returns two texts to compare.
fn texts<'a>(value: &Value<'a>, operand: &'a Operand) -> Option<(&'a str, &'a str)> {
    let Operand::Value(Json::String(wanted)) = operand else { return None };
    Some((value.as_str()?, wanted))
}

fn instant(value: &Value<'_>) -> Option<Instant> {
    value.as_str().and_then(Instant::parse)
}

#[cfg(test)]
mod tests;
