//! What the cut comes to on a day: read and put together for whoever asks.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use entity::organisation::{organisation, programme};
use entity::programme::target;
use entity::staffing::staffing_baseline;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::rules::{BaselineState, ReductionStatus};
use super::service::{Exemptions, begin};
use super::store::{self, Sources};
use super::timeline::{self, Standing, Unit};
use access::Viewer;
use base::indicator::IssuingLevel;
use base::indicator::rules::{Comparator, Ratio};
use base::indicator::store as indicators;
use base::organisation::store as organisations;
use kernel::error::ApiResult;

/// The section of the target.
const SECTION: &str = "II.3.a.3";

/// Which cut is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The organisation's code; the programme's top when left out.
    pub organisation: Option<String>,
    /// The day.
    pub on: NaiveDate,
    /// Whether units that are exempt on the day are left out.
    pub apply_exemptions: bool,
}

/// A unit on the day.
#[derive(Debug, Clone)]
pub struct UnitReduction {
    /// Which.
    pub organisation: organisation::Model,
    /// How it stands.
    pub standing: Standing,
    /// Posts that must go for the target; none without one.
    pub required: Option<i64>,
    /// How it stands to the target.
    pub status: ReductionStatus,
}

/// A year of the indicative path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    /// The year.
    pub year: i32,
    /// The cut by its end, in hundredths of a percent.
    pub hundredths: i64,
    /// The most posts by its end.
    pub posts: i64,
}

/// What the cut comes to.
#[derive(Debug, Clone)]
pub struct Reduction {
    /// Whose, itself and all below it.
    pub organisation: organisation::Model,
    /// The day.
    pub on: NaiveDate,
    /// How far the baseline is.
    pub baseline_state: BaselineState,
    /// All units together, those that are left out aside.
    pub standing: Standing,
    /// The simple mean of the units' rates, in percent.
    pub simple_mean: Option<String>,
    /// The target in hundredths of a percent; none where there is none.
    pub target: Option<i64>,
    /// Posts that must go.
    pub required: Option<i64>,
    /// How the whole stands to the target.
    pub status: ReductionStatus,
    /// What it comes to at the end of the programme at this pace.
    pub forecast: Option<Ratio>,
    /// The path in equal steps.
    pub path: Vec<Milestone>,
    /// The units, by code; those that are left out among them.
    pub units: Vec<UnitReduction>,
    /// On what ground units are left out.
    pub exemption_basis: Option<String>,
    /// What the staff present are compared with.
    ground: Ground,
}

/// What the staff present are compared with.
#[derive(Debug, Clone)]
struct Ground {
    programme_id: Uuid,
    approved: bool,
    apply_exemptions: bool,
    units: Vec<Unit>,
    kinds: HashMap<Uuid, String>,
    exemptions: Exemptions,
}

/// The measure of the headcount that the cut counts.
const PRESENT: &str = "HEADCOUNT.PUBLIC_EMPLOYEE_BUDGET";

/// The cut by staff present, as of the last period for which anybody has reported a headcount.
#[derive(Debug, Clone)]
pub struct PresentStaff {
    /// The period, as its code.
    pub period: String,
    /// Its last day.
    pub on: NaiveDate,
    /// What it comes to.
    pub presence: timeline::Presence,
}

/// Reads the cut by staff present. Headcounts are confidential: none for whoever may not read those of the organisation
/// and of all below it. None, too, before the baseline is approved, and before there is a headcount.
pub async fn presence(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    reduction: &Reduction,
) -> ApiResult<Option<PresentStaff>> {
    let Ground { programme_id, approved, apply_exemptions, units, kinds, exemptions } = &reduction.ground;
    let top = reduction.organisation.id;
    let upward = organisations::upward(connection, top).await?;
    if !approved || !viewer.is_inside(top, &upward, kinds.len() == 1) {
        return Ok(None);
    }
    let Some(counted) = indicators::last_stock(connection, viewer, (*programme_id, top), PRESENT, reduction.on).await?
    else {
        return Ok(None);
    };
    let exempt_kinds = exemptions.on(counted.end);
    let exempt =
        |id| *apply_exemptions && kinds.get(&id).is_some_and(|kind: &String| exempt_kinds.contains(kind.as_str()));
    let presence = timeline::presence(units, &counted.values, counted.end, exempt);
    Ok(Some(PresentStaff { period: counted.code, on: counted.end, presence }))
}

