//! Which members of what it is asked about an expression names, from the root down.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::path::Part;

use super::key::key_name;
use super::on_deep_stack;

/// A chain of members from the root: each name, and its byte offset in the source.
pub type Path = Vec<(String, usize)>;

/// How many things a value may be before it is followed no further.
const MOST: usize = 16;

/// Returns each chain of members that `source` names, in the order of its text; of `.a.b`, both `.a` and `.a.b`. What
/// is computed, or comes out of a list, is not followed; nothing, when it is not jq.
pub fn paths(source: &str) -> Vec<Path> {
    on_deep_stack(|| {
        let mut reader = Reader { source, paths: Vec::new(), variables: Vec::new(), defined: Vec::new() };
        if let Some(term) = jaq_core::load::parse(source, |parser| parser.term()) {
            reader.term(&term, &vec![Vec::new()]);
        }
        let mut paths = reader.paths;
        paths.sort_by_key(|path| path.last().map_or(0, |(_, offset)| *offset));
        paths.dedup();
        paths
    })
}

/// What a value may be: the ends of these chains. Of none of them, nothing is known.
type Ends = Vec<Path>;

/// Functions whose arguments see what the function itself sees.
const SAME_INPUT: &[&str] = &[
    "select",
    "has",
    "contains",
    "inside",
    "in",
    "test",
    "match",
    "capture",
    "scan",
    "split",
    "splits",
    "sub",
    "gsub",
    "join",
    "ltrimstr",
    "rtrimstr",
    "startswith",
    "endswith",
    "index",
    "rindex",
    "indices",
    "error",
    "range",
    "limit",
    "first",
    "last",
    "nth",
    "isempty",
    "add",
    "any",
    "all",
    "IN",
    "INDEX",
    "pow",
    "strftime",
    "strptime",
    "getpath",
    "flatten",
    "ascii",
    "tojson",
];

struct Reader<'s> {
    source: &'s str,
    paths: Vec<Path>,
    /// Variables with what they may be; the last of a name counts.
    variables: Vec<(&'s str, Ends)>,
    /// Names that the expression defines, which hide functions of jq.
    defined: Vec<&'s str>,
}

impl<'s> Reader<'s> {
    /// Follows a term and returns what its outputs may be.
    fn term(&mut self, term: &Term<&'s str>, input: &Ends) -> Ends {
        match term {
            Term::Id => return input.clone(),
            Term::Var(name) => return self.variable(name),
            Term::Recurse | Term::Num(_) | Term::Break(_) => {}
            Term::Str(_, parts) => {
                for part in parts {
                    if let StrPart::Term(term) = part {
                        self.term(term, input);
                    }
                }
            }
            Term::Arr(items) => {
                items.iter().for_each(|items| {
                    self.term(items, input);
                });
            }
            Term::Obj(entries) => self.object(entries, input),
            Term::Neg(term) => {
                self.term(term, input);
            }
            Term::BinOp(left, operation, right) => return self.operation(left, operation, right, input),
            Term::Label(_, term) => return self.term(term, input),
            Term::Fold(_, items, pattern, arguments) => self.fold(items, pattern, arguments, input),
            Term::TryCatch(tried, caught) => {
                let mut output = self.term(tried, input);
                output.extend(caught.iter().flat_map(|caught| self.term(caught, &Ends::new())));
                return output;
            }
            Term::IfThenElse(branches, otherwise) => {
                return self.branches(branches, otherwise.as_deref(), input);
            }
            Term::Def(definitions, body) => {
                let known = self.defined.len();
                for definition in definitions {
                    self.defined.push(definition.name);
                    self.defined.extend(&definition.args);
                    self.term(&definition.body, &Ends::new());
                }
                let output = self.term(body, input);
                self.defined.truncate(known);
                return output;
            }
            Term::Call(name, arguments) => return self.call(name, arguments, input),
            Term::Path(head, path) => return self.path(head, &path.0, input),
        }
        Ends::new()
    }

    fn variable(&self, name: &str) -> Ends {
        let bound = self.variables.iter().rev().find(|(known, _)| *known == name);
        bound.map(|(_, ends)| ends.clone()).unwrap_or_default()
    }

    fn object(&mut self, entries: &[(Term<&'s str>, Option<Term<&'s str>>)], input: &Ends) {
        for (key, value) in entries {
            match (key, value) {
                (key, Some(value)) => {
                    self.term(key, input);
                    self.term(value, input);
                }
                (Term::Var(_), None) => {}
                (key, None) => {
                    self.member(key, input, input);
                }
            }
        }
    }

