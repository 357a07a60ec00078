//! The few words that SQLite and PostgreSQL spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs statements in which `{uuid}`, `{timestamp}`, `{date}`, `{json}` and `{bool}` stand for the
/// engine's type.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let types: [(&str, &str); 5] = match manager.get_database_backend() {
        DbBackend::Postgres => [
            ("{uuid}", "uuid"),
            ("{timestamp}", "timestamptz"),
            ("{date}", "date"),
            ("{json}", "jsonb"),
            ("{bool}", "boolean"),
        ],
        _ => [
            ("{uuid}", "uuid_text"),
            ("{timestamp}", "timestamp_with_timezone_text"),
            ("{date}", "date_text"),
            ("{json}", "json_text"),
            ("{bool}", "boolean"),
        ],
    };
    for statement in statements {
        let mut sql = (*statement).to_owned();
        for (placeholder, name) in types {
            sql = sql.replace(placeholder, name);
        }
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Lets rows be entered into tables, and never changed or deleted. The function that refuses is there since the journal is.
pub async fn append_only(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for table in tables {
        for (name, when) in [("kept", "DELETE"), ("fixed", "UPDATE")] {
            let trigger = match manager.get_database_backend() {
                DbBackend::Postgres => format!(
                    "CREATE TRIGGER {table}_{name} BEFORE {when} ON {table}
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ),
                _ => format!(
                    "CREATE TRIGGER {table}_{name} BEFORE {when} ON {table}
                    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ),
            };
            connection.execute_unprepared(&trigger).await?;
        }
    }
    Ok(())
}

/// Drops tables, the last made first.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}

/// Writes a migration from its statements and its tables.
macro_rules! tables {
    ([$($table:literal),* $(,)?], [$($statement:literal),* $(,)?]) => {
        use sea_orm_migration::prelude::*;

        #[derive(DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                crate::dialect::run(manager, &[$($statement),*]).await
            }

            async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                crate::dialect::drop_tables(manager, &[$($table),*]).await
            }
        }
    };
}
pub(crate) use tables;
