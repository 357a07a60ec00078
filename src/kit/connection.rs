//! Connections (GraphQL Cursor Connections Specification): every list is one, bounded.

use sea_orm::sea_query::SelectStatement;

use super::paging::{Cursor, MAX_PAGE, Page, Slice};
use kernel::error::ApiResult;

/// Where a page stands in its list.
#[derive(Debug, Clone, rows::RowObject)]
pub struct PageInfo {
    /// Whether there are more after this page.
    pub has_next_page: bool,
    /// Whether there are more before this page.
    pub has_previous_page: bool,
    /// Cursor of the page's first item.
    pub start_cursor: Option<String>,
    /// Cursor of the page's last item: pass it as `after` to go on.
    pub end_cursor: Option<String>,
}

/// A page of a list, whatever it is of; [`connection!`](crate::connection::connection) makes a
/// GraphQL type of it.
pub struct Rows<N> {
    /// The items with their cursors.
    pub rows: Vec<(Cursor, N)>,
    /// More after.
    pub has_next: bool,
    /// More before.
    pub has_previous: bool,
    /// The whole list's SELECT, for counting it when somebody asks.
    pub unpaged: SelectStatement,
}

impl<N> Rows<N> {
    /// From a page of a store.
    pub fn of<M>(slice: Slice<M>, wrap: impl Fn(M) -> N) -> Rows<N> {
        Rows {
            rows: slice.rows.into_iter().map(|(cursor, row)| (cursor, wrap(row))).collect(),
            has_next: slice.has_next,
            has_previous: slice.has_previous,
            unpaged: slice.unpaged,
        }
    }

    /// Where the page stands.
    pub fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.rows.first().map(|(cursor, _)| cursor.text()),
            end_cursor: self.rows.last().map(|(cursor, _)| cursor.text()),
        }
    }
}

/// The page of the four arguments, up to 100 rows.
pub fn page(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> ApiResult<Page> {
    Page::new(first, after, last, before, MAX_PAGE)
}

/// Declares the connection and the edge of a type.
#[macro_export]
#[doc(hidden)]
macro_rules! __connection {
    ($(#[doc = $doc:literal])* $connection:ident, $edge:ident, $node:ty) => {
        $(#[doc = $doc])*
        pub struct $connection(pub $crate::connection::Rows<$node>);

        $(#[doc = $doc])*
        #[rows::row_object]
        impl $connection {
            /// The items of this page.
            fn nodes(&self) -> Vec<&$node> {
                self.0.rows.iter().map(|(_, node)| node).collect()
            }

            /// The items of this page with their cursors.
            fn edges(&self) -> Vec<$edge<'_>> {
                self.0.rows.iter().map(|(cursor, node)| $edge { cursor, node }).collect()
            }

            /// Where this page stands in the list.
            fn page_info(&self) -> $crate::connection::PageInfo {
                self.0.page_info()
            }

            /// How many items the whole list has; counted only when asked for.
            async fn total_count(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> Option<kernel::error::ApiResult<$crate::scalar::Count>> {
                use $crate::context::ContextExt;
                let counted = async { $crate::paging::count(ctx.app()?.db.read(), &self.0.unpaged).await };
                Some(counted.await.map($crate::scalar::Count))
            }
        }

        /// An item of a list with its cursor.
        pub struct $edge<'a> {
            cursor: &'a $crate::paging::Cursor,
            node: &'a $node,
        }

        /// An item of a list with its cursor.
        #[rows::row_object]
        impl $edge<'_> {
            /// The item's place in the list.
            fn cursor(&self) -> String {
                self.cursor.text()
            }

            /// The item.
            fn node(&self) -> &$node {
                self.node
            }
        }
    };
}
pub use __connection as connection;
