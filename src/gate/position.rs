//! Places in a text as GraphQL counts them.

use apollo_compiler::parser::SourceSpan;
use async_graphql::Pos;

/// Finds line and column of a byte without walking the text from its start for each of them: a
/// document of one long line would make that quadratic.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where each line begins.
    starts: Vec<usize>,
    /// Bytes that don't begin a character; columns count characters.
    inside: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Lines<'t> {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut inside = Vec::new();
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => starts.push(at + 1),
                // Specification 2.1.2: a lone carriage return ends a line too.
                b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at + 1),
                0x80..=0xBF => inside.push(at),
                _ => {}
            }
        }
        Lines { text, starts, inside }
    }

    /// Line and column, both from one, of a byte of the text.
    pub fn position(&self, offset: usize) -> Pos {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = |at: usize| self.inside.partition_point(|inside| *inside < at);
        Pos { line, column: offset - start - (before(offset) - before(start)) + 1 }
    }

    /// Where a node begins; nodes that no text stands behind have no place.
    pub fn of(&self, span: Option<SourceSpan>) -> Pos {
        span.map_or_else(Pos::default, |span| self.position(span.offset()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_every_kind_of_line_end() {
        let text = "{ a\r\n  tên # ngày\rb\n c }";
        let lines = Lines::new(text);
        let at = |what: &str| text.find(what).map(|offset| lines.position(offset));
        assert_eq!(at("{"), Some(Pos { line: 1, column: 1 }));
        assert_eq!(at("tên"), Some(Pos { line: 2, column: 3 }));
        assert_eq!(at("#"), Some(Pos { line: 2, column: 7 }));
        assert_eq!(at("b"), Some(Pos { line: 3, column: 1 }));
        assert_eq!(at("c }"), Some(Pos { line: 4, column: 2 }));
        assert_eq!(lines.position(1_000), Pos { line: 4, column: 5 });
    }
}
