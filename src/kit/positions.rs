//! Rows read by the places of their columns. By name each value costs a string and a look-up, which on a page of a
//! thousand rows is more than the values themselves.

/// Declares how a table's row is read from a SELECT of all its columns, in the table's own order, beginning at a place.
#[macro_export]
macro_rules! by_position {
    ($(#[$doc:meta])* $vis:vis mod $name:ident of $table:ident { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        $vis mod $name {
            use super::$table;

            /// How many columns it has.
            pub const WIDTH: usize = [$(stringify!($field)),+].len();

            /// Reads a row whose first column stands at a place.
            pub fn read(row: &sea_orm::QueryResult, from: usize) -> Result<$table::Model, sea_orm::DbErr> {
                let mut next = from..;
                let mut place = || next.next().unwrap_or(usize::MAX);
                Ok($table::Model { $($field: row.try_get_by_index(place())?),+ })
            }

            #[cfg(test)]
            mod tests {
                use sea_orm::{IdenStatic, Iterable};

                use super::$table;

                #[test]
                fn the_order_is_that_of_the_table() {
                    let columns: Vec<&str> = $table::Column::iter().map(|column| column.as_str()).collect();
                    assert_eq!(columns, [$(stringify!($field)),+]);
                }
            }
        }
    };
}
