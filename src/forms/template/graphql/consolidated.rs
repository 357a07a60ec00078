//! Consolidated forms in the schema.

use std::sync::Arc;

use async_graphql::{Context, Result};

use crate::template::service;
use crate::template::service::{Consolidated, Wanted};
use crate::workflow::graphql::consolidated::{
    ConsolidatedSource, MissingPeriods, missing_count, missing_organisations, missing_periods, sources,
};
use base::organisation::graphql::Organisation;
use base::period::{PeriodCode, ReportingPeriod};
use kernel::form::FormCode;
use kit::context::ContextExt;
use kit::scalar::Count;

/// A form over an organisation with all below it, for a period (biểu tổng hợp).
pub struct ConsolidatedForm(Consolidated);

/// A number of a consolidated form (ô số liệu tổng hợp).
#[derive(rows::RowObject)]
pub struct ConsolidatedCell {
    /// Code of the table.
    pub table: String,
    /// Code of the row.
    pub row: String,
    /// Code of the field.
    pub field: String,
    /// The number: over time as the field adds (FLOW adds up, STOCK is the last, OPENING the first), then added
    /// up over the organisations. Null where no accepted form fills the cell, or where it is suppressed. The form of
    /// the period itself counts where it fills something in the rows that a measure adds up, such as those of one
    /// method; else its parts do.
    pub value: Option<Count>,
    /// Whether the number is suppressed (bị che): the form is confidential, the caller is outside, and something small
    /// would follow from it.
    pub suppressed: bool,
    /// The same for the same period a year before (cùng kỳ năm trước).
    pub last_year: Option<Count>,
    /// Whether last year's number is suppressed.
    pub last_year_suppressed: bool,
}

/// A form over an organisation with all below it, for a period (biểu tổng hợp), made of accepted forms alone.
#[rows::row_object]
impl ConsolidatedForm {
    /// The form.
    fn form(&self) -> FormCode {
        self.0.template.code
    }

    /// Whose: itself and all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.0.organisation.clone()))
    }

    /// The period.
    fn period(&self) -> ReportingPeriod {
        ReportingPeriod(self.0.period)
    }

    /// The same period a year before; null for a window of its own.
    fn last_year_period(&self) -> Option<ReportingPeriod> {
        self.0.last_year.as_ref().map(|(period, _)| ReportingPeriod(*period))
    }

    /// Every cell of the form that holds a number that adds up, filled or not, in the form's order; as many as the template has.
    fn cells(&self) -> Vec<ConsolidatedCell> {
        let places = self.0.template.places();
        let cells = places.filter_map(|place| {
            let (table, row, field) = self.0.template.at(place).filter(|(_, _, field)| field.additivity.is_some())?;
            Some(ConsolidatedCell {
                table: table.code.clone(),
                row: row.code.clone(),
                field: field.code.clone(),
                value: self.0.values.get(&place).copied().map(Count),
                suppressed: self.0.disclosed.as_ref().is_some_and(|(now, _)| !now.shows(place)),
                last_year: self.0.last_year_values.get(&place).copied().map(Count),
                last_year_suppressed: self.0.disclosed.as_ref().is_some_and(|(_, before)| !before.shows(place)),
            })
        });
        cells.collect()
    }

    /// The submissions that the numbers are made of: of each organisation those of the period itself, and those of
    /// its parts for what that one leaves empty. Of a confidential form nothing is said to those outside, nor of what
    /// is missing.
    fn submissions(&self) -> Vec<ConsolidatedSource> {
        sources(&self.0.sources)
    }

    /// The submissions that last year's numbers are made of.
    fn last_year_submissions(&self) -> Vec<ConsolidatedSource> {
        self.0.last_year.as_ref().map(|(_, found)| sources(found)).unwrap_or_default()
    }

    /// Who must submit the form and has nothing accepted for the period (đơn vị còn thiếu), by code: of the
    /// organisations of whom the caller may know it, as in `reportingStatus`.
    fn missing_organisations(&self) -> Vec<Organisation> {
        missing_organisations(&self.0.missing)
    }

    /// How many organisations must submit the form and have nothing accepted for the period (số đơn vị còn thiếu),
    /// whether or not the caller may know which.
    fn missing_count(&self) -> Count {
        missing_count(self.0.missing.organisation_count)
    }

    /// Which parts of the period are missing of those who have others: of the organisations of whom the caller may
    /// know it, as in `reportingStatus`.
    fn missing_periods(&self) -> Vec<MissingPeriods> {
        missing_periods(&self.0.missing)
    }

    /// How many parts of the period are missing of those who have others (số kỳ còn thiếu), whether or not the
    /// caller may know whose.
    fn missing_period_count(&self) -> Count {
        missing_count(self.0.missing.period_count)
    }
}

/// Reading consolidated forms.
#[derive(Default)]
pub struct ConsolidatedQuery;

/// Reading consolidated forms.
#[rows::row_object]
impl ConsolidatedQuery {
    /// A form consolidated over an organisation and all below it (tổng hợp biểu), from accepted forms. Open to
    /// everybody with a grant under the programme, as the figures of measures are; the submissions themselves
    /// only to whom they are open. Of a confidential form those outside find the programme's top alone, where numbers
    /// from which something small would follow are suppressed. For forms that a template describes.
    async fn consolidated_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] form: FormCode,
        #[graphql(desc = "The period, or a longer one that the form's periods make up.")] period: PeriodCode,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<ConsolidatedForm> {
        let wanted = Wanted { form, period: period.0, organisation, programme };
        Ok(ConsolidatedForm(service::consolidated(ctx.app()?, &ctx.viewer()?, &wanted).await?))
    }
}
