//! reform-api: the GraphQL API on which a Vietnamese ward runs its administrative-reform programme. The command line only:
//! everything else stands in the rooms beside this file, which docs/architecture.md draws.

mod cli;
mod config;

use std::process::ExitCode;

use clap::Parser;
use config::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => failed(&error),
    }
}

fn failed(error: &str) -> ExitCode {
    eprintln!("reform-api: {error}");
    ExitCode::from(2)
}