/// The parts that both readings share.
struct Base {
    programme: programme::Model,
    organisation: organisation::Model,
    baseline: Option<staffing_baseline::Model>,
    members: Vec<organisation::Model>,
    units: Vec<Unit>,
    sources: Sources,
}

async fn base(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme: Option<&str>,
    organisation: Option<&str>,
) -> ApiResult<Base> {
    let programme = organisations::programme_by_code(connection, viewer, programme).await?;
    let organisation = match organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let baseline = store::baseline(connection, programme.id).await?;
    let members = store::organisations_below(connection, programme.id, organisation.id).await?;
    let (mut units, sources) = store::units(connection, programme.id).await?;
    units.retain(|unit| members.iter().any(|member| member.id == unit.organisation_id));
    Ok(Base { programme, organisation, baseline, members, units, sources })
}

fn state_of(baseline: Option<&staffing_baseline::Model>) -> BaselineState {
    match baseline {
        None => BaselineState::Missing,
        Some(_) if store::is_approved(baseline) => BaselineState::Approved,
        Some(_) => BaselineState::Proposed,
    }
}

fn status(standing: Standing, target: Option<i64>) -> ReductionStatus {
    match target.and_then(|target| standing.cut().meets(Comparator::Gte, target)) {
        None => ReductionStatus::NotApplicable,
        Some(true) => ReductionStatus::Achieved,
        Some(false) => ReductionStatus::NotYet,
    }
}

/// Reads the cut of a day. Quotas are decisions, open to everybody with a grant under the programme.
pub async fn reduction(connection: &impl ConnectionTrait, viewer: &Viewer, wanted: &Wanted) -> ApiResult<Reduction> {
    let (code, unit) = (wanted.programme.as_deref(), wanted.organisation.as_deref());
    let base = base(connection, viewer, code, unit).await?;
    let exemptions = Exemptions::read(connection, base.programme.id).await?;
    let target = ward_target(connection, base.programme.id, wanted.on).await?;
    let exempt_kinds = exemptions.on(wanted.on);
    let baseline_state = state_of(base.baseline.as_ref());
    let standings: HashMap<Uuid, Standing> = if baseline_state == BaselineState::Approved {
        base.units.iter().map(|unit| (unit.organisation_id, unit.on(wanted.on))).collect()
    } else {
        HashMap::new()
    };
    let mut together = Standing::default();
    let (mut rates, mut units) = (Vec::new(), Vec::new());
    let kinds = base.members.iter().map(|row| (row.id, row.kind.clone())).collect();
    for organisation in base.members {
        let Some(standing) = standings.get(&organisation.id).copied() else { continue };
        let exempt = wanted.apply_exemptions && exempt_kinds.contains(organisation.kind.as_str());
        if !exempt {
            together.add(standing);
            rates.push(standing.cut());
        }
        units.push(UnitReduction {
            status: if exempt { ReductionStatus::Exempt } else { status(standing, target) },
            required: target.filter(|_| !exempt).map(|target| timeline::required(standing.baseline, target)),
            organisation,
            standing,
        });
    }
    let (begin, end) = (begin(&base.programme), base.programme.end_date);
    let approved = baseline_state == BaselineState::Approved;
    Ok(Reduction {
        organisation: base.organisation,
        on: wanted.on,
        baseline_state,
        standing: together,
        simple_mean: timeline::simple_mean(&rates),
        target,
        required: target.filter(|_| approved).map(|target| timeline::required(together.baseline, target)),
        status: if approved { status(together, target) } else { ReductionStatus::NoData },
        forecast: timeline::forecast(together, begin, wanted.on.min(end), end),
        path: target
            .filter(|_| approved)
            .map(|target| path(&base.programme, together.baseline, target))
            .unwrap_or_default(),
        units,
        exemption_basis: exemptions.legal_basis(wanted.on).map(str::to_owned),
        ground: Ground {
            programme_id: base.programme.id,
            approved,
            apply_exemptions: wanted.apply_exemptions,
            units: base.units,
            kinds,
            exemptions,
        },
    })
}

