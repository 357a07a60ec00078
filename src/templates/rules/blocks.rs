//! Which rows of a form are reported together: those that some measure adds up, such as the rows of one method of
//! asking how satisfied people were. A form gives all of a block or nothing of it, so that the parts of a rate, and a
//! measure and the cells that it sums, always come from the same forms.

use std::collections::BTreeSet;

use super::{Cells, Content};
use crate::definition::{Place, Template};

/// A block: its table's number, and the number of its first row.
pub type Block = (usize, usize);

/// The blocks of a template: by table and row, the first row of the block.
#[derive(Debug, Clone)]
pub struct Blocks(Vec<Vec<usize>>);

impl Blocks {
    /// Joins the rows that a measure adds up; a row that none adds to another stands by itself.
    pub fn of(template: &Template) -> Blocks {
        let mut tables: Vec<Vec<usize>> = template.tables.iter().map(|table| (0..table.rows.len()).collect()).collect();
        for measure in &template.measures {
            let places = template.selected(&measure.selector());
            let Some(firsts) = places.first().and_then(|place| tables.get_mut(place.table)) else { continue };
            let joined: BTreeSet<usize> = places.iter().filter_map(|place| firsts.get(place.row).copied()).collect();
            let Some(first) = joined.first().copied() else { continue };
            for row in firsts.iter_mut().filter(|row| joined.contains(row)) {
                *row = first;
            }
        }
        Blocks(tables)
    }

    /// The block of a cell.
    pub fn at(&self, place: Place) -> Block {
        let first = self.0.get(place.table).and_then(|rows| rows.get(place.row));
        (place.table, first.copied().unwrap_or(place.row))
    }

    /// The blocks in which a form fills a number. A zero that was typed is a number.
    pub fn filled(&self, cells: &Cells) -> BTreeSet<Block> {
        let numbers = cells.iter().filter(|(_, content)| matches!(content, Content::Number(_)));
        numbers.map(|(place, _)| self.at(*place)).collect()
    }
}
