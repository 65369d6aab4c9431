//! Which properties and relations of an entity an expression reads.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::path::Part;

use super::key::key_name;

/// What an expression reads of the entity that it is asked about, as far as its text tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Each `.properties.<name>` with the byte offset of the name in the source, in order.
    pub properties: Vec<(String, usize)>,
    /// Each `.relations.<name>` with the byte offset of the name in the source, in order.
    pub relations: Vec<(String, usize)>,
    /// Whether it may also read members that are not named here.
    pub others: bool,
}

/// Returns what `source` reads; anything, when it is not jq.
pub(super) fn of(source: &str) -> Reads {
    let mut reader = Reader { source, reads: Reads::default(), defined: Vec::new() };
    match jaq_core::load::parse(source, |parser| parser.term()) {
        Some(term) => {
            let output = reader.term(&term, Seen::ROOT);
            reader.whole(output);
        }
        None => reader.reads.others = true,
    }
    reader.reads.properties.sort_by_key(|(_, offset)| *offset);
    reader.reads.relations.sort_by_key(|(_, offset)| *offset);
    reader.reads
}

/// Which parts of the entity a value may be.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    root: bool,
    properties: bool,
    relations: bool,
}

impl Seen {
    const ROOT: Self = Self { root: true, properties: false, relations: false };
    const NOTHING: Self = Self { root: false, properties: false, relations: false };

    fn or(self, other: Self) -> Self {
        Self {
            root: self.root || other.root,
            properties: self.properties || other.properties,
            relations: self.relations || other.relations,
        }
    }
}

/// Functions that return some of their input, or nothing, and look at no more than its type.
const PASSING: &[&str] = &[
    "values",
    "nulls",
    "booleans",
    "numbers",
    "strings",
    "arrays",
    "objects",
    "iterables",
    "scalars",
    "finites",
    "normals",
];

/// Functions that do not look into their input.
const BLIND: &[&str] = &[
    "empty", "true", "false", "null", "not", "now", "nan", "infinite", "type", "isobject", "isarray",
    "isstring",
];

/// Functions that look at their arguments only.
const OF_ARGUMENTS: &[(&str, usize)] = &[
    ("range", 1),
    ("range", 2),
    ("range", 3),
    ("add", 1),
    ("error", 1),
    ("isempty", 1),
    ("IN", 2),
    ("INDEX", 2),
    ("pow", 2),
    ("atan2", 2),
    ("fmin", 2),
    ("fmax", 2),
    ("fmod", 2),
    ("copysign", 2),
    ("drem", 2),
    ("hypot", 2),
    ("ldexp", 2),
    ("scalb", 2),
    ("scalbln", 2),
    ("fma", 3),
];

struct Reader<'s> {
    source: &'s str,
    reads: Reads,
    /// Names that the expression defines, which hide functions of jq.
    defined: Vec<&'s str>,
}

impl<'s> Reader<'s> {
    /// Notes that a value is used as a whole.
    fn whole(&mut self, value: Seen) {
        self.reads.others |= value != Seen::NOTHING;
    }

    /// Follows a term whose result is used as a whole.
    fn used(&mut self, term: &Term<&'s str>, input: Seen) {
        let output = self.term(term, input);
        self.whole(output);
    }

    /// Follows a term and returns what its outputs may be.
    fn term(&mut self, term: &Term<&'s str>, input: Seen) -> Seen {
        match term {
            Term::Id => return input,
            Term::Recurse => self.whole(input),
            Term::Num(_) | Term::Var(_) | Term::Break(_) => {}
            Term::Str(_, parts) => self.text(parts, input),
            Term::Arr(items) => items.iter().for_each(|items| self.used(items, input)),
            Term::Obj(entries) => self.object(entries, input),
            Term::Neg(term) => self.used(term, input),
            Term::BinOp(left, operation, right) => return self.operation(left, operation, right, input),
            Term::Label(_, term) => return self.term(term, input),
            Term::Fold(_, items, pattern, arguments) => self.fold(items, pattern, arguments, input),
            Term::TryCatch(tried, caught) => {
                let output = self.term(tried, input);
                let caught = caught.as_ref().map(|caught| self.term(caught, Seen::NOTHING));
                return output.or(caught.unwrap_or(Seen::NOTHING));
            }
            Term::IfThenElse(branches, otherwise) => {
                return self.branches(branches, otherwise.as_deref(), input);
            }
            Term::Def(definitions, body) => {
                definitions.iter().for_each(|definition| self.definition(definition));
                return self.term(body, input);
            }
            Term::Call(name, arguments) => return self.call(name, arguments, input),
            Term::Path(head, path) => return self.path(head, &path.0, input),
        }
        Seen::NOTHING
    }

    fn text(&mut self, parts: &[StrPart<&'s str, Term<&'s str>>], input: Seen) {
        for part in parts {
            if let StrPart::Term(term) = part {
                self.used(term, input);
            }
        }
    }

    fn object(&mut self, entries: &[(Term<&'s str>, Option<Term<&'s str>>)], input: Seen) {
        for (key, value) in entries {
            match (key, value) {
                (key, Some(value)) => {
                    self.used(key, input);
                    self.used(value, input);
                }
                (Term::Var(_), None) => {}
                (key, None) => {
                    let value = self.member(key, input, input);
                    self.whole(value);
                }
            }
        }
    }

