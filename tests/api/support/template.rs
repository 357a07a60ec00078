//! What stands in every test's database: the schema, the reference data, and an account for each role.

use std::sync::Arc;

use access::role::Role;
use access::token::Keys;
use api::reference;
use api::reference::Reference;
use base::account::service::accounts;
use base::account::service::accounts::GrantOn;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::clock::Clock;
use kit::app::{App, TokenLifetimes};
use kit::db::Db;

/// Everybody's password.
pub const PASSWORD: &str = "mật khẩu của phường An Biên";

/// Units with an officer and a head each: `vhxh.officer`, `vhxh.head`.
const UNITS: [&str; 5] = ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP"];

/// Accounts whose role reaches further, and the organisation that it is held on.
const OFFICES: [(&str, Role, &str); 9] = [
    ("standing", Role::StandingBody, "AN-BIEN"),
    ("chair", Role::Chair, "AN-BIEN"),
    ("finance", Role::FinanceDept, "AN-BIEN"),
    ("onestop", Role::OneStop, "AN-BIEN"),
    ("psc", Role::PublicServiceCentre, "TTSNC"),
    ("mttq", Role::Oversight, "AN-BIEN"),
    ("city", Role::UpperLevel, "HAI-PHONG"),
    ("analytics", Role::Analytics, "AN-BIEN"),
    ("admin", Role::Admin, "AN-BIEN"),
];

/// When a test begins: the third quarter of 2026 ended six days ago, by Decree 09's calendar.
pub fn morning() -> DateTime<Utc> {
    "2026-09-20T02:00:00Z".parse().expect("an RFC 3339 instant")
}

/// Fills an empty database and closes it.
pub async fn fill(db: Db) {
    db.migrate().await.expect("the migrations run");
    let (keys, _) = Keys::generate().expect("a signing key");
    let app = Arc::new(api::app(
        db.clone(),
        Clock::manual(morning() - chrono::Duration::hours(1)),
        keys,
        TokenLifetimes::default(),
    ));
    let an_bien = Reference::an_bien().expect("the reference data of An Biên is sound");
    reference::load(&app, &an_bien).await.expect("the reference data fits the schema");
    for unit in UNITS {
        let name = unit.to_lowercase();
        account(&app, &format!("{name}.officer"), Role::UnitOfficer, unit).await;
        account(&app, &format!("{name}.head"), Role::UnitHead, unit).await;
    }
    for (username, role, organisation) in OFFICES {
        account(&app, username, role, organisation).await;
    }
    drop(app);
    db.close().await.expect("the database closes");
}

async fn account(app: &Arc<App>, username: &str, role: Role, organisation: &str) {
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day");
    let on = GrantOn { programme: None, organisation, from, to: None };
    accounts::add(app, username, username, PASSWORD).await.expect("an account");
    accounts::grant(app, username, role, &on).await.expect("a grant");
}
