//! How the documents of a budget year stand on a day: of each unit that owes the form or has sent one.
//!
//! What a unit says that it published is public by its nature, so everybody who sees the programme reads it, as soon as the
//! form is sent; whether the finance division accepted it stands beside it. Drafts and returned forms say nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use entity::organisation::organisation;
use entity::programme::reporting_obligation;
use entity::workflow::submission;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::form::{DaysToPublish, expected, template, told};
use super::rules::{Deadline, Told};
use super::{BudgetDisclosureDocument, BudgetDisclosureState};
use access::Viewer;
use access::viewer::{below, select_all};
use base::organisation::store as organisations;
use forms::workflow::rules::exists_in;
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormCode, State};
use kernel::i18n::Message;
use kernel::period::{Calendar, Period, PeriodKind};
use kit::paging::{Page, Slice};

/// Which documents are asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The organisation's code, itself and all below it; the programme's top when left out.
    pub organisation: Option<String>,
    /// The budget year.
    pub year: i32,
    /// On which day.
    pub on: NaiveDate,
}

/// A document as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub document: BudgetDisclosureDocument,
    /// Of which quarter's form.
    pub quarter: Period,
    /// Its days.
    pub deadline: Deadline,
    /// What the unit says of it; as far as it was so on the day.
    pub told: Told,
    /// How it stands.
    pub state: BudgetDisclosureState,
    /// Whether what is told is accepted; none where nothing is told.
    pub accepted: Option<bool>,
}

/// The documents of a unit, quarter by quarter.
pub type UnitDocuments = (organisation::Model, Vec<Standing>);

/// A page of units with their documents, by code: eight statements, however many units and forms there are.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    wanted: &Wanted,
    page: &Page,
) -> ApiResult<Slice<UnitDocuments>> {
    let programme = organisations::programme_by_code(connection, viewer, wanted.programme.as_deref()).await?;
    let top = match &wanted.organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let quarters = Period::all(Calendar::BudgetYear, PeriodKind::Quarter, wanted.year);
    if quarters.is_empty() {
        let message = Message::new("period-invalid").with("code", wanted.year.to_string());
        return Err(ApiError::bad_input(message));
    }
    let obligations = obligations(connection, programme.id).await?;
    let mut forms = forms(connection, programme.id, &quarters).await?;
    let owing = |quarter: &Period, id: Uuid| {
        let holds = |row: &&reporting_obligation::Model| {
            row.organisation_id == id
                && row.effective_from <= quarter.end
                && row.effective_to.is_none_or(|to| to >= quarter.end)
        };
        obligations.iter().any(|row| holds(&row))
    };
    let mut ids: HashSet<Uuid> = forms.keys().map(|(id, _)| *id).collect();
    ids.extend(
        obligations
            .iter()
            .map(|row| row.organisation_id)
            .filter(|id| quarters.iter().any(|quarter| owing(quarter, *id))),
    );
    let units = units(connection, viewer, &ids, top.id, page).await?;
    let shown: HashSet<Uuid> = units.rows.iter().map(|(_, row)| row.id).collect();
    forms.retain(|(id, _), _| shown.contains(id));
    let form_ids: Vec<Uuid> = forms.values().map(|row| row.id).collect();
    let cells = base::disclosure::store::all(connection, template()?, &form_ids).await?;
    let days = DaysToPublish::load(connection, programme.id).await?;
    let mut documents: HashMap<Uuid, Vec<Standing>> = HashMap::new();
    for (_, unit) in &units.rows {
        let of_unit = documents.entry(unit.id).or_default();
        for quarter in quarters.iter().filter(|quarter| exists_in(unit, quarter)) {
            let form = forms.get(&(unit.id, quarter.code()));
            if form.is_none() && !owing(quarter, unit.id) {
                continue;
            }
            let said = match form.and_then(|row| cells.get(&row.id)) {
                Some(cells) => told(cells)?,
                None => BTreeMap::new(),
            };
            let accepted = form.map(|row| row.state == State::Accepted.as_str());
            of_unit.extend(standings(quarter, &said, accepted, &days, wanted.on)?);
        }
    }
    Ok(units.map(|unit| {
        let found = documents.remove(&unit.id).unwrap_or_default();
        (unit, found)
    }))
}

/// How the documents of a quarter stand on a day.
fn standings(
    quarter: &Period,
    said: &BTreeMap<BudgetDisclosureDocument, Told>,
    accepted: Option<bool>,
    days: &DaysToPublish,
    on: NaiveDate,
) -> ApiResult<Vec<Standing>> {
    let documents = expected(quarter, said).into_iter();
    documents
        .map(|(document, arises, published)| {
            let deadline = days.deadline(arises)?;
            let told = said.get(&document).cloned();
            // What was published after the day was not to be found on it.
            let shown = |told: Told| match told.published_on {
                Some(day) if day > on => Told { published_on: None, place: None, ..told },
                _ => told,
            };
            Ok(Standing {
                document,
                quarter: *quarter,
                deadline,
                state: deadline.state(published, on),
                accepted: accepted.filter(|_| told.is_some()),
                told: told.map(shown).unwrap_or_default(),
            })
        })
        .collect()
}

/// Who owes the form, and for which days.
async fn obligations(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<reporting_obligation::Model>> {
    use reporting_obligation::Column;
    Ok(reporting_obligation::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Form.eq(FormCode::BudgetDisclosure.as_str()))
        .filter(Column::Calendar.eq(Calendar::BudgetYear.as_str()))
        .filter(Column::PeriodKind.eq(PeriodKind::Quarter.as_str()))
        .all(connection)
        .await?)
}

/// The forms of some quarters that were sent, by unit and quarter: the last edition of each that is submitted or accepted.
async fn forms(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    quarters: &[Period],
) -> ApiResult<HashMap<(Uuid, String), submission::Model>> {
    use submission::Column;
    let rows = submission::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Form.eq(FormCode::BudgetDisclosure.as_str()))
        .filter(Column::Calendar.eq(Calendar::BudgetYear.as_str()))
        .filter(Column::PeriodCode.is_in(quarters.iter().map(Period::code)))
        .filter(Column::State.is_in([State::Submitted.as_str(), State::Accepted.as_str()]))
        .order_by_asc(Column::Edition)
        .all(connection)
        .await?;
    // A later edition takes the place of the one before.
    Ok(rows.into_iter().map(|row| ((row.organisation_id, row.period_code.clone()), row)).collect())
}

/// A page of some organisations at and below one, by code.
async fn units(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &HashSet<Uuid>,
    top: Uuid,
    page: &Page,
) -> ApiResult<Slice<organisation::Model>> {
    let id = || Expr::col((organisation::Entity, organisation::Column::Id));
    let mut select = select_all::<organisation::Entity>();
    select.cond_where(
        Condition::all()
            .add(viewer.organisations())
            .add(id().is_in(ids.iter().copied()))
            .add(id().in_subquery(below(vec![top]))),
    );
    page.fetch(connection, &organisations::ORDER, select, |row: &organisation::Model| {
        vec![row.code.clone().into(), row.id.into()]
    })
    .await
}