/// The target in equal yearly steps: 2, 4, 6, 8, 10 % for five years (domain facts 7).
fn path(programme: &programme::Model, baseline: i64, target: i64) -> Vec<Milestone> {
    let (first, last) = (programme.start_date.year(), programme.end_date.year());
    let years = i64::from(last - first) + 1;
    (first..=last)
        .map(|year| {
            let hundredths = target * (i64::from(year - first) + 1) / years;
            Milestone { year, hundredths, posts: baseline - timeline::required(baseline, hundredths) }
        })
        .collect()
}

/// The ward's own target of the cut, in hundredths of a percent.
async fn ward_target(connection: &impl ConnectionTrait, programme_id: Uuid, day: NaiveDate) -> ApiResult<Option<i64>> {
    let found = target::Entity::find()
        .filter(target::Column::ProgrammeId.eq(programme_id))
        .filter(target::Column::Section.eq(SECTION))
        .filter(target::Column::IssuingLevel.eq(IssuingLevel::Ward.as_str()))
        .all(connection)
        .await?;
    let holding = found.iter().find(|row| row.valid_from <= day && row.valid_to.is_none_or(|last| last >= day));
    Ok(holding.or(found.first()).map(|row| row.value_hundredths))
}

/// A change that explains a part of the difference between two days.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Whose.
    pub organisation: organisation::Model,
    /// How many posts, of which kind.
    pub change: timeline::Change,
    /// The decisions of the day, each with its reason where it has one.
    pub decisions: Vec<(String, NaiveDate, Option<String>)>,
}

/// The difference between two days, explained.
#[derive(Debug, Clone)]
pub struct Difference {
    /// On the first day.
    pub from: Standing,
    /// On the second day.
    pub to: Standing,
    /// What happened after the first, up to the second, by day.
    pub changes: Vec<Explained>,
}

/// Explains the difference between two days. Exemptions are not applied: what changed is told of every unit.
pub async fn difference(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme, organisation): (Option<&str>, Option<&str>),
    from: NaiveDate,
    to: NaiveDate,
) -> ApiResult<Difference> {
    let mut base = base(connection, viewer, programme, organisation).await?;
    if state_of(base.baseline.as_ref()) != BaselineState::Approved {
        base.units.clear();
    }
    let sum = |day| {
        base.units.iter().fold(Standing::default(), |mut sum, unit| {
            sum.add(unit.on(day));
            sum
        })
    };
    let names: HashMap<Uuid, &organisation::Model> = base.members.iter().map(|row| (row.id, row)).collect();
    let changes = timeline::changes(&base.units, from, to)
        .into_iter()
        .filter_map(|change| {
            let organisation = (*names.get(&change.organisation_id)?).clone();
            Some(Explained { organisation, decisions: decisions_of(&base.sources, &change), change })
        })
        .collect();
    Ok(Difference { from: sum(from), to: sum(to), changes })
}

fn decisions_of(sources: &Sources, change: &timeline::Change) -> Vec<(String, NaiveDate, Option<String>)> {
    let quotas = sources
        .quotas
        .iter()
        .filter(|row| row.organisation_id == change.organisation_id && row.effective_from == change.on)
        .map(|row| (row.decision_number.clone(), row.decision_date, None));
    let perimeter = sources
        .lines
        .iter()
        .filter(|line| line.organisation_id == change.organisation_id)
        .filter_map(|line| sources.changes.get(&line.change_id))
        .filter(|row| row.effective_on == change.on)
        .map(|row| (row.decision_number.clone(), row.decision_date, Some(row.reason.clone())));
    quotas.chain(perimeter).collect()
}
