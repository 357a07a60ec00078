//! Keyset paging, shared by every list: bounded, no OFFSET, cursors that stay valid while rows come and go.
//!
//! Source: GraphQL Cursor Connections Specification.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;

/// Rows on a page when the caller does not say.
pub const DEFAULT_PAGE: u32 = 20;
/// The most rows on a page of an ordinary list.
pub const MAX_PAGE: u32 = 100;
/// The most rows on a page of a flat list for analytics.
pub const MAX_FLAT_PAGE: u32 = 1_000;

/// A value of a key column, as a cursor keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "v")]
pub enum Key {
    /// Text.
    #[serde(rename = "s")]
    Text(String),
    /// A whole number.
    #[serde(rename = "i")]
    Int(i64),
    /// A day.
    #[serde(rename = "d")]
    Date(NaiveDate),
    /// An identifier.
    #[serde(rename = "u")]
    Id(Uuid),
}

impl From<String> for Key {
    fn from(value: String) -> Self {
        Key::Text(value)
    }
}
impl From<i64> for Key {
    fn from(value: i64) -> Self {
        Key::Int(value)
    }
}
impl From<i32> for Key {
    fn from(value: i32) -> Self {
        Key::Int(value.into())
    }
}
impl From<NaiveDate> for Key {
    fn from(value: NaiveDate) -> Self {
        Key::Date(value)
    }
}
impl From<Uuid> for Key {
    fn from(value: Uuid) -> Self {
        Key::Id(value)
    }
}

impl From<Key> for SimpleExpr {
    fn from(key: Key) -> Self {
        match key {
            Key::Text(value) => Expr::value(value),
            Key::Int(value) => Expr::value(value),
            Key::Date(value) => Expr::value(value),
            Key::Id(value) => Expr::value(value),
        }
    }
}

/// The order of a list: its name, which stands in the cursor, and its key columns, which are unique together.
#[derive(Debug, Clone, Copy)]
pub struct Keyset {
    name: &'static str,
    columns: &'static [&'static str],
    sorted: bool,
}

impl Keyset {
    /// An order by columns, all ascending. Columns are of the list's own table, unless written `table.column`.
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Keyset {
        Keyset { name, columns, sorted: false }
    }

    /// The same order for few rows out of many, which are found by what they are narrowed to and then sorted. An engine
    /// that walks the order's own index for them (SQLite does) reads the whole table. The first column is a number.
    pub const fn sorted(self) -> Keyset {
        Keyset { sorted: true, ..self }
    }

    fn expressions(&self) -> Vec<SimpleExpr> {
        self.columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let column = match column.split_once('.') {
                    Some((table, column)) => Expr::col((Alias::new(table), Alias::new(column))),
                    None => Expr::col(Alias::new(*column)),
                };
                // No index holds a sum.
                if self.sorted && place == 0 { column.add(0) } else { column }
            })
            .collect()
    }

    /// The cursor of a row.
    pub fn cursor(&self, keys: &[Key]) -> Cursor {
        Cursor { list: self.name, keys: keys.into() }
    }

    /// What a cursor of a list in the order of one whole number says.
    pub fn whole_number(&self, cursor: &str) -> ApiResult<i64> {
        match self.keys(cursor)?.as_slice() {
            [Key::Int(number)] => Ok(*number),
            _ => Err(ApiError::bad_input(Message::new("paging-bad-cursor"))),
        }
    }

    fn keys(&self, cursor: &str) -> ApiResult<Vec<Key>> {
        let fault = || ApiError::bad_input(Message::new("paging-bad-cursor"));
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| fault())?;
        let (name, keys): (String, Vec<Key>) = serde_json::from_slice(&bytes).map_err(|_| fault())?;
        if name != self.name || keys.len() != self.columns.len() {
            return Err(fault());
        }
        Ok(keys)
    }
}

/// A row's place in a list; written as text only where somebody asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    list: &'static str,
    keys: Box<[Key]>,
}

impl Cursor {
    /// The opaque text that clients pass back.
    pub fn text(&self) -> String {
        // Keys are text, numbers, dates and UUIDs: they always serialise.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(self.list, &self.keys)).unwrap_or_default())
    }
}

/// Which part of a list is wanted. Made only from checked arguments, so a limit can't exceed its cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    limit: u32,
    backwards: bool,
    after: Option<String>,
    before: Option<String>,
}

