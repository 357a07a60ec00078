//! What a template brings to the workflow.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use super::definition::Template;
use super::rules::{self, Carried};
use super::store;
use crate::access::Permit;
use crate::error::ApiResult;
use crate::form::FormCode;
use crate::organisation::OrganisationKind;
use crate::period::{Calendar, Period, PeriodKind};
use crate::workflow::store::{self as submissions, Slot};
use crate::workflow::{Form, FormChange, Review};

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
        let errors = rules::check(self.0, &cells, &HashMap::new(), &BTreeSet::new(), carried.as_ref());
        Ok(Review { errors, warnings: rules::warnings(&cells, missing_period.as_deref()) })
    }

    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Vec<(&'static str, i64)>> {
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
