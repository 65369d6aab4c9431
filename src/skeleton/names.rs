//! What a template asks for, without running it.

use std::ops::Range;

use minijinja::machinery::ast::{self, CallArg, Expr, Stmt};

use super::eval::FUNCTIONS;
use super::filter;
use super::parse::{bytes, range, statements};
use super::test;
use super::wrong::Wrong;
use crate::diagnostic::did_you_mean;
use crate::model::phrase::clip;

/// What to do about `${{` in a file that is rendered.
pub(super) const DOLLAR_HELP: &str = "if this is for a CI system: give the file a name without `.j2`, choose other `delimiters`, or write `{{ '${{' }}`";

/// Mappings of the context whose entries are asked for by the names of inputs.
const BY_INPUT: &[&str] = &["inputs", "entities"];

/// What a template asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Names of the context, and where, in the order of the text. Of `inputs` and `entities` it is what is asked of them:
    /// `inputs.port` is `port`.
    pub(super) names: Vec<(String, Range<usize>)>,
    /// Names that the template itself gives a value.
    pub(super) own: Vec<String>,
    /// Filters, tests, functions and tags that there are not.
    pub(super) wrong: Vec<Wrong>,
}

/// Returns what a template asks for; `extras` are filters besides the usual.
pub(super) fn asked(template: &Stmt<'_>, extras: &[&str]) -> Asked {
    let mut walk = Walk { scopes: vec![Vec::new()], asked: Asked::default(), extras };
    walk.all(statements(template));
    walk.asked
}

/// Returns where a statement is.
pub(super) fn place(statement: &Stmt<'_>) -> Range<usize> {
    match statement {
        Stmt::Template(it) => bytes(it.span()),
        Stmt::EmitExpr(it) => range(&it.expr),
        Stmt::EmitRaw(it) => bytes(it.span()),
        // The tag, without what is in it.
        Stmt::ForLoop(it) => bytes(it.span()).start..range(&it.iter).end,
        Stmt::IfCond(it) => bytes(it.span()).start..range(&it.expr).end,
        Stmt::WithBlock(it) => head(bytes(it.span()), it.assignments.first().map(|(_, expr)| expr)),
        Stmt::Set(it) => bytes(it.span()),
        Stmt::SetBlock(it) => bytes(it.span()).start..range(&it.target).end,
        Stmt::AutoEscape(it) => bytes(it.span()).start..range(&it.enabled).end,
        Stmt::FilterBlock(it) => bytes(it.span()).start..range(&it.filter).end,
        Stmt::Block(it) => head(bytes(it.span()), None),
        Stmt::Import(it) => bytes(it.span()),
        Stmt::FromImport(it) => bytes(it.span()),
        Stmt::Extends(it) => bytes(it.span()),
        Stmt::Include(it) => bytes(it.span()),
        Stmt::Macro(it) => head(bytes(it.span()), it.args.last()),
        Stmt::CallBlock(it) => bytes(it.call.span()),
        Stmt::Do(it) => bytes(it.call.span()),
    }
}

/// Returns the beginning of a tag, up to an expression in it.
fn head(whole: Range<usize>, to: Option<&Expr<'_>>) -> Range<usize> {
    let end = to.map_or(whole.start, |expr| range(expr).end);
    whole.start..end.max(whole.start)
}

/// Returns why a statement is not taken: it asks for other files, or for what has no meaning here.
pub(super) fn refused(statement: &Stmt<'_>) -> Option<Wrong> {
    let (tag, help) = match statement {
        Stmt::Include(_) => ("include", "write the text here: a template reads no other file"),
        Stmt::Import(_) | Stmt::FromImport(_) => {
            ("import", "write the macros here: a template reads no other file")
        }
        Stmt::Extends(_) => ("extends", "write the whole text here: a template reads no other file"),
        Stmt::Block(_) => ("block", "write the text alone: nothing extends this file"),
        Stmt::AutoEscape(_) => ("autoescape", "write `| escape` behind what is to be escaped"),
        _ => return None,
    };
    Some(Wrong::new(format!("`{tag}` is not supported")).help(help).at(place(statement)))
}

