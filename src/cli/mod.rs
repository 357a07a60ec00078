//! The command line: each command is a short function around the same use cases that the API serves.

mod demo;
mod user;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use migration::{Migrator, MigratorTrait};

use crate::config::{Cli, Command, Migrate, Settings};
use access::request::{RequestContext, StatementCounter};
use access::token::Keys;
use access::{Caller, store as accounts};
use api::reference;
use api::reference::Reference;
use api::{rebuild, schema};
use kernel::clock::Clock;
use kernel::i18n::Language;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::db::Db;
use procedures::procedure::service as register;
use server::{ServerState, telemetry};

/// What went wrong, in a sentence for the operator.
pub type CliResult<T> = Result<T, String>;

/// Runs a command; the exit code tells scripts how it went.
pub async fn run(cli: Cli) -> CliResult<u8> {
    let settings = cli.settings;
    telemetry::init(settings.log_format, &settings.log);
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(&settings).await.map(|()| 0),
        Command::Demo { without_figures } => demo::run(&settings, without_figures).await.map(|()| 0),
        Command::Migrate { direction } => migrate(&settings, direction).await.map(|()| 0),
        Command::Schema => print(&schema::sdl()).map(|()| 0),
        Command::Permissions => print(&api::permissions::permissions()).map(|()| 0),
        Command::User { action } => user::run(&prepare(&settings, "reform.db").await?, action).await.map(|()| 0),
        Command::ImportProcedures { organisation, programme, dry_run, file } => {
            let app = prepare(&settings, "reform.db").await?;
            import(&app, organisation, programme, dry_run, &file).await
        }
        Command::RebuildMeasures { check } => rebuild_measures(&open(&settings, "reform.db").await?, check).await,
    }
}

/// Writes to standard output; a reader that went away (`| head`) is no fault.
fn print(text: &str) -> CliResult<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// Opens the data folder, the key and the database, without migrating it.
async fn connect(settings: &Settings, file: &str) -> CliResult<App> {
    let folder = &settings.data_dir;
    make_private(folder).map_err(|error| {
        format!("the data folder {} cannot be made: {error}; choose another with --data-dir", folder.display())
    })?;
    let keys = Keys::load_or_create(&folder.join("signing-key.pem"))
        .map_err(|error| format!("the signing key cannot be read or made: {error}"))?;
    let db = Db::connect(&settings.database(file), &settings.db_options()).await.map_err(|error| {
        // The URL may hold a password: it is never repeated.
        format!("the database cannot be opened: {error}; check --database-url and --data-dir")
    })?;
    Ok(api::app(db, Clock::system(), keys, settings.lifetimes()))
}

/// Makes the data folder; a new one is its owner's alone, for it holds the signing key and the accounts.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The same for commands that need the schema to be there.
async fn open(settings: &Settings, file: &str) -> CliResult<App> {
    let app = connect(settings, file).await?;
    app.db.migrate().await.map_err(|error| format!("the schema cannot be brought up to date: {error}"))?;
    Ok(app)
}

/// Migrates, and loads the reference data.
async fn prepare(settings: &Settings, file: &str) -> CliResult<App> {
    let app = open(settings, file).await?;
    let reference = match &settings.reference_data {
        Some(folder) => Reference::read(folder)?,
        None => Reference::an_bien()?,
    };
    let loaded = reference::load(&app, &reference).await.map_err(|error| error.to_string())?;
    if loaded.created + loaded.changed > 0 {
        tracing::info!(
            programme.code = reference.programme_code(),
            created = loaded.created,
            changed = loaded.changed,
            "reference data loaded"
        );
    }
    Ok(app)
}

async fn serve(settings: &Settings) -> CliResult<()> {
    let app = prepare(settings, "reform.db").await?;
    if !accounts::any_person(app.db.read()).await.map_err(|error| error.to_string())? {
        print(
            "No accounts yet. Make the first administrator:\n  \
             echo 'a long password' | reform-api user add admin --display-name 'Quản trị viên'\n  \
             reform-api user grant admin ADMIN AN-BIEN\n",
        )?;
    }
    listen(settings, Arc::new(app), |_| Ok(())).await
}

/// Serves until the process is told to stop. `started` is told the address.
async fn listen(settings: &Settings, app: Arc<App>, started: impl FnOnce(&str) -> CliResult<()>) -> CliResult<()> {
    let api = schema::build(&app)?;
    let listener = tokio::net::TcpListener::bind(settings.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}; choose another address with --listen", settings.listen)
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let url = format!("http://{address}");
    started(&url)?;
    print(&format!("listening on {url}\n"))?;
    let state = Arc::new(ServerState { app: Arc::clone(&app), api, options: settings.server_options() });
    server::serve(listener, state, stopped()).await.map_err(|error| error.to_string())?;
    // Folds SQLite's log into its file.
    app.db.clone().close().await.map_err(|error| error.to_string())
}

/// Resolves when the process is told to stop: Ctrl-C or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM is not listened to");
                let _interrupted = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _interrupted = interrupt.await;
}

async fn migrate(settings: &Settings, direction: Migrate) -> CliResult<()> {
    let app = connect(settings, "reform.db").await?;
    let connection = app.db.migrator_connection();
    match direction {
        Migrate::Up => Migrator::up(connection, None).await.map_err(|error| error.to_string()),
        Migrate::Down { steps } => Migrator::down(connection, Some(steps)).await.map_err(|error| error.to_string()),
        Migrate::Status => {
            let mut page = String::new();
            let pending = Migrator::get_pending_migrations(connection).await.map_err(|error| error.to_string())?;
            for migration in Migrator::migrations() {
                let waits = pending.iter().any(|one| one.name() == migration.name());
                page.push_str(&format!("{} {}\n", if waits { "pending" } else { "applied" }, migration.name()));
            }
            print(&page)
        }
    }
}

/// The server's own command line as a caller.
pub fn console(command: &str) -> RequestContext {
    RequestContext {
        caller: Caller::Console,
        language: Language::En,
        request_id: command.to_owned(),
        statements: StatementCounter::default(),
    }
}

async fn import(
    app: &App,
    organisation: String,
    programme: Option<String>,
    dry_run: bool,
    file: &Path,
) -> CliResult<u8> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let json_lines = file.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson");
    let procedures = if json_lines { register::Source::JsonLines(text) } else { register::Source::Csv(text) };
    let wanted = register::ImportRequest { programme, organisation, procedures, dry_run };
    let outcome =
        register::import(app, &console("import-procedures"), wanted).await.map_err(|error| error.to_string())?;
    let refused = register::refused(&outcome);
    match outcome {
        Outcome::Done(done) => {
            let dry = if dry_run { "dry run, nothing written: " } else { "" };
            print(&format!(
                "{dry}{} created, {} new versions, {} changed, {} unchanged\n",
                done.created, done.new_versions, done.changed, done.unchanged
            ))?;
            Ok(0)
        }
        Outcome::Invalid(faults) => {
            for fault in &faults {
                print(&format!("{}\n", fault.message.render(Language::En)))?;
            }
            Err(format!("{refused} lines refused, {} faults; nothing was imported", faults.len()))
        }
    }
}

async fn rebuild_measures(app: &App, check: bool) -> CliResult<u8> {
    let differences = rebuild::rebuild(app, check).await.map_err(|error| error.to_string())?;
    for one in &differences {
        print(&format!("{}: stored {}, expected {}\n", one.what, one.stored, one.expected))?;
    }
    let written = if check || differences.is_empty() { "" } else { ", written as a new revision" };
    print(&format!("{} differences{written}\n", differences.len()))?;
    Ok(u8::from(check && !differences.is_empty()))
}
