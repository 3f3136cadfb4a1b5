//! Code that changes nothing unless a fault or a variant is active: no check can notice a change of it, and none has to.
//!
//! An expression *asks* if it is true only where something is planted: `fault!(X)`, `fault!(X) && more`, a call of a function
//! that is nothing else. Inert are the branch that such a condition selects, what else decides such a condition, and functions
//! that only inert code names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{LineColumn, Span, TokenStream, TokenTree};
use serde::Deserialize;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, Stmt, UnOp};

use crate::failure::Result;

/// The macros that ask whether something is planted.
const ASKING: [&str; 2] = ["fault", "variant"];
/// The function that asks for several faults.
const ASKING_FUNCTION: &str = "is_any_active";

/// A place in a file, as cargo-mutants counts: lines and columns from 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    line: usize,
    column: usize,
}

impl From<LineColumn> for At {
    fn from(at: LineColumn) -> Self {
        Self { line: at.line, column: at.column + 1 }
    }
}

/// A stretch of a file.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    start: At,
    end: At,
}

impl From<Span> for Stretch {
    fn from(span: Span) -> Self {
        Self { start: span.start().into(), end: span.end().into() }
    }
}

impl Stretch {
    fn holds(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// The inert stretches of each file.
#[derive(Debug, Default)]
pub(super) struct Inert(BTreeMap<String, Vec<Stretch>>);

impl Inert {
    /// Finds them in the files of a crate, given by name and text.
    pub(super) fn of(files: &[(String, String)]) -> Result<Self> {
        let mut parsed = Vec::new();
        for (name, text) in files {
            let file = syn::parse_file(text).map_err(|error| format!("{name}: {error}"))?;
            parsed.push((name, file));
        }
        let mut known = Known::default();
        known.asking.insert(ASKING_FUNCTION.to_owned());
        // What one round finds to be inert may be all that names another function.
        loop {
            let mut seen = Seen::default();
            let mut found = BTreeMap::new();
            for (name, file) in &parsed {
                let mut walk = Walk::new(&known);
                walk.visit_file(file);
                seen.add(walk.seen);
                found.insert((*name).clone(), walk.inert);
            }
            if !known.learn(seen) {
                return Ok(Self(found));
            }
        }
    }

    /// Whether this stretch of this file is inert.
    pub(super) fn covers(&self, file: &str, stretch: &Stretch) -> bool {
        self.0.get(file).is_some_and(|all| all.iter().any(|inert| inert.holds(stretch)))
    }
}

/// What is known of the functions of the crate, by name.
#[derive(Debug, Default)]
struct Known {
    /// They are nothing but a condition that asks.
    asking: BTreeSet<String>,
    /// Only inert code names them.
    inert: BTreeSet<String>,
}

impl Known {
    /// Takes in what a round has seen; whether that was news.
    fn learn(&mut self, seen: Seen) -> bool {
        let before = (self.asking.len(), self.inert.len());
        self.asking.extend(seen.asking.difference(&seen.ordinary).cloned());
        let only = seen.in_inert.difference(&seen.elsewhere);
        self.inert.extend(only.filter(|name| seen.functions.contains(*name)).cloned());
        before != (self.asking.len(), self.inert.len())
    }
}

/// What one round has seen of names.
#[derive(Debug, Default)]
struct Seen {
    /// Functions that are defined, without those of a trait, which others call.
    functions: BTreeSet<String>,
    /// Functions of which the body asks, and the others.
    asking: BTreeSet<String>,
    ordinary: BTreeSet<String>,
    /// What inert code names, and what the rest names.
    in_inert: BTreeSet<String>,
    elsewhere: BTreeSet<String>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.functions.extend(other.functions);
        self.asking.extend(other.asking);
        self.ordinary.extend(other.ordinary);
        self.in_inert.extend(other.in_inert);
        self.elsewhere.extend(other.elsewhere);
    }
}

/// One walk over a file.
struct Walk<'a> {
    known: &'a Known,
    seen: Seen,
    inert: Vec<Stretch>,
    /// The number of inert pieces that are open.
    depth: usize,
    /// Variables of this function that hold the answer.
    variables: Vec<String>,
    /// Whether this is the body of a trait's function.
    of_trait: bool,
}

impl<'a> Walk<'a> {
    fn new(known: &'a Known) -> Self {
        let (seen, inert, variables) = (Seen::default(), Vec::new(), Vec::new());
        Self { known, seen, inert, depth: 0, variables, of_trait: false }
    }

