//! A ward to try: the plan, commune-level procedures with a few later versions, an account for each role and unit,
//! and invented figures for the months of 2025-M08 to 2026-M09 with the forms, reviews, publications and datasets
//! beside them, the budget of 2026 and public investment, every one of them saved, submitted, accepted or decided
//! by those accounts through the same use cases that the API serves.
//!
//! The invented dossier statistics are monthly; the quarterly reports are left to whoever follows the tour, and so is
//! the satisfaction of 2026-Q1. A quarter's own report goes before its months.

mod asset;
mod datasets;
mod digital;
mod finance;
mod finance_forms;
mod forms;
mod legal;
mod public_finance;
mod registers;
mod statistics;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{CliResult, console, listen, prepare, print};
use crate::config::Settings;
use ::forms::template::service::DraftCells;
use ::forms::workflow::saving;
use ::forms::workflow::saving::{Content, SaveTarget};
use ::forms::workflow::service as workflow;
use ::forms::workflow::service::{Reference, StepRequest};
use access::request::RequestContext;
use access::role::Role;
use access::{Action, store};
use base::account::service::accounts;
use base::account::service::accounts::GrantOn;
use base::account::service::sign_in;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::period::{Calendar, Period};
use kernel::user_error::Outcome;
use kit::app::App;
use procedures::dossier::service::{LineMode, Lines};
use procedures::procedure::input::Given;
use procedures::procedure::reading;
use procedures::procedure::service as register;
use templates::CellMode;

/// Commune-level procedures of common knowledge. Online flags, limits, fees, ways of access, internal procedures and
/// later versions are assumptions; their decisions (`MH-...`, minh họa) do not exist.
pub const PROCEDURES: &str = include_str!("../../../data/demo/procedures.csv");

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

/// The months that have statistics. The ward began on 1 July 2025, within the first month before them.
const MONTHS: [&str; 14] = [
    "2025-M08", "2025-M09", "2025-M10", "2025-M11", "2025-M12", "2026-M01", "2026-M02", "2026-M03", "2026-M04",
    "2026-M05", "2026-M06", "2026-M07", "2026-M08", "2026-M09",
];

/// The quarters that these months make up.
const QUARTERS: [&str; 5] = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"];

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
    let people = seed(&app, without_figures).await.map_err(|error| error.to_string())?;
    listen(&settings, app, |url| print(&greeting(url, &people))).await
}

/// Fills an empty database; answers who has signed in.
async fn seed(app: &App, without_figures: bool) -> ApiResult<People> {
    if store::any_person(app.db.read()).await? {
        return People::sign_in(app, &TOUR).await;
    }
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).ok_or_else(|| ApiError::internal("no such day"))?;
    let password_hash = access::password::hash(PASSWORD)?;
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
    let people = People::sign_in(app, &[&TOUR[..], &ALSO_SEEDING].concat()).await?;
    if !without_figures {
        report(app, &people, &inputs).await?;
        registers::review(app, &people).await?;
        registers::publish(app, &people, &inputs).await?;
        finance::budget(app, &people).await?;
        finance::investment(app, &people).await?;
        finance_forms::report(app, &people).await?;
        legal::keep(app, &people).await?;
        public_finance::autonomy(app, &people).await?;
        public_finance::reform_budget(app, &people).await?;
        digital::keep(app, &people).await?;
        asset::keep(app, &people).await?;
        datasets::describe(app, &people).await?;
    }
    Ok(people)
}

fn faulty(faults: &[kernel::user_error::UserError]) -> ApiError {
    ApiError::internal(faults.iter().map(|fault| fault.message.to_string()).collect::<Vec<_>>().join("; "))
}

fn done<T>(outcome: Outcome<T>) -> ApiResult<T> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Invalid(faults) => Err(faulty(&faults)),
    }
}

/// The accounts of the README's tour, whose tokens are printed.
const TOUR: [&str; 10] = [
    "ttpvhcc.officer",
    "ttpvhcc.head",
    "standing",
    "chair",
    "onestop",
    "finance",
    "kthtdt.officer",
    "ttsnc.officer",
    "mttq",
    "analytics",
];

/// Who else has a part in the invented figures.
const ALSO_SEEDING: [&str; 6] = ["kthtdt.head", "ttsnc.head", "vhxh.head", "vhxh.officer", "vp.head", "vp.officer"];

