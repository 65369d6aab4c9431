//! Expressions.

use std::rc::Rc;

use minijinja::machinery::ast::{self, BinOpKind, CallArg, CompareOpKind, Expr, UnaryOpKind};
use minijinja::value::ValueKind;

use super::arguments::Arguments;
use super::arithmetic::{arithmetic, checked, numbers, picked};
use super::engine::Undefined;
use super::filter;
use super::parse::{bytes, range};
use super::run::Run;
use super::test;
use super::value::{Entries, Loop, Special, Value};
use super::wrong::Wrong;
use crate::diagnostic::{Rule, did_you_mean};
use crate::model::phrase::quoted_first;

/// The functions that there are.
pub(super) const FUNCTIONS: &[&str] = &["range", "dict", "namespace"];

/// The most keys that are looked at for a suggestion.
const MOST_SUGGESTED: usize = 200;

impl<'t> Run<'t, '_> {
    /// Returns the value of an expression, which has to be there.
    pub(super) fn given(&mut self, expr: &'t Expr<'t>) -> Result<Value, Wrong> {
        match (self.eval(expr)?, self.setting.undefined) {
            (Value::Missing(wrong), Undefined::Strict) => Err((*wrong).clone().at(range(expr))),
            (Value::Missing(_), Undefined::Empty) => Ok(Value::Null),
            (value, _) => Ok(value),
        }
    }

    /// Returns the value of an expression, if only [`Value::Missing`].
    pub(super) fn eval(&mut self, expr: &'t Expr<'t>) -> Result<Value, Wrong> {
        let done = self.budget().step(1).and_then(|()| self.deeper(|run| run.expression(expr)));
        done.map_err(|wrong| wrong.at(range(expr)))
    }

    fn expression(&mut self, expr: &'t Expr<'t>) -> Result<Value, Wrong> {
        match expr {
            Expr::Const(it) => self.constant(&it.value),
            Expr::Var(it) => self.variable(it.id, expr),
            Expr::UnaryOp(it) => {
                let value = self.given(&it.expr)?;
                match (&it.op, value) {
                    (UnaryOpKind::Not, value) => Ok(Value::Bool(!value.holds())),
                    (UnaryOpKind::Neg, Value::Int(value)) => checked(value.checked_neg()),
                    (UnaryOpKind::Neg, Value::Float(value)) => Value::float(-value),
                    (UnaryOpKind::Neg, value) => {
                        Err(Wrong::new(format!("{} cannot be negated", value.kind())))
                    }
                }
            }
            Expr::BinOp(it) => self.operation(it),
            Expr::Compare(it) => {
                let mut left = self.given(&it.expr)?;
                for part in &it.ops {
                    let right = self.given(&part.expr)?;
                    if !self.compare(part.op, &left, &right)? {
                        return Ok(Value::Bool(false));
                    }
                    left = right;
                }
                Ok(Value::Bool(true))
            }
            Expr::IfExpr(it) => match (self.given(&it.test_expr)?.holds(), &it.false_expr) {
                (true, _) => self.eval(&it.true_expr),
                (false, Some(other)) => self.eval(other),
                (false, None) => Ok(Value::Null),
            },
            Expr::Filter(it) => match &it.expr {
                Some(inner) => {
                    let value = if filter::TAKES_MISSING.contains(&it.name) {
                        self.eval(inner)?
                    } else {
                        self.given(inner)?
                    };
                    self.filter(it, value)
                }
                None => Err(Wrong::new("this filter has nothing to work on")),
            },
            Expr::Test(it) => {
                let missing = matches!(it.name, "defined" | "undefined");
                let value = if missing { self.eval(&it.expr)? } else { self.given(&it.expr)? };
                let arguments = self.arguments(&it.args)?;
                test::apply(self.budget(), it.name, &value, arguments).map(Value::Bool)
            }
            Expr::GetAttr(it) => {
                let value = self.eval(&it.expr)?;
                self.attribute(&value, it.name, &it.expr)
            }
            Expr::GetItem(it) => {
                let value = self.eval(&it.expr)?;
                let key = self.given(&it.subscript_expr)?;
                self.item(&value, &key, &it.expr)
            }
            Expr::Slice(it) => self.slice(it),
            Expr::Call(it) => self.call(it, range(expr), None),
            Expr::List(it) => self.list(&it.items),
            Expr::Tuple(it) => self.list(&it.items),
            Expr::Map(it) => {
                let mut entries = Entries::new();
                for (key, value) in it.keys.iter().zip(&it.values) {
                    let key = self.given(key)?;
                    let key = self.key(&key)?;
                    entries.insert(key, self.given(value)?);
                }
                self.budget().map(entries)
            }
        }
    }

    fn constant(&self, value: &minijinja::Value) -> Result<Value, Wrong> {
        Ok(match value.kind() {
            ValueKind::Bool => Value::Bool(value.is_true()),
            ValueKind::Number if value.is_integer() => {
                Value::Int(i128::try_from(value.clone()).map_err(|_| Wrong::new("this number is too large"))?)
            }
            ValueKind::Number => Value::float(f64::try_from(value.clone()).unwrap_or(f64::NAN))?,
            ValueKind::String => {
                let text = value.as_str().unwrap_or_default();
                self.budget().hold(text.len())?;
                Value::text(text)
            }
            _ => Value::Null,
        })
    }

    fn list(&mut self, items: &'t [Expr<'t>]) -> Result<Value, Wrong> {
        let items = items.iter().map(|item| self.given(item)).collect::<Result<_, _>>()?;
        self.budget().list(items)
    }

    fn variable(&mut self, name: &'t str, expr: &Expr<'_>) -> Result<Value, Wrong> {
        if let Some(value) = self.local(name) {
            return Ok(value);
        }
        if let Some(value) = self.asked(name)? {
            return Ok(value);
        }
        if let Some(function) = FUNCTIONS.iter().find(|function| **function == name) {
            return Ok(Value::Special(Special::Function(function)));
        }
        // A suggestion is looked for among all of them.
        self.budget().step(self.known_count())?;
        let wrong = Wrong::new(format!("there is no variable `{name}`")).rule(Rule::UnknownVariable);
        let wrong = wrong.at(range(expr)).maybe_help(self.unknown_help(name, range(expr).start));
        Ok(Value::Missing(Rc::new(wrong)))
    }

    fn unknown_help(&self, name: &str, at: usize) -> Option<String> {
        let before = self.source.get(..at).unwrap_or_default().trim_end();
        if before.strip_suffix("{{").is_some_and(|before| before.ends_with('$')) {
            return Some(super::names::DOLLAR_HELP.into());
        }
        let known = self.known();
        did_you_mean(name, known.iter().copied())
            .or_else(|| (!known.is_empty()).then(|| format!("there are {}", quoted_first(known))))
    }

    fn operation(&mut self, it: &'t ast::BinOp<'t>) -> Result<Value, Wrong> {
        let left = self.given(&it.left)?;
        match it.op {
            BinOpKind::ScAnd if !left.holds() => return Ok(left),
            BinOpKind::ScOr if left.holds() => return Ok(left),
            BinOpKind::ScAnd | BinOpKind::ScOr => return self.given(&it.right),
            _ => {}
        }
        let right = self.given(&it.right)?;
        let comparison = match it.op {
            BinOpKind::Eq => CompareOpKind::Eq,
            BinOpKind::Ne => CompareOpKind::Ne,
            BinOpKind::Lt => CompareOpKind::Lt,
            BinOpKind::Lte => CompareOpKind::Lte,
            BinOpKind::Gt => CompareOpKind::Gt,
            BinOpKind::Gte => CompareOpKind::Gte,
            BinOpKind::In => CompareOpKind::In,
            BinOpKind::Concat => return self.concat(&left, &right),
            BinOpKind::Add => return self.add(&left, &right),
            BinOpKind::Mul => return self.multiply(&left, &right),
            op => return arithmetic(op, &left, &right),
        };
        self.compare(comparison, &left, &right).map(Value::Bool)
    }

    fn compare(&self, op: CompareOpKind, left: &Value, right: &Value) -> Result<bool, Wrong> {
        let budget = self.budget();
        match op {
            CompareOpKind::Eq => budget.same(left, right),
            CompareOpKind::Ne => budget.same(left, right).map(|same| !same),
            CompareOpKind::Lt => budget.order(left, right).map(std::cmp::Ordering::is_lt),
            CompareOpKind::Lte => budget.order(left, right).map(std::cmp::Ordering::is_le),
            CompareOpKind::Gt => budget.order(left, right).map(std::cmp::Ordering::is_gt),
            CompareOpKind::Gte => budget.order(left, right).map(std::cmp::Ordering::is_ge),
            CompareOpKind::In => test::contains(budget, right, left),
            CompareOpKind::NotIn => test::contains(budget, right, left).map(|found| !found),
        }
    }

    fn concat(&self, left: &Value, right: &Value) -> Result<Value, Wrong> {
        let mut text = String::new();
        self.budget().write(left, &mut text)?;
        self.budget().write(right, &mut text)?;
        Ok(Value::text(text))
    }

    fn add(&self, left: &Value, right: &Value) -> Result<Value, Wrong> {
        match (left, right) {
            (Value::List(a), Value::List(b)) => {
                self.budget().hold_list(a.items.len() + b.items.len())?;
                self.budget().list(a.items.iter().chain(&b.items).cloned().collect())
            }
            (Value::List(_), Value::Null) => Ok(left.clone()),
            (Value::Null, Value::List(_)) => Ok(right.clone()),
            _ => match (left.as_text(), right.as_text()) {
                (Some(_), Some(_)) => self.concat(left, right),
                (Some(_), None) | (None, Some(_)) => {
                    let message = format!("{} and {} cannot be added", left.kind(), right.kind());
                    Err(Wrong::new(message).help("`~` puts anything together as a text"))
                }
                _ => arithmetic(BinOpKind::Add, left, right),
            },
        }
    }

    fn multiply(&self, left: &Value, right: &Value) -> Result<Value, Wrong> {
        let times =
            |number: &i128| usize::try_from(*number).unwrap_or(if *number < 0 { 0 } else { usize::MAX });
        match (left, right) {
            (Value::List(list), Value::Int(number)) | (Value::Int(number), Value::List(list)) => {
                let length = list.items.len().saturating_mul(times(number));
                self.budget().hold_list(length)?;
                self.budget().list(list.items.iter().cycle().take(length).cloned().collect())
            }
            (Value::Int(number), text) | (text, Value::Int(number)) if text.as_text().is_some() => {
                let text = text.as_text().map_or("", |text| text);
                Ok(Value::text(self.budget().repeat(text, times(number))?))
            }
            _ => arithmetic(BinOpKind::Mul, left, right),
        }
    }

    /// Returns the items that a loop goes through: of a list, the keys of a mapping, none of nothing.
    pub(super) fn items(&self, value: &Value) -> Result<Vec<Value>, Wrong> {
        filter::items_of(self.budget(), value)
    }

    /// Returns the key of a mapping that a value is.
    fn key(&self, value: &Value) -> Result<Rc<str>, Wrong> {
        match value {
            Value::List(_) | Value::Map(_) | Value::Special(_) | Value::Null | Value::Missing(_) => {
                Err(Wrong::new(format!("{} is no key", value.kind())))
            }
            _ => self.budget().shown(value),
        }
    }

    fn attribute(&self, value: &Value, name: &str, of: &Expr<'_>) -> Result<Value, Wrong> {
        match value {
            Value::Special(Special::Loop(state)) => {
                of_loop(state, name).map_or_else(|| Ok(self.missing(value, name, of)), Ok)
            }
            Value::Special(Special::Namespace(space)) => {
                let found = space.borrow().get(name).cloned();
                Ok(found.unwrap_or_else(|| self.missing(value, name, of)))
            }
            Value::List(list) if name == "length" && self.setting.undefined == Undefined::Empty => {
                Ok(Value::Int(list.items.len() as i128))
            }
            _ => self.field(value, name, of),
        }
    }

    fn field(&self, value: &Value, name: &str, of: &Expr<'_>) -> Result<Value, Wrong> {
        match value {
            Value::Missing(_) => return Ok(value.clone()),
            Value::Map(map) => {
                if let Some(found) = map.entries.get(name) {
                    return Ok(found.clone());
                }
                self.budget().step(map.entries.len().min(MOST_SUGGESTED))?;
            }
            _ => {}
        }
        Ok(self.missing(value, name, of))
    }

    fn item(&self, value: &Value, key: &Value, of: &Expr<'_>) -> Result<Value, Wrong> {
        let position = |number: i128, length: usize| {
            usize::try_from(if number < 0 { number + length as i128 } else { number }).ok()
        };
        match (value, key) {
            (Value::List(list), Value::Int(number)) => {
                let found = position(*number, list.items.len()).and_then(|at| list.items.get(at));
                Ok(found.cloned().unwrap_or_else(|| self.missing(value, &number.to_string(), of)))
            }
            (Value::Text(text) | Value::Folders(text), Value::Int(number)) => {
                self.budget().step(text.len() / 64)?;
                let length = text.chars().count();
                let found = position(*number, length).and_then(|at| text.chars().nth(at));
                Ok(found.map_or_else(
                    || self.missing(value, &number.to_string(), of),
                    |it| Value::text(it.encode_utf8(&mut [0; 4])),
                ))
            }
            (Value::List(_), _) => Err(Wrong::new(format!("{} is no position in a list", key.kind()))),
            _ => {
                let key = self.key(key)?;
                self.attribute(value, &key, of)
            }
        }
    }

    /// Returns that something is not there.
    fn missing(&self, value: &Value, name: &str, of: &Expr<'_>) -> Value {
        let said = self.said(of);
        let name = crate::model::phrase::clip(name);
        let wrong = match value {
            Value::Map(map) => {
                let keys = map.entries.keys().take(MOST_SUGGESTED).map(|key| &**key);
                Wrong::new(format!("`{said}` has no `{name}`"))
                    .help("write `| default(…)` behind it if that is fine")
                    .maybe_help(did_you_mean(&name, keys))
            }
            Value::Null => Wrong::new(format!("`{said}` is nothing, so it has no `{name}`"))
                .help(format!("what nobody answered is nothing: ask `{{% if {said} %}}` before")),
            _ => Wrong::new(format!("`{said}` is {} and has no `{name}`", value.kind())),
        };
        Value::Missing(Rc::new(wrong.rule(Rule::UnknownVariable)))
    }

    fn slice(&mut self, it: &'t ast::Slice<'t>) -> Result<Value, Wrong> {
        let value = self.given(&it.expr)?;
        let mut bound = |expr: &'t Option<Expr<'t>>| match expr {
            None => Ok(None),
            Some(expr) => match self.given(expr)? {
                Value::Null => Ok(None),
                Value::Int(number) => Ok(Some(number)),
                other => Err(Wrong::new(format!("{} is no position", other.kind())).at(range(expr))),
            },
        };
        let (start, stop, step) = (bound(&it.start)?, bound(&it.stop)?, bound(&it.step)?.unwrap_or(1));
        let budget = self.budget();
        match &value {
            Value::Null => budget.list(Vec::new()),
            Value::List(list) => {
                let picked = picked(list.items.len(), start, stop, step)?;
                budget.hold_list(picked.len())?;
                budget.list(picked.into_iter().filter_map(|at| list.items.get(at).cloned()).collect())
            }
            Value::Text(text) | Value::Folders(text) => {
                budget.hold(text.len() * (size_of::<char>() + size_of::<usize>()))?;
                let characters: Vec<char> = text.chars().collect();
                let picked = picked(characters.len(), start, stop, step)?;
                Ok(Value::text(picked.into_iter().filter_map(|at| characters.get(at)).collect::<String>()))
            }
            _ => Err(Wrong::new(format!("{} cannot be cut", value.kind()))),
        }
    }

    /// Returns what the filters of a chain make of a value.
    pub(super) fn filtered(&mut self, chain: &'t Expr<'t>, value: Value) -> Result<Value, Wrong> {
        let Expr::Filter(it) = chain else { return Err(Wrong::new("this is no filter").at(range(chain))) };
        let value = match &it.expr {
            Some(inner) => self.deeper(|run| run.filtered(inner, value))?,
            None => value,
        };
        self.filter(it, value).map_err(|wrong| wrong.at(range(chain)))
    }

    fn filter(&mut self, it: &'t ast::Filter<'t>, value: Value) -> Result<Value, Wrong> {
        let arguments = self.arguments(&it.args)?;
        filter::apply(&self.setting, it.name, value, arguments)
    }

    pub(super) fn arguments(&mut self, given: &'t [CallArg<'t>]) -> Result<Arguments<'t>, Wrong> {
        let (mut positional, mut named) = (Vec::new(), Vec::new());
        for argument in given {
            match argument {
                CallArg::Pos(expr) => positional.push(self.given(expr)?),
                CallArg::Kwarg(name, expr) => named.push((*name, self.given(expr)?)),
                CallArg::PosSplat(expr) | CallArg::KwargSplat(expr) => {
                    return Err(Wrong::new("`*` and `**` before arguments are not supported").at(range(expr)));
                }
            }
        }
        Ok(Arguments::new(positional, named))
    }

    /// Returns what a function, a macro or a method gives.
    pub(super) fn call(
        &mut self,
        it: &'t ast::Call<'t>,
        place: std::ops::Range<usize>,
        caller: Option<Value>,
    ) -> Result<Value, Wrong> {
        self.called(it, caller).map_err(|wrong| wrong.at(place))
    }

    fn called(&mut self, it: &'t ast::Call<'t>, caller: Option<Value>) -> Result<Value, Wrong> {
        if let Expr::GetAttr(method) = &it.expr {
            let value = self.given(&method.expr)?;
            let mut arguments = self.arguments(&it.args)?;
            return match &value {
                Value::Special(Special::Loop(state)) => self.of_loop(state, method.name, arguments),
                _ => filter::method(&self.setting, method.name, value, &mut arguments).unwrap_or_else(|| {
                    let wrong = Wrong::new(format!("there is no method `{}`", method.name));
                    let is_filter = filter::NAMES.contains(&method.name);
                    let help = is_filter.then(|| format!("it is a filter: write `… | {}`", method.name));
                    Err(wrong.maybe_help(help))
                }),
            };
        }
        let function = match &it.expr {
            Expr::Var(name) if self.local(name.id).is_none() && !FUNCTIONS.contains(&name.id) => {
                return Err(super::names::no_function(name.id).at(bytes(name.span())));
            }
            expr => self.given(expr)?,
        };
        let arguments = self.arguments(&it.args)?;
        match function {
            Value::Special(Special::Macro(number)) => {
                let (positional, named) = arguments.all();
                self.deeper(|run| run.invoke(number, positional, named, caller))
            }
            Value::Special(Special::Function(name)) => self.function(name, arguments),
            other => Err(Wrong::new(format!("{} cannot be called", other.kind()))),
        }
    }

    fn function(&self, name: &str, mut arguments: Arguments<'_>) -> Result<Value, Wrong> {
        let budget = self.budget();
        match name {
            "range" => {
                let first = arguments.int("lower")?.unwrap_or(0);
                let (start, stop) = match arguments.int("upper")? {
                    Some(stop) => (first, stop),
                    None => (0, first),
                };
                let step = arguments.int("step")?.unwrap_or(1);
                arguments.finish("range")?;
                numbers(start, stop, step).and_then(|numbers| {
                    budget.hold_list(numbers.len())?;
                    budget.list(numbers.into_iter().map(Value::Int).collect())
                })
            }
            _ => {
                let mut entries = Entries::new();
                if let Some(Value::Map(map)) = arguments.next("") {
                    budget.hold_list(3 * map.entries.len())?;
                    entries = map.entries.clone();
                }
                let (positional, named) = arguments.all();
                if !positional.is_empty() {
                    return Err(Wrong::new(format!("`{name}` takes names and values: `{name}(count=0)`")));
                }
                entries.extend(named.into_iter().map(|(name, value)| (Rc::from(name), value)));
                let made = budget.map(entries)?;
                match (name, made) {
                    ("namespace", Value::Map(map)) => {
                        Ok(Value::Special(Special::Namespace(Rc::new(map.entries.clone().into()))))
                    }
                    (_, made) => Ok(made),
                }
            }
        }
    }

    fn of_loop(&self, state: &Loop, name: &str, mut arguments: Arguments<'_>) -> Result<Value, Wrong> {
        match name {
            "cycle" => {
                let (choices, _) = arguments.all();
                let at = state.index.checked_rem(choices.len());
                let choice = at.and_then(|at| choices.get(at).cloned());
                choice.ok_or_else(|| Wrong::new("`loop.cycle` needs values"))
            }
            "changed" => {
                let value = arguments.next("value").unwrap_or(Value::Null);
                arguments.finish("loop.changed")?;
                if matches!(value, Value::Special(_)) {
                    return Err(Wrong::new(format!("{} is no value", value.kind())));
                }
                let last = state.last.borrow_mut().replace(value.clone());
                let same = last.map_or(Ok(false), |last| self.budget().same(&last, &value))?;
                Ok(Value::Bool(!same))
            }
            _ => Err(Wrong::new(format!("`loop` has no method `{name}`"))),
        }
    }
}

/// Returns what `loop` knows.
fn of_loop(state: &Loop, name: &str) -> Option<Value> {
    let length = state.items.len();
    let int = |number: usize| Some(Value::Int(number as i128));
    match name {
        "index" => int(state.index + 1),
        "index0" => int(state.index),
        "revindex" => int(length - state.index),
        "revindex0" => int(length - state.index - 1),
        "first" => Some(Value::Bool(state.index == 0)),
        "last" => Some(Value::Bool(state.index + 1 == length)),
        "length" => int(length),
        "depth" => int(1),
        "depth0" => int(0),
        "previtem" => Some(
            state.index.checked_sub(1).and_then(|at| state.items.get(at)).cloned().unwrap_or(Value::Null),
        ),
        "nextitem" => Some(state.items.get(state.index + 1).cloned().unwrap_or(Value::Null)),
        _ => None,
    }
}