impl Page {
    /// From the arguments of a connection. `first` and `last` exclude each other; neither means the first
    /// [`DEFAULT_PAGE`].
    pub fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        max: u32,
    ) -> ApiResult<Page> {
        let bound = |argument: &'static str, value: i32| {
            u32::try_from(value).ok().filter(|limit| (1..=max).contains(limit)).ok_or_else(|| {
                ApiError::bad_input(
                    Message::new("paging-bad-limit").with("argument", argument).with("max", max).with("given", value),
                )
            })
        };
        let (limit, backwards) = match (first, last) {
            (Some(_), Some(_)) => return Err(ApiError::bad_input(Message::new("paging-first-and-last"))),
            (Some(first), None) => (bound("first", first)?, false),
            (None, Some(last)) => (bound("last", last)?, true),
            (None, None) => (Ord::min(DEFAULT_PAGE, max), false),
        };
        Ok(Page { limit, backwards, after, before })
    }

    /// The first so many rows.
    pub fn first(limit: u32) -> Page {
        Page { limit, backwards: false, after: None, before: None }
    }

    /// The first so many rows after a cursor.
    pub fn after(limit: u32, cursor: String) -> Page {
        Page { limit, backwards: false, after: Some(cursor), before: None }
    }

    /// How many rows at the most.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Narrows, orders and limits a SELECT, runs it, and says whether there is more on either side.
    pub async fn fetch<M: FromQueryResult>(
        &self,
        connection: &impl ConnectionTrait,
        keyset: &Keyset,
        select: SelectStatement,
        keys: impl Fn(&M) -> Vec<Key>,
    ) -> ApiResult<Slice<M>> {
        self.fetch_by(connection, keyset, select, |row| M::from_query_result(row, ""), keys).await
    }

    /// The same with rows that are read in a way of their own, such as by [`by_position!`](crate::by_position).
    pub async fn fetch_by<M>(
        &self,
        connection: &impl ConnectionTrait,
        keyset: &Keyset,
        mut select: SelectStatement,
        read: impl Fn(&QueryResult) -> Result<M, DbErr>,
        keys: impl Fn(&M) -> Vec<Key>,
    ) -> ApiResult<Slice<M>> {
        let unpaged = select.clone();
        let row = || Expr::tuple(keyset.expressions());
        let bounds =
            |cursor: &str| Ok::<_, ApiError>(Expr::tuple(keyset.keys(cursor)?.into_iter().map(SimpleExpr::from)));
        if let Some(after) = &self.after {
            select.and_where(row().gt(bounds(after)?));
        }
        if let Some(before) = &self.before {
            select.and_where(row().lt(bounds(before)?));
        }
        let order = if self.backwards { Order::Desc } else { Order::Asc };
        for column in keyset.expressions() {
            select.order_by_expr(column, order.clone());
        }
        // One more than asked for tells whether there is more.
        select.limit(u64::from(self.limit) + 1);
        let rows = connection.query_all(&select).await?;
        let mut rows = rows.iter().map(read).collect::<Result<Vec<M>, _>>()?;
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        if self.backwards {
            rows.reverse();
        }
        let (has_next, has_previous) =
            if self.backwards { (self.before.is_some(), more) } else { (more, self.after.is_some()) };
        let rows = rows
            .into_iter()
            .map(|row| {
                let cursor = keyset.cursor(&keys(&row));
                (cursor, row)
            })
            .collect();
        Ok(Slice { rows, has_next, has_previous, unpaged })
    }
}

/// A page that was fetched.
#[derive(Debug)]
pub struct Slice<M> {
    /// The rows with their cursors, in the list's order.
    pub rows: Vec<(Cursor, M)>,
    /// Whether there are rows after.
    pub has_next: bool,
    /// Whether there are rows before.
    pub has_previous: bool,
    /// The whole list's SELECT, for counting it when somebody asks.
    pub unpaged: SelectStatement,
}

impl<M> Slice<M> {
    /// The same page with its rows turned into something else.
    pub fn map<N>(self, mut turn: impl FnMut(M) -> N) -> Slice<N> {
        Slice {
            rows: self.rows.into_iter().map(|(cursor, row)| (cursor, turn(row))).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            unpaged: self.unpaged,
        }
    }

    /// The rows without their cursors.
    pub fn into_rows(self) -> impl Iterator<Item = M> {
        self.rows.into_iter().map(|(_, row)| row)
    }
}

/// How many rows a SELECT has.
pub async fn count(connection: &impl ConnectionTrait, select: &SelectStatement) -> ApiResult<i64> {
    let mut select = select.clone();
    select.clear_selects().expr_as(Expr::cust("COUNT(*)"), Alias::new("n"));
    let row = connection.query_one(&select).await?.ok_or_else(|| ApiError::internal("COUNT gave no row"))?;
    Ok(row.try_get::<i64>("", "n")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        assert!(Page::new(Some(100), None, None, None, MAX_PAGE).is_ok());
        for (first, last) in
            [(Some(101), None), (Some(0), None), (Some(-1), None), (None, Some(101)), (Some(1), Some(1))]
        {
            assert!(Page::new(first, None, last, None, MAX_PAGE).is_err(), "{first:?} {last:?}");
        }
        assert_eq!(Page::new(None, None, None, None, MAX_PAGE).unwrap().limit(), DEFAULT_PAGE);
    }

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let list = Keyset::new("list", &["code", "id"]);
        let keys = vec![Key::Text("Đ'x".to_owned()), Key::Id(Uuid::from_u128(7))];
        let cursor = list.cursor(&keys).text();
        assert_eq!(list.keys(&cursor).unwrap(), keys);
        assert!(Keyset::new("other", &["code", "id"]).keys(&cursor).is_err());
        assert!(Keyset::new("list", &["code"]).keys(&cursor).is_err());
        assert!(list.keys("x").is_err());
        assert!(list.keys("").is_err());
    }
}
