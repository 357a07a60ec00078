//! Consolidation (tổng hợp): which accepted submissions make up a period of an organisation and all below it,
//! and what is missing of it. The same for every form; a form rolls its own lines up over what stands here.
//!
//! Three statements, however many units report. Source: domain facts 5.4, 13.10, 13.11.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr;

use chrono::NaiveDate;
use entity::organisation::organisation;
use entity::programme::reporting_obligation;
use entity::workflow::submission;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::rules::exists_in;
use access::Viewer;
use access::viewer::below;
use base::organisation::store as organisation_store;
use base::organisation::store::absent_in;
use kernel::error::ApiResult;
use kernel::form::{FormCode, State};
use kernel::period::cover::{Cover, cover};
use kernel::period::{Period, PeriodKind};

/// What one organisation contributes.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// Who.
    pub organisation: organisation::Model,
    /// The accepted submissions that make the period up, in the order of time: the period's own, or else those
    /// of its parts. Never empty.
    pub chosen: Vec<submission::Model>,
    /// Codes of the parts for which nothing is accepted, beside those that are there.
    pub missing: Vec<String>,
    /// Everything that is accepted inside the period, by first and last day: for forms of which a submission may
    /// leave out what its parts say.
    pub accepted: BTreeMap<(NaiveDate, NaiveDate), submission::Model>,
}

/// A form over a period and an organisation with all below it.
#[derive(Debug, Clone, Default)]
pub struct Consolidation {
    /// Who contributes, by code.
    pub contributions: Vec<Contribution>,
    /// Who must submit the form and has nothing accepted, by code.
    pub missing: Vec<organisation::Model>,
}

impl Consolidation {
    /// Every submission that is used.
    pub fn submissions(&self) -> impl Iterator<Item = &submission::Model> {
        self.contributions.iter().flat_map(|one| &one.chosen)
    }

    /// Every submission that could be used.
    pub fn accepted(&self) -> impl Iterator<Item = &submission::Model> {
        self.contributions.iter().flat_map(|one| one.accepted.values())
    }
}

/// Who and what is missing in a consolidated form. Everybody may know how much is missing, as it is said of figures;
/// who it is, only those who may know whether the organisation has submitted.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// Who must submit the form and has nothing accepted, by code: of those of whom the viewer may know it.
    pub organisations: Vec<organisation::Model>,
    /// Who has some parts of the period and not others, and codes of these, by code: of the same.
    pub periods: Vec<(organisation::Model, Vec<String>)>,
    /// How many have nothing.
    pub organisation_count: usize,
    /// How many parts are missing of those who have others.
    pub period_count: usize,
}

/// What a viewer is told of who and what is missing. One statement, and none where nothing is missing.
pub async fn missing(connection: &impl ConnectionTrait, viewer: &Viewer, found: &Consolidation) -> ApiResult<Missing> {
    let incomplete = || found.contributions.iter().filter(|one| !one.missing.is_empty());
    let mut told = Missing {
        organisation_count: found.missing.len(),
        period_count: incomplete().map(|one| one.missing.len()).sum(),
        ..Missing::default()
    };
    let parts: HashMap<Uuid, &Vec<String>> = incomplete().map(|one| (one.organisation.id, &one.missing)).collect();
    let ids: Vec<Uuid> = found.missing.iter().map(|row| row.id).chain(parts.keys().copied()).collect();
    if ids.is_empty() {
        return Ok(told);
    }
    let id = (organisation::Entity, organisation::Column::Id);
    let known = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids))
        .filter(viewer.organisations())
        .filter(viewer.reporting_organisations(id))
        .order_by_asc(organisation::Column::Code)
        .all(connection)
        .await?;
    for row in known {
        match parts.get(&row.id) {
            Some(parts) => told.periods.push((row, (*parts).clone())),
            None => told.organisations.push(row),
        }
    }
    Ok(told)
}

/// Consolidates a form of an organisation and all below it for a period. Only accepted editions count: one
/// that is reopened counts until the next is accepted.
///
/// What is answered is open to whoever may see the programme, as the figures of accepted forms are: the caller
/// finds programme and organisation as a viewer before.
pub async fn consolidate(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    organisation_id: Uuid,
    form: FormCode,
    period: &Period,
) -> ApiResult<Consolidation> {
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::ProgrammeId.eq(programme_id))
        .filter(organisation::Column::Id.in_subquery(below(vec![organisation_id])))
        .order_by_asc(organisation::Column::Code)
        .all(connection)
        .await?;
    let mut accepted: HashMap<Uuid, BTreeMap<(NaiveDate, NaiveDate), submission::Model>> = HashMap::new();
    for row in accepted_inside(connection, programme_id, organisation_id, &[form], period).await? {
        accepted.entry(row.organisation_id).or_default().insert((row.period_start, row.period_end), row);
    }
    let obliged: HashSet<Uuid> = obligations(connection, programme_id, &[form], period)
        .await?
        .into_iter()
        .map(|row| row.organisation_id)
        .collect();
    let mut found = Consolidation::default();
    for organisation in organisations {
        let known = accepted.remove(&organisation.id).unwrap_or_default();
        let Cover { chosen, missing } = cover(period, &known);
        if !chosen.is_empty() {
            // Nothing is missing of a time in which the organisation was not there.
            let there = |part: &&Period| exists_in(&organisation, part);
            let missing = missing.iter().filter(there).map(Period::code).collect();
            found.contributions.push(Contribution { organisation, chosen, missing, accepted: known });
        } else if obliged.contains(&organisation.id) {
            found.missing.push(organisation);
        }
    }
    Ok(found)
}

