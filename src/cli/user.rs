//! Accounts and roles from the command line.

use std::io::BufRead;

use super::{CliResult, print};
use crate::config::User;
use base::account::service::accounts;
use base::account::service::accounts::GrantOn;
use kit::app::App;

/// Carries out what is to be done with accounts.
pub async fn run(app: &App, action: User) -> CliResult<()> {
    let text = |error: kernel::error::ApiError| error.to_string();
    match action {
        User::Add { username, display_name } => {
            let person = accounts::add(app, &username, &display_name, &password()?).await.map_err(text)?;
            print(&format!("{} was added; grant a role with: reform-api user grant\n", person.username))
        }
        User::Disable { username } => {
            accounts::disable(app, &username).await.map_err(text)?;
            print(&format!("{username} was disabled\n"))
        }
        User::SetPassword { username } => {
            accounts::set_password(app, &username, &password()?).await.map_err(text)?;
            print(&format!("{username} has a new password\n"))
        }
        User::Grant { username, role, organisation, programme, from, to } => {
            let from = from.unwrap_or_else(|| app.clock.today());
            let on = GrantOn { programme: programme.as_deref(), organisation: &organisation, from, to };
            accounts::grant(app, &username, role, &on).await.map_err(text)?;
            print(&format!("{username} has {role} on {organisation} from {from}\n"))
        }
        User::Revoke { username, role, organisation, programme } => {
            let ended = accounts::revoke(app, &username, role, programme.as_deref(), &organisation).await;
            match ended.map_err(text)? {
                0 => Err(format!("{username} has no {role} on {organisation} today")),
                _ => print(&format!("{username} no longer has {role} on {organisation}\n")),
            }
        }
    }
}

/// The first line of standard input: a password in an argument would stand in every process list.
fn password() -> CliResult<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err("write the password to standard input: echo 'a long password' | reform-api user ...".to_owned());
    }
    Ok(password.to_owned())
}
