//! Writes rows of reference data, and keeps count of what it did.

use std::collections::BTreeMap;

use sea_orm::sea_query::sea_value_to_json_value;
use sea_orm::{
    ActiveModelTrait, DatabaseTransaction, EntityTrait, IdenStatic, IntoActiveModel, Iterable, ModelTrait, Value,
};
use serde_json::{Map, Value as Json};

use super::load::Loaded;
use kernel::error::ApiResult;
use kit::app::conflict_or_fault;

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
pub(super) const ROWS_AT_ONCE: usize = 1_000;

/// A row as it is stored, if it is, and as the files want it.
pub(super) struct Row<M> {
    /// What a reader of the journal knows it by.
    pub key: String,
    pub stored: Option<M>,
    pub wanted: M,
}

/// Writes rows and keeps count of what it did.
pub(super) struct Writer<'a> {
    pub tx: &'a DatabaseTransaction,
    pub loaded: Loaded,
    /// Per table: the keys of new rows.
    pub created: BTreeMap<&'static str, Vec<String>>,
    /// Per table and key: the columns that changed, before.
    pub before: BTreeMap<&'static str, Map<String, Json>>,
    /// The same columns, after.
    pub after: BTreeMap<&'static str, Map<String, Json>>,
}

impl<'a> Writer<'a> {
    pub fn new(tx: &'a DatabaseTransaction) -> Writer<'a> {
        Writer {
            tx,
            loaded: Loaded::default(),
            created: BTreeMap::new(),
            before: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    /// Inserts the new rows in few statements and updates the columns that differ, row by row.
    pub async fn write<E>(&mut self, rows: Vec<Row<E::Model>>) -> ApiResult<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let table = E::default().table_name();
        let mut new: Vec<E::ActiveModel> = Vec::new();
        for row in rows {
            let Some(stored) = row.stored else {
                self.loaded.created += 1;
                self.created.entry(table).or_default().push(row.key);
                new.push(row.wanted.into_active_model());
                continue;
            };
            let (mut before, mut after) = (Map::new(), Map::new());
            let mut differing: Vec<(E::Column, Value)> = Vec::new();
            for column in <E::Column as Iterable>::iter() {
                let (is, wanted) = (stored.get(column), row.wanted.get(column));
                if is != wanted {
                    before.insert(column.as_str().to_owned(), json_of(&is));
                    after.insert(column.as_str().to_owned(), json_of(&wanted));
                    differing.push((column, wanted));
                }
            }
            if differing.is_empty() {
                self.loaded.unchanged += 1;
                continue;
            }
            let mut change: E::ActiveModel = stored.into_active_model();
            for (column, value) in differing {
                change.try_set(column, value)?;
            }
            E::update(change).exec_without_returning(self.tx).await.map_err(conflict_or_fault)?;
            self.loaded.changed += 1;
            self.before.entry(table).or_default().insert(row.key.clone(), Json::Object(before));
            self.after.entry(table).or_default().insert(row.key, Json::Object(after));
        }
        for chunk in new.chunks(ROWS_AT_ONCE) {
            E::insert_many(chunk.to_vec()).exec_without_returning(self.tx).await.map_err(conflict_or_fault)?;
        }
        Ok(())
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::ChronoDate(Some(day)) => Json::String(day.to_string()),
        other => sea_value_to_json_value(other),
    }
}
