//! Expressions so plain that people can be told in words what they ask, and a browser can follow them.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::ops::Cmp;
use jaq_core::path::Part;
use serde_json::Value;

use super::on_deep_stack;

/// What an expression asks: how members compare with constants, joined by `and`, `or` and `not`.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    /// How a member compares with a constant.
    Compare {
        /// The way to the member: `form`, `size`.
        path: Vec<String>,
        /// How it compares.
        comparison: Comparison,
        /// With what.
        value: Value,
    },
    /// Whether a member is neither false nor null.
    Holds(Vec<String>),
    /// Whether this does not hold.
    Not(Box<Plain>),
    /// Whether all of these hold.
    All(Vec<Plain>),
    /// Whether one of these holds.
    Any(Vec<Plain>),
}

/// How two values compare, in jq's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Returns how jq writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    fn of(operation: &Cmp) -> Self {
        match operation {
            Cmp::Eq => Self::Equal,
            Cmp::Ne => Self::NotEqual,
            Cmp::Lt => Self::Less,
            Cmp::Le => Self::AtMost,
            Cmp::Gt => Self::Greater,
            Cmp::Ge => Self::AtLeast,
        }
    }

    /// Returns the same comparison with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

impl Plain {
    /// Returns what `source` asks; `None` when it is no jq, or asks something less plain.
    pub fn of(source: &str) -> Option<Self> {
        if source.len() > super::LONGEST {
            return None;
        }
        on_deep_stack(|| asked(&jaq_core::load::parse(source, |parser| parser.term())?))
    }
}

fn asked(term: &Term<&str>) -> Option<Plain> {
    match term {
        Term::BinOp(left, BinaryOp::And, right) => {
            Some(Plain::All([parts(left, false)?, parts(right, false)?].concat()))
        }
        Term::BinOp(left, BinaryOp::Or, right) => {
            Some(Plain::Any([parts(left, true)?, parts(right, true)?].concat()))
        }
        Term::BinOp(left, BinaryOp::Cmp(comparison), right) => {
            let comparison = Comparison::of(comparison);
            let straight = || Some((path(left)?, comparison, constant(right)?));
            let turned = || Some((path(right)?, comparison.turned(), constant(left)?));
            let (path, comparison, value) = straight().or_else(turned)?;
            Some(Plain::Compare { path, comparison, value })
        }
        Term::BinOp(left, BinaryOp::Pipe(None), right) => match &**right {
            Term::Call("not", arguments) if arguments.is_empty() => Some(Plain::Not(Box::new(asked(left)?))),
            Term::Call("IN", arguments) => among(&path(left)?, arguments),
            _ => None,
        },
        Term::Path(..) => path(term).map(Plain::Holds),
        _ => None,
    }
}

/// Returns what a term joins by the same word, or the term alone.
fn parts(term: &Term<&str>, any: bool) -> Option<Vec<Plain>> {
    Some(match asked(term)? {
        Plain::Any(parts) if any => parts,
        Plain::All(parts) if !any => parts,
        other => vec![other],
    })
}

/// Returns what `IN` asks: whether a member is one of some constants.
fn among(path: &[String], arguments: &[Term<&str>]) -> Option<Plain> {
    let [values] = arguments else { return None };
    let mut constants = Vec::new();
    listed(values, &mut constants)?;
    let equal = |value| Plain::Compare { path: path.to_vec(), comparison: Comparison::Equal, value };
    Some(Plain::Any(constants.into_iter().map(equal).collect()))
}

/// Adds the constants that commas separate.
fn listed(term: &Term<&str>, constants: &mut Vec<Value>) -> Option<()> {
    if let Term::BinOp(left, BinaryOp::Comma, right) = term {
        listed(left, constants)?;
        return listed(right, constants);
    }
    constants.push(constant(term)?);
    Some(())
}

