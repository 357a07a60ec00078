//! A ward to try: the plan, commune-level procedures, an account for each role and unit, and invented
//! figures for the months of 2025-Q4 to 2026-Q3, every one of them saved, submitted and accepted by those
//! accounts through the same use cases that the API serves.
//!
//! The invented figures are monthly; the quarterly reports are left to whoever follows the tour. A quarter's
//! own report goes before its months.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{CliResult, console, figures, listen, prepare, print};
use crate::access::role::Role;
use crate::access::service::accounts::{self, GrantOn};
use crate::access::service::sign_in;
use crate::access::{Action, store};
use crate::app::App;
use crate::config::Settings;
use crate::dossier::service::{LineMode, Lines};
use crate::error::{ApiError, ApiResult};
use crate::form::FormCode;
use crate::period::{Calendar, Period};
use crate::procedure::input::Given;
use crate::procedure::reading;
use crate::procedure::service as register;
use crate::request::RequestContext;
use crate::user_error::Outcome;
use crate::workflow::saving::{self, SaveTarget};
use crate::workflow::service::{self as workflow, Reference, StepRequest};

/// Commune-level procedures of common knowledge; fees and online flags are assumptions.
pub const PROCEDURES: &str = include_str!("../../data/demo/procedures.csv");

/// The password of every demo account. The demo serves this machine only.
const PASSWORD: &str = "an-bien-2026-demo";

/// Sign-in name, the name people read, role, organisation.
const ACCOUNTS: [(&str, &str, Role, &str); 19] = [
    ("vhxh.officer", "Cán bộ Phòng VH-XH (demo)", Role::UnitOfficer, "VHXH"),
    ("vhxh.head", "Trưởng phòng VH-XH (demo)", Role::UnitHead, "VHXH"),
    ("kthtdt.officer", "Cán bộ Phòng KT-HT&ĐT (demo)", Role::UnitOfficer, "KTHTDT"),
    ("kthtdt.head", "Trưởng phòng KT-HT&ĐT (demo)", Role::UnitHead, "KTHTDT"),
    ("ttpvhcc.officer", "Cán bộ TTPVHCC (demo)", Role::UnitOfficer, "TTPVHCC"),
    ("ttpvhcc.head", "Giám đốc TTPVHCC (demo)", Role::UnitHead, "TTPVHCC"),
    ("ttsnc.officer", "Cán bộ TT sự nghiệp công (demo)", Role::UnitOfficer, "TTSNC"),
    ("ttsnc.head", "Giám đốc TT sự nghiệp công (demo)", Role::UnitHead, "TTSNC"),
    ("vp.officer", "Cán bộ Văn phòng (demo)", Role::UnitOfficer, "VP"),
    ("vp.head", "Chánh Văn phòng (demo)", Role::UnitHead, "VP"),
    ("standing", "Cơ quan thường trực CCHC (demo)", Role::StandingBody, "AN-BIEN"),
    ("chair", "Chủ tịch UBND phường (demo)", Role::Chair, "AN-BIEN"),
    ("finance", "Tài chính công (demo)", Role::FinanceDept, "AN-BIEN"),
    ("onestop", "Kiểm soát TTHC (demo)", Role::OneStop, "AN-BIEN"),
    ("psc", "Truyền thông CCHC (demo)", Role::PublicServiceCentre, "TTSNC"),
    ("mttq", "Ủy ban MTTQ phường (demo)", Role::Oversight, "AN-BIEN"),
    ("city", "Sở Nội vụ thành phố (demo)", Role::UpperLevel, "HAI-PHONG"),
    ("analytics", "Công cụ phân tích (demo)", Role::Analytics, "AN-BIEN"),
    ("admin", "Quản trị viên (demo)", Role::Admin, "AN-BIEN"),
];

/// The months of 2025-Q4 to 2026-Q3.
const MONTHS: [&str; 12] = [
    "2025-M10", "2025-M11", "2025-M12", "2026-M01", "2026-M02", "2026-M03", "2026-M04", "2026-M05", "2026-M06",
    "2026-M07", "2026-M08", "2026-M09",
];

/// Prepares the demo's own database and serves it.
pub async fn run(settings: &Settings, without_figures: bool) -> CliResult<()> {
    if !settings.listen.ip().is_loopback() {
        return Err("the demo's accounts have a known password: it listens on this machine only (127.0.0.1)".to_owned());
    }
    let mut settings = settings.clone();
    settings.data_dir = settings.data_dir.join("demo");
    // Accounts with a known password never go into a database that somebody else uses.
    settings.database_url = None;
    // So that a pasted command still works after lunch.
    settings.access_token_minutes = settings.access_token_minutes.max(720);
    settings.requests_per_minute = 0;
    let app = Arc::new(prepare(&settings, "demo.db").await?);
    seed(&app, without_figures).await.map_err(|error| error.to_string())?;
    let tokens = sign_in_all(&app).await.map_err(|error| error.to_string())?;
    listen(&settings, app, |url| print(&greeting(url, &tokens))).await
}

