//! What a template brings to the workflow.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use super::definition::Template;
use super::rules::{self, Carried, Cells};
use super::store;
use crate::access::Permit;
use crate::clock::local_date;
use crate::dossier::form::DossierStatisticsForm;
use crate::error::ApiResult;
use crate::form::FormCode;
use crate::organisation::OrganisationKind;
use crate::period::{Calendar, Period, PeriodKind};
use crate::workflow::store::{self as submissions, Slot};
use crate::workflow::{Figures, Form, FormChange, Review, Warning};

/// A form that a template describes.
pub struct TemplateForm(pub &'static Template);

#[async_trait]
impl Form for TemplateForm {
    fn code(&self) -> FormCode {
        self.0.code
    }

    fn calendar(&self) -> Calendar {
        self.0.calendar
    }

    fn kinds(&self) -> &'static [PeriodKind] {
        &self.0.period_kinds
    }

    fn organisation_kinds(&self) -> &'static [OrganisationKind] {
        &self.0.organisation_kinds
    }

    async fn review(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Review> {
        let cells = store::one(tx, self.0, row.id).await?;
        let (carried, missing_period) =
            carried_in(tx, self.0, row.organisation_id, &submissions::period_of(row)?).await?;
        let mut errors = rules::check(self.0, &cells, &HashMap::new(), &BTreeSet::new(), carried.as_ref());
        errors.extend(rules::check_days(self.0, &cells, &HashMap::new(), local_date(row.updated_at)));
        let mut warnings = rules::warnings(&cells, missing_period.as_deref());
        warnings.extend(rules::late_days(self.0, &cells, row.due_on.unwrap_or(row.period_end)));
        warnings.extend(compared(tx, self.0, row, &cells).await?);
        Ok(Review { errors, warnings })
    }

    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Figures> {
        Ok(rules::figures(self.0, &store::one(tx, self.0, row.id).await?))
    }

    async fn copy_lines(&self, tx: &DatabaseTransaction, permit: &Permit, from: Uuid, to: Uuid) -> ApiResult<()> {
        let cells = store::one(tx, self.0, from).await?;
        store::replace(tx, permit, self.0, to, &cells).await
    }

    async fn changes(&self, connection: &DatabaseConnection, from: Uuid, to: Uuid) -> ApiResult<Vec<FormChange>> {
        let cells = store::all(connection, self.0, &[from, to]).await?;
        let of = |id| cells.get(&id).cloned().unwrap_or_default();
        Ok(rules::compare(self.0, &of(from), &of(to)))
    }
}

/// Where the unit's other forms of the same period, submitted or accepted, say something different.
async fn compared(
    tx: &DatabaseTransaction,
    template: &'static Template,
    row: &submission::Model,
    cells: &Cells,
) -> ApiResult<Vec<Warning>> {
    let own = rules::figures(template, cells);
    let of = |figures: &Figures, code: &str| {
        figures.iter().find(|(measure, _)| *measure == code).and_then(|(_, value)| *value).unwrap_or(0)
    };
    let period = submissions::period_of(row)?;
    let mut found = Vec::new();
    for form in template.comparisons.iter().map(|comparison| comparison.form).collect::<BTreeSet<FormCode>>() {
        let slot = Slot { organisation_id: row.organisation_id, form, period: &period };
        let Some(other) = submissions::in_force(tx, &slot).await? else { continue };
        let figures = match form {
            FormCode::DossierStatistics => DossierStatisticsForm.figures(tx, &other).await?,
            _ => TemplateForm(super::of(form)?).figures(tx, &other).await?,
        };
        for comparison in template.comparisons.iter().filter(|comparison| comparison.form == form) {
            let own_measure = template.measures.iter().find(|measure| measure.code == comparison.measure);
            let Some(measure) = own_measure else { continue };
            let (given, other) = (of(&own, &comparison.measure), of(&figures, &comparison.other));
            found.extend(rules::differences(comparison, measure, given, other));
        }
    }
    Ok(found)
}

/// What the organisation's form of the period before left, where it has submitted it; and that period's code
/// where it has not although it submitted earlier ones.
pub async fn carried_in(
    tx: &DatabaseTransaction,
    template: &Template,
    organisation_id: Uuid,
    period: &Period,
) -> ApiResult<(Option<Carried>, Option<String>)> {
    let Some(previous) = period.previous() else { return Ok((None, None)) };
    let slot = Slot { organisation_id, form: template.code, period };
    let Some(row) = submissions::earlier(tx, &slot, period.start, 1).await?.pop() else { return Ok((None, None)) };
    if row.period_code != previous.code() {
        return Ok((None, Some(previous.code())));
    }
    let cells = store::one(tx, template, row.id).await?;
    Ok((Some(Carried { period: previous.code(), cells }), None))
}
