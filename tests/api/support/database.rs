//! A database for each test: a copy of a template that is filled once per engine and run.

use std::path::Path;

use kernel::clock::Clock;
use kit::db::{Db, DbOptions};
use reqwest::Url;
use sea_orm::{ConnectionTrait, DbErr};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::template;

/// Which engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A test's own database, which goes when the test ends.
pub struct Database {
    url: String,
    directory: TempDir,
    /// Its name in the PostgreSQL cluster.
    in_cluster: Option<String>,
}

// Every test has a runtime of its own, so a template keeps no connection from one test to the next.

/// The bytes of the file.
static SQLITE_TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
/// The name in the cluster.
static POSTGRES_TEMPLATE: OnceCell<String> = OnceCell::const_new();

impl Database {
    /// Copies the template.
    pub async fn copy(engine: Engine) -> Database {
        let directory = TempDir::new().expect("a temporary folder");
        match engine {
            Engine::Sqlite => {
                let template = SQLITE_TEMPLATE.get_or_init(fill_sqlite).await;
                let file = directory.path().join("test.db");
                std::fs::write(&file, template).expect("the copy is written");
                Database { url: Db::sqlite_url(&file), directory, in_cluster: None }
            }
            Engine::Postgres => {
                let template = POSTGRES_TEMPLATE.get_or_init(fill_postgres).await;
                let name = unique("t");
                let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
                administer(&create).await.expect("the copy is made");
                Database { url: url_in_cluster(&name), directory, in_cluster: Some(name) }
            }
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder that lives as long.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(name) = self.in_cluster.take() else { return };
        // Hundreds of copies would fill the disk. Nobody waits for it: the cluster is thrown away anyway.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let _best_effort = runtime
                .map(|runtime| runtime.block_on(administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))));
        });
    }
}

async fn fill_sqlite() -> Vec<u8> {
    let directory = TempDir::new().expect("a temporary folder");
    let file = directory.path().join("template.db");
    template::fill(Db::connect(&Db::sqlite_url(&file), &DbOptions::default()).await.expect("SQLite opens")).await;
    let log = directory.path().join("template.db-wal");
    assert!(!log.exists(), "the template was closed, and yet its log was not folded into the file");
    std::fs::read(&file).expect("the template is read")
}

async fn fill_postgres() -> String {
    let name = unique("template");
    administer(&format!("CREATE DATABASE {name}")).await.expect("the template is made");
    let db = Db::connect(&url_in_cluster(&name), &DbOptions::default()).await.expect("PostgreSQL answers");
    template::fill(db).await;
    name
}

/// One statement, outside every test's database.
async fn administer(statement: &str) -> Result<(), DbErr> {
    let options = DbOptions { connections: 1, ..DbOptions::default() };
    let db = Db::connect(cluster().as_str(), &options).await?;
    db.migrator_connection().execute_unprepared(statement).await?;
    db.close().await
}

fn cluster() -> Url {
    let url = std::env::var("REFORM_TEST_POSTGRES_URL").expect("REFORM_TEST_POSTGRES_URL is not set: run scripts/test");
    Url::parse(&url).expect("REFORM_TEST_POSTGRES_URL is a URL")
}

fn url_in_cluster(name: &str) -> String {
    let mut url = cluster();
    url.set_path(name);
    url.into()
}

fn unique(prefix: &str) -> String {
    format!("{prefix}_{}", Clock::system().new_id().simple())
}