async fn seed(app: &App, without_figures: bool) -> ApiResult<()> {
    if store::any_person(app.db.read()).await? {
        return Ok(());
    }
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).ok_or_else(|| ApiError::internal("no such day"))?;
    let password_hash = crate::access::password::hash(PASSWORD)?;
    for (username, display_name, role, organisation) in ACCOUNTS {
        accounts::add_hashed(app, username, display_name, &password_hash).await?;
        accounts::grant(app, username, role, &GrantOn { programme: None, organisation, from, to: None }).await?;
    }
    let inputs = reading::read_csv(PROCEDURES, register::MAX_PROCEDURES).map_err(|faults| faulty(&faults))?;
    let wanted = register::ImportRequest {
        programme: None,
        organisation: "TTPVHCC".to_owned(),
        procedures: register::Source::List(inputs.clone()),
        dry_run: false,
    };
    done(register::import(app, &console("demo"), wanted).await?)?;
    if !without_figures {
        report(app, &inputs).await?;
    }
    Ok(())
}

fn faulty(faults: &[crate::user_error::UserError]) -> ApiError {
    ApiError::internal(faults.iter().map(|fault| fault.message.to_string()).collect::<Vec<_>>().join("; "))
}

fn done<T>(outcome: Outcome<T>) -> ApiResult<T> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Invalid(faults) => Err(faulty(&faults)),
    }
}

async fn as_person(app: &App, username: &str) -> ApiResult<RequestContext> {
    let tokens = done(sign_in::sign_in(app, username, PASSWORD.to_owned()).await?)?;
    let caller = sign_in::authenticate(app, &tokens.access_token).await?;
    Ok(RequestContext { caller, ..console("demo") })
}

/// A month after the other: saved by the officer, submitted by the head, accepted by the standing body.
async fn report(app: &App, inputs: &[Given]) -> ApiResult<()> {
    let officer = as_person(app, "ttpvhcc.officer").await?;
    let head = as_person(app, "ttpvhcc.head").await?;
    let standing = as_person(app, "standing").await?;
    let mut pending = HashMap::new();
    for (index, period) in MONTHS.into_iter().enumerate() {
        if Period::parse(Calendar::Nd09, period)?.start > app.clock.today() {
            break;
        }
        let lines = figures::month(index, inputs, &mut pending);
        let lines = Lines::Given(lines, LineMode::Replace);
        let target = SaveTarget {
            operation: "saveDossierStatistics",
            form: FormCode::DossierStatistics,
            programme: None,
            organisation: "TTPVHCC".to_owned(),
            period: period.to_owned(),
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        let saved = done(saving::save(app, &officer, &target, &lines).await?)?;
        let mut step = StepRequest {
            reference: Reference::Key {
                programme: None,
                organisation: "TTPVHCC".to_owned(),
                form: FormCode::DossierStatistics,
                period: period.to_owned(),
            },
            expected_version: saved.submission.version,
            reason: None,
            warnings_note: Some("Số liệu minh họa, không có thật (invented figures).".to_owned()),
            idempotency_key: None,
            dry_run: false,
        };
        let sent = done(workflow::take_step(app, &head, Action::SubmitForm, step.clone()).await?)?;
        step.expected_version = sent.submission.version;
        step.warnings_note = None;
        done(workflow::take_step(app, &standing, Action::AcceptForm, step).await?)?;
    }
    Ok(())
}

/// The accounts of the README's tour, whose tokens are printed.
const TOUR: [&str; 7] = ["ttpvhcc.officer", "ttpvhcc.head", "standing", "chair", "kthtdt.officer", "mttq", "analytics"];

async fn sign_in_all(app: &App) -> ApiResult<Vec<(&'static str, String)>> {
    let mut tokens = Vec::with_capacity(TOUR.len());
    for username in TOUR {
        let session = done(sign_in::sign_in(app, username, PASSWORD.to_owned()).await?)?;
        tokens.push((username, session.access_token));
    }
    Ok(tokens)
}

/// What to paste. Printed before the server listens; it does within milliseconds.
fn greeting(url: &str, tokens: &[(&str, String)]) -> String {
    let mut page = String::from(
        "DEMO: every figure is invented (số liệu minh họa, không có thật). Served to this machine only.\n\n\
         Accounts, all with the password an-bien-2026-demo:\n",
    );
    for (username, _, role, organisation) in ACCOUNTS {
        page.push_str(&format!("  {username:<16} {role} on {organisation}\n"));
    }
    page.push_str("\nTokens for the tour in README.md; paste these into a shell:\n\n");
    page.push_str(&format!("export API={url}/graphql\n"));
    for (name, token) in tokens {
        let variable = name.replace('.', "_").to_uppercase();
        page.push_str(&format!("export {variable}={token}\n"));
    }
    page.push_str(
        "\ncurl -s $API -H 'Content-Type: application/json' -H \"Authorization: Bearer $STANDING\" \\\n  \
         -d '{\"query\":\"{ programmeOverview { period { code } statusCounts { status count } } }\"}'\n\n",
    );
    page
}