/// Returns that there is no such function.
pub(super) fn no_function(name: &str) -> Wrong {
    let wrong = Wrong::new(format!("there is no function `{}`", clip(name)));
    if filter::NAMES.contains(&name) {
        return wrong.help(format!("it is a filter: write `… | {name}`"));
    }
    wrong.maybe_help(did_you_mean(name, FUNCTIONS.iter().copied()))
}

struct Walk<'t, 'n> {
    scopes: Vec<Vec<&'t str>>,
    asked: Asked,
    extras: &'n [&'n str],
}

impl<'t> Walk<'t, '_> {
    fn all(&mut self, statements: &'t [Stmt<'t>]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn within(&mut self, names: Vec<&'t str>, body: &'t [Stmt<'t>]) {
        self.scopes.push(Vec::new());
        names.into_iter().for_each(|name| self.declare(name));
        self.all(body);
        self.scopes.pop();
    }

    fn statement(&mut self, statement: &'t Stmt<'t>) {
        self.asked.wrong.extend(refused(statement));
        match statement {
            Stmt::EmitExpr(it) => self.expr(&it.expr),
            Stmt::ForLoop(it) => {
                self.expr(&it.iter);
                let mut names = vec!["loop"];
                targets(&it.target, &mut names);
                self.scopes.push(Vec::new());
                names.iter().for_each(|name| self.declare(name));
                it.filter_expr.iter().for_each(|expr| self.expr(expr));
                self.all(&it.body);
                self.scopes.pop();
                self.all(&it.else_body);
            }
            Stmt::IfCond(it) => {
                self.expr(&it.expr);
                self.all(&it.true_body);
                self.all(&it.false_body);
            }
            Stmt::WithBlock(it) => {
                self.scopes.push(Vec::new());
                for (target, expr) in &it.assignments {
                    self.expr(expr);
                    self.assign(target);
                }
                self.all(&it.body);
                self.scopes.pop();
            }
            Stmt::Set(it) => {
                self.expr(&it.expr);
                self.assign(&it.target);
            }
            Stmt::SetBlock(it) => {
                self.within(Vec::new(), &it.body);
                it.filter.iter().for_each(|expr| self.expr(expr));
                self.assign(&it.target);
            }
            Stmt::FilterBlock(it) => {
                self.within(Vec::new(), &it.body);
                self.expr(&it.filter);
            }
            Stmt::Macro(it) => {
                self.declare(it.name);
                self.declared(it);
            }
            Stmt::CallBlock(it) => {
                self.call(&it.call);
                self.declared(&it.macro_decl);
            }
            Stmt::Do(it) => self.call(&it.call),
            Stmt::Template(it) => self.all(&it.children),
            // What is refused is looked into no further.
            _ => {}
        }
    }

    fn declared(&mut self, it: &'t ast::Macro<'t>) {
        it.defaults.iter().for_each(|expr| self.expr(expr));
        let mut names = vec!["caller"];
        it.args.iter().for_each(|arg| targets(arg, &mut names));
        self.within(names, &it.body);
    }

    fn assign(&mut self, target: &'t Expr<'t>) {
        if let Expr::GetAttr(it) = target {
            return self.expr(&it.expr);
        }
        let mut names = Vec::new();
        targets(target, &mut names);
        names.into_iter().for_each(|name| self.declare(name));
    }

    fn declare(&mut self, name: &'t str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(name);
        }
        self.asked.own.push(name.to_string());
    }

    fn is_local(&self, name: &str) -> bool {
        self.scopes.iter().flatten().any(|local| *local == name)
    }

    fn expr(&mut self, expr: &'t Expr<'t>) {
        match expr {
            Expr::Const(_) => {}
            Expr::Var(it) => self.name(it.id, bytes(it.span())),
            Expr::UnaryOp(it) => self.expr(&it.expr),
            Expr::BinOp(it) => {
                self.expr(&it.left);
                self.expr(&it.right);
            }
            Expr::Compare(it) => {
                self.expr(&it.expr);
                it.ops.iter().for_each(|op| self.expr(&op.expr));
            }
            Expr::IfExpr(it) => {
                self.expr(&it.test_expr);
                self.expr(&it.true_expr);
                it.false_expr.iter().for_each(|expr| self.expr(expr));
            }
            Expr::Filter(it) => {
                it.expr.iter().for_each(|expr| self.expr(expr));
                if !filter::NAMES.contains(&it.name) && !self.extras.contains(&it.name) {
                    let wrong = filter::unknown(it.name, self.extras.iter().copied());
                    self.asked.wrong.push(wrong.at(named(bytes(it.span()), it.name)));
                }
                self.arguments(&it.args);
            }
            Expr::Test(it) => {
                self.expr(&it.expr);
                if !test::NAMES.contains(&it.name) {
                    self.asked.wrong.push(test::unknown(it.name).at(range(expr)));
                }
                self.arguments(&it.args);
            }
            Expr::GetAttr(it) => self.part(&it.expr, Some(it.name), range(expr)),
            Expr::GetItem(it) => {
                let key = if let Expr::Const(key) = &it.subscript_expr { key.value.as_str() } else { None };
                self.part(&it.expr, key, range(expr));
                self.expr(&it.subscript_expr);
            }
            Expr::Slice(it) => {
                self.expr(&it.expr);
                [&it.start, &it.stop, &it.step].into_iter().flatten().for_each(|expr| self.expr(expr));
            }
            Expr::Call(it) => self.call(it),
            Expr::List(it) => it.items.iter().for_each(|item| self.expr(item)),
            Expr::Tuple(it) => it.items.iter().for_each(|item| self.expr(item)),
            Expr::Map(it) => it.keys.iter().chain(&it.values).for_each(|item| self.expr(item)),
        }
    }

    /// Notes what is asked of a value by name.
    fn part(&mut self, of: &'t Expr<'t>, name: Option<&str>, place: Range<usize>) {
        match (of, name) {
            (Expr::Var(it), Some(name)) if BY_INPUT.contains(&it.id) && !self.is_local(it.id) => {
                self.asked.names.push((name.to_string(), place));
            }
            _ => self.expr(of),
        }
    }

    fn call(&mut self, it: &'t ast::Call<'t>) {
        match &it.expr {
            Expr::Var(name) if !self.is_local(name.id) => {
                if !FUNCTIONS.contains(&name.id) {
                    self.asked.wrong.push(no_function(name.id).at(bytes(name.span())));
                }
            }
            Expr::GetAttr(method) => self.expr(&method.expr),
            other => self.expr(other),
        }
        self.arguments(&it.args);
    }

    fn arguments(&mut self, arguments: &'t [CallArg<'t>]) {
        for argument in arguments {
            let (CallArg::Pos(expr)
            | CallArg::Kwarg(_, expr)
            | CallArg::PosSplat(expr)
            | CallArg::KwargSplat(expr)) = argument;
            self.expr(expr);
        }
    }

    fn name(&mut self, name: &str, place: Range<usize>) {
        if !self.is_local(name) && !FUNCTIONS.contains(&name) {
            self.asked.names.push((name.to_string(), place));
        }
    }
}

/// Returns the bytes of the name at the beginning of a span.
fn named(span: Range<usize>, name: &str) -> Range<usize> {
    span.start..(span.start + name.len()).min(span.end.max(span.start))
}

/// Adds the names that are given a value.
fn targets<'t>(target: &'t Expr<'t>, names: &mut Vec<&'t str>) {
    match target {
        Expr::Var(it) => names.push(it.id),
        Expr::List(it) => it.items.iter().for_each(|item| targets(item, names)),
        Expr::Tuple(it) => it.items.iter().for_each(|item| targets(item, names)),
        _ => {}
    }
}