/// Who has signed in: the token of each, and what his requests are made with.
struct People(HashMap<&'static str, (String, RequestContext)>);

impl People {
    async fn sign_in(app: &App, usernames: &[&'static str]) -> ApiResult<People> {
        let mut people = HashMap::new();
        for username in usernames {
            let tokens = done(sign_in::sign_in(app, username, PASSWORD.to_owned()).await?)?;
            let caller = sign_in::authenticate(app, &tokens.access_token).await?;
            people.insert(*username, (tokens.access_token, RequestContext { caller, ..console("demo") }));
        }
        Ok(People(people))
    }

    fn of(&self, username: &str) -> ApiResult<&RequestContext> {
        let found = self.0.get(username).map(|(_, request)| request);
        found.ok_or_else(|| ApiError::internal("an account of the demo has not signed in"))
    }

    /// The officer of a unit.
    fn officer(&self, organisation: &str) -> ApiResult<&RequestContext> {
        self.of(&format!("{}.officer", organisation.to_lowercase()))
    }

    /// The head of a unit.
    fn head(&self, organisation: &str) -> ApiResult<&RequestContext> {
        self.of(&format!("{}.head", organisation.to_lowercase()))
    }
}

/// A month after the other, each quarter's forms after its months.
async fn report(app: &App, people: &People, inputs: &[Given]) -> ApiResult<()> {
    let today = app.clock.today();
    let procedures = statistics::offered(inputs);
    let mut pending = HashMap::new();
    let mut months = MONTHS.into_iter().enumerate().peekable();
    for (number, code) in QUARTERS.into_iter().enumerate() {
        let quarter = Period::parse(Calendar::Nd09, code)?;
        let mut sums = statistics::Quarter::default();
        while let Some((index, code)) = months.peek().copied() {
            let month = Period::parse(Calendar::Nd09, code)?;
            if month.start > today {
                return Ok(());
            }
            if month.start > quarter.end {
                break;
            }
            months.next();
            let lines = statistics::month(index, &month, &procedures, &mut pending);
            sums.add(&procedures, &lines);
            let lines = Lines::Given(lines, LineMode::Replace);
            let target = target("saveDossierStatistics", FormCode::DossierStatistics, "TTPVHCC", code);
            accepted(app, people, "standing", &target, &lines).await?;
        }
        if quarter.end > today {
            return Ok(());
        }
        let mut planned = forms::of_quarter(number, code, &sums);
        planned.extend(digital::of_quarter(number, code));
        if code == "2026-Q2" {
            planned.push(forms::of_half_year());
            planned.extend(digital::of_half_year());
        }
        for one in planned {
            let template = templates::of(one.form)?;
            let cells = DraftCells {
                template,
                cells: one.cells,
                mode: CellMode::Replace,
                today: app.clock.today(),
                beside: api::forms::beside(one.form),
            };
            let target = target("saveForm", one.form, one.organisation, one.period);
            accepted(app, people, "standing", &target, &cells).await?;
        }
    }
    Ok(())
}

fn target(operation: &'static str, form: FormCode, organisation: &str, period: &str) -> SaveTarget {
    SaveTarget {
        operation,
        form,
        programme: None,
        organisation: organisation.to_owned(),
        period: period.to_owned(),
        expected_version: None,
        idempotency_key: None,
        dry_run: false,
    }
}

/// Saved by the unit's officer, submitted by its head, accepted by whose it is.
async fn accepted<C: Content>(
    app: &App,
    people: &People,
    accepting: &str,
    target: &SaveTarget,
    content: &C,
) -> ApiResult<()> {
    let step = sent(app, people, target, content).await?;
    done(workflow::take_step(app, people.of(accepting)?, Action::AcceptForm, step).await?)?;
    Ok(())
}

/// Saved by the unit's officer, submitted by its head; answers what accepting it takes.
async fn sent<C: Content>(app: &App, people: &People, target: &SaveTarget, content: &C) -> ApiResult<StepRequest> {
    let saved = done(saving::save(app, people.officer(&target.organisation)?, target, content).await?)?;
    let mut step = StepRequest {
        reference: Reference::Key {
            programme: None,
            organisation: target.organisation.clone(),
            form: target.form,
            period: target.period.clone(),
        },
        expected_version: saved.submission.version,
        reason: None,
        warnings_note: Some(forms::INVENTED.to_owned()),
        idempotency_key: None,
        dry_run: false,
    };
    let head = people.head(&target.organisation)?;
    let sent = done(workflow::take_step(app, head, Action::SubmitForm, step.clone()).await?)?;
    step.expected_version = sent.submission.version;
    step.warnings_note = None;
    Ok(step)
}

/// What to paste. Printed before the server listens; it does within milliseconds.
fn greeting(url: &str, people: &People) -> String {
    let mut page = String::from(
        "DEMO: every figure is invented (số liệu minh họa, không có thật). Served to this machine only.\n\n\
         Accounts, all with the password an-bien-2026-demo:\n",
    );
    for (username, _, role, organisation) in ACCOUNTS {
        page.push_str(&format!("  {username:<16} {role} on {organisation}\n"));
    }
    page.push_str("\nTokens for the tour in README.md; paste these into a shell:\n\n");
    page.push_str(&format!("export API={url}/graphql\n"));
    for name in TOUR {
        let Some((token, _)) = people.0.get(name) else { continue };
        let variable = name.replace('.', "_").to_uppercase();
        page.push_str(&format!("export {variable}={token}\n"));
    }
    page.push_str(
        "\ncurl -s $API -H 'Content-Type: application/json' -H \"Authorization: Bearer $STANDING\" \\\n  \
         -d '{\"query\":\"{ programmeOverview { period { code } statusCounts { status count } } }\"}'\n\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use entity::dataset::dataset;
    use entity::reform_budget::reform_budget_line;
    use entity::simplification::procedure_review;
    use sea_orm::{EntityTrait, QueryOrder};

    use super::*;
    use access::token::Keys;
    use api::reference;
    use api::reference::Reference;
    use kernel::clock::Clock;
    use kit::app::TokenLifetimes;
    use kit::connection::page;
    use kit::db::{Db, DbOptions};
    use procedures::procedure::store::{Filter, PublicationDue, page as procedure_page};
    use procedures::publicity::rules::PublicationPlace;

    async fn viewed_programme(app: &App) -> uuid::Uuid {
        let viewer = access::Viewer::server();
        base::organisation::store::programme_by_code(app.db.read(), &viewer, None).await.unwrap().id
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_demo_fills_an_empty_database_and_its_figures_agree() {
        let folder = tempfile::tempdir().unwrap();
        let url = Db::sqlite_url(&folder.path().join("demo.db"));
        let db = Db::connect(&url, &DbOptions::default()).await.unwrap();
        let clock = Clock::manual("2026-09-20T02:00:00Z".parse().unwrap());
        let lifetimes = TokenLifetimes::default();
        let app = api::app(db, clock, Keys::generate().unwrap().0, lifetimes);
        app.db.migrate().await.unwrap();
        reference::load(&app, &Reference::an_bien().unwrap()).await.unwrap();
        let people = seed(&app, false).await.unwrap();
        assert_eq!(people.0.len(), TOUR.len() + ALSO_SEEDING.len());
        assert_eq!(api::rebuild::rebuild(&app, true).await.unwrap(), []);
        // Two procedures are not public as they should be; the reviews stand in three states.
        let viewer = access::Viewer::server();
        let places = vec![PublicationPlace::NationalPortal, PublicationPlace::NoticeBoard];
        let announced_by = app.clock.today() - chrono::Days::new(6);
        let filter = Filter {
            internal: Some(false),
            publication_overdue: Some((true, PublicationDue { announced_by, places })),
            ..Filter::default()
        };
        let all = page(Some(10), None, None, None).unwrap();
        let overdue = procedure_page(app.db.read(), &viewer, &filter, app.clock.today(), &all).await.unwrap();
        let codes: Vec<&str> = overdue.rows.iter().map(|(_, record)| record.procedure.code.as_str()).collect();
        assert_eq!(codes, ["1.013225", "2.000635"]);
        let reviews = procedure_review::Entity::find().order_by_asc(procedure_review::Column::Code);
        let states: Vec<String> =
            reviews.all(app.db.read()).await.unwrap().into_iter().map(|review| review.state).collect();
        assert_eq!(states, ["IMPLEMENTED", "APPROVED", "PROPOSED"]);
        let lines = reform_budget_line::Entity::find().order_by_asc(reform_budget_line::Column::Code);
        let states: Vec<String> = lines.all(app.db.read()).await.unwrap().into_iter().map(|line| line.state).collect();
        assert_eq!(states, ["ALLOCATED", "ALLOCATED", "SUBMITTED"]);
        let held = ::finance::autonomy::store::held(app.db.read(), viewed_programme(&app).await).await.unwrap();
        assert_eq!(held.len(), 1);
        let datasets = dataset::Entity::find().order_by_asc(dataset::Column::Code).all(app.db.read()).await.unwrap();
        let states: Vec<(String, String)> = datasets.into_iter().map(|row| (row.code, row.state)).collect();
        let expected = [
            ("DL-DATDAI-01", "SUBMITTED"),
            ("DL-GIA-01", "PUBLISHED"),
            ("DL-QUYHOACH-01", "DRAFT"),
            ("DL-TTHC-01", "PUBLISHED"),
        ];
        assert_eq!(states, expected.map(|(code, state)| (code.to_owned(), state.to_owned())));
        // A second start finds everything there.
        assert_eq!(seed(&app, false).await.unwrap().0.len(), TOUR.len());
    }
}