    fn operation(
        &mut self,
        left: &Term<&'s str>,
        operation: &BinaryOp<&'s str>,
        right: &Term<&'s str>,
        input: &Ends,
    ) -> Ends {
        match operation {
            BinaryOp::Pipe(None) => {
                let passed = self.term(left, input);
                self.term(right, &passed)
            }
            BinaryOp::Pipe(Some(pattern)) => {
                let value = self.term(left, input);
                let known = self.variables.len();
                self.bind(pattern, value, input);
                let output = self.term(right, input);
                self.variables.truncate(known);
                output
            }
            BinaryOp::Comma | BinaryOp::Alt => {
                let mut output = self.term(left, input);
                output.extend(self.term(right, input));
                output
            }
            BinaryOp::Or | BinaryOp::And | BinaryOp::Math(_) | BinaryOp::Cmp(_) => {
                self.term(left, input);
                self.term(right, input);
                Ends::new()
            }
            BinaryOp::Update => {
                let place = self.term(left, input);
                self.term(right, &place);
                Ends::new()
            }
            BinaryOp::Assign | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt => {
                self.term(left, input);
                self.term(right, input);
                Ends::new()
            }
        }
    }

    /// Binds the variables of a pattern.
    fn bind(&mut self, pattern: &Pattern<&'s str>, value: Ends, input: &Ends) {
        match pattern {
            Pattern::Var(name) => self.variables.push((name, value)),
            Pattern::Arr(items) => items.iter().for_each(|item| self.bind(item, Ends::new(), input)),
            Pattern::Obj(entries) => {
                for (key, pattern) in entries {
                    let member = match key {
                        Term::Var(name) => {
                            self.variables.push((name, Ends::new()));
                            Ends::new()
                        }
                        key => self.member(key, &value, input),
                    };
                    self.bind(pattern, member, input);
                }
            }
        }
    }

    fn fold(
        &mut self,
        items: &Term<&'s str>,
        pattern: &Pattern<&'s str>,
        arguments: &[Term<&'s str>],
        input: &Ends,
    ) {
        let item = self.term(items, input);
        let known = self.variables.len();
        self.bind(pattern, item, input);
        if let Some((start, steps)) = arguments.split_first() {
            self.term(start, input);
            steps.iter().for_each(|step| {
                self.term(step, &Ends::new());
            });
        }
        self.variables.truncate(known);
    }

    fn branches(
        &mut self,
        branches: &[(Term<&'s str>, Term<&'s str>)],
        otherwise: Option<&Term<&'s str>>,
        input: &Ends,
    ) -> Ends {
        let mut output = Ends::new();
        for (condition, then) in branches {
            self.term(condition, input);
            output.extend(self.term(then, input));
        }
        output.extend(otherwise.map_or_else(|| input.clone(), |otherwise| self.term(otherwise, input)));
        output
    }

    fn call(&mut self, name: &str, arguments: &[Term<&'s str>], input: &Ends) -> Ends {
        let known = SAME_INPUT.contains(&name) && !self.defined.contains(&name);
        let unknown = Ends::new();
        match arguments {
            [key] if known && name == "has" => {
                self.member(key, input, input);
            }
            [condition] if known && name == "select" => {
                self.term(condition, input);
                return input.clone();
            }
            [outputs] if known && matches!(name, "first" | "last") => return self.term(outputs, input),
            [count, outputs] if known && name == "limit" => {
                self.term(count, input);
                return self.term(outputs, input);
            }
            // The condition sees each of the outputs.
            [outputs, condition] if known && matches!(name, "any" | "all" | "IN" | "INDEX") => {
                let outputs = self.term(outputs, input);
                self.term(condition, &outputs);
            }
            [_] if matches!(name, "any" | "all" | "add") => {
                self.term(&arguments[0], &unknown);
            }
            _ => {
                let seen = if known { input } else { &unknown };
                arguments.iter().for_each(|argument| {
                    self.term(argument, seen);
                });
            }
        }
        unknown
    }

    fn path(
        &mut self,
        head: &Term<&'s str>,
        parts: &[(Part<Term<&'s str>>, jaq_core::path::Opt)],
        input: &Ends,
    ) -> Ends {
        let mut value = self.term(head, input);
        for (part, _) in parts {
            value = match part {
                Part::Index(key) => self.member(key, &value, input),
                Part::Range(from, to) => {
                    from.iter().chain(to).for_each(|bound| {
                        self.term(bound, input);
                    });
                    Ends::new()
                }
            };
        }
        value
    }

    /// Notes that `key` of `value` is named, and returns what that is.
    fn member(&mut self, key: &Term<&'s str>, value: &Ends, input: &Ends) -> Ends {
        let Some(name) = key_name(self.source, key) else {
            self.term(key, input);
            return Ends::new();
        };
        let mut ends = value.clone();
        ends.truncate(MOST);
        ends.iter_mut().for_each(|end| end.push(name.clone()));
        self.paths.extend(ends.iter().cloned());
        ends
    }
}
