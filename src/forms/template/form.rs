//! What a template brings to the workflow.

use kit::plugged::Beside;
use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use crate::workflow::store as submissions;
use crate::workflow::store::Slot;
use access::Permit;
use base::disclosure::store;
use kernel::clock::local_date;
use kernel::error::ApiResult;
use kernel::form::FormCode;
use kernel::form::{Figures, FormChange, Warning};
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::units::OrganisationKind;
use kernel::user_error::UserError;
use kit::plugged::{Form, Review};
use templates::definition::Template;
use templates::rules;
use templates::rules::{Carried, Cells};

/// A form that a template describes.
pub struct TemplateForm {
    template: &'static Template,
    beside: Option<&'static dyn Beside>,
    features: &'static [&'static dyn Form],
}

impl TemplateForm {
    /// The form of a template, with what it has beside that; `features` are the forms that no template describes and that
    /// it may be compared with.
    pub fn new(
        template: &'static Template,
        beside: Option<&'static dyn Beside>,
        features: &'static [&'static dyn Form],
    ) -> TemplateForm {
        TemplateForm { template, beside, features }
    }

    /// Where the unit's other forms of the same period, submitted or accepted, say something different.
    async fn compared(
        &self,
        tx: &DatabaseTransaction,
        row: &submission::Model,
        cells: &Cells,
    ) -> ApiResult<Vec<Warning>> {
        let template = self.template;
        let own = rules::figures(template, cells);
        let of = |figures: &Figures, code: &str| {
            figures.iter().find(|(measure, _)| *measure == code).and_then(|(_, value)| *value).unwrap_or(0)
        };
        let period = submissions::period_of(row)?;
        let mut found = Vec::new();
        for form in template.comparisons.iter().map(|comparison| comparison.form).collect::<BTreeSet<FormCode>>() {
            let slot = Slot { organisation_id: row.organisation_id, form, period: &period };
            let Some(other) = submissions::in_force(tx, &slot).await? else { continue };
            let figures = match self.features.iter().find(|feature| feature.code() == form) {
                Some(feature) => feature.figures(tx, &other).await?,
                // What is compared is read off the other form's cells.
                None => TemplateForm::new(templates::of(form)?, None, &[]).figures(tx, &other).await?,
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

    fn beside(&self) -> Option<&'static dyn Beside> {
        self.beside
    }

    async fn review(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Review> {
        let cells = store::one(tx, self.template, row.id).await?;
        let period = submissions::period_of(row)?;
        let (carried, missing_period) = carried_in(tx, self.template, row.organisation_id, &period).await?;
        let mut errors = rules::check(self.template, &cells, &HashMap::new(), &BTreeSet::new(), carried.as_ref());
        errors.extend(rules::check_days(self.template, &cells, &HashMap::new(), local_date(row.updated_at)));
        let mut warnings = rules::warnings(&cells, missing_period.as_deref());
        warnings.extend(rules::late_days(self.template, &cells, row.due_on.unwrap_or(row.period_end)));
        warnings.extend(self.compared(tx, row, &cells).await?);
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
