//! Lists that are too long for a page: links from each page to the others.

use minijinja::Value;

use super::record::{list, maybe, none, record};

record! {
    /// A page of the same list.
    PageLink { number, href, current }
}

/// One of several pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    /// From 1.
    pub(super) number: usize,
    pub(super) last: usize,
}

impl Paging {
    /// Returns the pages that `count` rows need, `rows` a page; one when there are none.
    pub(super) fn all(count: usize, rows: usize) -> impl Iterator<Item = Self> {
        let last = count.div_ceil(rows).max(1);
        (1..=last).map(move |number| Self { number, last })
    }

    /// Returns the pages that `count` rows need, `first` on the first and `rows` on each after it.
    pub(super) fn after(count: usize, first: usize, rows: usize) -> impl Iterator<Item = Self> {
        let last = 1 + count.saturating_sub(first).div_ceil(rows);
        (1..=last).map(move |number| Self { number, last })
    }

    /// Returns links to the pages: the first, the last and those around this one; nothing when it is the only one.
    pub(super) fn links(self, href: impl Fn(usize) -> Option<String>) -> Value {
        if self.last == 1 {
            return none();
        }
        let near = |number: &usize| *number == 1 || *number == self.last || number.abs_diff(self.number) <= 3;
        list((1..=self.last).filter(near).map(|number| PageLink {
            number: Value::from(number),
            href: maybe(href(number)),
            current: Value::from(number == self.number),
        }))
    }

    /// Returns the number of the page before this one.
    pub(super) fn previous(self) -> Option<usize> {
        (self.number > 1).then(|| self.number - 1)
    }

    /// Returns the number of the page after this one.
    pub(super) fn next(self) -> Option<usize> {
        (self.number < self.last).then(|| self.number + 1)
    }
}
