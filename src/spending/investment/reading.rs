//! What projects come to by the end of a month of the plan year: planned, paid, and added up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::investment::{capital_event, disbursement};
use entity::organisation::organisation;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::rules::{self, Paid, Plan, month_end};
use super::store;
use access::Viewer;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::money::exact_sum;
use kernel::period::{Calendar, Period, PeriodKind};

pub(super) fn month_of(code: &str) -> ApiResult<(Period, i32)> {
    let period = Period::parse(Calendar::BudgetYear, code)?;
    if period.kind != PeriodKind::Month {
        let message = Message::new("workflow-wrong-kind").with("code", code).with("kinds", PeriodKind::Month.as_str());
        return Err(ApiError::bad_input(message));
    }
    Ok((period, i32::try_from(period.number).unwrap_or(0)))
}

pub(super) fn paid_of(row: &disbursement::Model) -> Paid {
    Paid { disbursed: row.disbursed, of_extended: row.of_extended, accepted_volume: row.accepted_volume }
}

/// What a project, or several together, come to by the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// The plan by then.
    pub plan: Plan,
    /// What was paid.
    pub paid: Paid,
    /// The last month that is recorded; none before the first.
    pub month: Option<i32>,
}

/// Which year, and by when.
#[derive(Debug, Clone)]
pub struct Base {
    /// The programme.
    pub programme_id: Uuid,
    /// Whose projects, and those of all below it.
    pub organisation: organisation::Model,
    /// The plan year.
    pub year: i32,
    /// By the end of which month.
    pub month: i32,
    /// Of these months those that have ended: the pace is held against what could be paid.
    pub ended: i32,
    events: Vec<capital_event::Model>,
    paid: BTreeMap<(Uuid, i32, i32), disbursement::Model>,
}

/// Reads the plans and payments of a year: four statements, however many projects.
pub async fn base(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme, organisation): (Option<&str>, Option<&str>),
    period: &str,
    today: NaiveDate,
) -> ApiResult<Base> {
    let programme = organisations::programme_by_code(connection, viewer, programme).await?;
    let organisation = match organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let (period, month) = month_of(period)?;
    let events = store::events(connection, programme.id, Some(period.year)).await?;
    let paid = store::paid(connection, programme.id, Some(period.year)).await?;
    let ended = month.min(rules::months_ended(period.year, today));
    Ok(Base { programme_id: programme.id, organisation, year: period.year, month, ended, events, paid })
}

impl Base {
    /// The amounts of each project, by identifier.
    pub fn amounts(&self) -> ApiResult<HashMap<Uuid, Amounts>> {
        let by = month_end(self.year, self.month).ok_or_else(|| ApiError::internal("a month that no calendar has"))?;
        let mut found: HashMap<Uuid, Amounts> = HashMap::new();
        for event in self.events.iter().filter(|event| event.decision_date <= by) {
            found.entry(event.project_id).or_default().plan.add(event.kind.parse()?, event.amount);
        }
        for ((project_id, _, month), row) in self.paid.iter().filter(|((_, _, month), _)| *month <= self.month) {
            let one = found.entry(*project_id).or_default();
            (one.paid, one.month) = (paid_of(row), Some(*month));
        }
        Ok(found)
    }
}

/// Adds amounts up; an error where the sum is beyond what is kept exactly.
pub fn together(parts: impl IntoIterator<Item = Amounts>) -> ApiResult<Amounts> {
    let parts: Vec<Amounts> = parts.into_iter().collect();
    let sum = |amount: &dyn Fn(&Amounts) -> i64| {
        exact_sum(parts.iter().map(amount)).ok_or_else(|| ApiError::internal("a sum of investment is too large"))
    };
    Ok(Amounts {
        plan: Plan {
            assigned: sum(&|part| part.plan.assigned)?,
            extended: sum(&|part| part.plan.extended)?,
            adjustment: sum(&|part| part.plan.adjustment)?,
        },
        paid: Paid {
            disbursed: sum(&|part| part.paid.disbursed)?,
            of_extended: sum(&|part| part.paid.of_extended)?,
            accepted_volume: sum(&|part| part.paid.accepted_volume)?,
        },
        month: parts.iter().filter_map(|part| part.month).max(),
    })
}

/// The projects that stand at and below an organisation.
pub async fn projects_below(connection: &impl ConnectionTrait, base: &Base) -> ApiResult<Vec<Uuid>> {
    let below: BTreeSet<Uuid> = organisations::ids_below(connection, base.organisation.id).await?.into_iter().collect();
    let projects = store::all(connection, base.programme_id).await?;
    Ok(projects.values().filter(|row| below.contains(&row.organisation_id)).map(|row| row.id).collect())
}
