//! Rendering: the statements of a template, one after the other.

use std::cell::RefCell;
use std::rc::Rc;

use minijinja::machinery::ast::{self, Expr, Stmt};
use rustc_hash::FxHashMap;

use super::Extra;
use super::budget::Budget;
use super::engine::{Context, Undefined};
use super::parse::{bytes, range, statements};
use super::value::{Loop, Special, Value};
use super::wrong::Wrong;
use crate::diagnostic::Rule;
use crate::model::phrase::clip;
use crate::worktree::MOST_FILE_BYTES;

/// How deep an evaluation calls itself. Threads that evaluate have the stack for it.
const DEEPEST: usize = 4_000;

/// The most characters of an expression that a message is made from.
const MOST_SAID: usize = 100;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A text, or what a file holds.
    Text,
    /// A segment of a path: an answer makes no folders in it, unless `folders` says so.
    Name,
}

/// Values of the context that are used, converted once for all files.
#[derive(Debug, Default)]
pub(super) struct Seen {
    values: RefCell<FxHashMap<String, Value>>,
}

/// What all texts of a skeleton have in common.
#[derive(Clone, Copy)]
pub(super) struct Setting<'e> {
    pub(super) budget: &'e Budget,
    pub(super) context: &'e Context,
    pub(super) seen: &'e Seen,
    pub(super) undefined: Undefined,
    pub(super) extras: &'e [(String, Extra)],
}

/// The variables of a block.
pub(super) type Frame<'t> = FxHashMap<&'t str, Value>;

/// A template that is being rendered.
pub(super) struct Run<'t, 'e> {
    pub(super) setting: Setting<'e>,
    pub(super) source: &'t str,
    pub(super) place: Place,
    frames: Vec<Frame<'t>>,
    macros: Vec<(&'t ast::Macro<'t>, Frame<'t>)>,
    depth: usize,
}

impl<'t, 'e> Run<'t, 'e> {
    pub(super) fn new(setting: Setting<'e>, source: &'t str, place: Place) -> Self {
        let (frames, macros) = (vec![Frame::default()], Vec::new());
        Self { setting, source, place, frames, macros, depth: 0 }
    }

    pub(super) fn budget(&self) -> &'e Budget {
        self.setting.budget
    }

    /// Returns what a template says.
    pub(super) fn render(&mut self, template: &'t Stmt<'t>) -> Result<String, Wrong> {
        let mut out = String::new();
        self.all(statements(template), &mut out)?;
        Ok(out)
    }