async fn accepted_inside(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    organisation_id: Uuid,
    forms: &[FormCode],
    period: &Period,
) -> ApiResult<Vec<submission::Model>> {
    use submission::Column;
    // An ad hoc window that happens to be as long as a part is no part.
    let ad_hoc = PeriodKind::AdHoc.as_str();
    let kind =
        if period.kind == PeriodKind::AdHoc { Column::PeriodKind.eq(ad_hoc) } else { Column::PeriodKind.ne(ad_hoc) };
    Ok(submission::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Form.is_in(forms.iter().map(|form| form.as_str())))
        .filter(Column::Calendar.eq(period.calendar.as_str()))
        .filter(kind)
        .filter(Column::PeriodStart.gte(period.start))
        .filter(Column::PeriodEnd.lte(period.end))
        .filter(Column::State.eq(State::Accepted.as_str()))
        .filter(Column::OrganisationId.in_subquery(below(vec![organisation_id])))
        .order_by_asc(Column::Id)
        .all(connection)
        .await?)
}

/// Who must submit forms for the period or for a part of it.
async fn obligations(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    forms: &[FormCode],
    period: &Period,
) -> ApiResult<Vec<reporting_obligation::Model>> {
    use reporting_obligation::Column;
    Ok(reporting_obligation::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Form.is_in(forms.iter().map(|form| form.as_str())))
        .filter(Column::Calendar.eq(period.calendar.as_str()))
        .filter(Column::OrganisationId.not_in_subquery(absent_in((period.start, period.end))))
        .filter(Column::PeriodKind.is_in(kinds_inside(period).into_iter().map(PeriodKind::as_str)))
        .filter(Column::EffectiveFrom.lte(period.end))
        .filter(Condition::any().add(Column::EffectiveTo.is_null()).add(Column::EffectiveTo.gte(period.start)))
        .all(connection)
        .await?)
}

/// Who owes some forms for a period or a part of it and has nothing accepted inside it, by form and code: of an
/// organisation and all below it, and of those of whom the viewer may know it. Four statements, however many forms.
pub async fn owing(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme_id, organisation_id): (Uuid, Uuid),
    forms: &[FormCode],
    period: &Period,
) -> ApiResult<HashMap<FormCode, Vec<organisation::Model>>> {
    let mut owed: BTreeSet<(FormCode, Uuid)> = BTreeSet::new();
    for row in obligations(connection, programme_id, forms, period).await? {
        owed.insert((FormCode::from_str(&row.form)?, row.organisation_id));
    }
    for row in accepted_inside(connection, programme_id, organisation_id, forms, period).await? {
        owed.remove(&(FormCode::from_str(&row.form)?, row.organisation_id));
    }
    let mut found: HashMap<FormCode, Vec<organisation::Model>> = forms.iter().map(|form| (*form, Vec::new())).collect();
    let ids: BTreeSet<Uuid> = owed.iter().map(|(_, id)| *id).collect();
    if ids.is_empty() {
        return Ok(found);
    }
    let upward = organisation_store::upward_of(connection, ids.iter().copied().collect()).await?;
    let rows = organisation_store::by_ids(connection, viewer, ids.into_iter().collect()).await?;
    let rows: HashMap<Uuid, organisation::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for (form, id) in owed {
        let (Some(row), Some(above)) = (rows.get(&id), upward.get(&id)) else { continue };
        if above.contains(&organisation_id) && viewer.may_know_of(form, id, above) {
            found.entry(form).or_default().push(row.clone());
        }
    }
    for rows in found.values_mut() {
        rows.sort_by(|one, other| one.code.cmp(&other.code));
    }
    Ok(found)
}

/// The kinds of a period and of all its parts.
pub fn kinds_inside(period: &Period) -> BTreeSet<PeriodKind> {
    let mut kinds = BTreeSet::from([period.kind]);
    for part in period.parts() {
        kinds.extend(kinds_inside(&part));
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::period::Calendar;

    #[test]
    fn whoever_owes_a_part_owes_the_whole() {
        let kinds = |code| -> Vec<&str> {
            kinds_inside(&Period::parse(Calendar::Nd09, code).unwrap()).into_iter().map(PeriodKind::as_str).collect()
        };
        assert_eq!(kinds("2026-H1"), ["MONTH", "QUARTER", "HALF_YEAR"]);
        assert_eq!(kinds("2026-M01"), ["MONTH"]);
        assert_eq!(kinds("2026-9M"), ["MONTH", "QUARTER", "NINE_MONTHS"]);
    }
}