/// Returns the way to the member that a term is.
fn path(term: &Term<&str>) -> Option<Vec<String>> {
    let Term::Path(head, path) = term else { return None };
    if !matches!(**head, Term::Id) {
        return None;
    }
    let name = |part: &Part<Term<&str>>| match part {
        Part::Index(key) => text(key),
        Part::Range(..) => None,
    };
    path.0.iter().map(|(part, _)| name(part)).collect()
}

/// Returns the value that a term always is.
fn constant(term: &Term<&str>) -> Option<Value> {
    match term {
        Term::Num(number) => serde_json::from_str(number).ok(),
        Term::Neg(number) => match constant(number)? {
            Value::Number(number) => serde_json::from_str(&format!("-{number}")).ok(),
            _ => None,
        },
        Term::Call("true", arguments) if arguments.is_empty() => Some(Value::Bool(true)),
        Term::Call("false", arguments) if arguments.is_empty() => Some(Value::Bool(false)),
        Term::Call("null", arguments) if arguments.is_empty() => Some(Value::Null),
        _ => text(term).map(Value::String),
    }
}

/// Returns the text that a term always is.
fn text(term: &Term<&str>) -> Option<String> {
    let Term::Str(None, parts) = term else { return None };
    let mut text = String::new();
    for part in parts {
        match part {
            StrPart::Str(plain) => text.push_str(plain),
            StrPart::Char(character) => text.push(*character),
            StrPart::Term(_) => return None,
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Comparison, Plain};

    /// Returns a short form of what is asked.
    fn short(plain: &Plain) -> String {
        let all = |parts: &[Plain]| parts.iter().map(short).collect::<Vec<_>>().join(" ");
        match plain {
            Plain::Compare { path, comparison, value } => {
                format!("{}{}{value}", path.join("/"), comparison.sign())
            }
            Plain::Holds(path) => path.join("/"),
            Plain::Not(inner) => format!("not({})", short(inner)),
            Plain::All(parts) => format!("all({})", all(parts)),
            Plain::Any(parts) => format!("any({})", all(parts)),
        }
    }

    #[test]
    fn plain_expressions_are_read_and_others_are_not() {
        for (source, expected) in [
            (".form.size == \"large\"", Some("form/size==\"large\"")),
            ("\"large\" != .form.size", Some("form/size!=\"large\"")),
            ("3 < .form.count", Some("form/count>3")),
            (".form.count >= -1.5", Some("form/count>=-1.5")),
            (".form[\"a-b\"]? == null", Some("form/a-b==null")),
            (".form.flag", Some("form/flag")),
            (".form.flag == true | not", Some("not(form/flag==true)")),
            (".a == 1 and .b == 2 and .c", Some("all(a==1 b==2 c)")),
            (".a == 1 or .b == 2 and .c", Some("any(a==1 all(b==2 c))")),
            ("(.a == 1 or .b) and .c", Some("all(any(a==1 b) c)")),
            (".form.x | IN(\"a\", \"b\")", Some("any(form/x==\"a\" form/x==\"b\")")),
            ("\"a\\nb\" == .x", Some("x==\"a\\nb\"")),
            // Less plain, or no jq.
            (".form.x == .form.y", None),
            (".form.names | length > 2", None),
            (".form.x == \"a\\(1)\"", None),
            (".form[] == 1", None),
            ("$x == 1", None),
            ("any(.a; . == 1)", None),
            ("true", None),
            (".a ==", None),
            ("", None),
        ] {
            assert_eq!(Plain::of(source).as_ref().map(short).as_deref(), expected, "{source}");
        }
    }

    #[test]
    fn deep_and_long_expressions_are_survived() {
        assert_eq!(Plain::of(&"(".repeat(100_000)), None);
        let deep = format!("{}.a{}", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(Plain::of(&deep), Some(Plain::Holds(vec!["a".into()])));
        let long = vec![".a == 1"; 1_000].join(" and ");
        let expected =
            Plain::Compare { path: vec!["a".into()], comparison: Comparison::Equal, value: json!(1) };
        assert_eq!(Plain::of(&long), Some(Plain::All(vec![expected; 1_000])));
    }
}