    /// Whether the expression is true only where something is planted.
    fn asks(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Macro(it) => it.mac.path.get_ident().is_some_and(is_asking),
            Expr::Paren(it) => self.asks(&it.expr),
            Expr::Group(it) => self.asks(&it.expr),
            Expr::Unary(it) => matches!(it.op, UnOp::Not(_)) && self.denies(&it.expr),
            Expr::Binary(it) => match it.op {
                BinOp::And(_) => self.asks(&it.left) || self.asks(&it.right),
                BinOp::Or(_) => self.asks(&it.left) && self.asks(&it.right),
                _ => false,
            },
            Expr::Path(it) => {
                it.path.get_ident().is_some_and(|name| self.variables.contains(&name.to_string()))
            }
            Expr::Call(it) => match it.func.as_ref() {
                Expr::Path(path) => {
                    path.path.segments.last().is_some_and(|last| self.is_known(&last.ident))
                }
                _ => false,
            },
            Expr::MethodCall(it) => self.is_known(&it.method),
            Expr::Block(it) => self.body_asks(&it.block),
            _ => false,
        }
    }

    /// Whether the expression is false only where something is planted.
    fn denies(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(it) => self.denies(&it.expr),
            Expr::Group(it) => self.denies(&it.expr),
            Expr::Unary(it) => matches!(it.op, UnOp::Not(_)) && self.asks(&it.expr),
            Expr::Binary(it) => match it.op {
                BinOp::And(_) => self.denies(&it.left) && self.denies(&it.right),
                BinOp::Or(_) => self.denies(&it.left) || self.denies(&it.right),
                _ => false,
            },
            _ => false,
        }
    }

    fn body_asks(&self, block: &Block) -> bool {
        matches!(block.stmts.as_slice(), [Stmt::Expr(expr, None)] if self.asks(expr))
    }

    fn is_known(&self, name: &syn::Ident) -> bool {
        self.known.asking.contains(&name.to_string())
    }

    /// Walks over a piece that is inert.
    fn inertly(&mut self, span: Span, walk: impl FnOnce(&mut Self)) {
        self.inert.push(span.into());
        self.depth += 1;
        walk(self);
        self.depth -= 1;
    }

    fn inertly_if(&mut self, inert: bool, span: Span, walk: impl FnOnce(&mut Self)) {
        if inert { self.inertly(span, walk) } else { walk(self) }
    }

    fn name(&mut self, name: &syn::Ident) {
        let names = if self.depth > 0 { &mut self.seen.in_inert } else { &mut self.seen.elsewhere };
        names.insert(name.to_string());
    }

    fn tokens(&mut self, tokens: &TokenStream) {
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(name) => self.name(&name),
                TokenTree::Group(group) => self.tokens(&group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Walks over the body of a function.
    fn function(&mut self, name: &syn::Ident, block: &Block) {
        let outer = std::mem::take(&mut self.variables);
        let name = name.to_string();
        let asks = self.body_asks(block);
        let bodies = if asks { &mut self.seen.asking } else { &mut self.seen.ordinary };
        bodies.insert(name.clone());
        if !self.of_trait {
            self.seen.functions.insert(name.clone());
        }
        let inert = asks || (!self.of_trait && self.known.inert.contains(&name));
        self.inertly_if(inert, block.span(), |walk| walk.visit_block(block));
        self.variables = outer;
    }

    /// Walks over statements; after one that leaves unless something is planted, the rest is inert.
    fn statements(&mut self, statements: &[Stmt]) {
        let [first, rest @ ..] = statements else { return };
        self.visit_stmt(first);
        if let (true, Some(next), Some(last)) = (self.leaves(first), rest.first(), rest.last()) {
            let (start, end) = (next.span().start().into(), last.span().end().into());
            self.inert.push(Stretch { start, end });
            self.depth += 1;
            self.statements(rest);
            self.depth -= 1;
        } else {
            self.statements(rest);
        }
    }

    /// Whether this statement leaves the block, unless something is planted.
    fn leaves(&self, statement: &Stmt) -> bool {
        let Stmt::Expr(Expr::If(it), _) = statement else { return false };
        let last = it.then_branch.stmts.last();
        let is_exit = matches!(
            last,
            Some(Stmt::Expr(Expr::Return(_) | Expr::Continue(_) | Expr::Break(_), _))
        );
        is_exit && it.else_branch.is_none() && self.denies(&it.cond)
    }
}

fn is_asking(name: &syn::Ident) -> bool {
    ASKING.iter().any(|asking| name == asking)
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_fn(&mut self, it: &'ast syn::ItemFn) {
        self.function(&it.sig.ident, &it.block);
    }

    fn visit_impl_item_fn(&mut self, it: &'ast syn::ImplItemFn) {
        self.function(&it.sig.ident, &it.block);
    }

    fn visit_item_impl(&mut self, it: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.of_trait, it.trait_.is_some());
        visit::visit_item_impl(self, it);
        self.of_trait = outer;
    }

    fn visit_block(&mut self, it: &'ast Block) {
        self.statements(&it.stmts);
    }

    fn visit_local(&mut self, it: &'ast syn::Local) {
        if let (syn::Pat::Ident(name), Some(init)) = (&it.pat, &it.init)
            && self.asks(&init.expr)
        {
            self.variables.push(name.ident.to_string());
        }
        visit::visit_local(self, it);
    }

    fn visit_expr_if(&mut self, it: &'ast syn::ExprIf) {
        self.visit_expr(&it.cond);
        let asks = self.asks(&it.cond);
        self.inertly_if(asks, it.then_branch.span(), |walk| walk.visit_block(&it.then_branch));
        if let Some((_, other)) = &it.else_branch {
            let denies = self.denies(&it.cond);
            self.inertly_if(denies, other.span(), |walk| walk.visit_expr(other));
        }
    }

    fn visit_expr_while(&mut self, it: &'ast syn::ExprWhile) {
        self.visit_expr(&it.cond);
        let asks = self.asks(&it.cond);
        self.inertly_if(asks, it.body.span(), |walk| walk.visit_block(&it.body));
    }

    fn visit_arm(&mut self, it: &'ast syn::Arm) {
        let asks = matches!(&it.pat, syn::Pat::Guard(it) if self.asks(&it.guard));
        self.inertly_if(asks, it.span(), |walk| visit::visit_arm(walk, it));
    }

    fn visit_expr_binary(&mut self, it: &'ast syn::ExprBinary) {
        let decides = |asks: &dyn Fn(&Expr) -> bool| (asks(&it.left), asks(&it.right));
        let (left, right) = match it.op {
            BinOp::And(_) => decides(&|expr| self.asks(expr)),
            BinOp::Or(_) => decides(&|expr| self.denies(expr)),
            _ => (false, false),
        };
        // Either side decides alone, so the other has no effect.
        self.inertly_if(right && !left, it.left.span(), |walk| walk.visit_expr(&it.left));
        self.inertly_if(left && !right, it.right.span(), |walk| walk.visit_expr(&it.right));
    }

    fn visit_expr_method_call(&mut self, it: &'ast syn::ExprMethodCall) {
        self.name(&it.method);
        self.visit_expr(&it.receiver);
        let then = it.method == "then" || it.method == "then_some";
        let inert = then && self.asks(&it.receiver);
        for argument in &it.args {
            self.inertly_if(inert, argument.span(), |walk| walk.visit_expr(argument));
        }
    }

    fn visit_path(&mut self, it: &'ast syn::Path) {
        if let Some(last) = it.segments.last() {
            self.name(&last.ident);
        }
        visit::visit_path(self, it);
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        self.tokens(&it.tokens);
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{At, Inert, Stretch};

    const TEXT: &str = "
        fn serve() {
            if fault!(A) { inert_1() }
            if !fault!(A) { live_1() } else { inert_2() }
            if inert_13() && variant!(A) || !live_3() { live_4() }
            if inert_3() && fault!(A) && inert_4() { inert_5() }
            if inert_6() || !fault!(A) { live_5() }
            let both = bent() && inert_7();
            if both { inert_8() }
            match live_6() { 1 if fault!(A) => inert_9(), _ => live_7() }
            fault!(A).then(|| inert_10());
            (!fault!(A)).then(|| live_8());
            if !bent() { live_9(); return; }
            inert_11()
        }
        fn bent() -> bool { fault!(A) }
        fn inert_1() { inert_12() }
        fn live_1() { live_10() }
        fn inert_2() { inert_1() }
        impl Drop for It { fn drop(&mut self) { live_11() } }
    ";

    /// Whether the words of this kind are inert, in the order of their lines.
    fn inert(inert: &Inert, kind: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (at, line) in TEXT.lines().enumerate() {
            for (column, _) in line.match_indices(kind) {
                // A definition is no call.
                if line[..column].ends_with("fn ") {
                    continue;
                }
                let word: String =
                    line[column..].chars().take_while(|letter| *letter != '(').collect();
                let start = At { line: at + 1, column: column + 1 };
                let end = At { column: start.column + word.len(), ..start };
                if inert.covers("a.rs", &Stretch { start, end }) {
                    found.push(word);
                }
            }
        }
        found.dedup();
        found
    }

    #[test]
    fn what_only_a_planted_fault_evaluates_is_inert() {
        let found = Inert::of(&[("a.rs".to_owned(), TEXT.to_owned())]).unwrap();
        assert_eq!(inert(&found, "live"), [""; 0]);
        let all =
            [1, 2, 13, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1].map(|number| format!("inert_{number}"));
        assert_eq!(inert(&found, "inert"), all);
    }
}
