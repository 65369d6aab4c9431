//! On which pages the parts of a description are: one page, unless it would be too heavy to read.

use super::Shown;
use super::schema::Writer;
use crate::site::markup::Markup;

/// The most bytes of one page, besides its frame and its list of operations.
const MOST: usize = 180 * 1024;

/// What an entry of the list of operations weighs.
const ENTRY: usize = 200;

/// Where everything is.
#[derive(Debug)]
pub(super) struct Plan {
    /// The names of the pages.
    pub(super) files: Vec<String>,
    /// The number of the page of each operation, and of each named schema.
    pub(super) operations: Vec<usize>,
    pub(super) schemas: Vec<usize>,
}

/// Returns where the parts of a description are. Operations of a group stay together as far as they fit; schemas follow.
pub(super) fn plan(shown: &Shown<'_>) -> Plan {
    let interface = shown.interface;
    let alone = vec![0; interface.schemas.len()];
    let writer = Writer { interface, files: &[], schemas: &alone, here: 0 };
    let weigh = |write: &dyn Fn(&mut Markup)| {
        let mut out = Markup::default();
        write(&mut out);
        out.len() + ENTRY
    };
    let operations: Vec<usize> =
        interface.operations.iter().map(|operation| weigh(&|out| writer.operation(operation, out))).collect();
    let schemas: Vec<usize> =
        interface.schemas.iter().map(|named| weigh(&|out| writer.named(named, out))).collect();
    let groups: Vec<usize> = interface.operations.iter().map(|operation| operation.group).collect();
    let (operations, schemas) = spread(&groups, &operations, &schemas);
    let pages = operations.iter().chain(&schemas).max().map_or(1, |last| last + 1);
    let name = |page: usize| match page {
        0 => format!("api~{}.html", shown.found.name),
        page => format!("api~{}~page-{}.html", shown.found.name, page + 1),
    };
    Plan { files: (0..pages).map(name).collect(), operations, schemas }
}

/// Returns the pages of operations and schemas of these weights; `groups` are those of the operations.
fn spread(groups: &[usize], operations: &[usize], schemas: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let all: usize = operations.iter().chain(schemas).sum();
    if all <= MOST {
        return (vec![0; operations.len()], vec![0; schemas.len()]);
    }
    let (mut page, mut filled) = (0, 0);
    let mut place = |weight: usize, whole: usize| {
        // What fits on a page of its own, but not on this one, begins the next.
        if filled > 0 && (filled + weight > MOST || (whole <= MOST && filled + whole > MOST)) {
            page += 1;
            filled = 0;
        }
        filled += weight;
        page
    };
    let mut pages = Vec::with_capacity(operations.len());
    for (at, weight) in operations.iter().enumerate() {
        let begins = at == 0 || groups[at] != groups[at - 1];
        let rest = || groups[at..].iter().take_while(|group| **group == groups[at]).count();
        let whole = if begins { operations[at..at + rest()].iter().sum() } else { *weight };
        pages.push(place(*weight, whole));
    }
    let whole = schemas.iter().sum();
    let mut of_schemas = Vec::with_capacity(schemas.len());
    for (at, weight) in schemas.iter().enumerate() {
        of_schemas.push(place(*weight, if at == 0 { whole } else { *weight }));
    }
    (pages, of_schemas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stay_together_while_they_fit() {
        let third = MOST / 3;
        for (groups, operations, schemas, expected) in [
            (vec![0, 0], vec![1, 1], vec![1], (vec![0, 0], vec![0])),
            (vec![0, 0, 1, 1], vec![third; 4], vec![1], (vec![0, 0, 1, 1], vec![1])),
            (vec![0, 1, 1, 1], vec![third; 4], vec![third], (vec![0, 1, 1, 1], vec![2])),
            (vec![0; 5], vec![third; 5], vec![], (vec![0, 0, 0, 1, 1], vec![])),
            (vec![0], vec![2 * MOST], vec![2 * MOST, 1], (vec![0], vec![1, 2])),
            (vec![], vec![], vec![third; 4], (vec![], vec![0, 0, 0, 1])),
        ] {
            assert_eq!(spread(&groups, &operations, &schemas), expected, "{groups:?}");
        }
    }
}