    fn operation(
        &mut self,
        left: &Term<&'s str>,
        operation: &BinaryOp<&'s str>,
        right: &Term<&'s str>,
        input: Seen,
    ) -> Seen {
        match operation {
            BinaryOp::Pipe(None) => {
                let passed = self.term(left, input);
                self.term(right, passed)
            }
            BinaryOp::Pipe(Some(pattern)) => {
                self.used(left, input);
                self.pattern(pattern, input);
                self.term(right, input)
            }
            BinaryOp::Comma | BinaryOp::Alt => {
                let left = self.term(left, input);
                left.or(self.term(right, input))
            }
            // Only whether the operands hold is asked.
            BinaryOp::Or | BinaryOp::And => {
                self.term(left, input);
                self.term(right, input);
                Seen::NOTHING
            }
            BinaryOp::Math(_) | BinaryOp::Cmp(_) => {
                self.used(left, input);
                self.used(right, input);
                Seen::NOTHING
            }
            BinaryOp::Update => {
                let place = self.term(left, input);
                self.whole(place);
                self.used(right, place);
                input
            }
            BinaryOp::Assign | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt => {
                self.used(left, input);
                self.used(right, input);
                input
            }
        }
    }

    /// Follows the keys that a pattern computes.
    fn pattern(&mut self, pattern: &Pattern<&'s str>, input: Seen) {
        match pattern {
            Pattern::Var(_) => {}
            Pattern::Arr(items) => items.iter().for_each(|item| self.pattern(item, input)),
            Pattern::Obj(entries) => {
                for (key, value) in entries {
                    self.used(key, input);
                    self.pattern(value, input);
                }
            }
        }
    }

    fn fold(
        &mut self,
        items: &Term<&'s str>,
        pattern: &Pattern<&'s str>,
        arguments: &[Term<&'s str>],
        input: Seen,
    ) {
        self.used(items, input);
        self.pattern(pattern, input);
        if let Some((start, steps)) = arguments.split_first() {
            self.used(start, input);
            steps.iter().for_each(|step| self.used(step, Seen::NOTHING));
        }
    }

    fn branches(
        &mut self,
        branches: &[(Term<&'s str>, Term<&'s str>)],
        otherwise: Option<&Term<&'s str>>,
        input: Seen,
    ) -> Seen {
        let mut output = Seen::NOTHING;
        for (condition, then) in branches {
            self.term(condition, input);
            output = output.or(self.term(then, input));
        }
        output.or(otherwise.map_or(input, |otherwise| self.term(otherwise, input)))
    }

    /// Follows a definition. Whoever calls it with a part of the entity is noted there.
    fn definition(&mut self, definition: &Def<&'s str>) {
        self.defined.push(definition.name);
        self.defined.extend(&definition.args);
        self.used(&definition.body, Seen::NOTHING);
    }

    fn call(&mut self, name: &str, arguments: &[Term<&'s str>], input: Seen) -> Seen {
        let known = !self.defined.contains(&name);
        match arguments {
            [] if known && PASSING.contains(&name) => input,
            [] if known && BLIND.contains(&name) => Seen::NOTHING,
            [condition] if known && name == "select" => {
                self.term(condition, input);
                input
            }
            [outputs] if known && matches!(name, "first" | "last") => self.term(outputs, input),
            [count, outputs] if known && matches!(name, "limit" | "skip" | "nth") => {
                self.used(count, input);
                self.term(outputs, input)
            }
            [outputs, condition] if known && matches!(name, "any" | "all") => {
                let outputs = self.term(outputs, input);
                self.term(condition, outputs);
                Seen::NOTHING
            }
            [key] if known && name == "has" => {
                self.member(key, input, input);
                Seen::NOTHING
            }
            _ => {
                if !(known && OF_ARGUMENTS.contains(&(name, arguments.len()))) {
                    self.whole(input);
                }
                arguments.iter().for_each(|argument| self.used(argument, input));
                Seen::NOTHING
            }
        }
    }

    fn path(
        &mut self,
        head: &Term<&'s str>,
        parts: &[(Part<Term<&'s str>>, jaq_core::path::Opt)],
        input: Seen,
    ) -> Seen {
        let mut value = self.term(head, input);
        for (part, _) in parts {
            value = match part {
                Part::Index(key) => self.member(key, value, input),
                Part::Range(from, to) => {
                    self.whole(value);
                    from.iter().chain(to).for_each(|bound| self.used(bound, input));
                    Seen::NOTHING
                }
            };
        }
        value
    }

    /// Notes that `key` of `value` is read, and returns what that is.
    fn member(&mut self, key: &Term<&'s str>, value: Seen, input: Seen) -> Seen {
        let Some((name, offset)) = key_name(self.source, key) else {
            self.used(key, input);
            self.whole(value);
            return Seen::NOTHING;
        };
        if value.properties {
            self.reads.properties.push((name.clone(), offset));
        }
        if value.relations {
            self.reads.relations.push((name.clone(), offset));
        }
        let properties = value.root && name == "properties";
        Seen { root: false, properties, relations: value.root && name == "relations" }
    }
}
