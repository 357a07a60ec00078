//! Every setting: its flag, its environment variable, its default. `reform-api --help` prints them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};

use access::role::Role;
use kit::app::TokenLifetimes;
use kit::db::{Db, DbOptions};
use server::ServerOptions;
use server::telemetry::LogFormat;

/// Version and commit.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("REFORM_COMMIT"), ")");

/// The GraphQL API on which a Vietnamese ward runs its administrative-reform programme 2026-2030.
#[derive(Debug, Parser)]
#[command(name = "reform-api", version = VERSION)]
pub struct Cli {
    /// What to do; `serve` when left out
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// Settings that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address to listen on; port 0 takes any free port
    #[arg(long, env = "REFORM_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// PostgreSQL or SQLite URL; an SQLite file in the data folder when left out
    #[arg(long, env = "REFORM_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Folder of the SQLite file and of the signing key; made when it is missing
    #[arg(long, env = "REFORM_DATA_DIR", default_value = "var", global = true)]
    pub data_dir: PathBuf,
    /// Connections of the pool (PostgreSQL), or of the readers' pool (SQLite)
    #[arg(long, env = "REFORM_DATABASE_CONNECTIONS", default_value_t = 16, global = true,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub database_connections: u32,
    /// Folder with another ward's reference data; that of An Biên when left out
    #[arg(long, env = "REFORM_REFERENCE_DATA", global = true)]
    pub reference_data: Option<PathBuf>,
    /// Minutes that an access token lives
    #[arg(long, env = "REFORM_ACCESS_TOKEN_MINUTES", default_value_t = 15, global = true,
        value_parser = clap::value_parser!(u64).range(1..=1_440))]
    pub access_token_minutes: u64,
    /// Hours that a refresh token lives; each use starts it anew
    #[arg(long, env = "REFORM_REFRESH_TOKEN_HOURS", default_value_t = 12, global = true,
        value_parser = clap::value_parser!(u64).range(1..=8_760))]
    pub refresh_token_hours: u64,
    /// Origins whose pages may use the API in a browser, such as https://dashboard.example.vn
    #[arg(long, env = "REFORM_ALLOWED_ORIGINS", value_delimiter = ',', global = true)]
    pub allowed_origins: Vec<String>,
    /// The address under which the world reaches this server, such as https://api.anbien.example.vn; what is exported
    /// names itself by it. http:// and the address to listen on when left out
    #[arg(long, env = "REFORM_PUBLIC_URL", global = true, value_parser = parse_public_url)]
    pub public_url: Option<String>,
    /// The last address in X-Forwarded-For is the client's: only behind a proxy that sets it
    #[arg(long, env = "REFORM_TRUST_FORWARDED_FOR", global = true)]
    pub trust_forwarded_for: bool,
    /// Requests per minute of one caller; 0 switches the limit off
    #[arg(long, env = "REFORM_REQUESTS_PER_MINUTE", default_value_t = 600, global = true)]
    pub requests_per_minute: u32,
    /// How the log is written
    #[arg(long, env = "REFORM_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, global = true)]
    pub log_format: LogFormat,
    /// What is logged, such as info or reform_api=debug,sqlx=warn
    #[arg(long, env = "REFORM_LOG", default_value = "info", global = true)]
    pub log: String,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API; migrates the database and loads the reference data first
    Serve,
    /// Serve a database of its own with invented figures and one account for each role and unit
    Demo {
        /// Leave the invented figures out: the plan, the procedures and the accounts only
        #[arg(long)]
        without_figures: bool,
    },
    /// Move the database's schema
    Migrate {
        /// Which way
        #[command(subcommand)]
        direction: Migrate,
    },
    /// Print the schema (SDL)
    Schema,
    /// Print docs/permissions.md from the policy's table
    Permissions,
    /// Keep accounts and roles
    User {
        /// What to do
        #[command(subcommand)]
        action: User,
    },
    /// Import procedures from a CSV file, all or none
    ImportProcedures {
        /// Code of the organisation that manages them
        #[arg(long)]
        organisation: String,
        /// The programme's code, where the server has several
        #[arg(long)]
        programme: Option<String>,
        /// Check everything and write nothing
        #[arg(long)]
        dry_run: bool,
        /// The file
        file: PathBuf,
    },
    /// Recompute measures and indicators from accepted forms and registers, and write what differs
    RebuildMeasures {
        /// Only report differences; the exit code is 1 when there are any
        #[arg(long)]
        check: bool,
    },
}

