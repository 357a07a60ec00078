//! What a template brings to the workflow.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use super::definition::Template;
use super::rules::{self, Carried, CellFault, Cells};
use super::store;
use crate::access::Permit;
use crate::clock::local_date;
use crate::dossier::form::DossierStatisticsForm;
use crate::error::ApiResult;
use crate::form::FormCode;
use crate::organisation::OrganisationKind;
use crate::period::{Calendar, Period, PeriodKind};
use crate::user_error::UserError;
use crate::workflow::store::{self as submissions, Slot};
use crate::workflow::{Figures, Form, FormChange, Review, Warning};

/// What one form has beside what its template can say: rules that rest on parameters, what others write about it, and
/// figures that are computed rather than summed. A feature implements it; [`crate::forms`] plugs it in.
#[async_trait]
pub trait Beside: Send + Sync {
    /// What does not hold in the cells of a form for a period, beside what the template checks.
    async fn faults(
        &self,
        _tx: &DatabaseTransaction,
        _programme_id: Uuid,
        _period: &Period,
        _cells: &Cells,
    ) -> ApiResult<Vec<CellFault>> {
        Ok(Vec::new())
    }

    /// What is odd about a form, though not wrong.
    async fn warnings(
        &self,
        _tx: &DatabaseTransaction,
        _row: &submission::Model,
        _cells: &Cells,
    ) -> ApiResult<Vec<Warning>> {
        Ok(Vec::new())
    }

    /// What others must have written about a submission before it is accepted.
    async fn unready(&self, _tx: &DatabaseTransaction, _row: &submission::Model) -> ApiResult<Vec<UserError>> {
        Ok(Vec::new())
    }

    /// The measures that are computed; those of the template stand beside them.
    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model, cells: &Cells) -> ApiResult<Figures>;
}

/// A form that a template describes.
pub struct TemplateForm {
    template: &'static Template,
    beside: Option<&'static dyn Beside>,
}

impl TemplateForm {
    /// The form of a template, with what it has beside that.
    pub fn new(template: &'static Template, beside: Option<&'static dyn Beside>) -> TemplateForm {
        TemplateForm { template, beside }
    }
}

#[async_trait]
impl Form for TemplateForm {
    fn code(&self) -> FormCode {
        self.template.code
    }

    fn calendar(&self) -> Calendar {
        self.template.calendar
    }

    fn kinds(&self) -> &'static [PeriodKind] {
        &self.template.period_kinds
    }

    fn organisation_kinds(&self) -> &'static [OrganisationKind] {
        &self.template.organisation_kinds
    }

    async fn review(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Review> {
        let cells = store::one(tx, self.template, row.id).await?;
        let period = submissions::period_of(row)?;
        let (carried, missing_period) = carried_in(tx, self.template, row.organisation_id, &period).await?;
        let mut errors = rules::check(self.template, &cells, &HashMap::new(), &BTreeSet::new(), carried.as_ref());
        errors.extend(rules::check_days(self.template, &cells, &HashMap::new(), local_date(row.updated_at)));
        let mut warnings = rules::warnings(&cells, missing_period.as_deref());
        warnings.extend(rules::late_days(self.template, &cells, row.due_on.unwrap_or(row.period_end)));
        warnings.extend(compared(tx, self.template, row, &cells).await?);
        if let Some(beside) = self.beside {
            let faults = beside.faults(tx, row.programme_id, &period, &cells).await?;
            errors.extend(rules::at_cells(self.template, faults, &HashMap::new()));
            warnings.extend(beside.warnings(tx, row, &cells).await?);
        }
        Ok(Review { errors, warnings })
    }

    async fn unready(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Vec<UserError>> {
        match self.beside {
            Some(beside) => beside.unready(tx, row).await,
            None => Ok(Vec::new()),
        }
    }

    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Figures> {
        let cells = store::one(tx, self.template, row.id).await?;
        let mut figures = rules::figures(self.template, &cells);
        if let Some(beside) = self.beside {
            figures.extend(beside.figures(tx, row, &cells).await?);
        }
        Ok(figures)
    }

    async fn copy_lines(&self, tx: &DatabaseTransaction, permit: &Permit, from: Uuid, to: Uuid) -> ApiResult<()> {
        let cells = store::one(tx, self.template, from).await?;
        store::replace(tx, permit, self.template, to, &cells).await
    }

    async fn changes(&self, connection: &DatabaseConnection, from: Uuid, to: Uuid) -> ApiResult<Vec<FormChange>> {
        let cells = store::all(connection, self.template, &[from, to]).await?;
        let of = |id| cells.get(&id).cloned().unwrap_or_default();
        Ok(rules::compare(self.template, &of(from), &of(to)))
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
            // What is compared is read off the other form's cells.
            _ => TemplateForm::new(super::of(form)?, None).figures(tx, &other).await?,
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
