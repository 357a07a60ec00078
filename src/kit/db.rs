//! The database: SQLite when no URL is given, PostgreSQL when one is; the same code on both.
//!
//! On SQLite one connection writes and a pool reads: ordinary pools that read and then write fail with
//! "busy" under load, a single writer never does and is the quickest. WAL, so that readers never wait;
//! `synchronous=FULL`, so that what was acknowledged survives a power cut. On PostgreSQL one pool does both.

use std::path::Path;
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use access::request::StatementCounter;

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// Connections of the pool (PostgreSQL), or of the readers' pool (SQLite).
    pub connections: u32,
    /// How long a request waits for a connection before it is told that the database can't be reached.
    pub acquire_timeout: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        DbOptions { connections: 16, acquire_timeout: Duration::from_secs(30) }
    }
}

/// The two ways to the database.
#[derive(Debug, Clone)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Connects. `sqlite:` URLs name a file, which is made when it is missing.
    pub async fn connect(url: &str, options: &DbOptions) -> Result<Db, DbErr> {
        if url.starts_with("sqlite:") {
            let writer = counted(sqlite(url, 1, false, options).await?);
            let reader = counted(sqlite(url, options.connections, true, options).await?);
            return Ok(Db { reader, writer });
        }
        let mut connect = base(url, options.connections, options);
        // A pooled connection that lay idle may have been cut; one used a moment ago is taken as it is.
        connect.test_before_acquire_if_idle_for(Duration::from_secs(1));
        let pool = counted(Database::connect(connect).await?);
        Ok(Db { reader: pool.clone(), writer: pool })
    }

    /// The URL of an SQLite file.
    pub fn sqlite_url(file: &Path) -> String {
        format!("sqlite://{}?mode=rwc", file.display())
    }

    /// For reading outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins the transaction of a use case.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = match self.backend() {
            // Takes the write lock at once: another process (the command line) may write too.
            DbBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
            _ => TransactionOptions::default(),
        };
        self.writer.begin_with_options(options).await
    }

    /// For migrations, which open their own transactions.
    pub fn migrator_connection(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Which engine it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.writer, None).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Closes both ways, so that SQLite folds its log into the file.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        match self.writer.close().await {
            // On PostgreSQL both are one pool, closed already.
            Err(DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn base(url: &str, connections: u32, options: &DbOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    connect
}

async fn sqlite(url: &str, connections: u32, readers: bool, options: &DbOptions) -> Result<DatabaseConnection, DbErr> {
    let mut connect = base(url, connections, options);
    // Nothing cuts a connection to a file.
    connect.test_before_acquire(false).idle_timeout(None).max_lifetime(None);
    connect.map_sqlx_sqlite_opts(move |options| {
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-8000");
        if readers { options.pragma("query_only", "ON") } else { options }
    });
    Database::connect(connect).await
}

fn counted(mut connection: DatabaseConnection) -> DatabaseConnection {
    connection.set_metric_callback(|_| StatementCounter::count_one());
    connection
}