/// Which way to move the schema.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Migrate {
    /// Apply what is pending
    Up,
    /// Take the last migrations back; data of their tables is lost
    Down {
        /// How many
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Show which migrations are applied
    Status,
}

/// What to do with accounts. Passwords are read from the first line of standard input, never from arguments.
#[derive(Debug, Clone, Subcommand)]
pub enum User {
    /// Make an account without any role
    Add {
        /// Sign-in name
        username: String,
        /// The name people read
        #[arg(long)]
        display_name: String,
    },
    /// Disable an account and end its sign-ins
    Disable {
        /// Sign-in name
        username: String,
    },
    /// Set a new password and end all sign-ins
    SetPassword {
        /// Sign-in name
        username: String,
    },
    /// Grant a role on an organisation
    Grant {
        /// Sign-in name
        username: String,
        /// The role, such as UNIT_OFFICER
        #[arg(value_parser = parse_role)]
        role: Role,
        /// Code of the organisation
        organisation: String,
        /// The programme's code, where the server has several
        #[arg(long)]
        programme: Option<String>,
        /// First day (YYYY-MM-DD); today when left out
        #[arg(long)]
        from: Option<NaiveDate>,
        /// Last day (YYYY-MM-DD)
        #[arg(long)]
        to: Option<NaiveDate>,
    },
    /// End a role on an organisation from today on
    Revoke {
        /// Sign-in name
        username: String,
        /// The role
        #[arg(value_parser = parse_role)]
        role: Role,
        /// Code of the organisation
        organisation: String,
        /// The programme's code, where the server has several
        #[arg(long)]
        programme: Option<String>,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| {
        let all: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("one of {}", all.join(", "))
    })
}

/// `https` or `http`, a host, perhaps a path; kept without a slash at its end.
fn parse_public_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|fault| fault.to_string())?;
    let bare =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "https" | "http") || !bare {
        return Err("an https or http address without name, query or fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

impl Settings {
    /// The database: the URL given, or a file in the data folder.
    pub fn database(&self, file: &str) -> String {
        self.database_url.clone().unwrap_or_else(|| Db::sqlite_url(&self.data_dir.join(file)))
    }

    /// How to connect.
    pub fn db_options(&self) -> DbOptions {
        DbOptions { connections: self.database_connections, ..DbOptions::default() }
    }

    /// How long tokens live.
    pub fn lifetimes(&self) -> TokenLifetimes {
        TokenLifetimes {
            access: Duration::from_secs(self.access_token_minutes * 60),
            refresh: Duration::from_secs(self.refresh_token_hours * 3_600),
        }
    }

    /// How to serve.
    pub fn server_options(&self) -> ServerOptions {
        ServerOptions {
            allowed_origins: self.allowed_origins.clone(),
            trust_forwarded_for: self.trust_forwarded_for,
            requests_per_minute: self.requests_per_minute,
            public_url: self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)),
            ..ServerOptions::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["reform-api", "serve", "--listen", "127.0.0.1:0", "--data-dir", "x"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Serve)));
        assert!(Cli::try_parse_from(["reform-api"]).unwrap().command.is_none());
        assert!(Cli::try_parse_from(["reform-api", "user", "grant", "a", "KING", "AN-BIEN"]).is_err());
    }

    #[test]
    fn the_public_address_is_a_bare_one() {
        let public = |text: &str| {
            let cli = Cli::try_parse_from(["reform-api", "serve", "--public-url", text]).ok()?;
            Some(cli.settings.server_options().public_url)
        };
        assert_eq!(public("https://API.example.vn/").as_deref(), Some("https://api.example.vn"));
        assert_eq!(public("http://10.0.0.1:8080/cchc/").as_deref(), Some("http://10.0.0.1:8080/cchc"));
        for bad in ["", "api.example.vn", "ftp://a.vn", "https://a.vn/?x", "https://a.vn/#x", "https://u:p@a.vn"] {
            assert_eq!(public(bad), None, "{bad}");
        }
        let cli = Cli::try_parse_from(["reform-api", "--listen", "127.0.0.1:9000"]).unwrap();
        assert_eq!(cli.settings.server_options().public_url, "http://127.0.0.1:9000");
    }
}