    fn all(&mut self, statements: &'t [Stmt<'t>], out: &mut String) -> Result<(), Wrong> {
        statements.iter().try_for_each(|statement| self.statement(statement, out))
    }

    fn statement(&mut self, statement: &'t Stmt<'t>, out: &mut String) -> Result<(), Wrong> {
        let done = self.budget().step(1).and_then(|()| self.deeper(|run| run.execute(statement, out)));
        let done = done.and_then(|()| match out.len() {
            0..=MOST_FILE_BYTES => Ok(()),
            _ => Err(Wrong::new("this becomes larger than 8 MiB")),
        });
        done.map_err(|wrong| wrong.at(super::names::place(statement)))
    }

    /// Does something one level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Wrong>) -> Result<T, Wrong> {
        if self.depth == DEEPEST {
            return Err(Wrong::new("this calls itself too often; does it end?"));
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn execute(&mut self, statement: &'t Stmt<'t>, out: &mut String) -> Result<(), Wrong> {
        match statement {
            Stmt::EmitRaw(raw) => self.budget().push(out, raw.raw),
            Stmt::EmitExpr(emit) => self.emit(&emit.expr, out),
            Stmt::IfCond(condition) => {
                let holds = self.given(&condition.expr)?.holds();
                self.all(if holds { &condition.true_body } else { &condition.false_body }, out)
            }
            Stmt::ForLoop(each) => self.each(each, out),
            Stmt::Set(set) => {
                let value = self.given(&set.expr)?;
                self.assign(&set.target, value)
            }
            Stmt::SetBlock(set) => {
                let mut value = self.captured(&set.body)?;
                if let Some(filter) = &set.filter {
                    value = self.filtered(filter, value)?;
                }
                self.assign(&set.target, value)
            }
            Stmt::FilterBlock(block) => {
                let value = self.captured(&block.body)?;
                let value = self.filtered(&block.filter, value)?;
                self.budget().write(&value, out)
            }
            Stmt::WithBlock(with) => {
                self.frames.push(Frame::default());
                let done = with.assignments.iter().try_for_each(|(target, expr)| {
                    let value = self.given(expr)?;
                    self.assign(target, value)
                });
                let done = done.and_then(|()| self.all(&with.body, out));
                self.frames.pop();
                done
            }
            Stmt::Macro(declared) => {
                let made = self.macro_of(declared)?;
                self.store(declared.name, made);
                Ok(())
            }
            Stmt::CallBlock(block) => {
                let caller = self.macro_of(&block.macro_decl)?;
                let made = self.call(&block.call, bytes(block.call.span()), Some(caller))?;
                self.budget().write(&made, out)
            }
            Stmt::Do(call) => self.call(&call.call, bytes(call.call.span()), None).map(drop),
            Stmt::Template(_) => self.all(statements(statement), out),
            _ => Err(super::names::refused(statement).unwrap_or_else(|| Wrong::new("this is not supported"))),
        }
    }

    /// Writes what an expression gives.
    fn emit(&mut self, expr: &'t Expr<'t>, out: &mut String) -> Result<(), Wrong> {
        let value = self.given(expr)?;
        if self.place == Place::Name && !matches!(value, Value::Folders(_)) {
            let text = self.budget().shown(&value)?;
            if text.contains(['/', '\\']) {
                let message =
                    format!("`{}` gives `{}`, and a name has no slash", self.said(expr), clip(&text));
                let wrong = Wrong::new(message).rule(Rule::TemplatePath).at(range(expr));
                return Err(wrong.help("write `| folders` behind it if it is to make folders"));
            }
            return self.budget().push(out, &text);
        }
        self.budget().write(&value, out).map_err(|wrong| wrong.at(range(expr)))
    }

    /// Returns what statements write.
    fn captured(&mut self, body: &'t [Stmt<'t>]) -> Result<Value, Wrong> {
        let mut text = String::new();
        self.all(body, &mut text)?;
        self.budget().hold(text.len())?;
        Ok(Value::text(text))
    }

    fn each(&mut self, each: &'t ast::ForLoop<'t>, out: &mut String) -> Result<(), Wrong> {
        if each.recursive {
            return Err(Wrong::new("loops that call themselves are not supported").help("write a macro"));
        }
        let from = self.given(&each.iter)?;
        let mut items = self.items(&from).map_err(|wrong| wrong.at(range(&each.iter)))?;
        if let Some(condition) = &each.filter_expr {
            let mut kept = Vec::new();
            for item in items {
                self.frames.push(Frame::default());
                let done = self.assign(&each.target, item.clone());
                let holds = done.and_then(|()| self.given(condition)).map(|value| value.holds());
                self.frames.pop();
                if holds? {
                    kept.push(item);
                }
            }
            items = kept;
        }
        if items.is_empty() {
            return self.all(&each.else_body, out);
        }
        let items = Rc::new(items);
        let last = Rc::new(RefCell::new(None));
        for (index, item) in items.iter().enumerate() {
            self.budget().step(1)?;
            let mut frame = Frame::default();
            let state = Loop { index, items: Rc::clone(&items), last: Rc::clone(&last) };
            frame.insert("loop", Value::Special(Special::Loop(Rc::new(state))));
            self.frames.push(frame);
            let done = self.assign(&each.target, item.clone());
            let done = done.and_then(|()| self.all(&each.body, out));
            self.frames.pop();
            done?;
        }
        Ok(())
    }

    /// Gives variables values.
    fn assign(&mut self, target: &'t Expr<'t>, value: Value) -> Result<(), Wrong> {
        match target {
            Expr::Var(name) => {
                self.store(name.id, value);
                Ok(())
            }
            Expr::List(list) => self.unpack(&list.items, &value, target),
            Expr::Tuple(tuple) => self.unpack(&tuple.items, &value, target),
            Expr::GetAttr(attribute) => {
                let Value::Special(Special::Namespace(space)) = self.given(&attribute.expr)? else {
                    let wrong = Wrong::new(format!("`{}` is no namespace", self.said(&attribute.expr)));
                    return Err(wrong.at(range(target)).help("make one: `{% set ns = namespace() %}`"));
                };
                if matches!(value, Value::Special(_)) {
                    return Err(Wrong::new(format!("{} cannot be put into a namespace", value.kind())));
                }
                self.budget().hold_list(3)?;
                space.borrow_mut().insert(attribute.name.into(), value);
                Ok(())
            }
            _ => Err(Wrong::new("nothing can be assigned to this").at(range(target))),
        }
    }

    fn unpack(&mut self, targets: &'t [Expr<'t>], value: &Value, whole: &'t Expr<'t>) -> Result<(), Wrong> {
        let items = self.items(value).map_err(|wrong| wrong.at(range(whole)))?;
        if items.len() != targets.len() {
            let message = format!("there are {} names for {} values", targets.len(), items.len());
            return Err(Wrong::new(message).at(range(whole)));
        }
        targets.iter().zip(items).try_for_each(|(target, item)| self.assign(target, item))
    }

    fn store(&mut self, name: &'t str, value: Value) {
        if let Some(frame) = self.frames.last_mut() {
            frame.insert(name, value);
        }
    }

    /// Returns a variable of the template.
    pub(super) fn local(&self, name: &str) -> Option<Value> {
        self.frames.iter().rev().find_map(|frame| frame.get(name)).cloned()
    }

    /// Returns the value that the context has under a name.
    pub(super) fn asked(&self, name: &str) -> Result<Option<Value>, Wrong> {
        if let Some(value) = self.setting.seen.values.borrow().get(name) {
            return Ok(Some(value.clone()));
        }
        let Some(json) = self.setting.context.get(name) else { return Ok(None) };
        let value = self.budget().of_json(json)?;
        self.setting.seen.values.borrow_mut().insert(name.to_string(), value.clone());
        Ok(Some(value))
    }

    /// Returns how many names can be asked for here.
    pub(super) fn known_count(&self) -> usize {
        self.setting.context.names().count() + self.frames.iter().map(Frame::len).sum::<usize>()
    }

    /// Returns the names that can be asked for here.
    pub(super) fn known(&self) -> Vec<&str> {
        let locals = self.frames.iter().flat_map(|frame| frame.keys().copied());
        let mut known: Vec<&str> = self.setting.context.names().chain(locals).collect();
        known.sort_unstable();
        known.dedup();
        known
    }

    /// Returns a macro, which sees the variables around it.
    fn macro_of(&mut self, declared: &'t ast::Macro<'t>) -> Result<Value, Wrong> {
        let mut around = Frame::default();
        for frame in self.frames.iter().skip(1) {
            self.budget().hold_list(3 * frame.len())?;
            around.extend(frame.iter().map(|(name, value)| (*name, value.clone())));
        }
        self.budget().hold_list(4)?;
        self.macros.push((declared, around));
        Ok(Value::Special(Special::Macro(self.macros.len() - 1)))
    }

    /// Returns what a macro writes.
    pub(super) fn invoke(
        &mut self,
        called: usize,
        positional: Vec<Value>,
        mut named: Vec<(&'t str, Value)>,
        caller: Option<Value>,
    ) -> Result<Value, Wrong> {
        let Some((declared, around)) = self.macros.get(called).map(|(it, around)| (*it, around.clone()))
        else {
            return Err(Wrong::new("there is no such macro"));
        };
        self.budget().hold_list(3 * around.len())?;
        let parameters: Vec<&'t str> = declared
            .args
            .iter()
            .filter_map(|arg| if let Expr::Var(it) = arg { Some(it.id) } else { None })
            .collect();
        if positional.len() > parameters.len() {
            let message = format!("`{}` takes {} arguments at most", declared.name, parameters.len());
            return Err(Wrong::new(message));
        }
        let outer = self.frames.split_off(1);
        self.frames.push(around);
        self.frames.push(Frame::default());
        let mut positional = positional.into_iter();
        let required = parameters.len().saturating_sub(declared.defaults.len());
        let mut bind = |run: &mut Self| -> Result<(), Wrong> {
            for (at, parameter) in parameters.iter().enumerate() {
                let by_name = named.iter().position(|(name, _)| name == parameter);
                let value = match (positional.next(), by_name, at.checked_sub(required)) {
                    (Some(value), None, _) => value,
                    (Some(_), Some(_), _) => {
                        return Err(Wrong::new(format!("`{parameter}` is given twice")));
                    }
                    (None, Some(found), _) => named.remove(found).1,
                    (None, None, Some(default)) => match declared.defaults.get(default) {
                        Some(expr) => run.given(expr)?,
                        None => Value::Null,
                    },
                    (None, None, None) => {
                        return Err(Wrong::new(format!("`{}` needs `{parameter}`", declared.name)));
                    }
                };
                run.store(parameter, value);
            }
            match named.first() {
                Some((name, _)) => Err(Wrong::new(format!("`{}` takes no `{name}`", declared.name))),
                None => Ok(()),
            }
        };
        let bound = bind(self);
        if let Some(caller) = caller {
            self.store("caller", caller);
        }
        let done = bound.and_then(|()| self.captured(&declared.body));
        self.frames.truncate(1);
        self.frames.extend(outer);
        done
    }

    /// Returns the text of an expression, for a message.
    pub(super) fn said(&self, expr: &Expr<'_>) -> String {
        // No more is looked at than is shown: this is asked for also where nobody reads it.
        let text = self.source.get(range(expr)).unwrap_or_default();
        let most = text.char_indices().nth(MOST_SAID).map_or(text.len(), |(at, _)| at);
        clip(text.get(..most).unwrap_or_default().trim())
    }
}
